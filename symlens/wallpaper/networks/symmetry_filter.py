"""The symmetry filter of the paper: where, and how well, an image is mapped to itself.

A random kernel K and its images K_1 .. K_n under an operation are laid on a window P of the image:
a_i = Σ K_i P. If P is invariant about its middle, all a_i are the same; the feature is 1 less their
standard deviation. Ours is taken at every pixel instead of chosen ones, averaged over several
kernels and divided by the norm of P less its mean, so that it lies between 0 and 1 on average: for
kernels of independent normal numbers the mean of var_i(a_i) is Σ_i |g_i P - mean_g P|² / n.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Images = NDArray[np.float32]
"""Shape (batch, height, width, channel)."""

KERNELS: Final = 8
PART: Final = 6
"""The image is as many windows wide (the paper does not say)."""

OPERATIONS: Final[tuple[tuple[int, ...], ...]] = ((0, 2), (0, 4), (0, 6), (0, 1, 2, 3))
"""Two-fold, both mirrors, four-fold: numbers of quarter turns, 4 more for those of the mirror
image."""

LEAST: Final = 1e-3
"""Norm of a window, per pixel, that counts for every smaller one: black stays black."""


def symmetry_filter(images: Images) -> Images:
    """Maps of the four features of the channels' mean.

    Returns
    -------
    ndarray, shape (batch, height, width, 4)
    """
    return filtered(images, _kernels(images.shape[2] // PART // 2 * 2 + 1))


def filtered(images: Images, kernels: NDArray[np.float64]) -> Images:
    """The features with given kernels, shape (k, side, side), each of sum 0, an odd side."""
    side = kernels.shape[1]
    border = side // 2
    edges = ((0, 0), (border, border), (border, border))
    grey = np.pad(images.mean(axis=3, dtype=np.float64), edges, mode="reflect")
    shape = grey.shape[1:]
    seen = fft.rfft2(grey)

    def correlated(kernel: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ K P for the windows around every pixel of the image; (..., height, width)."""
        found = fft.irfft2(seen * np.conj(fft.rfft2(kernel, shape)), shape)
        return np.asarray(found[:, : shape[0] - 2 * border, : shape[1] - 2 * border])

    ones = np.ones((side, side))
    mean = correlated(ones) / side**2
    square = fft.irfft2(fft.rfft2(grey**2) * np.conj(fft.rfft2(ones, shape)), shape)
    square = square[:, : mean.shape[1], : mean.shape[2]]
    norm = np.maximum(square - side**2 * mean**2, (LEAST * side) ** 2)
    variance = np.zeros((*mean.shape, len(OPERATIONS)))
    for kernel in kernels:
        turned = [np.rot90(k, turns) for k in (kernel, kernel[:, ::-1]) for turns in range(4)]
        answers = np.stack([correlated(k) for k in turned])
        for index, own in enumerate(OPERATIONS):
            variance[..., index] += answers[list(own)].var(axis=0)
    return np.asarray(1 - np.sqrt(variance / len(kernels) / norm[..., None]), np.float32)


@lru_cache(maxsize=4)
def _kernels(side: int) -> NDArray[np.float64]:
    """Normal numbers less their mean, the same in every process."""
    found = np.random.default_rng(side).normal(size=(KERNELS, side, side))
    return np.asarray(found - found.mean(axis=(1, 2), keepdims=True))
