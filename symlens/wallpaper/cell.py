"""One cell of an image on a grid, exactly invariant.

A cell c is given on a grid of n1 x n2 points of fractional coordinates (i/n1, j/n2), n1 and n2
multiples of 12. Every general position maps the grid to itself, so that an orbit of grid points
can be given one value: c(W x + t) = c(x) holds without any error. Between the points c is linear
on triangles or bilinear, in a way that the group maps to itself; hence the image is invariant too.

Cells have the shape (n1, n2, channel), but lie in memory channel by channel: most of the time is
spent on long sums and products over points, which then run without steps.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, hypot, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from symlens.wallpaper.groups import GROUPS, PlaneGroup

STEP = 12
"""Shifts of the groups are multiples of 1/2 and corners of their units of 1/12."""


def grid_size(group: PlaneGroup, basis: NDArray[np.float64], density: float) -> tuple[int, int]:
    """Grid points along both cell vectors, at least ``density`` per pixel.

    Groups that mix the axes need as many along both.
    """
    lengths = [hypot(*vector) for vector in basis.T.tolist()]
    counts = [max(STEP, STEP * ceil(density * length / STEP)) for length in lengths]
    if group.system in ("square", "hexagonal"):
        counts = [max(counts)] * 2
    return counts[0], counts[1]


@lru_cache(maxsize=512)
def representatives(name: str, n1: int, n2: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Grid points of the asymmetric unit, and to which of them every grid point belongs.

    Parameters
    ----------
    name : str
        Plane group.
    n1, n2 : int
        Points of the grid, multiples of 12, equal where the group mixes the axes.

    Returns
    -------
    unit : ndarray of int, shape (m,)
        Flat indices of the points of the unit.
    member : ndarray of int, shape (n1 * n2,)
        For every grid point the position in ``unit`` of the point of its orbit.
    """
    group = GROUPS[name]
    i, j = np.divmod(np.arange(n1 * n2), n2)
    outside = ~_inside(group, i / n1, j / n2)
    best = np.full(n1 * n2, 2 * n1 * n2)
    for moved in orbits(group, n1, n2):
        best = np.minimum(best, moved + outside[moved] * n1 * n2)
    chosen = best % (n1 * n2)
    own = np.zeros(n1 * n2, dtype=bool)
    own[chosen] = True
    return np.flatnonzero(own), (np.cumsum(own) - 1)[chosen]


def orbits(group: PlaneGroup, n1: int, n2: int) -> list[NDArray[np.int64]]:
    """Flat index of the image of every grid point, for each general position."""
    i, j = np.divmod(np.arange(n1 * n2), n2)
    found = []
    for W, t in group.operations:
        # i/n1 -> (W00 i/n1 + W01 j/n2 + t0): exact in integers, since n1 = n2 where W mixes.
        u = (W[0, 0] * i + W[0, 1] * j + round(t[0] * n1)) % n1
        v = (W[1, 0] * i + W[1, 1] * j + round(t[1] * n2)) % n2
        found.append(u * n2 + v)
    return found


def _inside(group: PlaneGroup, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether points lie in the asymmetric unit, its border included."""
    inside = np.ones(x.shape, dtype=bool)
    for (x0, y0), (x1, y1) in zip(group.unit, (*group.unit[1:], group.unit[0]), strict=True):
        cross = float(x1 - x0) * (y - float(y0)) - float(y1 - y0) * (x - float(x0))
        inside &= cross >= -1e-9
    return inside


def unit_points(
    group: PlaneGroup, basis: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Places (x, y), in pixels, of the grid points of the asymmetric unit; shape (m, 2)."""
    return _fractions(group.name, *shape) @ basis.T


@lru_cache(maxsize=512)
def _fractions(name: str, n1: int, n2: int) -> NDArray[np.float64]:
    """Grid points of the asymmetric unit in fractions of the cell; shape (m, 2)."""
    unit, _ = representatives(name, n1, n2)
    i, j = np.divmod(unit, n2)
    return np.stack([i / n1, j / n2], axis=1)


def unit_size(group: PlaneGroup, shape: tuple[int, int]) -> int:
    """Number of grid points of the asymmetric unit."""
    return len(representatives(group.name, *shape)[0])


def unfold(
    group: PlaneGroup, values: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """The whole cell from the values on its asymmetric unit.

    Parameters
    ----------
    group : PlaneGroup
    values : ndarray, shape (m, channel)
        In the order of `unit_points`.
    shape : tuple of int

    Returns
    -------
    ndarray, shape (n1, n2, channel)
    """
    _, member = representatives(group.name, *shape)
    planes = np.ascontiguousarray(values.T).take(member, axis=1)
    return planes.reshape(-1, *shape).transpose(1, 2, 0)


def spectrum(cell: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Real transform of a cell (n1, n2, channel); shape (channel, n1, n2 // 2 + 1)."""
    return np.asarray(fft.rfft2(cell.transpose(2, 0, 1)))


def blurred(
    waves: NDArray[np.complex128], basis: NDArray[np.float64], sigma: float
) -> NDArray[np.complex128]:
    """Spectrum of a cell seen through a Gaussian aperture of ``sigma`` pixels.

    c_h -> c_h exp(-2 π² σ² |k_h|²) with k_h = A^{-T} h for the cell vectors A.
    """
    metric = np.linalg.inv(basis.T @ basis)  # |k|² = h^T (A^T A)^{-1} h
    h1, h2 = _frequencies(*grid_of(waves))
    square = metric[0, 0] * h1**2 + 2 * metric[0, 1] * h1 * h2 + metric[1, 1] * h2**2
    return np.asarray(waves * np.exp(-2 * (np.pi * sigma) ** 2 * square))


def contrast(waves: NDArray[np.complex128]) -> float:
    """Largest standard deviation of a channel, from the cell's spectrum.

    n1 n2 std² = Σ_{h ≠ 0} |c_h|² / n1 n2 over all h, of which a spectrum leaves out the negatives
    of those with 0 < h2 < n2 / 2.
    """
    n1, n2 = grid_of(waves)
    once = waves[:, :, :: n2 // 2]  # h2 = 0 and n2 / 2
    total = 2 * _power(waves) - _power(once) - np.abs(waves[:, 0, 0]) ** 2
    return sqrt(max(float(total.max()), 0.0)) / (n1 * n2)


def _power(waves: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Σ |c|² of every channel."""
    rows = waves.reshape(len(waves), -1)
    return np.asarray(np.vecdot(rows, rows).real)


def invariant(group: PlaneGroup, waves: NDArray[np.complex128]) -> NDArray[np.float64]:
    """The cell (n1, n2, channel) of a spectrum that has the symmetry of a group but for rounding.

    Transforms round; taking the values of the asymmetric unit again makes it exactly invariant.
    """
    shape = grid_of(waves)
    unit, _ = representatives(group.name, *shape)
    planes = fft.irfft2(waves, shape).reshape(len(waves), -1)
    return unfold(group, planes.take(unit, axis=1).T, shape)


def grid_of(waves: NDArray[np.complex128]) -> tuple[int, int]:
    """Grid points n1, n2 of the cell of a spectrum; n2 is even, being a multiple of 12."""
    return waves.shape[1], 2 * (waves.shape[2] - 1)


@lru_cache(maxsize=512)
def _frequencies(n1: int, n2: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Indices h of a real transform: a column and a row."""
    return fft.fftfreq(n1, 1 / n1)[:, None], fft.rfftfreq(n2, 1 / n2)
