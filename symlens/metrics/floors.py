r"""Chance floors: what matrices score that know nothing, or only the covariance.

A method that matches second moments alone lands anywhere among the orthogonal matrices that
commute with the covariance :math:`C`. With :math:`C = \sum_g \lambda_g V_g V_g^\top` they are
:math:`\sum_g V_g U_g V_g^\top` with orthogonal :math:`U_g`. Those drawn here are rotations where an
eigenvalue is degenerate, as in the planes of a circulant covariance (generators of one-parameter
groups rotate; reflections would only lower the floor), signs where it is not, as for a general
Toeplitz covariance, and any rotation for white noise. Which eigenvalues of a *sample* covariance
are equal is decided by their sampling error. This rule, and the floor drawn by it, are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STANDARD_ERRORS = 3.0
"""Neighbouring eigenvalues nearer than this many standard errors count as equal (ours)."""


def random_orthogonal(n: int, draws: int, rng: np.random.Generator) -> Array:
    """Haar-distributed orthogonal matrices, shape (draws, n, n) (Mezzadri 2007)."""
    q, r = np.linalg.qr(rng.standard_normal((draws, n, n)))
    signs = np.where(np.diagonal(r, axis1=1, axis2=2) < 0, -1.0, 1.0)
    orthogonal: Array = q * signs[:, None, :]
    return orthogonal


def random_rotations(n: int, draws: int, rng: np.random.Generator) -> Array:
    """Haar-distributed rotations, shape (draws, n, n); signs +1 or -1 for n = 1."""
    rotations = random_orthogonal(n, draws, rng)
    if n > 1:
        rotations[:, 0, :] *= np.linalg.det(rotations).round()[:, None]
    return rotations


def covariance_modes(samples: Array) -> tuple[Array, Array, Array]:
    r"""Eigenvalues, eigenvectors and standard errors of a sample covariance.

    The standard error of :math:`\lambda_k = \mathrm E (x v_k)^2` is
    :math:`\mathrm{std}((x v_k)^2) / \sqrt N`, which needs no normality.

    Parameters
    ----------
    samples : ndarray, shape (N, n)
        Centred.

    Returns
    -------
    values : ndarray, shape (n,)
        Descending.
    vectors : ndarray, shape (n, n)
        Columns.
    errors : ndarray, shape (n,)
    """
    values, vectors = np.linalg.eigh(samples.T @ samples / len(samples))
    values, vectors = values[::-1], vectors[:, ::-1]
    errors = np.std((samples @ vectors) ** 2, axis=0) / np.sqrt(len(samples))
    return values, vectors, errors


def degenerate_groups(values: Array, errors: Array) -> list[slice]:
    """Runs of neighbouring eigenvalues that are equal within their sampling error.

    Neighbours belong together when their gap is at most `STANDARD_ERRORS` standard errors of
    their difference.

    Parameters
    ----------
    values, errors : ndarray, shape (n,)
        Sorted eigenvalues and their standard errors.

    Returns
    -------
    list of slice
        Consecutive, covering 0..n.
    """
    gaps = np.abs(np.diff(values))
    apart = gaps > STANDARD_ERRORS * np.hypot(errors[1:], errors[:-1])
    edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(values)]
    return [slice(first, last) for first, last in pairwise(edges)]


def commutant_orthogonal(
    vectors: Array, groups: Sequence[slice], draws: int, rng: np.random.Generator
) -> Array:
    r"""Random orthogonal matrices :math:`\sum_g V_g U_g V_g^\top`.

    :math:`U_g` is a Haar rotation of its group of eigenvectors, a random sign of a single one.

    Parameters
    ----------
    vectors : ndarray, shape (n, n)
        Eigenvectors of the covariance, columns.
    groups : sequence of slice
        Columns of equal eigenvalue.
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (draws, n, n)
    """
    n = vectors.shape[0]
    total = np.zeros((draws, n, n))
    for group in groups:
        basis = vectors[:, group]
        total += basis @ random_rotations(basis.shape[1], draws, rng) @ basis.T
    return total


def floor_levels(scores: Array, levels: Array, *, higher_is_better: bool) -> Array:
    """Scores that the given fractions of chance draws do not beat.

    Parameters
    ----------
    scores : ndarray, shape (draws,)
    levels : ndarray, shape (levels,)
        E.g. ``(0.5, 0.95)``: the median, and what one draw in twenty beats.
    higher_is_better : bool
        For an error the quantiles are counted from above.

    Returns
    -------
    ndarray, shape (levels,)
    """
    quantiles: Array = np.quantile(scores, levels if higher_is_better else 1 - levels)
    return quantiles
