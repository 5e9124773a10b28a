"""How nearly a cell has more symmetry than its group."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from symlens.wallpaper.exact.matching import Matcher
from symlens.wallpaper.exact.reduction import reduced
from symlens.wallpaper.exact.settings import Setting, settings
from symlens.wallpaper.exact.weights import repeats, weights_of
from symlens.wallpaper.groups import PlaneGroup

REACH = 0.2
"""Highest spatial frequency that is looked at, in cycles per pixel (our choice)."""

PRIMES = (2, 3, 5)
"""Cells that nearly repeat at these parts of a lattice vector have a finer lattice."""


def excess(group: PlaneGroup, cell: NDArray[np.float64], basis: NDArray[np.float64]) -> float:
    """The highest correlation of a cell with itself under an operation that its group lacks.

    Looked at are all operations that map the lattice to itself, with every shift, and translations
    by halves, thirds and fifths of it; weighted as they are and by their noise (see `weights_of`).

    Parameters
    ----------
    group : PlaneGroup
    cell : ndarray, shape (n1, n2, channel)
    basis : ndarray, shape (2, 2)

    Returns
    -------
    float
        From -1 to 1; 1 where the group is larger than it is said to be.
    """
    h, values, lattice = coefficients(group, cell, basis)
    power = (np.abs(values) ** 2).sum(axis=1)
    if power.sum() < 1e-12 * max(1.0, float((cell**2).mean())):
        return 1.0
    frequency = np.linalg.norm(h @ np.linalg.inv(lattice), axis=1)
    weights = weights_of(frequency, power, np.zeros(len(h)))
    found = max(_moved(repeats(h, each * power, p)) for each in weights for p in PRIMES)
    foreign = _foreign(
        settings(lattice), frozenset(W.tobytes() for W in _own(group, basis, lattice))
    )
    matcher = Matcher(h, values, weights, np.zeros(len(h)))
    for W in foreign:
        found = max(found, float(matcher.maps(W, len(weights)).max()))
    return found


def _moved(correlations: NDArray[np.float64]) -> float:
    """The highest correlation but that of the cell with itself in place."""
    return float(correlations.ravel()[1:].max())


@lru_cache(maxsize=1024)
def _foreign(found: tuple[Setting, ...], own: frozenset[bytes]) -> tuple[NDArray[np.int64], ...]:
    """Matrices of the lattice that a group lacks, one of those that correlate alike.

    With c∘g = c for all g of the group, f, its inverse and all g∘f∘g' have the same correlations.
    """
    matrices = [np.frombuffer(key, dtype=np.int64).reshape(2, 2) for key in own]
    seen = set(own)
    kept = []
    for setting in found:
        for W in setting.matrices:
            if W.tobytes() in seen:
                continue
            kept.append(W)
            inverse = np.rint(np.linalg.inv(W)).astype(np.int64)
            seen |= {
                (one @ middle @ other).tobytes()
                for middle in (W, inverse)
                for one in matrices
                for other in matrices
            }
    return tuple(kept)


def coefficients(
    group: PlaneGroup, cell: NDArray[np.float64], basis: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.complex128], NDArray[np.float64]]:
    """Fourier coefficients of a cell on its reduced primitive lattice.

    Returns
    -------
    h : ndarray of int, shape (m, 2)
    values : ndarray of complex, shape (m, channel)
    lattice : ndarray, shape (2, 2)
    """
    n1, n2, channels = cell.shape
    lattice = reduced(basis @ group.primitive)
    inverse = np.linalg.inv(basis)
    # |h_i| = |k·a_i| <= |k| |a_i|: the corner of the transform that holds all of them
    reach = [min(int(REACH * np.hypot(*basis[:, i])), (n - 1) // 2) for i, n in enumerate((n1, n2))]
    whole = np.indices((2 * reach[0] + 1, reach[1] + 1)).reshape(2, -1).T
    whole = whole - (reach[0], 0)
    k = whole @ inverse
    inside = ((k**2).sum(axis=1) <= REACH**2) & ((whole[:, 1] > 0) | (whole[:, 0] > 0))
    if group.centred:
        inside &= whole.sum(axis=1) % 2 == 0
    whole, k = whole[inside], k[inside]
    spectrum = fft.rfft2(cell, axes=(0, 1), norm="forward")
    values = spectrum[whole[:, 0], whole[:, 1]].reshape(-1, channels)
    h = np.rint(k @ lattice).astype(np.int64)
    return np.concatenate([h, -h]), np.concatenate([values, values.conj()]), lattice


def _own(
    group: PlaneGroup, basis: NDArray[np.float64], lattice: NDArray[np.float64]
) -> list[NDArray[np.int64]]:
    """The group's matrices on its reduced primitive lattice."""
    change = np.linalg.solve(lattice, basis)  # x_lattice = change x_cell
    inverse = np.linalg.inv(change)
    return [
        np.ascontiguousarray(np.rint(change @ W @ inverse), dtype=np.int64)
        for W, _ in group.operations
    ]
