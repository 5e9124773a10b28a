"""A resolving filter for methods that learn none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STARTS, STEPS, SAMPLES = 8, 50, 20_000
RIDGE = 1e-9


def white(x: Array) -> Array:
    """Samples in units of the root of their covariance, ``x C^(-1/2)``; x is centred.

    Directions in which the samples hardly vary are not blown up.
    """
    values, modes = np.linalg.eigh(x.T @ x / len(x))
    values = np.maximum(values, max(RIDGE * values[-1], np.finfo(np.float64).tiny))
    whitened: Array = x @ ((modes / np.sqrt(values)) @ modes.T)
    return whitened


def least_gaussian(x: Array, rng: np.random.Generator) -> Array:
    r"""The direction of white samples that is farthest from Gaussian, shape (n,), of unit norm.

    One unit of FastICA: :math:`w \leftarrow \langle z \tanh(w z) \rangle - \langle 1 - \tanh^2 (w
    z) \rangle\, w`, normalised, from several random starts; of the ends, that whose
    :math:`\langle \log \cosh w z \rangle` is farthest from its value for a standard normal.

    Parameters
    ----------
    x : ndarray, shape (samples, n)
        Centred.
    rng : numpy.random.Generator

    Notes
    -----
    A. Hyvärinen, *Fast and robust fixed-point algorithms for independent component analysis*,
    IEEE Trans. Neural Networks 10 (1999).
    """
    z = white(x[:SAMPLES])
    w = rng.standard_normal((STARTS, z.shape[1]))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    for _ in range(STEPS):
        bent = np.tanh(z @ w.T)
        w = bent.T @ z / len(z) - np.mean(1 - bent**2, axis=0)[:, None] * w
        w /= np.maximum(np.linalg.norm(w, axis=1, keepdims=True), np.finfo(np.float64).tiny)
    outputs = z @ w.T
    contrast = np.mean(np.logaddexp(outputs, -outputs) - np.log(2), axis=0)
    chosen: Array = w[np.argmax(np.abs(contrast - normal_contrast()))]
    return chosen


def normal_contrast() -> float:
    r""":math:`E \log \cosh Z` of a standard normal, by Gauss-Hermite quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    return float(weights @ (np.logaddexp(nodes, -nodes) - np.log(2)) / weights.sum())
