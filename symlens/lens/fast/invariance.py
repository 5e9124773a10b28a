r"""How far covariance and cumulants are from being invariant under the cyclic shift of filters.

All data enter through fixed tensors, so that an evaluation costs ``10 n^5`` operations and no
pass over the samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cumulants import Cumulants, Tensor, turn
from symlens.lens.fast.whitening import Whitened

Array = NDArray[np.float64]

CUMULANT_WEIGHT = 0.3
"""Our choice: cumulants of sparse signals scatter more than those of Gaussian noise."""


def ring_average(tensor: Tensor) -> Tensor:
    r"""Mean over common shifts, :math:`\bar T_{ij\ldots} = \frac1n \sum_s T_{i+s, j+s, \ldots}`."""
    n, order = len(tensor), tensor.ndim
    pixels = np.arange(n)
    first = pixels.reshape(-1, *[1] * (order - 1))
    offsets = np.meshgrid(*[pixels] * order, indexing="ij", sparse=True)[1:]
    means = tensor[(first, *[(first + offset) % n for offset in offsets])].mean(axis=0)
    averaged: Tensor = means[tuple((offset - first) % n for offset in offsets)]
    return averaged


class Invariance:
    r"""Misfit of an invariant model, per sample, as a function of the filters Q.

    .. math:: J(Q) = \tfrac12 \sum_k \log \lambda_k
       - \tfrac{b}{2} \left( \tfrac{1}{3!} \|\bar\kappa_3\|^2
       + \tfrac{1}{4!} \|\bar\kappa_4\|^2 \right)

    The first term is the negative Gaussian log-likelihood of a circulant covariance, with
    :math:`\lambda_k` the mean power at frequency k of :math:`Q C Q^T`; the second is, up to a
    constant, half the chi-square by which cumulants in canonical coordinates differ from their
    averages :math:`\bar\kappa` over the ring.

    Parameters
    ----------
    white : Whitened
        Its covariance C enters.
    cumulants : Cumulants
        Real, in the coordinates of ``white.modes``.
    """

    def __init__(self, white: Whitened, cumulants: Cumulants) -> None:
        self._white = white
        self._cumulants = cumulants

    def __call__(self, filters: Array) -> tuple[float, Array]:
        """Value and Euclidean gradient at orthogonal filters, up to its symmetric part."""
        value, slope = self._gaussian(filters)
        rows = filters @ self._white.modes
        for tensor, permutations in ((self._cumulants.third, 6), (self._cumulants.fourth, 24)):
            turned = turn(tensor, rows)
            averaged = ring_average(turned)
            weight = CUMULANT_WEIGHT / (2 * permutations)
            value -= weight * float(np.vdot(averaged, averaged))
            # Each of the d indices turns alike, and the average is an orthogonal projection.
            together = averaged.reshape(len(rows), -1) @ turned.reshape(len(rows), -1).T
            slope = slope - 2 * tensor.ndim * weight * together
        return value, slope @ filters

    def _gaussian(self, filters: Array) -> tuple[float, Array]:
        covariance = filters @ self._white.covariance @ filters.T
        powers = ring_powers(covariance, self._white.powers[-1])
        lags = (np.arange(len(filters)) - np.arange(len(filters))[:, None]) % len(filters)
        precision = np.fft.ifft(1 / powers).real[lags]
        return 0.5 * float(np.log(powers).sum()), precision @ covariance


def covariance_excess(white: Whitened, filters: Array) -> float:
    r"""Likelihood-ratio statistic of a circulant covariance over its degrees of freedom.

    :math:`N (\sum_k \log \lambda_k - \sum_k \log w_k) / d` with the powers :math:`w_k` of the
    covariance and :math:`d = n(n+1)/2 - \lfloor n/2 \rfloor - 1`: about 1 for Gaussian samples
    whose covariance is circulant in canonical coordinates, more for heavier tails.
    """
    n = white.n_features
    freedom = n * (n + 1) // 2 - n // 2 - 1
    logs = np.log(ring_powers(filters @ white.covariance @ filters.T, white.powers[-1]))
    return len(white.x) * float(logs.sum() - np.log(white.powers).sum()) / freedom


def ring_powers(covariance: Array, floor: float) -> Array:
    """Mean power at every frequency of a ring, at least ``floor`` (rounding). Shape (n,)."""
    powers: Array = np.maximum(np.fft.fft(ring_average(covariance)[0]).real, floor)
    return powers
