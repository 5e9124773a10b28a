"""Energies of moments, and of what is not stationary in them, without the bias of their noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.identifiability.moments import Samples, moments

Array = NDArray[np.float64]


def stationary(matrix: Array, *, cyclic: bool) -> Array:
    """Average along diagonals (around the ring when cyclic): the nearest stationary matrix.

    Parameters
    ----------
    matrix : ndarray, shape (r, c)
        Entry i, j belongs to the lag j - i.
    cyclic : bool

    Returns
    -------
    ndarray, shape (r, c)
    """
    rows, columns = matrix.shape
    lag = np.arange(columns) - np.arange(rows)[:, None]
    lag = lag % columns if cyclic else lag + rows - 1
    counts = np.bincount(lag.ravel())
    means = np.bincount(lag.ravel(), matrix.ravel()) / np.maximum(counts, 1)
    return np.asarray(means[lag])


def cross_energy(gram: Array) -> float:
    r"""Energy :math:`\|E K\|^2` of moments from their products between blocks of samples.

    :math:`\sum_{b \ne c} \langle K_b, K_c \rangle / (B (B - 1))`: the noises of different blocks
    are independent, so that the mean of their products is free of noise.

    Parameters
    ----------
    gram : ndarray, shape (B, B)
        :math:`\langle K_b, K_c \rangle`.
    """
    blocks = len(gram)
    return float((gram.sum() - np.trace(gram)) / (blocks * (blocks - 1)))


@dataclass(frozen=True)
class Grams:
    """Products between blocks of samples of one kind of moment.

    Parameters
    ----------
    total : ndarray, shape (B, B)
        Of the moments.
    moving : ndarray, shape (B, B)
        Of the part of the moments that is not stationary.
    """

    total: Array
    moving: Array


def grams(x: Samples, filters: Array, blocks: int, *, cyclic: bool) -> dict[str, Grams]:
    """Products between blocks of all moments of ``y = x Q^T``.

    Parameters
    ----------
    x : ndarray of float32, shape (n_samples, n)
        White samples.
    filters : ndarray, shape (n, n)
        Orthogonal Q.
    blocks : int
        Number B of blocks, at most n_samples.
    cyclic : bool

    Returns
    -------
    dict of str to Grams
    """
    y = x @ filters.T.astype(np.float32)
    parts = [moments(part, cyclic=cyclic) for part in np.array_split(y, blocks)]
    found = {}
    for name in parts[0]:
        total = np.stack([part[name] for part in parts])
        moving = total - np.stack([stationary(block, cyclic=cyclic) for block in total])
        found[name] = Grams(_gram(total), _gram(moving))
    return found


def _gram(stack: Array) -> Array:
    rows = stack.reshape(len(stack), -1)
    return np.asarray(rows @ rows.T)
