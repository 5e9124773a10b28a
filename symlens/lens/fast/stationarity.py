"""Stationary averages of matrices: what a shift leaves unchanged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def separation(n: int, *, cyclic: bool) -> NDArray[np.int64]:
    """Distance ``|i - j|`` of pixels, on a ring the shorter way round. Shape (n, n)."""
    pixels = np.arange(n)
    distance: NDArray[np.int64] = np.abs(pixels[:, None] - pixels[None, :])
    return np.minimum(distance, n - distance) if cyclic else distance


def stationary_average(matrix: Array, *, cyclic: bool) -> Array:
    """Project a symmetric matrix on those that depend on the separation of pixels only.

    Averages over equal ``|i - j|``; the result is Toeplitz, on a ring circulant. Shape (n, n).
    """
    lag = separation(len(matrix), cyclic=cyclic)
    sums = np.bincount(lag.ravel(), matrix.ravel())
    average: Array = (sums / np.bincount(lag.ravel()))[lag]
    return average


def cosine_profiles(n: int, count: int) -> Array:
    r"""Smooth functions of position, :math:`\sqrt{2/n}\cos(\pi m (j + 1/2) / n)`, m = 1..count."""
    orders = np.arange(1, count + 1)[:, None]
    profiles: Array = np.sqrt(2 / n) * np.cos(np.pi * orders * (np.arange(n) + 0.5) / n)
    return profiles


def cosine_basis(n: int) -> Array:
    """Orthonormal cosine basis (DCT-II) as rows: near-eigenvectors of every smooth Toeplitz."""
    return np.concatenate([np.full((1, n), 1 / np.sqrt(n)), cosine_profiles(n, n - 1)])
