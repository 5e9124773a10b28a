"""A cell on its grid as an image: any size, direction and sub-pixel place of the lattice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PIECE = 16384
"""Points that are worked out at a time: few steps, whose values stay near the processor."""


def render(
    cell: NDArray[np.float64],
    basis: NDArray[np.float64],
    origin: NDArray[np.float64],
    size: tuple[int, int],
    *,
    triangles: bool,
) -> NDArray[np.float64]:
    """An image of the plane that the cell fills.

    Parameters
    ----------
    cell : ndarray, shape (n1, n2, channel)
    basis : ndarray, shape (2, 2)
        Cell vectors as columns, pixels (x, y).
    origin : ndarray, shape (2,)
        Place of the cell's origin, pixels (x, y).
    size : tuple of int
        Height and width.
    triangles : bool
        Interpolate on the triangles of a hexagonal lattice with the angle 120 degrees.

    Returns
    -------
    ndarray, shape (height, width, channel)
        In memory channel by channel.
    """
    height, width = size
    x, y = np.arange(width) - origin[0], np.arange(height) - origin[1]
    inverse = np.linalg.inv(basis)
    wide = wrapped(cell)
    image = np.empty((len(wide), height, width))
    rows = max(1, PIECE // width)
    for top in range(0, height, rows):
        part = y[top : top + rows, None]
        u, v = (row[0] * x + row[1] * part for row in inverse)
        linear(wide, u, v, triangles=triangles, out=image[:, top : top + rows])
    return image.transpose(1, 2, 0)


def interpolate(
    cell: NDArray[np.float64],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    *,
    triangles: bool,
) -> NDArray[np.float64]:
    """Values of a cell at fractional coordinates (u, v); shape (point, channel)."""
    return np.moveaxis(linear(wrapped(cell), u, v, triangles=triangles), 0, -1)


def wrapped(cell: NDArray[np.float64]) -> NDArray[np.float64]:
    """A cell with its first row and column once more at its end: all points have neighbours.

    Parameters
    ----------
    cell : ndarray, shape (n1, n2, channel)

    Returns
    -------
    ndarray, shape (channel, n1 + 1, n2 + 1)
    """
    n1, n2, channels = cell.shape
    wide = np.empty((channels, n1 + 1, n2 + 1))
    wide[:, :n1, :n2] = cell.transpose(2, 0, 1)
    wide[:, n1, :n2] = wide[:, 0, :n2]
    wide[:, :, n2] = wide[:, :, 0]
    return wide


def linear(
    wide: NDArray[np.float64],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    *,
    triangles: bool,
    out: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Values of a wrapped cell at fractional coordinates (u, v), between its grid points linear.

    With ``triangles`` every parallelogram of the grid is cut along its short diagonal, from (0, 0)
    to (1, 1): the value is c00 + (c10 - c00) u + (c11 - c10) v where u >= v, mirrored where not.
    Values go into ``out`` where it is given.

    Returns
    -------
    ndarray, shape (channel, *point)
    """
    channels, below = wide.shape[0], wide.shape[2]
    i, fu = _split(u, wide.shape[1] - 1)
    j, fv = _split(v, below - 1)
    near = (i * below + j).astype(np.intp)
    far = near + (below + 1)
    terms: list[tuple[NDArray[np.intp], NDArray[np.float64]]]
    if triangles:
        high, low = np.maximum(fu, fv), np.minimum(fu, fv)
        side = near + np.where(fu >= fv, below, 1)
        terms = [(near, 1 - high), (side, high - low), (far, low)]
    else:
        gu, gv = 1 - fu, 1 - fv
        terms = [(near, gu * gv), (near + 1, gu * fv), (near + below, fu * gv), (far, fu * fv)]
    flat = wide.reshape(channels, -1)
    (first, weight), *others = terms
    total: NDArray[np.float64] = np.multiply(flat.take(first, axis=1), weight, out=out)
    for place, weight in others:
        value = flat.take(place, axis=1)
        value *= weight
        total += value
    return total


def _split(x: NDArray[np.float64], n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Whole grid steps below a periodic coordinate, and how far beyond them the point lies."""
    scaled = x - np.floor(x)
    scaled *= n
    whole = np.floor(scaled)
    np.minimum(whole, n - 1, out=whole)
    scaled -= whole
    return whole, scaled
