r"""How far canonical samples are from stationary ones and how neighbours agree, with gradients.

An average is a projection of symmetric matrices on stationary ones: of a window, a ring, a grid.
Canonical samples are :math:`y = x_w Q^T`, their covariance :math:`K = Q C Q^T`, their energies
:math:`u = \log\cosh y`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.whitening import Samples

Array = NDArray[np.float64]
Average = Callable[[Array], Array]


def locality(means: Array) -> float:
    r"""Mean energy :math:`g = \langle E\,u_j \rangle_j`; smaller is sparser (Gaussian: 0.3746)."""
    return float(means.mean())


def second_order(
    filters: Array, covariance: Array, precision: Array, average: Average
) -> tuple[float, Array]:
    r"""Departure of the covariance, :math:`s_1 = tr[(K^{-1} E)^2] / n`, and its gradient at Q.

    :math:`E = K - \bar K` is what the stationary average leaves; to second order this is four
    times the Kullback-Leibler divergence per pixel between the two Gaussians.

    Parameters
    ----------
    filters : ndarray, shape (n, n)
        Orthogonal Q.
    covariance, precision : ndarray, shape (n, n)
        C and its inverse, which may be regularised.
    average : callable
    """
    n = len(filters)
    half, inverse_half = filters @ covariance, filters @ precision
    turned, inverse = half @ filters.T, inverse_half @ filters.T
    excess = turned - average(turned)
    weighted = inverse @ excess @ inverse
    by_covariance = weighted - average(weighted)
    by_precision = excess @ inverse @ excess
    slope = 4 / n * (by_covariance @ half + by_precision @ inverse_half)
    return float(np.sum(weighted * excess)) / n, slope


def fourth_order(covariance: Array, means: Array, average: Average) -> tuple[float, Array, Array]:
    r"""Departure of energies, :math:`s_2`, and its gradients by their covariance and means.

    :math:`s_2 = \|C_u - \bar C_u\|^2/\|\bar C_u\|^2 + var_j(E u_j)/\langle E u_j\rangle_j^2`.

    Parameters
    ----------
    covariance : ndarray, shape (n, n)
        Of the energies.
    means : ndarray, shape (n,)
        Of the energies.
    average : callable
    """
    averaged = average(covariance)
    excess = covariance - averaged
    power, rest = float(np.sum(averaged**2)), float(np.sum(excess**2))
    level, spread = float(means.mean()), float(means.var())
    by_covariance = 2 / power * (excess - rest / power * averaged)
    by_means = 2 / len(means) * ((means - level) / level**2 - spread / level**3)
    return rest / power + spread / level**2, by_covariance, by_means


def alignment(filters: Array, covariance: Array, neighbours: Array) -> tuple[float, Array]:
    """Mean covariance of neighbours over mean variance, ``a``, and its gradient at Q."""
    half = filters @ covariance
    level = np.trace(covariance) / len(covariance)  # turning filters does not change it
    return float(np.sum(half @ filters.T * neighbours) / level), 2 / level * neighbours @ half


@dataclass(frozen=True)
class Energies:
    """Energies of canonical samples, and what their gradients need.

    Parameters
    ----------
    samples, canonical, centred : ndarray of float32, shape (n_samples, n)
        White and canonical samples, energies without their means.
    means : ndarray, shape (n,)
    covariance : ndarray, shape (n, n)
    """

    samples: Samples
    canonical: Samples
    centred: Samples
    means: Array
    covariance: Array

    @classmethod
    def of(cls, samples: Samples, filters: Array) -> Energies:
        """Energies of white samples at filters Q."""
        canonical = samples @ filters.T.astype(np.float32)
        size = np.abs(canonical)
        # log cosh without overflow
        energy = size + np.log1p(np.exp(-2 * size)) - np.float32(np.log(2.0))
        means = energy.mean(axis=0, dtype=np.float64)
        centred = energy - means.astype(np.float32)
        covariance = (centred.T @ centred).astype(np.float64) / len(samples)
        return cls(samples, canonical, centred, means, covariance)

    def slope(self, by_covariance: Array, by_means: Array) -> Array:
        """Gradient at Q of a function of the covariance, of symmetric gradient, and the means."""
        by_energy = 2 * (self.centred @ by_covariance.astype(np.float32))
        by_energy += by_means.astype(np.float32)
        slope = (by_energy * np.tanh(self.canonical)).T @ self.samples / len(self.samples)
        return slope.astype(np.float64)
