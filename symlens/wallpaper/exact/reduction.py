"""Shortest vectors of lattices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SHORTEST = 4.0
"""Pixels below which no translation is looked for."""

ALIKE = 0.1
"""Part of a cell by which the vectors of two lattices may differ that count as one."""


def reduced(basis: NDArray[np.float64]) -> NDArray[np.float64]:
    """The basis of the two shortest vectors, 60 to 90 degrees apart, of positive determinant.

    Either of them may be the shortest: see `shortest`.
    """
    a, b = basis[:, 0], basis[:, 1]
    for _ in range(64):
        if np.hypot(*a) > np.hypot(*b):
            a, b = b, a
        steps = np.round(a @ b / (a @ a))
        if steps == 0:
            break
        b = b - steps * a
    if a @ b < 0:
        b = -b
    if a[0] * b[1] - a[1] * b[0] < 0:
        a, b = b, a
    return np.stack([a, b], axis=1)


def shortest(basis: NDArray[np.float64]) -> float:
    """Length of the shorter vector of a reduced basis."""
    return float(np.linalg.norm(basis, axis=0).min())


def different(bases: NDArray[np.float64], count: int) -> list[NDArray[np.float64]]:
    """The first ``count`` lattices that are not nearly one before, reduced."""
    kept: list[NDArray[np.float64]] = []
    inverses: list[NDArray[np.float64]] = []
    for basis in bases:
        own = reduced(basis)
        if kept:
            n = np.array(inverses) @ own  # own vectors in those of the others
            whole = np.rint(n)
            index = np.abs(whole[:, 0, 0] * whole[:, 1, 1] - whole[:, 0, 1] * whole[:, 1, 0])
            if ((np.abs(n - whole).max(axis=(1, 2)) <= ALIKE) & (index == 1)).any():
                continue
        kept.append(own)
        inverses.append(np.asarray(np.linalg.inv(own), dtype=np.float64))
        if len(kept) == count:
            break
    return kept
