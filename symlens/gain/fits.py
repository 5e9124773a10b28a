"""Exponents and savings of learning curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symlens.gain.predictor import slope

Array = NDArray[np.float64]

DRAWS = 1000

BEYOND = 1.1
"""How far the plain curve's last piece is prolonged: a saving of just the ratio of two sizes is
read at the very end of the curve, where chance decides on which side of it."""


def bootstrap_slope(
    sizes: Sequence[int], risks: Array, rng: np.random.Generator, level: float = 0.95
) -> tuple[float, float, float]:
    """Exponent of the mean curve over seeds, and its interval from resampled seeds.

    Parameters
    ----------
    sizes : sequence of int
    risks : ndarray of shape (sizes, seeds)
    rng : numpy.random.Generator
    level : float

    Returns
    -------
    tuple of float
        Exponent, lower and upper end.
    """
    seeds = risks.shape[1]
    drawn = rng.integers(seeds, size=(DRAWS, seeds))
    means = risks[:, drawn].mean(axis=2)
    slopes = np.polyfit(np.log(sizes), np.log(means), 1)[0]
    low, high = np.quantile(slopes, [(1 - level) / 2, (1 + level) / 2])
    return slope(sizes, risks.mean(axis=1)), float(low), float(high)


def sample_gain(sizes: Sequence[int], plain: Array, own: Array) -> Array:
    """Samples that the plain curve needs for the other's risk, over n, at every size.

    The plain curve is interpolated in logarithms, and its last piece prolonged by a tenth; NaN
    beyond that, or where it does not fall.

    Parameters
    ----------
    sizes : sequence of int
    plain, own : ndarray of shape (sizes,)
        Risks.
    """
    steps, level = np.log(sizes), np.log(plain)
    found = np.full(len(sizes), np.nan)
    for place, wanted in enumerate(np.log(own)):
        below = np.flatnonzero(level <= wanted)
        right = below[0] if len(below) else len(steps) - 1
        if right == 0 or level[right] >= level[right - 1]:
            continue
        share = (level[right - 1] - wanted) / (level[right - 1] - level[right])
        where = steps[right - 1] + share * (steps[right] - steps[right - 1])
        if where <= steps[-1] + np.log(BEYOND):
            found[place] = np.exp(where) / sizes[place]
    return found
