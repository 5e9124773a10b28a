"""Measured learning curves: exact risks of ridge regression over numbers of samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.gain.problem import Arm, Problem
from symlens.gain.ridge import RidgePath, decompose
from symlens.gain.risks import Distances

Array = NDArray[np.float64]

ETAS = np.logspace(-7, 1, 49)
"""Penalties whose risk is measured, and that cross-validation chooses from."""

RULES = ("gcv", "theory")


@dataclass(frozen=True)
class Sampling:
    """How often is learned.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of samples.
    drawn : int
        Samples to draw at every size: as many sets as that makes, at least one.
    repeats : int
        Sets at most.
    noises : int
        Times that the noise of a set is drawn.
    """

    sizes: Sequence[int]
    drawn: int
    repeats: int
    noises: int

    def sets(self, n: int) -> int:
        """Sample sets of a size."""
        return min(self.repeats, max(1, self.drawn // n))


@dataclass(frozen=True)
class Curves:
    """Risks of one seed.

    Parameters
    ----------
    risk_path : ndarray of shape (targets, arms, sizes, penalties)
        Excess risk for every penalty of `ETAS`, mean over sample sets and noise.
    risk : ndarray of shape (rules, targets, arms, sizes)
        Excess risk with the penalty of a rule of `RULES`; NaN where the rule does not apply.
    """

    risk_path: Array
    risk: Array


def measure(
    problem: Problem,
    plan: Sampling,
    rng: np.random.Generator,
    told: Callable[[int, Array], None] | None = None,
) -> Curves:
    """Learn at every size, several times at the smaller ones, and compute the risks exactly.

    A set is taken apart once; all its outputs and penalties follow from that. Most of what a risk
    scatters by is the noise, less the places of the samples.

    Parameters
    ----------
    problem : Problem
    plan : Sampling
    rng : numpy.random.Generator
        Of samples and noise.
    told : callable or None
        Takes every size and its least risks, (targets, arms), as they come.
    """
    targets = len(problem.arms[0].truth)
    shape = (targets, len(problem.arms), len(plan.sizes))
    paths = np.zeros((*shape, len(ETAS)))
    risks = np.zeros((len(RULES), *shape))
    for place, n in enumerate(plan.sizes):
        for _ in range(plan.sets(n)):
            features, clean = problem.draw(rng, n)
            noise = problem.noise * rng.standard_normal((plan.noises, n))
            for index, (arm, values) in enumerate(zip(problem.arms, features, strict=True)):
                parts = decompose(values * np.sqrt(arm.weights))
                apart = Distances.of(arm, parts.back)
                for target in range(targets):
                    path = parts.path(clean[target] + noise)
                    every, own = _risks(arm, target, path, apart)
                    paths[target, index, place] += every / plan.sets(n)
                    risks[:, target, index, place] += own / plan.sets(n)
        if told is not None:
            told(n, paths[:, :, place].min(axis=-1))
    return Curves(paths, risks)


def _risks(arm: Arm, target: int, path: RidgePath, apart: Distances) -> tuple[Array, Array]:
    """Mean risks over the outputs of a set: of every penalty, and of the rules' own."""
    theory = np.nan if arm.theory is None else arm.theory(path.n)
    found = apart.mean(target, path, np.array([*ETAS, theory]))
    chosen = ETAS[path.gcv(ETAS).argmin(axis=-1)]
    return found[:-1], np.array([apart.each(target, path, chosen).mean(), found[-1]])
