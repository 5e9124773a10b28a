"""Places in a cell: orbits of a group, moves that a group keeps, coefficients of spots."""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from symlens.wallpaper.exact.fourier import view
from symlens.wallpaper.exact.settings import Setting
from symlens.wallpaper.exact.weights import blurred

NEAREST: Final = np.array(list(product((-1, 0, 1), repeat=2)))
"""Translations among which the shortest of a step is, for a reduced cell."""

NEIGHBOURS: Final = 5
"""Points, along each side, of the square that a peak is the highest of."""

SAME: Final = 1e-6
"""Pixels within which places are one."""

Places = NDArray[np.float64]


def gaps(steps: Places, basis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lengths of steps, up to translations: min_n |A (s + n)|.

    Parameters
    ----------
    steps : ndarray, shape (..., 2)
        Fractions.
    basis : ndarray, shape (2, 2)
        A, reduced, vectors as columns.

    Returns
    -------
    ndarray, shape (...)
    """
    near = (steps - np.rint(steps))[..., None, :] + NEAREST
    return np.asarray(np.linalg.norm(near @ basis.T, axis=-1).min(axis=-1))


def images(place: Places, setting: Setting, origin: Places) -> Places:
    """W_g (p - o) + t_g + o for all operations of a group, fractions; shape (operation, 2)."""
    return np.asarray(setting.matrices @ (place - origin) + setting.shifts + origin)


def orbit(
    place: Places, setting: Setting, origin: Places, basis: NDArray[np.float64], apart: float
) -> Places:
    """The images of a place, or of the special one that it is close to; fractions, (n, 2).

    Where images lie closer than ``apart`` to the place, their mean takes its part: those that an
    axis or a mirror close by makes coincide there.
    """
    there = images(place, setting, origin)
    steps = there - place
    steps = steps - np.rint(steps)
    near = np.linalg.norm(steps @ basis.T, axis=1) < apart
    kept: list[Places] = []
    for image in images(place + steps[near].mean(axis=0), setting, origin):
        if not kept or gaps(image - np.array(kept), basis).min() > SAME:
            kept.append(image)
    return np.array(kept)


def peaks(h: NDArray[np.int64], values: NDArray[np.complex128]) -> Places:
    """Places, fractions, of the local maxima of Σ c_h exp(2πi h·x), the highest first; (n, 2)."""
    points = fft.next_fast_len(2 * int(np.abs(h).max()) + 2)
    seen = view(h, values, points)
    found = np.argwhere(seen == ndimage.maximum_filter(seen, NEIGHBOURS, mode="wrap"))
    return np.asarray(found[np.argsort(-seen[tuple(found.T)], kind="stable")] / points)


def kept_moves(
    places: Places,
    setting: Setting,
    origin: Places,
    basis: NDArray[np.float64],
    length: float,
    rng: np.random.Generator,
) -> Places:
    """Moves that a group keeps: u(g p) = W_g u(p), where it maps places to places.

    Every orbit has a move d of its own, in any direction: u(q) is the mean of W_g d over the
    operations with g p = q, shorter than d where p lies on a mirror, 0 on a centre of rotation.

    Parameters
    ----------
    places : ndarray, shape (n, 2)
        Fractions.
    setting : Setting
    origin : ndarray, shape (2,)
    basis : ndarray, shape (2, 2)
        Vectors as columns, pixels.
    length : float
        |d|, pixels.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n, 2)
        Fractions.
    """
    moves, left = np.zeros_like(places), np.ones(len(places), dtype=bool)
    for index, place in enumerate(places):
        if not left[index]:
            continue
        there = images(place, setting, origin)
        hit = gaps(there[:, None] - places, basis).argmin(axis=1)
        angle = rng.uniform(0, 2 * np.pi)
        step = np.linalg.solve(basis, length * np.array([np.cos(angle), np.sin(angle)]))
        total = np.zeros_like(places)
        np.add.at(total, hit, setting.matrices @ step)
        count = np.bincount(hit, minlength=len(places))
        own = left & (count > 0)
        moves[own] = total[own] / count[own][:, None]
        left &= ~own
    return moves


def spot_coefficients(
    h: NDArray[np.int64], frequency: NDArray[np.float64], places: Places, width: float
) -> NDArray[np.complex128]:
    """Of equal spots: w² exp(-2π² w² k²) Σ_j exp(-2πi h·x_j), up to a factor of the cell.

    Parameters
    ----------
    h : ndarray of int, shape (m, 2)
    frequency : ndarray, shape (m,)
        k, cycles per pixel.
    places : ndarray, shape (n, 2)
        Fractions.
    width : float
        w, standard deviation in pixels.

    Returns
    -------
    ndarray of complex, shape (m,)
    """
    waves = np.exp(-2j * np.pi * (h @ places.T)).sum(axis=1)
    return np.asarray(width**2 * np.sqrt(blurred(frequency, width)) * waves)
