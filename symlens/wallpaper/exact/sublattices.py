"""Coarser lattices, and which points they keep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LARGEST = 12
"""Index of the coarsest sublattice that is tried at once."""

SUBLATTICES = np.array(
    [
        ((index // d, 0), (shift, d))
        for index in range(2, LARGEST + 1)
        for d in range(1, index + 1)
        if index % d == 0
        for shift in range(d)
    ]
)
"""Columns: bases of all coarser lattices of index 2 to 12, in Hermite's normal form."""


def members(n: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which indices are points of every coarser lattice; shape (sublattice, m).

    Of the columns (a, s) and (0, d) those are n = i (a, s) + j (0, d): a divides n_x = i a, and d
    what is left of n_y.
    """
    (a, s), d = SUBLATTICES[:, :, 0].T[..., None], SUBLATTICES[:, 1, 1][:, None]
    return np.asarray((n[0] % a == 0) & ((n[1] - n[0] // a * s) % d == 0))
