"""Energies of moments, and of what a move changes in them, free of the bias of noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.identifiability.moments import Samples, entries, moments

Array = NDArray[np.float64]

BLOCKS = (11, 20)
"""Fewest and most equal blocks that the samples are cut into (our choice)."""
STEP = 0.75
"""Weight of the move by one pixel among all moves (our choice). It is high since a generator can be
right to a cosine of 0.99 with its slowest waves mixed up, which moves by many pixels show."""


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
        The same of what a move along the canonical pixels changes.
    noise : float
        Energy of the moments in as many samples of white noise.
    """

    total: Array
    moving: Array
    noise: float

    def fraction(self) -> float:
        """Moving fraction of the energy: 0 for a symmetry, about 1 by chance, nan without any."""
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
    masks = [mask[None].astype(float) for mask in entries(len(filters), cyclic=cyclic)]
    noise = total_gram(masks, cyclic=cyclic).item() / (y.shape[0] * y.shape[1])
    return Moving(total_gram(kinds, cyclic=cyclic), moving_gram(kinds, cyclic=cyclic), noise)


def moving_gram(kinds: Sequence[Array], *, cyclic: bool) -> Array:
    r"""Products between blocks of what a move of the pixels changes in their moments.

    :math:`w \, \| K_{i+1, j+1} - K_{ij} \|^2 / 2 + (1 - w) \, \| K - \bar K \|^2`: the change by
    the generator, a move of one pixel, and the mean change by all moves, with w = 3/4.

    Parameters
    ----------
    kinds : sequence of ndarray, shapes (B, r, c)
    cyclic : bool

    Returns
    -------
    ndarray, shape (B, B)
    """
    ends = [neighbours(kind, cyclic=cyclic) for kind in kinds]
    step = _gram([tail - head for head, tail in ends]) / 2
    every = _gram([kind - stationary(kind, cyclic=cyclic) for kind in kinds])
    return np.asarray(STEP * step + (1 - STEP) * every)


def total_gram(kinds: Sequence[Array], *, cyclic: bool) -> Array:
    """Products between blocks of the moments, each counted as often as in ``moving_gram``."""
    heads, tails = zip(*(neighbours(kind, cyclic=cyclic) for kind in kinds), strict=True)
    step = (_gram(heads) + _gram(tails)) / 2
    return np.asarray(STEP * step + (1 - STEP) * _gram(kinds))


def neighbours(moment: Array, *, cyclic: bool) -> tuple[Array, Array]:
    """Entries i, j and i + 1, j + 1 of a moment of shape (..., r, c)."""
    if cyclic:
        return moment, np.roll(moment, (-1, -1), axis=(-2, -1))
    return moment[..., :-1, :-1], moment[..., 1:, 1:]


def mean_moving(several: Sequence[Moving]) -> Array:
    """Mean, over rotations, of the products between blocks of moving moments. Shape (B, B)."""
    return np.asarray(np.mean([one.moving for one in several], axis=0))


def _gram(kinds: Sequence[Array]) -> Array:
    rows = np.concatenate([kind.reshape(len(kind), -1) for kind in kinds], axis=1)
    return np.asarray(rows @ rows.T)
