"""How much each Fourier coefficient counts."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

APERTURE = 1.2
"""Pixels: standard deviation of the Gaussian that plain weights look through (our choice)."""

LEAST = 1e-3
"""Part of the power that counts as signal at least, and part of the strongest ring's power below
which a ring counts less and less: what is left there is rounding and cut-off values."""

BIN, NEAR = 0.01, 0.02
"""Cycles per pixel: width of a bin, and standard deviation of what is averaged around it."""


def weights_of(
    frequency: NDArray[np.float64], power: NDArray[np.float64], noise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Two kinds of weights for coefficients at frequencies |k|.

    Even: S(k) / P(k)², with the mean power P over a ring and its part S without noise; without
    noise every ring of coefficients counts alike, and rings of noise count for nothing. Plain:
    exp(-(2π s |k|)²), as an image blurred by s = 1.2 pixels.

    Parameters
    ----------
    frequency, power, noise : ndarray, shape (m,)

    Returns
    -------
    ndarray, shape (2, m)
    """
    mean = ring_mean(frequency, power)
    signal = np.maximum(mean - noise, LEAST * mean)
    even = signal / (mean + LEAST * mean.max()) ** 2
    return np.stack([even, blurred(frequency, APERTURE)])


def blurred(frequency: NDArray[np.float64], aperture: float) -> NDArray[np.float64]:
    """exp(-(2π s |k|)²): weights of an image blurred by s pixels; shape (m,)."""
    return np.asarray(np.exp(-((2 * np.pi * aperture * frequency) ** 2)))


def errors(
    weights: NDArray[np.float64],
    power: NDArray[np.float64],
    noise: NDArray[np.float64],
    channels: float,
) -> NDArray[np.float64]:
    """Standard error of the residual of a symmetry that is there, at most 1; shape (weighting,).

    1 - R / S = Σ w (|n_h - n_h'|² / 2 - σ²) / Σ w S, with the signal S = |c|² - σ², at least 0: of
    noise only, since the signal is the same at h and its image h'. Each value stands there four
    times, for h, h' and their negatives: sqrt(4 Σ w² σ⁴ / channels) / Σ w S.

    Parameters
    ----------
    weights : ndarray, shape (weighting, m)
    power, noise : ndarray, shape (m,)
    channels : float
        How many have noise of their own.
    """
    signal = np.maximum(power - noise, 0.0)
    variance = 4 * weights**2 @ noise**2 / channels
    return np.asarray(np.minimum(np.sqrt(variance) / np.maximum(weights @ signal, 1e-300), 1.0))


def ring_mean(frequency: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Local mean of values over |k|, a Gaussian neighbourhood of rings; shape (m,)."""
    place = (frequency / BIN).astype(int)
    count = np.bincount(place).astype(float)
    total = np.bincount(place, values)
    kernel = _kernel(len(count))
    return np.asarray(((kernel @ total) / (kernel @ count))[place])


@lru_cache(maxsize=256)
def _kernel(count: int) -> NDArray[np.float64]:
    """Gaussian of the distance of all pairs of bins; shape (count, count)."""
    bins = np.arange(count)
    return np.asarray(np.exp(-0.5 * ((bins[:, None] - bins) * BIN / NEAR) ** 2))


def repeats(h: NDArray[np.int64], signal: NDArray[np.float64], p: int) -> NDArray[np.float64]:
    """Correlation of a cell with itself moved by all p-th parts of lattice vectors.

    Σ s_h cos(2π h·n / p) / Σ s_h for n from (0, 0) to (p - 1, p - 1): h counts modulo p only.

    Parameters
    ----------
    h : ndarray of int, shape (m, 2)
    signal : ndarray, shape (m,)
        Of a sum that is not 0.
    p : int

    Returns
    -------
    ndarray, shape (p, p)
    """
    column, row = (h % p).T
    classes = np.bincount(p * column + row, signal, minlength=p * p)
    return np.asarray(_cosines(p) @ classes / classes.sum()).reshape(p, p)


@lru_cache(maxsize=8)
def _cosines(p: int) -> NDArray[np.float64]:
    """cos(2π h·n / p) of all steps n, in rows, and all h modulo p; shape (p², p²)."""
    steps = np.stack(np.divmod(np.arange(p * p), p))
    return np.asarray(np.cos(2 * np.pi * (steps.T @ steps) / p))
