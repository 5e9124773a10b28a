"""What every learning method takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from symlens.lens.symmetry import LearnedSymmetry


@dataclass(frozen=True)
class History:
    """The terms of an objective over the steps of a training.

    Parameters
    ----------
    steps : ndarray of int, shape (n_records,)
    terms : tuple of str
        Column names, e.g. ``("loss", "alignment", "uniformity", ..., "rank")``.
    values : ndarray, shape (n_records, n_terms)
    """

    steps: NDArray[np.int64]
    terms: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Learned:
    """What a method returns: the symmetry and the way to it."""

    symmetry: LearnedSymmetry
    history: History


class Monitor(Protocol):
    """Receives the terms of the objective while a training runs."""

    def record(self, step: int, terms: Mapping[str, float]) -> None:
        """Take the terms of one step; steps arrive in increasing order."""


Settings = TypeVar("Settings", contravariant=True)


class Method(Protocol[Settings]):
    """A way to learn a symmetry from samples; pure given its seed."""

    def __call__(
        self,
        x: NDArray[np.float32],
        settings: Settings,
        *,
        cyclic: bool,
        seed: int,
        monitor: Monitor,
        checkpoint: Path | None,
    ) -> Learned:
        """Learn from samples of shape (n_samples, n); resume from ``checkpoint`` if it is there."""
