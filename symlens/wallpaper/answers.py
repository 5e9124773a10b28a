"""What is asked of every method of the study, and what it has to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CLEAN = "none"
LEARNED = "learned"
"""Disturbances that are none: of an image of the test, and of one that was learned from."""


@dataclass(frozen=True)
class Row:
    """An image of the test: its number, and what is done to it."""

    sample: int
    disturbance: str
    level: float


@dataclass(frozen=True)
class Answer:
    """What a method says of an image.

    Parameters
    ----------
    probability : ndarray, shape (17,)
    periodic : float
    cell : ndarray or None, shape (2, 2)
        Primitive.
    seconds : float
        Of the processor.
    """

    probability: NDArray[np.float64]
    periodic: float
    cell: NDArray[np.float64] | None
    seconds: float


View = Callable[[Row], NDArray[np.float64]]
"""The image of a row, disturbed: made only when it is looked at."""

Method = Callable[[Sequence[Row], View], list[Answer]]


def forget(step: int, terms: Mapping[str, float]) -> None:
    """Take the terms of a step and forget them."""


@dataclass(frozen=True)
class Job:
    """A training at work.

    Parameters
    ----------
    learning : mapping
        Settings of the method's training.
    checkpoint : Path or None
        Where it may keep its state; None for nowhere.
    tell : callable
        Told the number of an epoch, from 1, and its terms.
    history : list of mapping
        Terms of every epoch so far; all epochs have the same.
    """

    learning: Mapping[str, Any] = field(default_factory=dict)
    checkpoint: Path | None = None
    tell: Callable[[int, Mapping[str, float]], None] = forget
    history: list[Mapping[str, float]] = field(default_factory=list)

    def record(self, terms: Mapping[str, float]) -> None:
        """Take the terms of the next epoch."""
        self.history.append(dict(terms))
        self.tell(len(self.history), terms)
