"""Information of the posteriors, in nats, on plain arrays and in double precision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SWITCH = 0.8
"""Spread, in radians, from which the entropy of a wrapped normal is summed as a series."""
TERMS = 60


def kl_normal(mean: Array, log_variance: Array) -> Array:
    """KL(N(mu, s^2) || N(0, 1)) = (mu^2 + s^2 - 1 - ln s^2)/2."""
    found: Array = 0.5 * (mean**2 + np.exp(log_variance) - 1.0 - log_variance)
    return found


def kl_wrapped(log_spread: Array) -> Array:
    """KL of a wrapped normal of variance sigma^2 to the uniform law on the circle.

    ln 2 pi - ln(sigma sqrt(2 pi e)) where no tail goes round (error below 1e-4 at SWITCH), else
    sum_n [ln(1 - q^n) - 2 (-1)^n/n q^((n^2 + n)/2)/(1 - q^n)] with q = exp(-sigma^2), by Jacobi's
    triple product of the density.
    """
    narrow = 0.5 * (np.log(2 * np.pi) - 1.0 - log_spread)
    q = np.exp(-np.exp(np.maximum(log_spread, 2 * np.log(SWITCH))))[..., None]
    n = np.arange(1, TERMS + 1)
    series = (-1.0) ** n / n * q ** ((n * n + n) / 2) / (1.0 - q**n)
    wide = np.sum(np.log1p(-(q**n)) - 2.0 * series, axis=-1)
    found: Array = np.where(log_spread < 2 * np.log(SWITCH), narrow, wide)
    return found


def wrapped_powers(terms: int) -> Array:
    """Coefficients a_1, ..., a_terms of that sum as a series in powers of q: a_1 = 1, a_2 = 1/2.

    From ln(1 - q^n) = -sum_m q^(n m)/m and 1/(1 - q^n) = sum_j q^(n j).
    """
    found = np.zeros(terms + 1)
    for n in range(1, terms + 1):
        for m in range(1, terms // n + 1):
            found[n * m] -= 1.0 / m
        found[(n * n + n) // 2 :: n] -= 2.0 * (-1.0) ** n / n
    return found[1:]


def kl_fisher(log_spread: Array) -> Array:
    """KL of a von Mises-Fisher law on S^2, kappa = exp(-log_spread), to the uniform one.

    kappa coth(kappa) - 1 + ln(kappa/sinh(kappa)), with 2 sinh = exp(kappa)(1 - exp(-2 kappa)).
    """
    kappa = np.exp(-log_spread)
    small = -np.expm1(-2.0 * kappa)
    found: Array = kappa * (2.0 / small - 2.0) - 1.0 + np.log(2.0 * kappa) - np.log(small)
    return found


def resultant(curved: int, log_spread: Array) -> Array:
    """Length of the mean of the unit vector: exp(-sigma^2/2), or coth(kappa) - 1/kappa."""
    if curved == 1:
        return np.exp(-0.5 * np.exp(log_spread))
    kappa = np.exp(-log_spread)
    found: Array = 1.0 / np.tanh(kappa) - 1.0 / kappa
    return found
