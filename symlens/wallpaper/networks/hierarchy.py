"""The hierarchy of the paper: one decision after the other, each by a network of its own.

Is there an axis, two-fold or three-fold? Which order of rotation? Are there mirrors? Which group,
by its glides and by where its axes lie? A network learns from the images of its branch only. The
probability of a group is the product along its path,

P(group) = P(axis) P(order | axis) P(mirrors | order) P(group | mirrors and order),

so that those of the 17 groups add up to 1 whatever the networks say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.levels import LEVELS

ELSEWHERE: Final = -1


@dataclass(frozen=True)
class Decision:
    """One question to the images of a branch.

    Parameters
    ----------
    name : str
        Level that is decided, and class of the level before.
    answers : ndarray of int, shape (17,)
        Answer for every group, from 0; `ELSEWHERE` for groups of other branches.
    """

    name: str
    answers: NDArray[np.int64]

    @property
    def branch(self) -> NDArray[np.bool_]:
        """Whether a group is on the branch, shape (17,)."""
        return np.asarray(self.answers != ELSEWHERE)

    @property
    def count(self) -> int:
        """Number of answers."""
        return int(self.answers.max()) + 1


def decisions() -> Iterator[Decision]:
    """All questions that have more than one answer, coarse levels first."""
    coarse = np.zeros(len(NAMES), np.int64)
    for level, fine in (*LEVELS.items(), ("group", np.arange(len(NAMES)))):
        for branch in np.unique(coarse):
            own = coarse == branch
            kinds = np.unique(fine[own])
            if len(kinds) > 1:
                answers = np.where(own, np.searchsorted(kinds, fine), ELSEWHERE)
                yield Decision(f"{level}-{branch}", answers)
        coarse = fine


DECISIONS: Final = tuple(decisions())


def composed(
    scores: Sequence[NDArray[np.float64]], asked: Sequence[Decision] = DECISIONS
) -> NDArray[np.float64]:
    """Logarithms of the probabilities of the groups: the sum of ln P along the path of each.

    Parameters
    ----------
    scores : sequence of ndarray, shape (n, answers)
        Of every decision; ln P = score - ln Σ exp(scores).
    asked : sequence of Decision

    Returns
    -------
    ndarray, shape (n, 17)
    """
    total = np.zeros((len(scores[0]), len(NAMES)))
    for decision, own in zip(asked, scores, strict=True):
        found = np.asarray(own, np.float64)
        found = found - found.max(axis=1, keepdims=True)
        found = found - np.log(np.exp(found).sum(axis=1, keepdims=True))
        total[:, decision.branch] += found[:, decision.answers[decision.branch]]
    return total


@dataclass(frozen=True)
class Composed:
    """Several networks that answer as one.

    Parameters
    ----------
    networks : sequence of keras.Model
        One for every decision.
    asked : sequence of Decision
    """

    networks: Sequence[Any]
    asked: Sequence[Decision] = DECISIONS

    def predict_on_batch(self, images: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores of the 17 groups, shape (n, 17): logarithms of their probabilities."""
        return composed([each.predict_on_batch(images) for each in self.networks], self.asked)
