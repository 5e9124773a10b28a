"""The 17 groups in coarser classes: the levels of a decision from rotations to mirrors to groups.

The probability of a class is the sum over its groups: what a method says of the 17 answers every
level, and no level can contradict another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.groups import GROUPS, NAMES, PlaneGroup


def order(group: PlaneGroup) -> int:
    """Highest order of a rotation: 1, 2, 3, 4 or 6, by the trace 2 cos(2π/n) of its matrix."""
    by_trace = {2: 1, -2: 2, -1: 3, 0: 4, 1: 6}
    return max(
        by_trace[int(np.trace(W))] for W, _ in group.operations if round(np.linalg.det(W)) == 1
    )


def mirrored(group: PlaneGroup) -> bool:
    """Whether there is a mirror: a reflection x -> W x + t that moves nothing along its axis."""
    for W, t in group.operations:
        if round(np.linalg.det(W)) == -1:
            along = (np.eye(2) + W) @ t / 2
            steps = (np.eye(2) + W) / 2  # what lattice vectors add to it
            shifts = along + np.array([steps @ (i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)])
            if np.abs(shifts).max(axis=1).min() < 1e-9:
                return True
    return False


ORDERS: Final = np.array([order(GROUPS[name]) for name in NAMES])
MIRRORED: Final = np.array([mirrored(GROUPS[name]) for name in NAMES])

LEVELS: Final[Mapping[str, NDArray[np.int64]]] = {
    "axis": np.select([ORDERS == 1, np.isin(ORDERS, (2, 4))], [0, 1], 2),
    "rotation": np.searchsorted([1, 2, 3, 4, 6], ORDERS),
    "mirror": np.searchsorted([1, 2, 3, 4, 6], ORDERS) * 2 + MIRRORED,
}
"""Class of every group: no axis, two-fold (with four-fold), three-fold (with six-fold), the first
level of the paper's hierarchy; the order of the rotations; that, and whether there are mirrors."""


def classes(probability: NDArray[np.float64], level: str) -> NDArray[np.int64]:
    """The most probable class of a level.

    Parameters
    ----------
    probability : ndarray, shape (n, 17)
    level : str

    Returns
    -------
    ndarray of int, shape (n,)
    """
    own = LEVELS[level]
    total = np.stack([probability[:, own == k].sum(axis=1) for k in range(own.max() + 1)], axis=1)
    return np.asarray(total.argmax(axis=1))
