"""From filters to better ones: guides that follow the filters.

What guides are worth depends on the filters that they are read off, and the other way round, so
that both are improved in turn. All of it is matrices; the samples only judge the result.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.rotations import minimise
from symlens.lens.fast.whitening import Whitened
from symlens.lens.plane.grid import Grid, waves_up_to
from symlens.lens.plane.positions import Span
from symlens.lens.plane.stationarity import Departure, Guides, log_stationarity, stationarity

Array = NDArray[np.float64]
Schedule = Sequence[tuple[float, int]]

SCHEDULE: Schedule = ((1.0, 60), (0.3, 100), (0.1, 100))
"""Weights of the guides and numbers of steps."""
ORDER = 2
"""Waves up to this order guide, once there are filters to read them off."""
RIDGES = (0.01, 0.0)
FINAL_WEIGHT = 0.02
SETTLING = 60
TOLERANCE = 1e-5


def improve(white: Whitened, grid: Grid, span: Span, filters: Array, turns: int) -> Array:
    """Read guides off a span and follow them, in turn; settle on the covariance.

    Parameters
    ----------
    white : Whitened
    grid : Grid
    span : Span
    filters : ndarray, shape (n, n)
    turns : int
        At least 1.

    Returns
    -------
    ndarray, shape (n, n)
    """
    waves = waves_up_to(ORDER)
    for _ in range(turns):
        guides = span.guides(filters, grid, waves)
        filters = descend(white, grid, guides, filters, SCHEDULE)
    for ridge in RIDGES:
        objective = stationarity(Departure(white, grid, ridge), guides, FINAL_WEIGHT)
        filters = minimise(objective, filters, iterations=SETTLING, tolerance=TOLERANCE).point
    return filters


def descend(
    white: Whitened, grid: Grid, guides: Guides, filters: Array, schedule: Schedule
) -> Array:
    """Follow guides by falling weights while the log-covariance is made stationary."""
    for weight, steps in schedule:
        objective = log_stationarity(white, grid, guides, weight)
        filters = minimise(objective, filters, iterations=steps, tolerance=TOLERANCE).point
    return filters
