"""What the operations leave of an image: numbers that know its symmetry and not its content.

For each of the 16 groups above p1, in the setting on the image's lattice that fits best about its
best origin: the residual of its worst operation and the mean over its operations, with both kinds
of weights. A group that the lattice does not allow leaves everything, 1. Where a part of a lattice
vector is nearly a translation too, the same on the finer lattice, and what that translation leaves:
an image of a centred group whose atoms are a little off has its group there. Beside them the shape
of the cell, not its size, and how noisy the image is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.exact.api import chance_of_lattice, match_all, prepared, principal
from symlens.wallpaper.exact.cells import spectrum
from symlens.wallpaper.exact.fourier import Spectrum
from symlens.wallpaper.exact.lattice import find_lattice
from symlens.wallpaper.exact.matching import Match
from symlens.wallpaper.exact.reduction import SHORTEST, reduced, shortest
from symlens.wallpaper.exact.weights import repeats, weights_of
from symlens.wallpaper.groups import NAMES

WEIGHTINGS: Final = 2
LEAST: Final = 1e-3
"""Residuals below it are alike: rounding to 256 levels and noise of clean images are there."""

FEWEST: Final = 6
"""Fourier coefficients, with their conjugates, that a cell must have."""

NEARLY: Final = 0.5
"""What a translation may leave at most for its finer lattice to be looked at."""

PRIMES: Final = (2, 3)

SHAPE: Final = ("logarithm of b/a", "cosine of the angle")
NOISE: Final = ("logarithm of the noise", "coherence", "contrast")
GROUPS_LEFT: Final = 2 * WEIGHTINGS * (len(NAMES) - 1)
COUNT: Final = 2 * GROUPS_LEFT + 1 + len(SHAPE) + len(NOISE)


@dataclass(frozen=True)
class Seen:
    """An image as its operations see it.

    Parameters
    ----------
    features : ndarray, shape (COUNT,)
    basis : ndarray, shape (2, 2)
        Reduced primitive cell, vectors as columns, pixels.
    periodic : float
        Probability that the image repeats.
    """

    features: NDArray[np.float64]
    basis: NDArray[np.float64]
    periodic: float


def seen(image: NDArray[np.float64]) -> Seen | None:
    """Look at an image through its operations; None where no lattice is found.

    Parameters
    ----------
    image : ndarray, shape (height, width, channel)

    Raises
    ------
    DataError
        For an image of one colour, or one that is too small.
    """
    values = prepared(image)
    lattice = find_lattice(principal(values))
    if lattice is None:
        return None
    found = spectrum(values, lattice)
    if len(found.h) < FEWEST:
        return None
    matches, noise = match_all(found)
    lost, nearly = finer(found)
    below = np.zeros(GROUPS_LEFT) if nearly is None else left(match_all(nearly)[0])
    quality = [np.log10(max(noise, LEAST)), found.coherence, found.contrast]
    translation = [np.log10(max(lost, LEAST))]
    features = np.concatenate([left(matches), below, translation, shape(found.basis), quality])
    return Seen(features, found.basis, chance_of_lattice(found))


def finer(found: Spectrum) -> tuple[float, Spectrum | None]:
    """The translation by a half or a third of a lattice vector that leaves least.

    Returns
    -------
    lost : float
        1 - correlation of the averaged cell with itself, moved; 1 where that is more than NEARLY.
    nearly : Spectrum or None
        On the lattice with that translation: the coefficients that it keeps.
    """
    weight = weights_of(found.frequency, found.power, found.noise)[1]
    signal = weight * (found.power - found.noise)
    if signal.sum() <= 0:
        return 1.0, None
    lost, p, step = 2.0, 2, (0, 0)
    for prime in PRIMES:
        own = 1 - repeats(found.h, signal, prime)
        own[0, 0] = 2.0  # no part of a vector
        least = np.unravel_index(own.argmin(), own.shape)
        if own[least] < lost:
            lost, p, step = float(own[least]), prime, (int(least[0]), int(least[1]))
    part = found.basis @ np.array(step) / p
    a, b = found.basis.T
    lattice = reduced(np.stack((part, b) if step[0] else (a, part), axis=1))
    kept = (found.h @ step) % p == 0
    if lost > NEARLY or shortest(lattice) < SHORTEST or kept.sum() < FEWEST:
        return 1.0, None
    h = np.rint(found.h[kept] @ np.linalg.inv(found.basis) @ lattice).astype(np.int64)
    values, noise = found.values[kept], found.noise[kept]
    return lost, replace(found, basis=lattice, h=h, values=values, noise=noise)


def left(matches: Sequence[Match]) -> NDArray[np.float64]:
    """log10 of what is left by every group above p1: of each weighting the worst, then the mean.

    Parameters
    ----------
    matches : sequence of Match
        Of all settings that the lattice allows.

    Returns
    -------
    ndarray, shape (GROUPS_LEFT,)
        From -3, nothing, to about 0, everything; 0 for groups that are not allowed.
    """
    table = np.ones((len(NAMES), 2 * WEIGHTINGS))
    best = np.full(len(NAMES), np.inf)
    for match in matches:
        label = NAMES.index(match.setting.name)
        residual = 1 - match.correlations  # (weighting, operation)
        if label > 0 and residual[1].max() < best[label]:
            best[label] = residual[1].max()
            table[label] = np.concatenate([residual.max(axis=1), residual.mean(axis=1)])
    return np.asarray(np.log10(np.clip(table[1:], LEAST, 2.0)).ravel())


def shape(basis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shape of the reduced cell: ln of longer over shorter vector, cosine of their angle."""
    vectors = reduced(basis)
    a, b = np.sort(np.linalg.norm(vectors, axis=0))
    return np.array([np.log(b / a), vectors[:, 0] @ vectors[:, 1] / (a * b)])
