"""Energies of moments, and of what is not stationary in them, free of the bias of noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.identifiability.moments import Samples, moments, n_entries

Array = NDArray[np.float64]

BLOCKS = (11, 20)
"""Fewest and most equal blocks that the samples are cut into (our choice)."""


def in_blocks(samples: Samples) -> Samples:
    """Cut samples into as many equal blocks as leave the fewest samples out.

    Parameters
    ----------
    samples : ndarray, shape (n_samples, n)

    Returns
    -------
    ndarray, shape (B, n_samples // B, n)
        One sample per block when there are few.
    """
    count = len(samples)
    few, many = (min(count, limit) for limit in BLOCKS)
    blocks = max(range(few, many + 1), key=lambda number: (count // number * number, number))
    kept = samples[: count // blocks * blocks]
    return kept.reshape(blocks, -1, samples.shape[1])


def stationary(moment: Array, *, cyclic: bool) -> Array:
    """Average along diagonals, around the ring when cyclic: the nearest stationary moment.

    Parameters
    ----------
    moment : ndarray, shape (..., r, c)
        Entry i, j belongs to the lag j - i.
    cyclic : bool

    Returns
    -------
    ndarray, shape (..., r, c)
    """
    rows, columns = moment.shape[-2:]
    lag = np.arange(columns) - np.arange(rows)[:, None]
    lag = lag % columns if cyclic else lag + rows - 1
    membership = np.eye(lag.max(initial=0) + 1)[lag.ravel()]
    sums = moment.reshape(*moment.shape[:-2], rows * columns) @ membership
    return np.asarray((sums / np.maximum(membership.sum(axis=0), 1))[..., lag])


def cross_energy(gram: Array) -> float:
    r"""Energy of moments from their products between blocks of samples, free of noise.

    :math:`\sum_{b \ne c} \langle K_b, K_c \rangle / (B (B - 1))` has the mean :math:`\|E K\|^2`,
    because the noises of two blocks are independent.

    Parameters
    ----------
    gram : ndarray, shape (B, B)
        :math:`\langle K_b, K_c \rangle`, B > 1.
    """
    blocks = len(gram)
    return float((gram.sum() - np.trace(gram)) / (blocks * (blocks - 1)))


@dataclass(frozen=True)
class Moving:
    """Energies of moments by blocks of samples.

    Parameters
    ----------
    total : ndarray, shape (B, B)
        Products between blocks of all moments.
    moving : ndarray, shape (B, B)
        The same of the part of the moments that is not stationary.
    noise : float
        Energy of the moments in as many samples of white noise.
    """

    total: Array
    moving: Array
    noise: float

    def fraction(self) -> float:
        """Moving fraction of the energy: 0 for a symmetry, nearly 1 by chance, nan without any."""
        total = cross_energy(self.total)
        return cross_energy(self.moving) / total if total > 0 else float("nan")

    def scale(self) -> float:
        r""":math:`\|K\|^2` and the energy of noise: a unit that is there without a signal too."""
        return max(cross_energy(self.total), 0.0) + self.noise


def energies(white: Samples, filters: Array, *, cyclic: bool) -> Moving:
    """Energies of the moments of ``y = x Q^T``.

    Parameters
    ----------
    white : ndarray of float32, shape (n_samples, n)
        White samples x, at least two.
    filters : ndarray, shape (n, n)
        Orthogonal Q.
    cyclic : bool

    Returns
    -------
    Moving
    """
    y = in_blocks(white @ filters.T.astype(np.float32))
    kinds = moments(y, cyclic=cyclic)
    rest = [kind - stationary(kind, cyclic=cyclic) for kind in kinds]
    noise = n_entries(len(filters), cyclic=cyclic) / (y.shape[0] * y.shape[1])
    return Moving(_gram(kinds), _gram(rest), noise)


def mean_moving(several: Sequence[Moving]) -> Array:
    """Mean, over rotations, of the products between blocks of moving moments. Shape (B, B)."""
    return np.asarray(np.mean([one.moving for one in several], axis=0))


def _gram(kinds: Sequence[Array]) -> Array:
    rows = np.concatenate([kind.reshape(len(kind), -1) for kind in kinds], axis=1)
    return np.asarray(rows @ rows.T)
