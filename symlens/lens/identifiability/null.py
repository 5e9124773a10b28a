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


def boundary(total: Array, moving: Array, threshold: float, flips: Array) -> Array:
    r"""Distribution of ``threshold * |K|^2 - |moved|^2`` where its mean is zero: at the threshold.

    Products between blocks are, by least squares, :math:`H_{bc} = T + h_b + h_c + g_{bc}` with
    :math:`\sum_b h_b = 0` (Hoeffding). Turning the signs of blocks in :math:`\frac 2 B \sum_b h_b
    + \sum_{b \ne c} g_{bc} / (B (B - 1))` gives other samples of the same law. It is their spread
    at the threshold that is asked for, and h grows with what is moved: the part of h that comes
    from there is multiplied by :math:`\sqrt{f_0 \|K\|^2 / \|\bar K_\to\|^2}`, with the mean over
    all blocks, noise included, below. Else a small f would come with a small spread, and both with
    a p-value too small.

    Parameters
    ----------
    total, moving : ndarray, shape (B, B)
        Symmetric products between at least four blocks.
    threshold : float
    flips : ndarray, shape (surrogates, B)

    Returns
    -------
    ndarray, shape (surrogates,)
    """
    blocks = len(total)
    mean, of_total = hoeffding(total)
    level = float(moving.mean())
    stretch = np.sqrt(max(threshold * mean, 0.0) / level) if level > 0 else 1.0
    linear = threshold * of_total - stretch * hoeffding(moving)[1]
    evidence = threshold * total - moving
    centre, own = hoeffding(evidence)
    rest = evidence - centre - own[:, None] - own
    # Unbiased variances: h has B - 1 degrees of freedom, g (over pairs b < c) B (B - 3) / 2.
    first = 2 / blocks * np.sqrt(blocks / (blocks - 1)) * (flips @ linear)
    return np.asarray(first + np.sqrt((blocks - 1) / (blocks - 3)) * turned(rest, flips))


def hoeffding(gram: Array) -> tuple[float, Array]:
    """Mean T of products between different blocks, and the part h of every block; see `boundary`.

    Parameters
    ----------
    gram : ndarray, shape (B, B)
        B > 2.
    """
    blocks = len(gram)
    mean = cross_energy(gram)
    linear = (gram.sum(axis=1) - np.diag(gram) - (blocks - 1) * mean) / (blocks - 2)
    return mean, linear


def student(surrogates: int, blocks: int, rng: np.random.Generator) -> Array:
    r"""Factors :math:`\sqrt{\nu / \chi^2_\nu}`, :math:`\nu = B - 1`, from normal to Student's law.

    For the spread of a null distribution is itself estimated from B blocks.
    """
    freedom = blocks - 1
    return np.asarray(np.sqrt(freedom / rng.chisquare(freedom, size=surrogates)))


def tail(value: float, null: Array) -> float:
    """p-value ``(1 + number of null values at or above the value) / (1 + number of all)``.

    Null values that differ from the value by rounding only count as equal to it.
    """
    nearly = value - 1e-9 * np.abs(null).max(initial=abs(value))
    return float((1 + np.count_nonzero(null >= nearly)) / (1 + null.size))
