r"""Third and fourth moments between canonical pixels, which translation makes stationary.

Every pixel y of white samples is first saturated, :math:`s = y / \sqrt{1 + y^2 / 9}`: a function
of single pixels keeps stationarity, and without large values fourth moments need far fewer
samples. All moments are zero where every rotation is a symmetry (white noise, or any law of the
radius alone), and stay so to first order when mean and covariance are a little off those that the
samples were whitened with. In white noise every entry has the variance 1 / n_samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Samples = NDArray[np.float32]

SATURATION = 3.0
"""White value, in standard deviations, from which a pixel counts less (our choice)."""


def saturate(y: NDArray[np.floating]) -> NDArray[np.floating]:
    r""":math:`s = y / \sqrt{1 + (y / 3)^2}`: odd, between -3 and 3."""
    return np.asarray(y / np.sqrt(1 + (y / SATURATION) ** 2))


@dataclass(frozen=True)
class NormalMeans:
    r"""Means over a saturated standard normal variable.

    Parameters
    ----------
    power : float
        :math:`E s^2`.
    slope : float
        :math:`\beta = E[s^3 y] / E[s y]`, the ratio by which the means of :math:`s^3` and of s
        move with the mean of y (Stein's lemma).
    mixed : float
        Standard deviation of :math:`(s_i^2 - E s^2) s_j`.
    own : float
        Standard deviation of :math:`s^3 - \beta s`.
    """

    power: float
    slope: float
    mixed: float
    own: float


@cache
def normal_means() -> NormalMeans:
    """Compute them by Gauss-Hermite quadrature."""
    y, weights = np.polynomial.hermite_e.hermegauss(100)
    weights = weights / weights.sum()
    s = saturate(y)
    power = float(weights @ s**2)
    slope = float((weights @ (s**3 * y)) / (weights @ (s * y)))
    mixed = float(np.sqrt(weights @ (s**2 - power) ** 2 * power))
    own = float(np.sqrt(weights @ (s**3 - slope * s) ** 2))
    return NormalMeans(power, slope, mixed, own)


def third(s: Samples) -> Array:
    r"""Skewness of a pixel and its neighbours.

    :math:`K_{ij} \propto E[(s_i^2 - E_0 s^2) s_j]`, :math:`K_{ii} \propto E[s_i^3 - \beta s_i]`,
    with :math:`E_0` the mean over a standard normal variable.

    Parameters
    ----------
    s : ndarray of float32, shape (..., n_samples, n)
        Saturated white samples.

    Returns
    -------
    ndarray, shape (..., n, n)
    """
    normal = normal_means()
    mean = s.mean(axis=-2, dtype=np.float64)
    moment = _mean_product(s * s, s)
    own = (np.diagonal(moment, axis1=-2, axis2=-1) - normal.slope * mean) / normal.own
    moment = (moment - normal.power * mean[..., None, :]) / normal.mixed
    pixel = np.arange(s.shape[-1])
    moment[..., pixel, pixel] = own
    return np.asarray(moment)


def fourth(s: Samples, *, cyclic: bool) -> Array:
    r"""Pairs of pixels at lag 1 with pairs at lag 2.

    :math:`K_{ij} \propto E[s_i s_{i+1} s_j s_{j+2}]`, and zero where the pairs share a pixel.
    Unlike the moments of two squares it is blind for an amplitude that all pixels share.

    Parameters
    ----------
    s : ndarray of float32, shape (..., n_samples, n)
        Saturated white samples.
    cyclic : bool

    Returns
    -------
    ndarray, shape (..., n, n) when cyclic, else (..., n - 1, n - 2)
    """
    n = s.shape[-1]
    i, j = pair_starts(n, cyclic=cyclic)
    moment = _mean_product(s[..., i] * s[..., (i + 1) % n], s[..., j] * s[..., (j + 2) % n])
    return np.where(disjoint(n, cyclic=cyclic), moment / normal_means().power ** 2, 0.0)


def moments(y: Samples, *, cyclic: bool) -> tuple[Array, Array]:
    """Third and fourth moments of white samples, shape (..., n_samples, n), that are canonical."""
    s = saturate(y)
    return third(s), fourth(s, cyclic=cyclic)


def pair_starts(n: int, *, cyclic: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First pixels of all pairs at lag 1, and of all pairs at lag 2."""
    return np.arange(n if cyclic else n - 1), np.arange(n if cyclic else max(n - 2, 0))


def disjoint(n: int, *, cyclic: bool) -> NDArray[np.bool_]:
    """Whether a pair at lag 1 (row) and a pair at lag 2 (column) have no pixel in common."""
    i, j = pair_starts(n, cyclic=cyclic)
    return ~np.isin((j - i[:, None]) % n, np.array([-2, -1, 0, 1]) % n)


def entries(n: int, *, cyclic: bool) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which entries of the third and fourth moments are not left out."""
    return np.ones((n, n), dtype=bool), disjoint(n, cyclic=cyclic)


def _mean_product(left: Samples, right: Samples) -> Array:
    total = np.swapaxes(left, -1, -2) @ right
    return np.asarray(total.astype(np.float64) / left.shape[-2])
