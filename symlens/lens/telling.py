"""A line now and then that says how far a training is, for who reads its log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import TextIO

from symlens.lens.learner import Monitor

SECONDS = 10.0
"""Time between two lines."""


class TellingMonitor:
    """Hands everything on to another monitor, and writes the terms of a step now and then.

    Parameters
    ----------
    monitor : Monitor
    out : file, optional
        None: standard output as it is when a line is written.
    clock : callable
        Seconds.
    """

    def __init__(
        self,
        monitor: Monitor,
        out: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monitor = monitor
        self._out = out
        self._clock = clock
        self._next = clock()

    def record(self, step: int, terms: Mapping[str, float]) -> None:
        """Take the terms of one step."""
        self._monitor.record(step, terms)
        if self._clock() < self._next:
            return
        self._next = self._clock() + SECONDS
        told = "  ".join(f"{name} {value:.4g}" for name, value in terms.items())
        out = self._out or sys.stdout
        out.write(f"step {step}  {told}\n")
        out.flush()
