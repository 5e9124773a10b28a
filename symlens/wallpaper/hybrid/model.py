"""Small networks on features, and the temperature that makes their probabilities honest."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.groups import NAMES

STEPS: Final = 300
"""Of L-BFGS, at most: the decay, not the optimum of the training set, is what counts."""

TEMPERATURES: Final = (0.05, 20.0)
LEAST: Final = 1e-12


@dataclass(frozen=True)
class Committee:
    """Networks that vote, with one temperature.

    Parameters
    ----------
    members : sequence
        Pipelines of scikit-learn: scaling, then a perceptron.
    temperature : float
    """

    members: Sequence[Any]
    temperature: float = 1.0

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of the 17 groups; shape (n, 17). p_i^(1/T), normalised, of the members' mean p."""
        return tempered(self._mean(features), self.temperature)

    def _mean(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros((len(features), len(NAMES)))
        for member in self.members:
            total[:, member.classes_] += member.predict_proba(features)
        return total / len(self.members)


def learn(
    features: NDArray[np.float64],
    labels: NDArray[np.int64],
    origins: NDArray[np.int64],
    learning: Mapping[str, Any],
    rng: np.random.Generator,
) -> Committee:
    """Train networks on a part of the images and find their temperature on the others.

    Parameters
    ----------
    features : ndarray, shape (n, f)
    labels : ndarray of int, shape (n,)
    origins : ndarray of int, shape (n,)
        Number of the image that a row was made from: its copies stay together.
    learning : mapping
        ``hidden``, ``decay``, ``networks`` and ``held_out``.
    rng : numpy.random.Generator
    """
    held = held_out(labels, origins, float(learning["held_out"]), rng)
    members = [
        _perceptron(features[~held], labels[~held], learning, int(rng.integers(2**31)))
        for _ in range(int(learning["networks"]))
    ]
    plain = Committee(members)
    if not held.any():
        return plain
    chances = plain.probabilities(features[held])
    return Committee(members, temperature(chances, labels[held]))


def held_out(
    labels: NDArray[np.int64],
    origins: NDArray[np.int64],
    part: float,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Rows of a part of the images of every group, never of all of a group's."""
    kept: list[int] = []
    for label in np.unique(labels):
        own = np.unique(origins[labels == label])
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


def _perceptron(
    features: NDArray[np.float64],
    labels: NDArray[np.int64],
    learning: Mapping[str, Any],
    seed: int,
) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    network = MLPClassifier(
        tuple(learning["hidden"]),
        activation="relu",
        solver="lbfgs",
        alpha=float(learning["decay"]),
        max_iter=STEPS,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # STEPS are meant
        return make_pipeline(StandardScaler(), network).fit(features, labels)
