"""Filters that one round of the search proposes, from one random subset of the samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cyclic import LARGEST, cyclic_start
from symlens.lens.fast.ica import ica_start
from symlens.lens.fast.position import (
    contrast_normalised,
    equalised,
    position_operators,
    sharper_operators,
)
from symlens.lens.fast.whitening import Samples, Whitened
from symlens.lens.fast.window import frequency_start, pixel_start, reconcile

Array = NDArray[np.float64]
Judge = Callable[[Array], float]
Proposal = tuple[float, Array]
"""Value of the objective, filters."""

OPERATORS = (1, 3)
"""Numbers of position operators tried: few are robust, several are sharper."""
SHARPENINGS = 2


def ring_candidates(
    white: Whitened, samples: Samples, judge: Judge, *, seed: int
) -> Iterator[Proposal]:
    """Filters for cyclic data: ICA and, up to `LARGEST` pixels, selection rules between planes."""
    filters = ica_start(white, samples, seed=seed)
    yield judge(filters), filters
    if white.n_features <= LARGEST:
        filters = cyclic_start(replace(white, x=samples), samples=len(samples)).filters
        yield judge(filters), filters


def window_candidates(
    white: Whitened, samples: Samples, judge: Judge, *, seed: int
) -> Iterator[Proposal]:
    """Filters for a window: ICA, then positions read off cumulants and sharpened by the best.

    Parameters
    ----------
    white : Whitened
    samples : ndarray of float32, shape (n_samples, n)
        White samples of this round.
    judge : callable
        The objective; smaller is better.
    seed : int
    """
    filters = ica_start(white, samples, seed=seed)
    yield judge(filters), filters
    modes = contrast_normalised(white, samples)
    operators = position_operators(modes, max(OPERATORS))
    best: Proposal | None = None
    for _ in range(SHARPENINGS + 1):
        for start, seen in _starts(white, operators, best):
            turned = [white.modes @ z @ white.modes.T for z in seen]
            for count in OPERATORS:
                filters = reconcile(white, turned[:count], start)
                proposal = judge(filters), filters
                if best is None or proposal[0] < best[0]:
                    best = proposal
                yield proposal
        if best is None:
            return
        operators = sharper_operators(modes, best[1] @ white.modes, max(OPERATORS))


def _starts(
    white: Whitened, operators: list[Array], best: Proposal | None
) -> Iterator[tuple[Array, list[Array]]]:
    """Starts, each with the position operators that it is reconciled with."""
    balanced = equalised(operators)
    yield pixel_start(white, balanced), balanced
    if best is None:
        yield pixel_start(white, operators), operators
        yield frequency_start(white, operators), operators
    else:
        yield best[1], operators
