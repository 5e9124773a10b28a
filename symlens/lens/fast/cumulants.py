"""Third and fourth cumulants of all modes at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.whitening import Samples

Array = NDArray[np.float64]
Tensor = NDArray[Any]

BLOCK = 4096
"""Samples whose products are held at once: 35 MB at 65 modes."""


@dataclass(frozen=True)
class Cumulants:
    """Third and fourth joint cumulants, symmetric tensors.

    Parameters
    ----------
    third : ndarray of float32 or complex64, shape (n, n, n)
    fourth : ndarray of float32 or complex64, shape (n, n, n, n)
    samples : int
        Number of samples they were estimated from.
    """

    third: Tensor
    fourth: Tensor
    samples: int

    def turned(self, rows: NDArray[Any]) -> Cumulants:
        """Cumulants of ``rows @ modes``; real or complex rows, shape (n, n)."""
        return Cumulants(turn(self.third, rows), turn(self.fourth, rows), self.samples)

    def combined(self, other: Cumulants, weight: float) -> Cumulants:
        """Half of these plus ``weight`` halves of others, from samples of their own."""
        third = (self.third + weight * other.third) / 2
        fourth = (self.fourth + weight * other.fourth) / 2
        return Cumulants(third, fourth, self.samples + other.samples)


def turn(tensor: Tensor, rows: NDArray[Any], indices: int | None = None) -> Tensor:
    r"""Tensor in other coordinates, :math:`T'_{ab\ldots} = \sum U_{ai} U_{bj} \cdots T_{ij\ldots}`.

    In single precision. One matrix product per index: ``2 d n^(d+1)`` operations for ``d`` indices.

    Parameters
    ----------
    tensor : ndarray, shape (n, ..., n)
    rows : ndarray, shape (m, n)
        U; real or complex.
    indices : int, optional
        Turn so many of the first indices, which come last then; all without it.
    """
    columns = rows.T.astype(np.complex64 if np.iscomplexobj(rows) else np.float32)
    for _ in range(tensor.ndim if indices is None else indices):
        # The first index is summed and comes back as the last: after all turns, the old order.
        rest = tensor.shape[1:]
        tensor = (tensor.reshape(len(tensor), -1).T @ columns).reshape(*rest, len(rows))
    return tensor


def cumulants(modes: Samples) -> Cumulants:
    r"""Joint cumulants of centred modes.

    :math:`\kappa_{ijk} = E[c_i c_j c_k]` and :math:`\kappa_{ijkl} = E[c_i c_j c_k c_l]
    - S_{ij} S_{kl} - S_{ik} S_{jl} - S_{il} S_{jk}` with :math:`S_{ij} = E[c_i c_j]`.

    Parameters
    ----------
    modes : ndarray of float32, shape (n_samples, n)

    Returns
    -------
    Cumulants

    Notes
    -----
    The moments are the Gram matrix of the n (n + 1) / 2 products of two modes, formed in blocks:
    about ``n_samples n^4 / 2`` operations in single precision, summed up in double. The fourth
    cumulants take ``4 n^4`` bytes (71 MB at n = 65).
    """
    count, n = modes.shape
    first, second = np.triu_indices(n)
    pairs = np.zeros((n, n), dtype=np.intp)
    pairs[first, second] = pairs[second, first] = np.arange(len(first))
    third = np.zeros((n, len(first)))
    fourth = np.zeros((len(first), len(first)))
    for start in range(0, count, BLOCK):
        block = modes[start : start + BLOCK]
        products = block[:, first] * block[:, second]
        third += block.T @ products
        fourth += products.T @ products
    covariance = (modes.T @ modes / count).astype(np.float32)
    full = (fourth / count).astype(np.float32)[pairs[:, :, None, None], pairs[None, None]]
    for split in ("ij,kl->ijkl", "ik,jl->ijkl", "il,jk->ijkl"):
        full -= np.einsum(split, covariance, covariance)
    return Cumulants((third / count).astype(np.float32)[:, pairs], full, count)
