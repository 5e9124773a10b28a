"""Cells that nearly have more symmetry than their group.

Images are drawn so that they do not; a learner that never met one takes every small residual for a
symmetry that is not exact.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.exact.fourier import Spectrum
from symlens.wallpaper.exact.matching import Matcher
from symlens.wallpaper.exact.settings import Setting, at, parents, settings
from symlens.wallpaper.groups import GROUPS
from symlens.wallpaper.hybrid.features import (
    MOST,
    SEARCH,
    matched,
    neighbours,
    residuals,
    weightings,
)

RESIDUALS: Final = (0.01, 0.3)
"""What the added operation leaves, least and most; drawn evenly in the logarithm."""

TOLD: Final = (0.04, 2.5)
"""The least that it has to leave after all, see `told`."""

OFF: Final = 0.1
"""Parts of a lattice vector that a cell's corners may be off the lattice that was found."""


def nearly(
    found: Spectrum, name: str, cell: NDArray[np.float64], rng: np.random.Generator
) -> Spectrum | None:
    """An averaged cell mixed with itself under an operation of a group above its own.

    c'_h = c_h + μ c_{W^T h} exp(-2πi h·s) for x -> W x + s of a group twice as large: where it was
    none, it is left with a residual of (1 - μ)² / (1 + μ²).

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
    Spectrum or None
        None where no larger group is possible, or nobody could tell.
    """
    allowed = settings(found.basis)
    lower = parents(allowed)
    own = true_setting(found, name, cell, allowed)
    if own is None:
        return None
    size = 2 * len(allowed[own].matrices)
    larger = [k for k, held in enumerate(lower) if own in held and len(allowed[k].matrices) == size]
    if not larger:
        return None
    mixed = _mixed(found, allowed[own], allowed[larger[int(rng.integers(len(larger)))]], rng)
    return mixed if told(mixed, allowed, own, TOLD) else None


def told(
    found: Spectrum, allowed: tuple[Setting, ...], own: int, least: tuple[float, float]
) -> bool:
    """Whether a cell's group can be told from those above it.

    What the nearest of these leaves has to be above ``least``, by itself and in units of what the
    group's own operations leave: below, nobody could say which group it is.
    """
    worst = residuals(matched(found, allowed)[1])[0]
    above = neighbours(worst, parents(allowed), MOST)[0][own, 1]
    return bool(above > max(least[0], least[1] * worst[own, 1]))


def true_setting(
    found: Spectrum, name: str, cell: NDArray[np.float64], allowed: tuple[Setting, ...]
) -> int | None:
    """Which setting a group has whose standard cell is known; None off the lattice found."""
    corners = np.linalg.solve(found.basis, cell)
    whole = np.rint(corners).astype(np.int64)
    points = 2 if GROUPS[name].centred else 1
    if np.abs(corners - whole).max() > OFF or abs(round(np.linalg.det(whole))) != points:
        return None
    kinds = at(name, whole).kinds
    places = [k for k, each in enumerate(allowed) if each.name == name and each.kinds == kinds]
    return places[0] if places else None


def _mixed(found: Spectrum, own: Setting, larger: Setting, rng: np.random.Generator) -> Spectrum:
    """A cell and itself under one of the operations that the larger group has beside its own."""
    matcher = Matcher(found.h, found.values, weightings(found)[SEARCH][None], found.noise)
    origin = matcher.match(larger).origin
    held = {W.tobytes() for W in own.matrices}
    new = [k for k, W in enumerate(larger.matrices) if W.tobytes() not in held]
    pick = new[int(rng.integers(len(new)))]
    W = larger.matrices[pick]
    step = larger.shifts[pick] + (np.eye(2) - W) @ origin
    phase = np.exp(-2j * np.pi * (found.h @ step))
    left = np.exp(rng.uniform(*np.log(RESIDUALS)))
    part = (1 - np.sqrt(2 * left - left**2)) / (1 - left)
    values = found.values + part * matcher.moved(W) * phase[:, None]
    return dataclasses.replace(found, values=values, noise=found.noise * (1 + part**2))
