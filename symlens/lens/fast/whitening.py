"""Whitening: an equivariant change of the samples after which the sought matrix is orthogonal.

The covariance commutes with the symmetry, and so does every function of it: whitening by its
inverse root (ZCA) leaves the generator as it is. Hence one orthogonal matrix of filters ``Q``
(row j is the filter at pixel j) solves raw and whitened samples alike, and ``G = Q^T T Q``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Samples = NDArray[np.float32]

BLOCK = 8_192
IN_PLACE = 131_072
"""Rows that are whitened at once, in place: what is more needs no second copy."""


@dataclass(frozen=True)
class Whitened:
    """White samples with the covariance that was taken out of them.

    Parameters
    ----------
    x : ndarray of float32, shape (n_samples, n)
        ``(sample - mean) C^(-1/2)``.
    mean : ndarray, shape (n,)
        Mean of the samples, in their units.
    powers : ndarray, shape (n,)
        Eigenvalues of the covariance in descending order, divided by ``scale**2``.
    modes : ndarray, shape (n, n)
        Eigenvectors of the covariance as columns, in the order of ``powers``.
    scale : float
        Root of the mean variance, in the units of the samples.
    """

    x: Samples
    mean: Array
    powers: Array
    modes: Array
    scale: float

    @property
    def n_features(self) -> int:
        """Number of features n."""
        return int(self.modes.shape[0])

    @cached_property
    def covariance(self) -> Array:
        """Covariance in units of ``scale**2``; its trace is n."""
        return (self.modes * self.powers) @ self.modes.T

    @cached_property
    def precision(self) -> Array:
        """Inverse of ``covariance``."""
        return (self.modes / self.powers) @ self.modes.T

    def root_inverse(self) -> Array:
        """``C^(-1/2)`` in the inverse units of the samples, shape (n, n)."""
        return (self.modes / (np.sqrt(self.powers) * self.scale)) @ self.modes.T

    def apply(self, samples: NDArray[np.floating]) -> Samples:
        """White samples of the same statistics, e.g. held-out ones. Shape (n_samples, n)."""
        return ((samples - self.mean) @ self.root_inverse()).astype(np.float32)


def in_blocks(samples: Samples, rows: int = BLOCK) -> Iterator[Samples]:
    """Views of consecutive rows: what is computed of them needs no memory for the whole."""
    for start in range(0, len(samples), rows):
        yield samples[start : start + rows]


def covariance_of(blocks: Iterable[Samples]) -> Array:
    """Covariance of samples that come in blocks: sums in double precision, products in single.

    Parameters
    ----------
    blocks : iterable of ndarray of float32, shape (rows, m)
        At least one; of variables whose means are no larger than their deviations, or so.

    Returns
    -------
    ndarray, shape (m, m)
    """
    count, sums, squares = 0, np.zeros(()), np.zeros(())
    for block in blocks:
        count += len(block)
        sums = sums + block.sum(axis=0, dtype=np.float64)
        squares = squares + block.T @ block
    return squares / count - np.outer(sums, sums) / count**2


def whiten(samples: NDArray[np.floating], floor: float = 1e-9) -> Whitened:
    """Whiten samples fully, without a ridge (a ridge hides sparse sources).

    Parameters
    ----------
    samples : ndarray, shape (n_samples, n)
    floor : float
        Eigenvalues below ``floor`` times the largest are raised to it: directions without
        any variance cannot be whitened.

    Returns
    -------
    Whitened
    """
    mean = samples.mean(axis=0, dtype=np.float64)
    centred = (samples - mean.astype(samples.dtype)).astype(np.float32, copy=False)
    covariance = np.zeros((len(mean), len(mean)))
    for block in in_blocks(centred):  # sums in double precision, products in single
        covariance += block.T @ block
    values, vectors = np.linalg.eigh(covariance / len(centred))
    values = np.maximum(values[::-1], floor * values[-1])
    modes = vectors[:, ::-1].copy()
    root_inverse = ((modes / np.sqrt(values)) @ modes.T).astype(np.float32)
    for block in in_blocks(centred, IN_PLACE):
        block[:] = block @ root_inverse
    scale = float(np.sqrt(values.mean()))
    return Whitened(centred, mean, values / scale**2, modes, scale)
