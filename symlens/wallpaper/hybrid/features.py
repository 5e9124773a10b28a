"""What the operations leave of an image: numbers that know its symmetry and not its content.

For each of the 16 groups above p1, in the setting on the image's lattice that fits best about its
best origin: the residual of its worst operation and the mean over its operations, with both kinds
of weights. A group that the lattice does not allow leaves everything, 1. Beside them the shape of
the cell, not its size, and how noisy the image is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.exact.api import chance_of_lattice, match_all, prepared, principal
from symlens.wallpaper.exact.cells import spectrum
from symlens.wallpaper.exact.lattice import find_lattice
from symlens.wallpaper.exact.matching import Match
from symlens.wallpaper.exact.reduction import reduced
from symlens.wallpaper.groups import NAMES

WEIGHTINGS: Final = 2
LEAST: Final = 1e-3
"""Residuals below it are alike: rounding to 256 levels and noise of clean images are there."""

FEWEST: Final = 6
"""Fourier coefficients, with their conjugates, that a cell must have."""

SHAPE: Final = ("logarithm of b/a", "cosine of the angle")
NOISE: Final = ("logarithm of the noise", "coherence", "contrast")
COUNT: Final = 2 * WEIGHTINGS * (len(NAMES) - 1) + len(SHAPE) + len(NOISE)


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
    quality = [np.log10(max(noise, LEAST)), found.coherence, found.contrast]
    features = np.concatenate([left(matches), shape(found.basis), quality])
    return Seen(features, found.basis, chance_of_lattice(found))


def left(matches: Sequence[Match]) -> NDArray[np.float64]:
    """log10 of what is left by every group above p1: of each weighting the worst, then the mean.

    Parameters
    ----------
    matches : sequence of Match
        Of all settings that the lattice allows.

    Returns
    -------
    ndarray, shape (4 * 16,)
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
