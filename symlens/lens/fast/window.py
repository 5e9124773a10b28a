r"""Second cumulants of a window: positions of pixels, and how far a covariance is from Toeplitz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.departures import alignment, second_order
from symlens.lens.fast.ordering import chain_signs
from symlens.lens.fast.rotations import Objective
from symlens.lens.fast.stationarity import stationary_average
from symlens.lens.fast.whitening import Whitened

Array = NDArray[np.float64]

ALIGNMENT = 0.1
"""Weight of the alignment, which tells a generator from its powers."""


def pixel_start(white: Whitened, operator: Array) -> Array:
    """Filters as eigenvectors of a position operator, in the order of its eigenvalues.

    Shape (n, n); the operator between modes, filters between features.
    """
    filters = (white.modes @ np.linalg.eigh(operator)[1]).T
    signs = chain_signs(filters @ white.covariance @ filters.T)
    signed: Array = signs[:, None] * filters
    return signed


def neighbour_weights(n: int) -> Array:
    """Matrix whose inner product with K is the mean of K's first off-diagonals."""
    band = np.eye(n, k=1) + np.eye(n, k=-1)
    return band / max(float(band.sum()), 1.0)


def stationarity(white: Whitened) -> Objective:
    r"""Objective :math:`\log(1 + tr[(K^{-1} E)^2]/n) - a` with :math:`E = K - \bar K`.

    K is the covariance of the canonical representation and ``a`` its alignment, the mean
    covariance of neighbours over the mean variance, times `ALIGNMENT`.
    """
    near = neighbour_weights(white.n_features)

    def average(matrix: Array) -> Array:
        return stationary_average(matrix, cyclic=False)

    def objective(filters: Array) -> tuple[float, Array]:
        departure, slope = second_order(filters, white.covariance, white.precision, average)
        aligned, rise = alignment(filters, white.covariance, near)
        value = np.log1p(departure) - ALIGNMENT * aligned
        return float(value), slope / (1 + departure) - ALIGNMENT * rise

    return objective
