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
    r"""Distribution, around zero, of the cross energy T of other samples of the same law.

    Products between blocks are, by least squares, :math:`H_{bc} = T + h_b + h_c + g_{bc}` with
    :math:`\sum_b h_b = 0` (Hoeffding). Turning the signs of blocks in :math:`\frac 2 B \sum_b h_b
    + \sum_{b \ne c} g_{bc} / (B (B - 1))` makes of it the distribution sought. Where moments are
    strong the first part rules, and without any there is the second alone: its share of the
    variance of h is taken out.

    Parameters
    ----------
    gram : ndarray, shape (B, B)
        Symmetric, at least four blocks.
    flips : ndarray, shape (surrogates, B)

    Returns
    -------
    ndarray, shape (surrogates,)
    """
    blocks = len(gram)
    mean = cross_energy(gram)
    linear = (gram.sum(axis=1) - np.diag(gram) - (blocks - 1) * mean) / (blocks - 2)
    rest = gram - mean - linear[:, None] - linear
    np.fill_diagonal(rest, 0.0)
    # Unbiased variances: h has B - 1 degrees of freedom, g (over pairs b < c) B (B - 3) / 2.
    noise = (rest**2).sum() / (blocks * (blocks - 3))
    found = (linear**2).sum() / (blocks - 1)
    share = max(found - noise / (blocks - 2), 0.0) / found if found > 0 else 0.0
    first = 2 / blocks * np.sqrt(share * blocks / (blocks - 1)) * (flips @ linear)
    return np.asarray(first + np.sqrt((blocks - 1) / (blocks - 3)) * turned(rest, flips))


def tail(value: float, null: Array) -> float:
    """p-value ``(1 + number of null values at or above the value) / (1 + number of all)``.

    Null values that differ from the value by rounding only count as equal to it.
    """
    nearly = value - 1e-9 * np.abs(null).max(initial=abs(value))
    return float((1 + np.count_nonzero(null >= nearly)) / (1 + null.size))
