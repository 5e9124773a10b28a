"""Projection of symmetric tensors on those that depend on differences of pixels only."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import factorial

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cumulants import Tensor

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Differences:
    """Entries of a symmetric tensor sorted by the differences of their indices.

    A symmetric tensor is known from its entries of ascending indices, each of which stands for
    all its permutations; only these are summed.

    Parameters
    ----------
    entries : ndarray of int, shape (k,)
        Places, in the flattened tensor, of the entries of ascending indices.
    counts : ndarray, shape (k,)
        Number of permutations that each of them stands for.
    classes : ndarray of int, shape (k,)
        Their classes: those in one class have the same differences of their indices.
    sizes : ndarray, shape (number of classes,)
        Entries of the full tensor in a class.
    full : ndarray of int, shape (n**order,)
        Class of every entry of the flattened tensor.
    """

    entries: NDArray[np.intp]
    counts: Array
    classes: NDArray[np.int32]
    sizes: Array
    full: NDArray[np.int32]

    @classmethod
    def of(cls, n: int, order: int) -> Differences:
        """Classes of the entries of a tensor with ``order`` indices from 0 to n - 1."""
        entries, _, counts = ascending(n, order)
        indices = np.indices((n,) * order, np.int16).reshape(order, -1)
        indices.sort(axis=0)
        keys = np.zeros(indices.shape[1], np.int64)
        for index in indices[1:]:
            keys = keys * n + (index - indices[0])
        full = np.unique(keys, return_inverse=True)[1].astype(np.int32)
        classes = full[entries]
        sizes = np.bincount(classes, counts).astype(np.float64)
        return cls(entries, counts, classes, sizes, full)

    def means(self, tensor: Tensor) -> Array:
        """Mean of every class of a symmetric tensor. Shape (number of classes,)."""
        values = self.counts * tensor.ravel()[self.entries]
        means: Array = np.bincount(self.classes, values, len(self.sizes)) / self.sizes
        return means

    def stationary_power(self, tensor: Tensor) -> float:
        r"""Power of the projection, :math:`\|\bar T\|^2`."""
        return float(self.sizes @ self.means(tensor) ** 2)

    def project(self, tensor: Tensor) -> Tensor:
        r"""Orthogonal projection on stationary symmetric tensors, :math:`\bar T`.

        :math:`\bar T_{ij\ldots}` is the mean of :math:`T_{i+s, j+s, \ldots}` over all shifts s
        that keep every index in the window.
        """
        means = self.means(tensor).astype(tensor.dtype)
        projected: Tensor = means[self.full].reshape(tensor.shape)
        return projected


def ascending(n: int, order: int) -> tuple[NDArray[np.intp], NDArray[np.int16], Array]:
    r"""Entries of ascending indices of a symmetric tensor.

    Returns
    -------
    places : ndarray of int, shape (k,)
        In the flattened tensor.
    indices : ndarray of int, shape (order, k)
    counts : ndarray, shape (k,)
        Different permutations of the indices, :math:`d! / \prod m!` over multiplicities m.
    """
    indices = np.indices((n,) * order, np.int16).reshape(order, -1)
    places = np.flatnonzero((np.diff(indices, axis=0) >= 0).all(axis=0))
    indices = indices[:, places]
    run, repeated = np.ones(len(places)), np.ones(len(places))
    for before, index in pairwise(indices):
        run = np.where(index == before, run + 1, 1.0)
        repeated *= run
    return places, indices, factorial(order) / repeated
