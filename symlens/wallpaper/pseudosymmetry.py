"""How nearly a cell has more symmetry than its group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.exact.lattice import reduced
from symlens.wallpaper.exact.matching import Matcher
from symlens.wallpaper.exact.settings import settings
from symlens.wallpaper.exact.weights import weights_of
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
    own = {W.tobytes() for W in _own(group, basis, lattice)}
    others = {
        W.tobytes(): W
        for setting in settings(lattice)
        for W in setting.matrices
        if W.tobytes() not in own
    }
    found = -1.0
    for weight in weights:
        matcher = Matcher(h, values, weight[None], np.zeros(len(h)))
        found = max([found, *(float(matcher.map(W).max()) for W in others.values())])
        found = max(found, _finer(h, power * weight))
    return found


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
    n1, n2 = cell.shape[:2]
    lattice = reduced(basis @ group.primitive)
    spectrum = np.fft.fft2(cell, axes=(0, 1)) / (n1 * n2)
    whole = np.stack(
        np.meshgrid(np.fft.fftfreq(n1, 1 / n1), np.fft.fftfreq(n2, 1 / n2), indexing="ij"), axis=-1
    )
    k = whole @ np.linalg.inv(basis)
    length = np.linalg.norm(k, axis=-1)
    inside = (length <= REACH) & (length > 0) & (np.abs(whole) < [n1 / 2, n2 / 2]).all(axis=-1)
    if group.centred:
        inside &= whole.sum(axis=-1) % 2 == 0
    h = np.rint(k[inside] @ lattice).astype(np.int64)
    return h, spectrum[inside], lattice


def _own(
    group: PlaneGroup, basis: NDArray[np.float64], lattice: NDArray[np.float64]
) -> list[NDArray[np.int64]]:
    """The group's matrices on its reduced primitive lattice."""
    change = np.linalg.solve(lattice, basis)  # x_lattice = change x_cell
    inverse = np.linalg.inv(change)
    return [np.rint(change @ W @ inverse).astype(np.int64) for W, _ in group.operations]


def _finer(h: NDArray[np.int64], power: NDArray[np.float64]) -> float:
    """The highest correlation with itself moved by a part of a lattice vector."""
    total = power.sum()
    found = -1.0
    for p in PRIMES:
        for step in np.ndindex(p, p):
            if step > (0, 0):
                found = max(
                    found, float((power * np.cos(2 * np.pi * (h @ step) / p)).sum() / total)
                )
    return found
