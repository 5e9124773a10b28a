"""Fourier indices of a cell, one of every pair h and -h, and what depends on whole numbers only.

Tables are kept for boxes of indices, -r1 <= h1 <= r1 and 0 <= h2 <= r2, which are few; which of
their indices count for a cell is up to the cell. Coefficients are rows of values by index.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

PRIMES: Final = (2, 3, 5)
"""Cells that nearly repeat at these parts of a lattice vector have a finer lattice."""

Matrix = tuple[int, int, int, int]
"""Rows of a 2 x 2 matrix of whole numbers, one after the other."""

Box = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Indices of a box.

    Parameters
    ----------
    h : ndarray of int, shape (m, 2)
        Those with h2 > 0, or h2 = 0 and h1 > 0.
    squares : ndarray, shape (m, 3)
        h1², 2 h1 h2 and h2²: a quadratic form of h is their product with its three coefficients.
    largest : ndarray of int, shape (m,)
        The larger one of |h1| and |h2|.
    waves : ndarray, shape (m, step)
        cos(2π h·n / p) for all steps n / p that are not whole, one of n / p and -n / p.
    """

    h: NDArray[np.int64]
    squares: NDArray[np.float64]
    largest: NDArray[np.int64]
    waves: NDArray[np.float64]


@lru_cache(maxsize=256)
def pairs(box: Box) -> Pairs:
    """Give the indices of a box."""
    whole = np.indices((2 * box[0] + 1, box[1] + 1)).reshape(2, -1).T - (box[0], 0)
    h = whole[(whole[:, 1] > 0) | (whole[:, 0] > 0)]
    h1, h2 = h.T
    squares = np.stack([h1**2, 2 * h1 * h2, h2**2], axis=1).astype(float)
    return Pairs(h, squares, np.abs(h).max(axis=1, initial=0), _waves(h))


def _waves(h: NDArray[np.int64]) -> NDArray[np.float64]:
    """cos(2π h·n / p) for the primes p and steps n; shape (m, step)."""
    parts = []
    for p in PRIMES:
        n = np.stack(np.divmod(np.arange(1, p * p), p))
        one = np.arange(1, p * p) <= (-n[0] % p) * p + -n[1] % p  # n or -n, the first
        parts.append(np.cos(2 * np.pi / p * ((h @ n[:, one]) % p)))
    return np.concatenate(parts, axis=1)


@lru_cache(maxsize=1024)
def places(
    box: Box, change: Matrix, shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Where the coefficients of a box lie in the real transform of a cell.

    Parameters
    ----------
    box : tuple of int
    change : tuple of int
        The cell's vectors in those of the lattice: A_cell = A_lattice M, hence h_cell = M^T h.
    shape : tuple of int
        Grid points n1, n2 of the cell.

    Returns
    -------
    place : ndarray of int, shape (m,)
        Flat index into a transform of n1 x (n2 // 2 + 1).
    sign : ndarray, shape (m,)
        -1 where the transform has the coefficient of -h, the conjugate one, else 1.
    there : ndarray, shape (m,)
        0 where the grid resolves it, infinite where it does not.
    """
    n1, n2 = shape
    h = pairs(box).h @ np.array(change).reshape(2, 2)
    there = (np.abs(h) <= ((n1 - 1) // 2, (n2 - 1) // 2)).all(axis=1)
    sign = np.where(h[:, 1] < 0, -1, 1)
    h = h * (sign * there)[:, None]
    place = h[:, 0] % n1 * (n2 // 2 + 1) + h[:, 1]
    return place, sign.astype(float), np.where(there, 0.0, np.inf)


@lru_cache(maxsize=1024)
def partners(
    box: Box, matrices: tuple[Matrix, ...]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where in a box W^T h lies for every h and matrix W.

    Returns
    -------
    place : ndarray of int, shape (n, m)
        Position in `pairs` of W^T h or -W^T h; m where the box has neither.
    sign : ndarray, shape (n, m)
        1 where it is W^T h, -1 where it is -W^T h, whose coefficient is the conjugate one.
    """
    h = pairs(box).h
    (r1, r2), m = box, len(h)
    table = np.full((2 * r1 + 1, r2 + 1), m)
    table[h[:, 0] + r1, h[:, 1]] = np.arange(m)
    moved = h @ np.array(matrices).reshape(-1, 2, 2)  # rows (W^T h)^T = h^T W
    sign = np.where((moved[..., 1] < 0) | ((moved[..., 1] == 0) & (moved[..., 0] < 0)), -1, 1)
    moved = moved * sign[..., None]
    there = (np.abs(moved) <= box).all(axis=2)
    moved = moved * there[..., None]
    place = np.where(there, table[moved[..., 0] + r1, moved[..., 1]], m)
    return place, sign.astype(float)
