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
    (a0, b0), (a1, b1) = basis.tolist()  # plain numbers: small arrays would take ten times as long
    for _ in range(64):
        if abs(complex(a0, a1)) > abs(complex(b0, b1)):
            a0, a1, b0, b1 = b0, b1, a0, a1
        steps = round((a0 * b0 + a1 * b1) / (a0 * a0 + a1 * a1))
        if steps == 0:
            break
        b0, b1 = b0 - steps * a0, b1 - steps * a1
    if a0 * b0 + a1 * b1 < 0:
        b0, b1 = -b0, -b1
    if a0 * b1 - a1 * b0 < 0:
        a0, a1, b0, b1 = b0, b1, a0, a1
    return np.array([[a0, b0], [a1, b1]])


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
