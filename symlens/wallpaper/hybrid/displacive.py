"""Cells of a few spots that have lost a part of their operations, since some spots were moved.

The larger group still nearly holds, as it does after a displacive phase transition, and the smaller
one is not exact either: every spot is off a little. Where the spots lie the image tells.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.exact.fourier import Spectrum
from symlens.wallpaper.exact.matching import Matcher
from symlens.wallpaper.exact.settings import Setting, parents, settings
from symlens.wallpaper.exact.weights import LEAST, blurred
from symlens.wallpaper.hybrid.features import SEARCH, weightings
from symlens.wallpaper.hybrid.nearly import told, true_setting
from symlens.wallpaper.hybrid.points import gaps, kept_moves, orbit, peaks, spot_coefficients

KINDS: Final = 3
"""Of spots, at most: each has its colour, width and places."""

ORBITS: Final = 2
"""Places of a kind that are not images of each other, at most."""

BLURS: Final = (1.5, 6.0)
"""Pixels: how far the view is blurred whose highest places they are."""

WIDTHS: Final = (2.0, 6.0)
"""Standard deviations of spots, pixels."""

MOVED: Final = (1.0, 8.0)
"""Pixels: how far spots are moved; drawn evenly in the logarithm."""

ALL: Final = 0.3
"""How often spots of all kinds are moved, not of one."""

OFF: Final = 2.0
"""Root mean square, at most, of how far every spot is off, pixels; drawn evenly."""

TOLD: Final = (0.05, 2.0)
"""The least that the larger group has to leave, see `symlens.wallpaper.hybrid.nearly.told`: what
leaves less counts as a symmetry."""


def displaced(
    found: Spectrum, name: str, cell: NDArray[np.float64], rng: np.random.Generator
) -> tuple[Spectrum, str] | None:
    """Spots at the highest places of an averaged cell, moved as only a group below its own allows.

    Parameters
    ----------
    found : Spectrum
    name : str
        The group.
    cell : ndarray, shape (2, 2)
        Its standard cell, vectors as columns, pixels.
    rng : numpy.random.Generator

    Returns
    -------
    tuple of Spectrum and str, or None
        The cell and its group; None where there is no smaller group, or nobody could tell.
    """
    allowed = settings(found.basis)
    own = true_setting(found, name, cell, allowed)
    smaller = [] if own is None else below(allowed, own)
    if own is None or not smaller:
        return None
    kept = smaller[int(rng.integers(len(smaller)))]
    values = moved_spots(found, allowed[own], allowed[kept], rng)
    moved = dataclasses.replace(found, values=values + drawn_noise(found, rng))
    return (moved, allowed[kept].name) if told(moved, allowed, kept, TOLD) else None


def below(allowed: tuple[Setting, ...], own: int) -> list[int]:
    """The settings below one that have half or a third of its operations."""
    size = len(allowed[own].matrices)
    return [k for k in parents(allowed)[own] if size <= 3 * len(allowed[k].matrices)]


def moved_spots(
    found: Spectrum, whole: Setting, kept: Setting, rng: np.random.Generator
) -> NDArray[np.complex128]:
    """Coefficients of spots on orbits of one group, moved as another allows, and a little off.

    Returns
    -------
    ndarray of complex, shape (m, channel)
        Of the power that those of the cell have without noise.
    """
    matcher = Matcher(found.h, found.values, weightings(found)[SEARCH][None], found.noise)
    origins = matcher.match(whole).origin, matcher.match(kept).origin
    kinds = int(rng.integers(1, KINDS + 1))
    movers = range(kinds) if rng.random() < ALL else [int(rng.integers(kinds))]
    length, off = np.exp(rng.uniform(*np.log(MOVED))), rng.uniform(0, OFF)
    values = np.zeros_like(found.values)
    for kind in range(kinds):
        width = rng.uniform(*WIDTHS)
        places = highest(found, whole, origins[0], width, rng)
        if kind in movers:
            places = places + kept_moves(places, kept, origins[1], found.basis, length, rng)
        steps = off / np.sqrt(2) * rng.normal(size=places.shape)
        places = places + steps @ np.linalg.inv(found.basis).T
        spots = spot_coefficients(found.h, found.frequency, places, width)
        values += spots[:, None] * rng.normal(size=found.values.shape[1])
    signal = max(float((found.power - found.noise).sum()), LEAST * float(found.power.sum()))
    return np.asarray(values * np.sqrt(signal / (np.abs(values) ** 2).sum()))


def drawn_noise(found: Spectrum, rng: np.random.Generator) -> NDArray[np.complex128]:
    """Noise of a real cell, as strong as that of its coefficients; shape (m, channel)."""
    real, imaginary = rng.normal(size=(2, *found.values.shape))
    drawn = real + 1j * imaginary
    both = (drawn + drawn[::-1].conj()) / 2  # -h lies opposite to h
    return np.asarray(both * np.sqrt(found.noise / found.values.shape[1])[:, None])


def highest(
    found: Spectrum,
    setting: Setting,
    origin: NDArray[np.float64],
    width: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """The highest places of a view with channels mixed at random, and their images; (n, 2).

    No place is closer than two widths to those before it; one within a width of an axis or a mirror
    is moved onto it.
    """
    view = found.values @ rng.normal(size=found.values.shape[1])
    gain = np.sqrt(blurred(found.frequency, rng.uniform(*BLURS)))
    orbits: list[NDArray[np.float64]] = []
    count = int(rng.integers(1, ORBITS + 1))
    for place in peaks(found.h, view * gain):
        taken = np.concatenate([np.zeros((0, 2)), *orbits])
        if len(taken) and gaps(taken - place, found.basis).min() < 2 * width:
            continue
        orbits.append(orbit(place, setting, origin, found.basis, width))
        if len(orbits) == count:
            break
    return np.concatenate(orbits)
