"""What a network is shown instead of the image, as the paper tries it.

Its text gives no parameters: these are the plainest choices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft, sparse

from symlens.wallpaper.networks.symmetry_filter import symmetry_filter

Images = NDArray[np.float32]
"""Shape (batch, height, width, channel)."""

ANGLES: Final = 180


def fourier(images: Images) -> Images:
    """ln(1 + |F|), the frequency 0 in the middle, each channel from 0 to 1; same shape."""
    found = np.log1p(np.abs(fft.fftshift(fft.fft2(images, axes=(1, 2)), axes=(1, 2))))
    return ranged(found)


def radon(images: Images) -> Images:
    """Sums along lines: angles in rows, places in columns, each channel from 0 to 1.

    R(θ, s) = Σ f(x, y) over the pixels whose x cos θ + y sin θ is s, shared between the two nearest
    of as many places as the image is wide; lines that miss the image's inner circle are left out.

    Returns
    -------
    ndarray, shape (batch, 180, width, channel)
    """
    count, height, width, channels = images.shape
    lines = _lines(height, width)
    flat = np.moveaxis(images, 3, 1).reshape(-1, height * width)
    sums = (lines @ flat.T.astype(np.float64)).T.reshape(count, channels, ANGLES, width)
    return ranged(np.moveaxis(sums, 1, 3))


@lru_cache(maxsize=4)
def _lines(height: int, width: int) -> sparse.csr_matrix:
    """The linear map of images of one shape to their Radon transform."""
    y, x = np.indices((height, width), dtype=float).reshape(2, -1)
    x, y = x - (width - 1) / 2, y - (height - 1) / 2
    theta = np.pi * np.arange(ANGLES) / ANGLES
    place = np.cos(theta)[:, None] * x + np.sin(theta)[:, None] * y + (width - 1) / 2
    low = np.floor(place).astype(int)
    part = place - low
    angle = np.arange(ANGLES)[:, None] + np.zeros_like(low)
    pixel = np.arange(len(x)) + np.zeros_like(low)
    rows, columns, weights = [], [], []
    for step, weight in ((0, 1 - part), (1, part)):
        own = (low + step >= 0) & (low + step < width)
        rows.append((angle * width + low + step)[own])
        columns.append(pixel[own])
        weights.append(weight[own])
    shape = (ANGLES * width, height * width)
    parts = np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_matrix(parts, shape=shape)


def ranged(values: NDArray[np.floating]) -> Images:
    """Every channel of every image moved and scaled to 0 .. 1; a constant one to 0."""
    low = values.min(axis=(1, 2), keepdims=True)
    width = values.max(axis=(1, 2), keepdims=True) - low
    return np.asarray((values - low) / np.where(width > 0, width, 1), np.float32)


TRANSFORMS: Mapping[str, Callable[[Images], Images] | None] = {
    "none": None,
    "fft": fourier,
    "radon": radon,
    "filter": symmetry_filter,
}
