"""Cells that have lost a part of their operations, because their content was moved a little.

The larger group still nearly holds, as it does after a displacive phase transition: at long
wavelengths better than at short ones, unlike where content was added (`nearly`).
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from symlens.wallpaper.exact.fourier import Spectrum
from symlens.wallpaper.exact.matching import Matcher
from symlens.wallpaper.exact.settings import Setting, parents, settings
from symlens.wallpaper.hybrid.changes import field
from symlens.wallpaper.hybrid.features import SEARCH, weightings
from symlens.wallpaper.hybrid.nearly import told, true_setting

MOVED: Final = (0.5, 8.0)
"""Root mean square of the moves, pixels, least and most; drawn evenly in the logarithm."""

TOLD: Final = (0.02, 2.0)
"""The least that the larger group has to leave, see `symlens.wallpaper.hybrid.nearly.told`."""

FINENESS: Final = 4.0
"""Points along a cell for each period of its finest wave: with two and a half, cubic interpolation
spoils the operations that are kept by up to a sixth."""


def displaced(
    found: Spectrum,
    name: str,
    cell: NDArray[np.float64],
    loose: float,
    rng: np.random.Generator,
) -> tuple[Spectrum, str] | None:
    """An averaged cell moved by a field that only a group below its own keeps.

    f'(x) = f(x + u(x) + v(x)) with u(g x) = W_g u(x) for all operations g of the smaller group, and
    v, as large as ``loose``, kept by translations only: what is left to find is inexact too.

    Parameters
    ----------
    found : Spectrum
    name : str
        The group.
    cell : ndarray, shape (2, 2)
        Its standard cell, vectors as columns, pixels.
    loose : float
        Largest root mean square of v, pixels; drawn evenly.
    rng : numpy.random.Generator

    Returns
    -------
    tuple of Spectrum and str, or None
        The cell and its group; None where there is no smaller group, or nobody could tell.
    """
    allowed = settings(found.basis)
    own = true_setting(found, name, cell, allowed)
    smaller = [] if own is None else _below(allowed, own)
    if not smaller:
        return None
    kept = smaller[int(rng.integers(len(smaller)))]
    matcher = Matcher(found.h, found.values, weightings(found)[SEARCH][None], found.noise)
    origin = matcher.match(allowed[kept]).origin
    points = fft.next_fast_len(int(FINENESS * np.abs(found.h).max()) + 2)
    moves = np.exp(rng.uniform(*np.log(MOVED))) * kept_field(
        allowed[kept], origin, found.basis, points, rng
    )
    moves += rng.uniform(0, loose) * kept_field(allowed[0], origin, found.basis, points, rng)
    moved = dataclasses.replace(found, values=moved_values(found, moves))
    return (moved, allowed[kept].name) if told(moved, allowed, kept, TOLD) else None


def _below(allowed: tuple[Setting, ...], own: int) -> list[int]:
    """The settings below one that have half or a third of its operations."""
    size = len(allowed[own].matrices)
    return [k for k in parents(allowed)[own] if size <= 3 * len(allowed[k].matrices)]


def kept_field(
    setting: Setting,
    origin: NDArray[np.float64],
    basis: NDArray[np.float64],
    points: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A smooth field on the cell that a group's operations keep, of root mean square 1.

    u(x) = Σ_g W_g^{-1} r(g x) for a random field r, up to a factor: u(g x) = W_g u(x).

    Parameters
    ----------
    setting : Setting
        The first of a lattice's settings is that of translations alone.
    origin : ndarray, shape (2,)
        Of the group, fractions of the cell.
    basis : ndarray, shape (2, 2)
        Cell vectors as columns, pixels.
    points : int
        Points along each cell vector.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (2, points, points)
        Along x and y, pixels, at fractions (i, j) / points.
    """
    fractions = np.indices((points, points)) / points - origin[:, None, None]
    images = np.tensordot(setting.matrices, fractions, 1)  # (operation, 2, points, points)
    images += setting.shifts[:, :, None, None]
    drawn = field(basis, np.einsum("ab,gb...->ag...", basis, images), rng)
    back = basis @ np.linalg.inv(setting.matrices) @ np.linalg.inv(basis)
    total = np.einsum("gab,bg...->a...", back, drawn)
    return np.asarray(total / np.sqrt((total**2).sum(axis=0).mean()))


def moved_values(found: Spectrum, moves: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Coefficients of f(x + u(x)), shape (m, channel); u of shape (2, points, points), pixels."""
    points = moves.shape[1]
    place = tuple(found.h.T % points)
    waves = np.zeros((found.values.shape[1], points, points), dtype=np.complex128)
    waves[:, *place] = found.values.T
    cells = fft.ifft2(waves, norm="forward").real
    steps = np.tensordot(points * np.linalg.inv(found.basis), moves, 1)
    there = np.indices((points, points)) + steps
    bent = [ndimage.map_coordinates(cell, there, order=3, mode="grid-wrap") for cell in cells]
    return np.asarray(fft.fft2(np.array(bent), norm="forward")[:, *place].T)
