"""Scores that forgive what some methods cannot know: the power of a generator, and its speed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import schur

from symlens.metrics.cosine import frobenius_cosine, generator_cosine

Array = NDArray[np.float64]


def principal_log(action: Array) -> Array:
    r"""Principal logarithm of an orthogonal matrix.

    .. math:: \Re\, V \mathrm{diag}(i \theta) V^\dagger

    with the eigenvectors V and phases :math:`\theta` in (-pi, pi] of the complex Schur form. An
    eigenvalue -1 without a partner, as in a reflection, has no real logarithm and counts as 1.

    Parameters
    ----------
    action : ndarray, shape (n, n)

    Returns
    -------
    ndarray, shape (n, n)
        Skew.
    """
    triangular, vectors = schur(action, output="complex")
    phases = np.angle(np.diagonal(triangular))
    logarithm = ((vectors * (1j * phases)) @ vectors.conj().T).real
    skew: Array = (logarithm - logarithm.T) / 2
    return skew


def algebra_cosine(learned: Array, ideal: Array) -> float:
    r""":math:`|\cos(S, S_*)|`: the cosine of the angle between two lines of gl(n).

    What is compared is the one-parameter group, not how far along it one step goes, nor in which
    direction.

    Parameters
    ----------
    learned, ideal : ndarray, shape (n, n)
        Logarithms of generators.

    Returns
    -------
    float
        In [0, 1]; 0 if either is zero.
    """
    return abs(frobenius_cosine(learned, ideal))


def power_cosine(learned: Array, ideal: Array) -> float:
    r"""Generator cosine to the best power, :math:`\max_{1 \le k \le n / 2} \cos(G, G_*^k)`.

    Every power of a symmetry is one too; a method that is content with any of them is compared
    with the nearest, the identity left out.

    Parameters
    ----------
    learned, ideal : ndarray, shape (n, n)
        Of a window, the central blocks.

    Returns
    -------
    float
        In [-1, 1]; never below the generator cosine.
    """
    power, best = ideal, -1.0
    for _ in range(len(ideal) // 2):
        best = max(best, generator_cosine(learned, power))
        power = power @ ideal
    return best
