"""Copies of an image with other content, or whose symmetry is hidden by noise or no longer exact.

A learner that has seen exact symmetries only would ask for exact ones, and one that has seen dense
content only would not know how far a sparse one is moved.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Image = NDArray[np.float64]

WAVES: Final = np.array([h for h in product(range(-2, 3), repeat=2) if h > (0, 0)])
"""One of each pair of opposite wave vectors, in those of the cell: up to two periods along it."""

BLURS: Final = ((1.5, 5.0), (1.0, 4.0))
"""Pixels: how far a view is blurred before and after its highest places are cut out."""

QUANTILES: Final = (0.75, 0.97)
"""Parts of the area that are not cut out."""

EDGE: Final = 0.02
"""Part of the area that lies between 0 and 1."""

FAINTEST: Final = 1e-3
"""Standard deviation of spots below which there are none."""


def changed(
    image: Image, basis: NDArray[np.float64], learning: Mapping[str, Any], rng: np.random.Generator
) -> Image:
    """A copy, each change with probability 1/2 and a strength drawn evenly up to its largest.

    Parameters
    ----------
    image : ndarray, shape (height, width, channel)
        From 0 to 1.
    basis : ndarray, shape (2, 2)
        Of the primitive cell, vectors as columns, pixels.
    learning : mapping
        ``changes``, and the largest ``noise`` and ``warp``.
    rng : numpy.random.Generator
    """
    kinds: Collection[str] = learning["changes"]
    if "spots" in kinds and rng.random() < 0.5:
        image = spots(image, rng)
    if "warp" in kinds and rng.random() < 0.5:
        image = warp(image, basis, rng.uniform(0, learning["warp"]), rng)
    if "noise" in kinds and rng.random() < 0.5:
        image = image + rng.uniform(0, learning["noise"]) * rng.normal(size=image.shape)
    return image


def spots(image: Image, rng: np.random.Generator) -> Image:
    """The highest places of a smooth view as spots: sparse content of the same group.

    The view is blurred, its channels are mixed at random; what lies above a high quantile becomes
    1, the rest 0, and is blurred again. An image of which nothing is left stays as it is.
    """
    before, after = rng.uniform(*BLURS[0]), rng.uniform(*BLURS[1])
    channels = image.shape[2]
    view = ndimage.gaussian_filter(image, (before, before, 0), mode="nearest")
    view = view @ rng.normal(size=(channels, channels))
    height = rng.uniform(*QUANTILES)
    low, high = np.quantile(view, [height, min(height + EDGE, 1.0)], axis=(0, 1))
    cut = np.clip((view - low) / np.maximum(high - low, 1e-9), 0, 1)
    found = ndimage.gaussian_filter(cut, (after, after, 0), mode="nearest")
    return np.asarray(found / found.max()) if found.std() > FAINTEST else image


def warp(
    image: Image, basis: NDArray[np.float64], strength: float, rng: np.random.Generator
) -> Image:
    """Move the content by a smooth field that repeats with the cell: translations stay exact.

    u(x) = Σ_h a_h cos(2π h·f + φ_h) with fractions f = A⁻¹ x and a_h normal, of smaller size the
    shorter the wave, 1 / |h|; scaled to the root mean square ``strength``, pixels.
    """
    height, width = image.shape[:2]
    rows, columns = np.indices((height, width), dtype=float)
    moves = strength * field(basis, np.stack([columns, rows]), rng)
    place = rows + moves[1], columns + moves[0]
    planes = [
        ndimage.map_coordinates(plane, place, order=3, mode="reflect")
        for plane in np.moveaxis(image, 2, 0)
    ]
    return np.stack(planes, axis=2)


def field(
    basis: NDArray[np.float64], places: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Displacements of root mean square 1 at places (x, y); shape (2, ...) both."""
    phase = 2 * np.pi * np.tensordot(WAVES @ np.linalg.inv(basis), places, 1)
    size = 1 / np.linalg.norm(WAVES, axis=1)
    amplitude = rng.normal(size=(2, len(WAVES))) * size
    shift = rng.uniform(0, 2 * np.pi, size=(2, len(WAVES)))
    amplitude /= np.sqrt((amplitude**2).sum() / 2)  # the mean of cos² is 1/2
    wave = phase[None] + shift.reshape(2, -1, *(1,) * (places.ndim - 1))
    return np.asarray(np.einsum("ck,ck...->c...", amplitude, np.cos(wave)))
