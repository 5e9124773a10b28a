r"""Starts for windows: positions from cumulants, stationarity from the covariance.

Both are matrices of size n, so that thousands of trial steps cost less than one pass over the
data. A start makes the position operators diagonal and ordered (by pixel) or band-shaped (by
frequency); `reconcile` then turns it until the covariance is Toeplitz as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.ordering import chain_signs, path_order
from symlens.lens.fast.rotations import Objective, minimise
from symlens.lens.fast.stationarity import cosine_basis, cosine_profiles, stationary_average
from symlens.lens.fast.whitening import Whitened

Array = NDArray[np.float64]

POSITION_WEIGHTS = (3.0, 1.0, 0.3, 0.1)
"""Weights of the positions, one descent each, while the log-covariance is made Toeplitz."""
RIDGES = (0.01, 0.0)
"""Ridges of the precision, one descent each, while the covariance itself is."""
LOG_ALIGNMENT, ALIGNMENT, FINAL_POSITION = 0.02, 0.1, 0.05
STEPS = 40


def pixel_start(white: Whitened, operators: Sequence[Array]) -> Array:
    """Filters as eigenvectors of the first position operator, in the order of its eigenvalues.

    Shape (n, n); operators between modes, filters between features.
    """
    filters = (white.modes @ np.linalg.eigh(operators[0])[1]).T
    signs = chain_signs(filters @ white.covariance @ filters.T)
    signed: Array = signs[:, None] * filters
    return signed


def frequency_start(white: Whitened, operators: Sequence[Array]) -> Array:
    """Filters from modes put in the order of frequency by what the first operator couples.

    Neighbouring frequencies are coupled most; the sign of each coupling gives the sign of the
    next mode. Shape (n, n).
    """
    coupling = operators[0]
    order = path_order(coupling**2)
    links = np.sign(np.diag(coupling[np.ix_(order, order)], 1))
    signs = np.cumprod(np.concatenate([[1.0], np.where(links == 0, 1.0, links)]))
    waves = signs[:, None] * white.modes[:, order].T
    basis = cosine_basis(len(order)).T
    near = neighbour_weights(len(order))

    def aligned(filters: Array) -> float:
        return float(np.sum((filters @ white.covariance @ filters.T) * near))

    # From the highest frequency down is the same line: neighbours then are anti-correlated.
    return max(basis @ waves, basis @ waves[::-1], key=aligned)


def reconcile(white: Whitened, operators: Sequence[Array], start: Array) -> Array:
    """Turn filters until positions are ordered and the covariance is stationary.

    First the logarithm of the covariance, which no single mode dominates, then the covariance.

    Parameters
    ----------
    white : Whitened
    operators : sequence of ndarray, shape (n, n)
        Position operators between features.
    start : ndarray, shape (n, n)

    Returns
    -------
    ndarray, shape (n, n)
    """
    positions = Positions.facing(operators, start)
    filters = start
    for weight in POSITION_WEIGHTS:
        filters = minimise(
            log_stationarity(white, positions, weight), filters, iterations=STEPS
        ).point
    for ridge in RIDGES:
        filters = minimise(stationarity(white, positions, ridge), filters, iterations=STEPS).point
    return filters


@dataclass(frozen=True)
class Positions:
    r"""Agreement of filters with position operators, :math:`\sum_m tr(Q Z_m Q^T D_m)`.

    Parameters
    ----------
    operators : ndarray, shape (count, n, n)
        Between features, signed.
    profiles : ndarray, shape (count, n)
        Diagonals of D.
    """

    operators: Array
    profiles: Array

    @classmethod
    def facing(cls, operators: Sequence[Array], filters: Array) -> Positions:
        """Positions whose operators are signed to agree with ``filters``."""
        profiles = cosine_profiles(len(filters), len(operators))
        agreement = [
            float(np.sum((filters @ z) * filters, axis=1) @ d)
            for z, d in zip(operators, profiles, strict=True)
        ]
        signs = np.where(np.asarray(agreement) < 0, -1.0, 1.0)
        return cls(signs[:, None, None] * np.stack(list(operators)), profiles)

    def __call__(self, filters: Array) -> tuple[float, Array]:
        """Agreement and its gradient."""
        value, gradient = 0.0, np.zeros_like(filters)
        for operator, profile in zip(self.operators, self.profiles, strict=True):
            turned = filters @ operator
            value += float(np.sum(turned * filters, axis=1) @ profile)
            gradient += 2 * profile[:, None] * turned
        return value, gradient


def neighbour_weights(n: int) -> Array:
    """Matrix whose inner product with K is the mean of K's first off-diagonals."""
    band = np.eye(n, k=1) + np.eye(n, k=-1)
    return band / max(float(band.sum()), 1.0)


def log_stationarity(white: Whitened, positions: Positions, weight: float) -> Objective:
    r"""Objective :math:`\|E\|^2/n - a_L - \beta P` with :math:`E = L - \bar L`.

    L is the logarithm of the covariance, traceless and of norm :math:`\sqrt n`; P the agreement
    with the positions and :math:`\beta` its ``weight``.
    """
    n = white.n_features
    levels = np.log(white.powers)
    levels = levels - levels.mean()
    norm = float(np.linalg.norm(levels))
    levels = levels * (np.sqrt(n) / norm if norm > 0 else 1.0)
    logarithm = (white.modes * levels) @ white.modes.T
    near = neighbour_weights(n)

    def objective(filters: Array) -> tuple[float, Array]:
        half = filters @ logarithm
        turned = half @ filters.T
        excess = turned - stationary_average(turned, cyclic=False)
        agreement, towards = positions(filters)
        value = np.sum(excess**2) / n - LOG_ALIGNMENT * np.sum(turned * near) - weight * agreement
        gradient = (4 / n * excess - 2 * LOG_ALIGNMENT * near) @ half - weight * towards
        return float(value), gradient

    return objective


def stationarity(white: Whitened, positions: Positions, ridge: float) -> Objective:
    r"""Objective :math:`\log(1 + tr[(A E)^2]/n) - a - P` with :math:`E = K - \bar K`.

    K is the covariance of the canonical representation and A the inverse of its ridged self.
    """
    n = white.n_features
    covariance = white.covariance
    precision = (white.modes / (white.powers + ridge)) @ white.modes.T
    near = neighbour_weights(n)

    def objective(filters: Array) -> tuple[float, Array]:
        half, inverse_half = filters @ covariance, filters @ precision
        turned, inverse = half @ filters.T, inverse_half @ filters.T
        excess = turned - stationary_average(turned, cyclic=False)
        weighted = inverse @ excess @ inverse
        departure = np.sum(weighted * excess) / n
        by_covariance = weighted - stationary_average(weighted, cyclic=False)
        by_precision = excess @ inverse @ excess
        slope = 4 / n * (by_covariance @ half + by_precision @ inverse_half)
        level = np.trace(turned) / n
        agreement, towards = positions(filters)
        value = (
            np.log1p(departure)
            - ALIGNMENT * np.sum(turned * near) / level
            - FINAL_POSITION * agreement
        )
        gradient = (
            slope / (1 + departure) - 2 * ALIGNMENT / level * near @ half - FINAL_POSITION * towards
        )
        return float(value), gradient

    return objective
