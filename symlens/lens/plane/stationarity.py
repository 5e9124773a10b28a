r"""Two objectives of matrices alone: positions in order, covariance the same everywhere.

They are those of a window on a line (`symlens.lens.fast.window`) on a grid. Trial steps cost some
products of n x n matrices and no pass over the samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.departures import alignment, second_order
from symlens.lens.fast.rotations import Objective
from symlens.lens.fast.whitening import Whitened
from symlens.lens.plane.grid import Grid

Array = NDArray[np.float64]

LOG_ALIGNMENT, ALIGNMENT = 0.02, 0.1
"""Weights of the correlation of neighbours, which tells filters from those of turned sign."""


@dataclass(frozen=True)
class Guides:
    r"""Agreement of filters with position operators, :math:`\sum_p tr(Q Z_p Q^T D_p)`.

    Parameters
    ----------
    operators : ndarray, shape (count, n, n)
        Symmetric, between features.
    profiles : ndarray, shape (count, n)
        Diagonals of D: what each operator should be at the pixels.
    """

    operators: Array
    profiles: Array

    def __call__(self, filters: Array) -> tuple[float, Array]:
        """Agreement and its gradient at Q."""
        value, gradient = 0.0, np.zeros_like(filters)
        for operator, profile in zip(self.operators, self.profiles, strict=True):
            turned = filters @ operator
            value += float(np.sum(turned * filters, axis=1) @ profile)
            gradient += 2 * profile[:, None] * turned
        return value, gradient


def log_stationarity(white: Whitened, grid: Grid, guides: Guides, weight: float) -> Objective:
    r"""Objective :math:`\|E\|^2/n - a_L - \beta P` with :math:`E = L - \bar L`.

    L is the logarithm of the covariance in canonical coordinates, traceless and of norm
    :math:`\sqrt n`, which no single mode dominates; P the agreement with the guides and
    :math:`\beta` its ``weight``.
    """
    n = grid.n
    levels = np.log(white.powers)
    levels = levels - levels.mean()
    norm = float(np.linalg.norm(levels))
    levels = levels * (np.sqrt(n) / norm if norm > 0 else 1.0)
    logarithm = (white.modes * levels) @ white.modes.T
    near = LOG_ALIGNMENT * grid.neighbour_weights

    def objective(filters: Array) -> tuple[float, Array]:
        half = filters @ logarithm
        turned = half @ filters.T
        excess = turned - grid.stationary_average(turned)
        agreement, towards = guides(filters)
        value = np.sum(excess**2) / n - np.sum(turned * near) - weight * agreement
        gradient = (4 / n * excess - 2 * near) @ half - weight * towards
        return float(value), gradient

    return objective


@dataclass(frozen=True)
class Departure:
    r"""Departure of the covariance from stationarity, :math:`s_1 = tr[(K^{-1} E)^2] / n`.

    :math:`E = K - \bar K` with the covariance K in canonical coordinates: four times the
    Kullback-Leibler divergence per pixel between the two Gaussians, to second order.

    Parameters
    ----------
    white : Whitened
    grid : Grid
    ridge : float
        Added to the powers whose inverse is taken.
    """

    white: Whitened
    grid: Grid
    ridge: float = 0.0

    def __call__(self, filters: Array) -> tuple[float, float, Array, Array]:
        """Departure, correlation of neighbours, and their gradients at Q."""
        white, grid = self.white, self.grid
        precision = (white.modes / (white.powers + self.ridge)) @ white.modes.T
        excess, slope = second_order(filters, white.covariance, precision, grid.stationary_average)
        aligned, rise = alignment(filters, white.covariance, grid.neighbour_weights)
        return excess, aligned, slope, rise


def stationarity(departure: Departure, guides: Guides, weight: float) -> Objective:
    r"""Objective :math:`\log(1 + s_1) - a - \beta P` of covariance, neighbours and guides."""

    def objective(filters: Array) -> tuple[float, Array]:
        excess, aligned, slope, rise = departure(filters)
        agreement, towards = guides(filters)
        value = np.log1p(excess) - ALIGNMENT * aligned - weight * agreement
        return float(value), slope / (1 + excess) - ALIGNMENT * rise - weight * towards

    return objective
