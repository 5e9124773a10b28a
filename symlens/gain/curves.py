"""Measured learning curves: exact risks of ridge regression over numbers of samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.gain.problem import Arm, Problem
from symlens.gain.ridge import RidgePath, decompose, least

Array = NDArray[np.float64]

ETAS = np.logspace(-7, 1, 49)
"""Penalties whose risk is measured, and that cross-validation chooses from."""

RULES = ("gcv", "theory")


@dataclass(frozen=True)
class Curves:
    """Risks of one seed.

    Parameters
    ----------
    risk_path : ndarray of shape (targets, arms, sizes, penalties)
        Excess risk for every penalty of `ETAS`, mean over sample sets.
    risk : ndarray of shape (rules, targets, arms, sizes)
        Excess risk with the penalty of a rule of `RULES`; NaN where the rule does not apply.
    """

    risk_path: Array
    risk: Array


def measure(
    problem: Problem,
    sizes: Sequence[int],
    drawn: int,
    repeats: int,
    rng: np.random.Generator,
    told: Callable[[int, Array], None] | None = None,
) -> Curves:
    """Learn at every size, several times at the smaller ones, and compute the risks exactly.

    Parameters
    ----------
    problem : Problem
    sizes : sequence of int
    drawn : int
        Samples to draw at every size: as many sets as that makes, at least one.
    repeats : int
        Sets at most.
    rng : numpy.random.Generator
        Of samples and noise.
    told : callable or None
        Takes every size and its least risks, (targets, arms), as they come.
    """
    targets = len(problem.arms[0].truth)
    shape = (targets, len(problem.arms), len(sizes))
    paths = np.zeros((*shape, len(ETAS)))
    risks = np.zeros((len(RULES), *shape))
    for place, n in enumerate(sizes):
        count = min(repeats, max(1, drawn // n))
        for _ in range(count):
            features, clean = problem.draw(rng, n)
            outputs = clean + problem.noise * rng.standard_normal(n)
            for index, (arm, values) in enumerate(zip(problem.arms, features, strict=True)):
                parts = decompose(values * np.sqrt(arm.weights))
                for target in range(targets):
                    path = parts.path(outputs[target])
                    paths[target, index, place] += excess_risk(arm, target, path, ETAS) / count
                    chosen = _chosen(arm, path, n)
                    own = excess_risk(arm, target, path, chosen)
                    risks[:, target, index, place] += own / count
        if told is not None:
            told(n, paths[:, :, place].min(axis=-1))
    return Curves(paths, risks)


def excess_risk(arm: Arm, target: int, path: RidgePath, etas: Array) -> Array:
    """Squared distance to the target, exactly by Parseval, (penalties,); NaN where eta is."""
    learned = np.sqrt(arm.weights)[:, None] * path.coefficients(etas)
    missed = learned - arm.truth[target][:, None]
    return np.asarray((missed**2).sum(axis=0) + arm.unreachable[target])


def _chosen(arm: Arm, path: RidgePath, n: int) -> Array:
    """Penalty of every rule."""
    theory = np.nan if arm.theory is None else arm.theory(n)
    return np.array([least(path.gcv, ETAS), theory])
