"""Scores of two generators, modulo what no data can fix: their order and their directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens import metrics
from symlens.lens.plane.grid import Grid

Array = NDArray[np.float64]

DRAWS = 200
"""Random answers behind every floor (our choice)."""
LEVEL = 0.95
CHANCES = ("orthogonal", "covariance")


def matched(learned: Array, ideal: Array) -> tuple[tuple[float, float], tuple[int, int]]:
    """Cosines, modulo inverses, in the order of the two generators that suits them best.

    Parameters
    ----------
    learned, ideal : ndarray, shape (2, n, n)

    Returns
    -------
    cosines : (float, float)
        Of the ideal generators, in their order; the smaller one is as large as it can be.
    order : (int, int)
        Which learned generator was taken for each.
    """
    cosines = [[metrics.generator_cosine(one, other) for other in ideal] for one in learned]
    straight = cosines[0][0], cosines[1][1]
    swapped = cosines[1][0], cosines[0][1]
    # Only where the grid is square can the order be a matter of taste; else it scores by itself.
    if min(straight) >= min(swapped):
        return straight, (0, 1)
    return swapped, (1, 0)


def commutator(first: Array, second: Array) -> float:
    r"""Relative commutator :math:`\|AB - BA\| / (\|AB\| + \|BA\|)`, from 0 to 1."""
    one, other = first @ second, second @ first
    size = float(np.linalg.norm(one) + np.linalg.norm(other))
    return float(np.linalg.norm(one - other)) / size if size > 0 else 0.0


def cross_commutator(learned: Array, ideal: Array) -> float:
    """The larger commutator of a learned generator with the ideal one that it is not.

    Learned generators share their filters and commute by construction; these need not.
    """
    _, (down, right) = matched(learned, ideal)
    return max(commutator(learned[down], ideal[1]), commutator(learned[right], ideal[0]))


def floors(basis: Array, grid: Grid, centred: Array) -> Array:
    """Generator cosines that one chance answer in twenty beats: any, and of the same covariance.

    An answer is a matrix of filters ``Q = R U``: the ideal ones R behind a random orthogonal U
    or behind one that commutes with the covariance of the samples.

    Parameters
    ----------
    basis : ndarray, shape (n, n)
        R, natural to observed.
    grid : Grid
    centred : ndarray, shape (samples, n)
        Centred held-out samples.

    Returns
    -------
    ndarray, shape (2,)
    """
    rng = np.random.default_rng(np.random.SeedSequence(0))
    values, vectors, errors = metrics.covariance_modes(centred)
    groups = metrics.degenerate_groups(values, errors)
    drawn = (
        metrics.random_orthogonal(grid.n, DRAWS, rng),
        metrics.commutant_orthogonal(vectors, groups, DRAWS, rng),
    )
    natural = grid.shifts()
    ideal = basis.T @ natural @ basis
    found = []
    for turns in drawn:
        scores = [
            min(matched((basis @ turn).T @ natural @ (basis @ turn), ideal)[0]) for turn in turns
        ]
        found.append(float(np.quantile(scores, LEVEL)))
    return np.array(found)
