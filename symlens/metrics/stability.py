"""Statistics between seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def bootstrap_interval(
    values: Array,
    rng: np.random.Generator,
    *,
    statistic: Callable[..., Array] = np.median,
    level: float = 0.95,
    resamples: int = 2000,
) -> tuple[float, float]:
    """Percentile bootstrap interval of a statistic of a few values.

    With three seeds it is little narrower than their range: it says what the seeds at hand can
    say, not more.

    Parameters
    ----------
    values : ndarray, shape (seeds,)
    rng : numpy.random.Generator
    statistic : callable
        Takes an array and ``axis``.
    level : float
        Coverage aimed at.
    resamples : int

    Returns
    -------
    low, high : float
    """
    drawn = rng.choice(values, size=(resamples, len(values)), replace=True)
    tail = (1 - level) / 2
    low, high = np.quantile(statistic(drawn, axis=1), [tail, 1 - tail])
    return float(low), float(high)
