"""A choice among the settings of a lattice, and the temperature that makes it honest.

Every setting has a score, the same function f of its numbers x whatever the group; the probability
of a group is that of its settings, P(group) = Σ exp f(x_i) / Σ exp f(x_j) (McFadden's conditional
logit, 1974). f(x) = v·tanh(W^T z + b) + u·z with z = (x - mean) / spread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.hybrid.examples import Examples

STEPS: Final = 150
"""Of L-BFGS, at most: the decay, not the optimum of the training set, is what counts."""

TEMPERATURES: Final = (0.05, 20.0)
LEAST: Final = 1e-12
SMALL: Final = 0.3
"""Size of the first weights from hidden units, relative to those that keep variances."""

Parameters = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """f(x), the score of a setting.

    Parameters
    ----------
    mean, spread : ndarray, shape (f,)
        Of the numbers of all settings learned from.
    inner : ndarray, shape (f, hidden)
        W.
    shift, outer : ndarray, shape (hidden,)
        b and v.
    direct : ndarray, shape (f,)
        u.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    inner: NDArray[np.float64]
    shift: NDArray[np.float64]
    outer: NDArray[np.float64]
    direct: NDArray[np.float64]

    def __call__(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores of settings, shape (n,)."""
        z = (rows - self.mean) / self.spread
        return np.asarray(np.tanh(z @ self.inner + self.shift) @ self.outer + z @ self.direct)


@dataclass(frozen=True)
class Committee:
    """Scores that vote, with one temperature.

    Parameters
    ----------
    members : sequence of Score
    temperature : float
    """

    members: Sequence[Score]
    temperature: float = 1.0

    def probabilities(self, examples: Examples) -> NDArray[np.float64]:
        """Of the 17 groups; shape (looks, 17). p_i^(1/T), normalised, of the members' mean p."""
        total = np.zeros((len(examples.sizes), len(NAMES)))
        for member in self.members:
            chance = shares(member(examples.rows), examples.look)
            np.add.at(total, (examples.look, examples.labels), chance / len(self.members))
        return tempered(total, self.temperature)


def learn(
    examples: Examples,
    truth: NDArray[np.int64],
    learning: Mapping[str, Any],
    rng: np.random.Generator,
) -> Committee:
    """Learn scores from a part of the images and find their temperature on the others.

    Parameters
    ----------
    examples : Examples
    truth : ndarray of int, shape (looks,)
        Group of every look.
    learning : mapping
        ``hidden``, ``decay``, ``networks`` and ``held_out``.
    rng : numpy.random.Generator
    """
    held = held_out(truth, examples.origins, float(learning["held_out"]), rng)
    own = examples.part(~held)
    members = [
        fitted(own, truth[~held], int(learning["hidden"]), float(learning["decay"]), rng)
        for _ in range(int(learning["networks"]))
    ]
    plain = Committee(members)
    if not held.any():
        return plain
    chances = plain.probabilities(examples.part(held))
    return Committee(members, temperature(chances, truth[held]))


def fitted(
    examples: Examples,
    truth: NDArray[np.int64],
    hidden: int,
    decay: float,
    rng: np.random.Generator,
) -> Score:
    """The score of the least mean -log P(group) + decay |weights|²."""
    from scipy.optimize import minimize

    mean, spread = examples.rows.mean(axis=0), examples.rows.std(axis=0) + LEAST
    z = (examples.rows - mean) / spread
    count = z.shape[1]
    right = examples.labels == truth[examples.look]
    start = np.concatenate(
        [
            rng.normal(size=count * hidden) / np.sqrt(count),
            np.zeros(hidden),
            SMALL * rng.normal(size=hidden) / np.sqrt(hidden),
            np.zeros(count),
        ]
    )

    def loss(parameters: Parameters) -> tuple[float, Parameters]:
        return cross_entropy(parameters, z, right, examples.look, decay)

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return Score(mean, spread, *unpacked(found.x, count))


def cross_entropy(
    parameters: Parameters,
    z: NDArray[np.float64],
    right: NDArray[np.bool_],
    look: NDArray[np.int64],
    decay: float,
) -> tuple[float, Parameters]:
    """Mean of -log Σ_right p over the looks with a right setting, + decay |W, v, u|²; its gradient.

    d/df_i = p_i - q_i, where q are the shares among the right settings.

    Parameters
    ----------
    parameters : ndarray
        W, b, v, u, one after the other.
    z : ndarray, shape (n, f)
    right : ndarray of bool, shape (n,)
    look : ndarray of int, shape (n,)
    decay : float
    """
    inner, shift, outer, direct = unpacked(parameters, z.shape[1])
    hidden = np.tanh(z @ inner + shift)
    p = shares(hidden @ outer + z @ direct, look)
    hit = np.bincount(look, p * right)
    known = np.bincount(look, right) > 0
    count = max(int(known.sum()), 1)
    q = p * right / np.maximum(hit, 1e-300)[look]
    slope = (p - q) * known[look] / count
    back = slope[:, None] * outer * (1 - hidden**2)
    gradient = np.concatenate(
        [(z.T @ back).ravel(), back.sum(axis=0), hidden.T @ slope, z.T @ slope]
    )
    weights = np.concatenate([inner.ravel(), np.zeros_like(shift), outer, direct])
    value = -np.log(np.maximum(hit[known], 1e-300)).sum() / count + decay * (weights @ weights)
    return float(value), gradient + 2 * decay * weights


def unpacked(
    parameters: Parameters, count: int
) -> tuple[Parameters, Parameters, Parameters, Parameters]:
    """W of shape (count, hidden), b, v and u."""
    hidden = (len(parameters) - count) // (count + 2)
    ends = np.cumsum([count * hidden, hidden, hidden])
    inner, shift, outer, direct = np.split(parameters, ends)
    return inner.reshape(count, hidden), shift, outer, direct


def shares(scores: NDArray[np.float64], look: NDArray[np.int64]) -> NDArray[np.float64]:
    """exp(f_i) / Σ exp(f_j) over the rows of the same look; looks are numbered from 0."""
    highest = np.full(look.max(initial=0) + 1, -np.inf)
    np.maximum.at(highest, look, scores)
    weight = np.exp(scores - highest[look])
    return np.asarray(weight / np.bincount(look, weight)[look])


def held_out(
    labels: NDArray[np.int64],
    origins: NDArray[np.int64],
    part: float,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Rows of a part of the images of every group, never of all of a group's.

    The group of an image is that of its first look: its copies may have smaller ones.
    """
    images, first = np.unique(origins, return_index=True)
    groups = labels[first]
    kept: list[int] = []
    for group in np.unique(groups):
        own = images[groups == group]
        kept += rng.permutation(own)[: min(round(part * len(own)), len(own) - 1)].tolist()
    return np.isin(origins, kept)


def temperature(chances: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """The temperature of the smallest cross-entropy (Guo et al., ICML 2017, section 4.2)."""
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(labels))

    def loss(logarithm: float) -> float:
        given = tempered(chances, float(np.exp(logarithm)))[rows, labels]
        return float(-np.log(np.maximum(given, LEAST)).mean())

    found = minimize_scalar(loss, bounds=tuple(np.log(TEMPERATURES)), method="bounded")
    return float(np.exp(found.x))


def tempered(chances: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """p_i^(1/T) / Σ_j p_j^(1/T), row by row."""
    scores = np.log(np.maximum(chances, LEAST)) / temperature
    weight = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))
