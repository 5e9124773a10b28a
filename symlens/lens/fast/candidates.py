"""Filters that one round of the search proposes, from one random subset of the samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cumulants import cumulants
from symlens.lens.fast.cyclic import LARGEST, cyclic_start
from symlens.lens.fast.ica import ica_start
from symlens.lens.fast.moves import improved
from symlens.lens.fast.position import (
    contrast_normalised,
    equalised,
    position_operators,
)
from symlens.lens.fast.whitening import Samples, Whitened
from symlens.lens.fast.window import frequency_start, pixel_start, reconcile
from symlens.lens.fast.window_invariance import WindowInvariance

Array = NDArray[np.float64]
Judge = Callable[[Array], float]
Proposal = tuple[float, Array]
"""Value, smaller is better, of the objective (and of the cumulants in a window), filters."""

CONTRASTS = ((0.05, 0.2), (0.2, 0.6), (0.6, 1.6))
"""Ranges of the contrast constant, one drawn from each: answers differ with it by chance."""
TRIES = ((0.0, False, 1), (0.5, True, 2), (0.75, True, 1), (1.0, True, 1), (1.0, True, 2))
"""Exponent of the equalisation, whether by pixel or by frequency, number of operators."""
CUMULANT_CONTRAST = 1.0
"""At it the cumulants of photographs told right from wrong best."""
DEPARTURE_WEIGHT = 1.0
"""Of the cumulants' departure from stationarity, added to the objective that compares rounds:
by the objective alone a wrong answer for photographs can come out below a right one. Our choice,
not tuned."""
LARGEST_WINDOW = 47
"""Largest window whose cumulants are kept: their memory grows with the fourth power."""


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
    """Filters for a window: ICA, then positions read off cumulants, improved on cumulants.

    Many tries are cheap and few of them right. Their cumulants choose the ones worth improving;
    in windows too large for that the judge does.

    Parameters
    ----------
    white : Whitened
    samples : ndarray of float32, shape (n_samples, n)
        White samples of this round.
    judge : callable
        The objective; smaller is better.
    seed : int
    """
    independent = ica_start(white, samples, seed=seed)
    modes = contrast_normalised(white, samples, CUMULANT_CONTRAST)
    misfit = (
        WindowInvariance(white, cumulants(modes - modes.mean(axis=0)))
        if white.n_features <= LARGEST_WINDOW
        else None
    )
    rank: Judge = judge if misfit is None else misfit.departure

    def proposal(filters: Array) -> Proposal:
        departure = 0.0 if misfit is None else misfit.departure(filters)
        return judge(filters) + DEPARTURE_WEIGHT * departure, filters

    yield proposal(independent)
    tries = list(_tries(white, samples, np.random.default_rng(seed)))
    best = min((independent, *tries), key=rank)
    yield proposal(best)
    # Independent pixels have neither signs nor an order of frequencies to be wrong.
    if misfit is not None and best is not independent:
        yield proposal(improved(misfit, best))


def _tries(white: Whitened, samples: Samples, rng: np.random.Generator) -> Iterator[Array]:
    """Filters from position operators of several contrasts, equalisations and numbers."""
    for low, high in CONTRASTS:
        modes = contrast_normalised(white, samples, float(rng.uniform(low, high)))
        operators = position_operators(modes, max(count for *_, count in TRIES))
        for exponent, by_pixel, count in TRIES:
            seen = equalised(operators, exponent)
            start = (pixel_start if by_pixel else frequency_start)(white, seen)
            yield reconcile(white, _between_features(white, seen[:count]), start)


def _between_features(white: Whitened, operators: Sequence[Array]) -> list[Array]:
    return [white.modes @ operator @ white.modes.T for operator in operators]
