"""What the operations leave of an image: numbers that know its symmetry and not its content.

Every setting of a group on the image's lattice has a row, all groups the same numbers: what its
operations leave, and what those of the groups below and above it leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.exact.api import chance_of_lattice
from symlens.wallpaper.exact.fourier import Spectrum
from symlens.wallpaper.exact.matching import Match, Matcher
from symlens.wallpaper.exact.settings import Setting, parents, settings
from symlens.wallpaper.exact.weights import APERTURE, blurred, errors, weights_of
from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.hybrid.displacements import displacements

APERTURES: Final = (APERTURE, 2.0, 3.0)
"""Pixels: how far views are blurred whose residuals are noted, beside the one with even weights."""

SEARCH: Final = 2
"""Which of these weights origins are searched with: those of two pixels."""

KINDS: Final = 1 + len(APERTURES)
LEAST, MOST = 1e-3, 2.0
"""Residuals below and above are alike: rounding to 256 levels and noise of clean images."""

LEAST_OFF, MOST_OFF = 0.3, 6.0
"""Pixels: displacements below and above are alike."""

COUNT: Final = 4 * KINDS + 3 * 2 + 1
"""Numbers of a row: see `rows`."""


@dataclass(frozen=True)
class Seen:
    """An image as its operations see it.

    Parameters
    ----------
    labels : ndarray of int, shape (setting,)
        Group of every setting that the lattice allows.
    rows : ndarray, shape (setting, COUNT)
    basis : ndarray, shape (2, 2)
        Reduced primitive cell, vectors as columns, pixels.
    periodic : float
        Probability that the image repeats.
    """

    labels: NDArray[np.int64]
    rows: NDArray[np.float64]
    basis: NDArray[np.float64]
    periodic: float


def seen(found: Spectrum) -> Seen:
    """Look at an averaged cell through its operations."""
    allowed = settings(found.basis)
    labels = np.array([NAMES.index(setting.name) for setting in allowed])
    return Seen(labels, rows(found, allowed), found.basis, chance_of_lattice(found))


def weightings(found: Spectrum) -> NDArray[np.float64]:
    """Even weights, then those of blurred views; shape (KINDS, m)."""
    even = weights_of(found.frequency, found.power, found.noise)[:1]
    plain = [blurred(found.frequency, aperture) for aperture in APERTURES]
    return np.concatenate([even, plain])


def rows(found: Spectrum, allowed: tuple[Setting, ...]) -> NDArray[np.float64]:
    """What is known of every setting, shape (setting, COUNT).

    With each kind of weights the logarithms (to base 10) of the residual of the worst operation, of
    the mean residual, of the least that a setting above leaves and of the most that one below
    leaves; the same without the mean of how far what lies anywhere is off, at most and on average;
    then log2 of the number of operations. Residuals r are taken for sqrt(r² + e²) with their
    standard error e: which of two below the error is smaller says nothing. Neither e nor how well
    the image repeats has a place of its own: a score would learn how noisy its textures are.
    """
    lower = parents(allowed)
    matcher, matches = matched(found, allowed)
    worst, mean = residuals(matches)
    error = np.roll(errors(matcher.weights, found.power, found.noise, found.channels), SEARCH)
    left = (worst, mean, *neighbours(worst, lower, MOST))
    far = displacements(found, matcher, matches)
    off = (far, *neighbours(far, lower, MOST_OFF))
    noted = [logarithm(np.hypot(part, error), LEAST, MOST) for part in left]
    noted += [logarithm(part, LEAST_OFF, MOST_OFF) for part in off]
    order = np.log2([len(setting.matrices) for setting in allowed])[:, None]
    return np.concatenate([*noted, order], axis=1)


def matched(found: Spectrum, allowed: tuple[Setting, ...]) -> tuple[Matcher, list[Match]]:
    """Every setting at the origin that is best in the view blurred by two pixels."""
    first = np.roll(weightings(found), -SEARCH, axis=0)  # origins are searched with the first
    matcher = Matcher(found.h, found.values, first, found.noise)
    return matcher, [matcher.match(setting) for setting in allowed]


def residuals(matches: Sequence[Match]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """1 - correlation of every setting's worst operation, and their mean; (setting, KINDS) each."""
    worst, mean = np.zeros((2, len(matches), KINDS))
    for index, match in enumerate(matches):
        left = np.roll(1 - match.correlations, SEARCH, axis=0)
        if left.shape[1]:
            worst[index], mean[index] = left.max(axis=1), left.mean(axis=1)
    return worst, mean


def neighbours(
    worst: NDArray[np.float64], lower: tuple[tuple[int, ...], ...], most: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least that a setting above each leaves, and the most that one below it leaves.

    Parameters
    ----------
    worst : ndarray, shape (setting, n)
    lower : tuple
        Positions of the settings below each, see `symlens.wallpaper.exact.settings.parents`.
    most : float
        What is said where there is none above; nothing above leaves more.

    Returns
    -------
    above, below : ndarray, shape (setting, n)
        0 where there is none below.
    """
    above, below = np.full_like(worst, most), np.zeros_like(worst)
    for index, held in enumerate(lower):
        own = list(held)
        above[own] = np.minimum(above[own], worst[index])
        below[index] = worst[own].max(axis=0, initial=0.0)
    return above, below


def logarithm(values: NDArray[np.float64], least: float, most: float) -> NDArray[np.float64]:
    """log10 between two bounds."""
    return np.asarray(np.log10(np.clip(values, least, most)))
