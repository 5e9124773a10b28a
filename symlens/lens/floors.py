"""Chance floors of the scores of one data set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from symlens import metrics
from symlens.lens.scores import BY_NAME, FLOORED
from symlens.lens.truth import Truth

Array = NDArray[np.float64]

DRAWS = 400
"""Random matrices behind every floor (our choice)."""

LEVELS = np.array([0.5, 0.95])
OF_GENERATOR = ("generator_cosine", "power_cosine", "algebra_cosine", "eigenphase_error")
CHANCES = ("orthogonal", "covariance")


def chance_floors(truth: Truth, centred: Array, scored: Sequence[str]) -> dict[str, object]:
    """What random orthogonal matrices score, and what those that preserve the covariance score.

    Generators are drawn from O(n), or from the orthogonal matrices U that commute with the
    covariance (`symlens.metrics.floors`); group convolution matrices from O(n), or as ``U R^T``,
    so that the canonical samples have the ideal covariance. Where the ideal filter is not known,
    ``U`` stands alone.

    Parameters
    ----------
    truth : Truth
    centred : ndarray, shape (samples, n)
        Held-out samples, centred.
    scored : sequence of str
        Scores that the runs have; those among them that have no floor are left out.

    Returns
    -------
    dict
        ``floor(chance, floor_score, level)`` and its coordinates, for an `xarray.Dataset`.
    """
    names = [name for name in FLOORED if name in scored]
    rng = np.random.default_rng(np.random.SeedSequence(0))
    n = centred.shape[1]
    values, vectors, errors = metrics.covariance_modes(centred)
    groups = metrics.degenerate_groups(values, errors)
    anything = metrics.random_orthogonal(n, DRAWS, rng)
    preserving = metrics.commutant_orthogonal(vectors, groups, DRAWS, rng)
    ideal = truth.group_convolution
    convolutions = (anything, preserving if ideal is None else preserving @ ideal)
    generators = (anything, preserving)
    judges = _judges(truth, centred.T @ centred / len(centred))
    floor = np.empty((len(CHANCES), len(names), len(LEVELS)))
    for chance in range(len(CHANCES)):
        for row, name in enumerate(names):
            of_generator = name in OF_GENERATOR
            drawn = generators[chance] if of_generator else convolutions[chance]
            scores = np.array([judges[name](matrix) for matrix in drawn])
            floor[chance, row] = metrics.floor_levels(
                scores, LEVELS, higher_is_better=BY_NAME[name].higher_is_better
            )
    return {
        "floor": (("chance", "floor_score", "level"), floor),
        "chance": (("chance",), np.array(CHANCES, dtype=object)),
        "floor_score": (("floor_score",), np.array(names, dtype=object)),
        "level": (("level",), LEVELS),
    }


def _judges(truth: Truth, second_moment: Array) -> dict[str, Callable[[Array], float]]:
    """The score of one matrix, by the score's name."""
    judges: dict[str, Callable[[Array], float]] = {
        "generator_cosine": lambda g: metrics.generator_cosine(g, truth.generator),
        "power_cosine": lambda g: metrics.power_cosine(g, truth.generator),
        "equivariance_error": lambda m: metrics.equivariance_error(
            second_moment, m, truth.generator, cyclic=truth.cyclic
        ),
    }
    ideal, action, logarithm = truth.group_convolution, truth.action, truth.log_action
    if ideal is not None:
        judges["group_convolution_cosine"] = lambda m: metrics.group_convolution_cosine(
            m, ideal, cyclic=truth.cyclic
        )
    if action is not None:
        phases = metrics.modes(action)
        judges["eigenphase_error"] = lambda g: metrics.eigenphases(g, phases).error
    if logarithm is not None:
        judges["algebra_cosine"] = lambda g: metrics.algebra_cosine(
            metrics.principal_log(g), logarithm
        )
    return judges
