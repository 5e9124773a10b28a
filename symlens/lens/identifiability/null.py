"""Null distributions of energies, by surrogates that turn the signs of blocks of samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.lens.identifiability.energy import cross_energy

Array = NDArray[np.float64]


def signs(surrogates: int, blocks: int, rng: np.random.Generator) -> Array:
    """Independent fair signs. Shape (surrogates, blocks)."""
    return rng.choice(np.array([-1.0, 1.0]), size=(surrogates, blocks))


def turned(gram: Array, flips: Array) -> Array:
    r"""Cross energies after turning the signs of blocks: there are no moments left in them.

    :math:`\sum_{b \ne c} s_b s_c \langle K_b, K_c \rangle / (B (B - 1))`.

    Parameters
    ----------
    gram : ndarray, shape (B, B)
    flips : ndarray, shape (surrogates, B)
        Signs.

    Returns
    -------
    ndarray, shape (surrogates,)
    """
    blocks = len(gram)
    apart = gram - np.diag(np.diag(gram))
    return np.asarray(((flips @ apart) * flips).sum(axis=1) / (blocks * (blocks - 1)))


def centred(gram: Array, flips: Array) -> Array:
    r"""Distribution, around zero, of the cross energy of other samples of the same law.

    Hoeffding's parts of the mean T over pairs of blocks, :math:`h_b = (B - 1) (\bar H_b - T) /
    (B - 2)` and :math:`g_{bc} = H_{bc} - T - h_b - h_c`, with the signs of blocks turned:
    :math:`\frac 2 B \sum_b s_b h_b + \sum_{b \ne c} s_b s_c g_{bc} / (B (B - 1))`.  Without any
    moments the second part is all there is, and with many the first; it is right in between.

    Parameters
    ----------
    gram : ndarray, shape (B, B)
        At least three blocks.
    flips : ndarray, shape (surrogates, B)

    Returns
    -------
    ndarray, shape (surrogates,)
    """
    blocks = len(gram)
    mean = cross_energy(gram)
    rows = (gram.sum(axis=1) - np.diag(gram)) / (blocks - 1)
    linear = (rows - mean) * (blocks - 1) / (blocks - 2)
    rest = gram - mean - linear[:, None] - linear
    return np.asarray(2 / blocks * flips @ linear + turned(rest, flips))


def tail(value: float, null: Array) -> float:
    """p-value ``(1 + number of null values at or above the value) / (1 + number of all)``.

    Null values that differ from the value by rounding only count as equal to it.
    """
    nearly = value - 1e-9 * np.abs(null).max(initial=abs(value))
    return float((1 + np.count_nonzero(null >= nearly)) / (1 + null.size))
