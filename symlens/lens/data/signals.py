"""Shapes of single signals, as functions of the signed distance from their centre."""

from __future__ import annotations

from math import comb, factorial

import numpy as np
from numpy.typing import NDArray
from scipy.special import binom

Array = NDArray[np.float32]


def gaussian(distance: Array, scale: Array) -> Array:
    r"""Bump of unit area, :math:`\phi(d) = e^{-d^2 / 2 s^2} / (\sqrt{2 \pi} s)`.

    Parameters
    ----------
    distance : ndarray, shape (n_signals, n_pixels)
        d, in pixels.
    scale : ndarray, shape (n_signals, 1)
        Standard deviation s, in pixels.

    Returns
    -------
    ndarray, shape (n_signals, n_pixels)
        In 1 / pixel.
    """
    values: Array = np.exp(-0.5 * np.square(distance / scale)) / (
        np.sqrt(np.float32(2 * np.pi)) * scale
    )
    return values


def legendre_coefficients(degree: int, order: int) -> NDArray[np.float64]:
    r"""Coefficients, in rising powers of z, of :math:`2^{-l} \, d^m P_l(z) / dz^m`.

    :math:`\frac{k!}{(k-m)!} \binom{l}{k} \binom{(l+k-1)/2}{l}` for :math:`z^{k-m}`, k = m, ..., l.

    Notes
    -----
    The factor :math:`2^l` of the customary Legendre polynomial is left out, as in the official
    SymmetryLens code.
    """
    return np.array(
        [
            factorial(k)
            / factorial(k - order)
            * comb(degree, k)
            * binom((degree + k - 1) / 2, degree)
            for k in range(order, degree + 1)
        ]
    )


def legendre(distance: Array, scale: Array, degree: int, order: int) -> Array:
    r"""Associated Legendre wave :math:`(-1)^m 2^{-l} P_l^m(\sin(\pi u / 2))`.

    :math:`u = d / (s / 2)` clipped to +-1, where the wave has come to zero for m >= 1; even in d
    for even l + m, odd for odd.

    Parameters
    ----------
    distance : ndarray, shape (n_signals, n_pixels)
        d, in pixels.
    scale : ndarray, shape (n_signals, 1)
        Length s of the wave, in pixels.
    degree, order : int
        l and m.

    Returns
    -------
    ndarray, shape (n_signals, n_pixels)
    """
    angle = np.clip(distance * (2 / scale), -1, 1) * np.float32(np.pi / 2)
    sine = np.sin(angle)
    # cos^m(angle) = (1 - z^2)^(m/2), without the cancellation in 1 - z^2 near the ends.
    values: Array = np.maximum(np.cos(angle), 0) ** order
    polynomial = np.zeros_like(sine)
    for coefficient in legendre_coefficients(degree, order)[::-1]:
        polynomial = polynomial * sine + np.float32(coefficient)
    values *= polynomial
    return values
