"""How an image correlates with itself, moved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

OVERLAP = 0.2
"""Lags at which less than this part of the image overlaps with itself are not looked at."""


def autocorrelation(image: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Correlation coefficient of an image with itself, moved, over the part that overlaps.

    r(d) = Σ (f(p) - m)(f(p + d) - m') / sqrt(Σ (f(p) - m)² Σ (f(p + d) - m')²) with the means m
    and m' over the overlap; the sums are those of one Fourier transform and of running sums.

    Parameters
    ----------
    image : ndarray, shape (height, width)

    Returns
    -------
    r : ndarray, shape (rows, 2 * columns - 1)
        At lags (dy, dx), dy from 0 and dx from -(columns - 1).
    columns : int
        Lag 0 lies at ``[0, columns - 1]``.
    """
    height, width = image.shape
    rows, columns = (max(2, int(side * (1 - OVERLAP))) for side in image.shape)
    shape = [fft.next_fast_len(2 * side, real=True) for side in image.shape]
    spectrum = fft.rfft2(image, shape)
    full = fft.irfft2(np.abs(spectrum) ** 2, shape)
    product = np.concatenate([full[:rows, -(columns - 1) :], full[:rows, :columns]], axis=1)

    dy, dx = np.arange(rows)[:, None], np.arange(1 - columns, columns)[None, :]
    right = np.maximum(dx, 0)
    left = np.maximum(-dx, 0)
    boxes = (
        (0 * dy, height - dy, left, width - right),
        (dy, height + 0 * dy, right, width - left),
    )
    count = (height - dy) * (width - np.abs(dx))
    sums, squares = (
        [_boxes(running, *box) for box in boxes]
        for running in map(_running_sums, (image, image**2))
    )
    variance = [s2 - s**2 / count for s, s2 in zip(sums, squares, strict=True)]
    scale = np.sqrt(np.maximum(variance[0] * variance[1], 1e-24))
    return (product - sums[0] * sums[1] / count) / scale, columns


def _running_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over all that is above and to the left; shape (height + 1, width + 1)."""
    return np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))


def _boxes(
    integral: NDArray[np.float64],
    top: NDArray[np.int64],
    bottom: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Sums over boxes [top, bottom) x [left, right), from running sums."""
    total = integral[bottom, right] - integral[top, right]
    return np.asarray(total - integral[bottom, left] + integral[top, left])
