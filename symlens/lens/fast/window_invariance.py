r"""How far covariance and cumulants are from those of a stationary window, at given filters.

Pixels of a window of a stationary process have cumulants that depend on the differences of their
positions only. The second cumulants alone leave many answers (frequencies with a wrong sign, or
exchanged); the third and fourth tell them apart. All data enter through fixed tensors, so that an
evaluation costs ``10 n^5`` operations and no pass over the samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cumulants import Cumulants, Tensor, turn
from symlens.lens.fast.rotations import Objective
from symlens.lens.fast.whitening import Whitened
from symlens.lens.fast.window import Positions, stationarity

Array = NDArray[np.float64]

CUMULANT_WEIGHT = 3.0
"""Our choice, against the Gaussian departure."""


@dataclass(frozen=True)
class Differences:
    """Entries of a tensor sorted by the differences of their indices.

    Parameters
    ----------
    classes : ndarray of int, shape (n**order,)
        Class of every entry of the flattened tensor: entries in one class have the same
        differences of their indices.
    sizes : ndarray of int, shape (number of classes,)
    """

    classes: NDArray[np.int32]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, n: int, order: int) -> Differences:
        """Classes of the entries of a tensor with ``order`` indices from 0 to n - 1."""
        indices = np.meshgrid(*[np.arange(n)] * order, indexing="ij", sparse=True)
        keys = np.zeros((1,) * order, np.int64)
        for index in indices[1:]:
            keys = keys * (2 * n - 1) + (index - indices[0] + n - 1)
        found = np.zeros((2 * n - 1) ** (order - 1), np.int64)
        flat = np.ascontiguousarray(np.broadcast_to(keys, (n,) * order)).ravel()
        counts = np.bincount(flat, minlength=len(found))
        number = np.cumsum(counts > 0) - 1
        return cls(number[flat].astype(np.int32), counts[counts > 0])

    def means(self, tensor: Tensor) -> Array:
        """Mean of every class. Shape (number of classes,)."""
        means: Array = np.bincount(self.classes, tensor.ravel(), len(self.sizes)) / self.sizes
        return means

    def stationary_power(self, tensor: Tensor) -> float:
        r"""Power of the projection, :math:`\|\bar T\|^2`."""
        return float(np.sum(self.sizes * self.means(tensor) ** 2))

    def project(self, tensor: Tensor) -> Tensor:
        r"""Orthogonal projection on stationary tensors, :math:`\bar T`.

        :math:`\bar T_{ij\ldots}` is the mean of :math:`T_{i+s, j+s, \ldots}` over all shifts s
        that keep every index in the window.
        """
        means = self.means(tensor).astype(tensor.dtype)
        projected: Tensor = means[self.classes].reshape(tensor.shape)
        return projected


@dataclass(frozen=True)
class WindowInvariance:
    r"""Misfit of a stationary model of the window, as a function of the filters Q.

    .. math:: J(Q) = \log(1 + s_1) - a + w D, \quad D = \frac
       {\tfrac{1}{3!} \|\kappa_3 - \bar\kappa_3\|^2 + \tfrac{1}{4!} \|\kappa_4 - \bar\kappa_4\|^2}
       {\tfrac{1}{3!} \|\kappa_3\|^2 + \tfrac{1}{4!} \|\kappa_4\|^2}

    The first two terms are those of `window.stationarity`; :math:`\bar\kappa` are the cumulants'
    projections on stationary tensors. No rotation changes the denominator.

    Parameters
    ----------
    white : Whitened
        Its covariance enters.
    cumulants : Cumulants
        Real, in the coordinates of ``white.modes``.

    Notes
    -----
    Whitening is stationary up to what the borders of the window change, so that D does not vanish
    at true filters even with infinitely many samples; for rows of photographs it was half of what
    wrong filters had.
    """

    white: Whitened
    cumulants: Cumulants

    @cached_property
    def _parts(self) -> list[tuple[Tensor, Differences, float]]:
        """Tensors, their classes and their weights, which make all of their power 1."""
        tensors = ((self.cumulants.third, 6), (self.cumulants.fourth, 24))
        power = sum(float(np.vdot(one, one)) / permutations for one, permutations in tensors)
        scale = 1 / max(power, np.finfo(float).tiny)
        return [
            (tensor, Differences.of(len(tensor), tensor.ndim), scale / permutations)
            for tensor, permutations in tensors
        ]

    @cached_property
    def _gaussian(self) -> Objective:
        n = self.white.n_features
        nowhere = Positions(np.zeros((0, n, n)), np.zeros((0, n)))
        return stationarity(self.white, nowhere, 0.0)

    def departure(self, filters: Array) -> float:
        """D: the share, 0 to 1, of the cumulants' power that is not stationary."""
        rows = filters @ self.white.modes
        kept = sum(
            weight * differences.stationary_power(turn(tensor, rows))
            for tensor, differences, weight in self._parts
        )
        return 1.0 - kept

    def __call__(self, filters: Array) -> tuple[float, Array]:
        """Value and Euclidean gradient at orthogonal filters, up to its symmetric part."""
        value, gradient = self._gaussian(filters)
        rows = filters @ self.white.modes
        n = len(rows)
        value += CUMULANT_WEIGHT
        for tensor, differences, share in self._parts:
            weight = CUMULANT_WEIGHT * share
            turned = turn(tensor, rows)
            projected = differences.project(turned)
            value -= weight * float(np.vdot(projected, projected))
            # Each of the d indices turns alike, and the projection is orthogonal.
            together = projected.reshape(n, -1) @ turned.reshape(n, -1).T
            gradient = gradient - 2 * tensor.ndim * weight * together @ filters
        return value, gradient
