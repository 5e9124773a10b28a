"""The record of a search: the terms of the objective at every candidate and step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from symlens.lens.fast.objective import TERMS
from symlens.lens.learner import History, Monitor

COLUMNS = ("loss", *TERMS, "round")


class Trace:
    """Collects terms, one step each, and passes them on to a monitor.

    Parameters
    ----------
    monitor : Monitor
    """

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._rows: list[list[float]] = []

    def add(self, terms: Mapping[str, float], round_: int) -> None:
        """Add the terms of a candidate or step of a round."""
        row = {**terms, "round": float(round_)}
        self._monitor.record(len(self._rows), row)
        self._rows.append([row[name] for name in COLUMNS])

    def history(self) -> History:
        """All that was added."""
        steps = np.arange(len(self._rows), dtype=np.int64)
        return History(steps, COLUMNS, np.array(self._rows, np.float64).reshape(-1, len(COLUMNS)))
