"""Excess risks of many outputs and penalties on one sample set, without fitting each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.gain.problem import Arm
from symlens.gain.ridge import RidgePath

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Distances:
    """Squared distances to an arm's targets, exactly by Parseval, for one sample set.

    What is learned is B z, z = projected / (values + n eta), B the eigenvectors as functions. Its
    squared distance to a target t is z' B'B z - 2 z' B't + t't.

    Parameters
    ----------
    metric : ndarray of shape (k, k)
        B'B.
    along : ndarray of shape (targets, k)
        B't.
    size : ndarray of shape (targets,)
        Squared norms of the targets, what the arm cannot reach of them included.
    """

    metric: Array
    along: Array
    size: Array

    @classmethod
    def of(cls, arm: Arm, back: Array) -> Distances:
        """Take `Decomposition.back`, (q, k), of the arm's weighted features."""
        functions = np.sqrt(arm.weights)[:, None] * back
        size = (arm.truth**2).sum(axis=1) + arm.unreachable
        return cls(functions.T @ functions, arm.truth @ functions, size)

    def mean(self, target: int, path: RidgePath, etas: Array) -> Array:
        """Mean risk over the outputs of a path, (outputs, k), for every penalty, (penalties,).

        The outputs enter by their mean and second moments alone; NaN where eta is.
        """
        shrink = 1 / (path.values[:, None] + path.n * etas)
        first = path.projected.mean(axis=0)
        second = path.projected.T @ path.projected / len(path.projected)
        squares = (shrink * ((self.metric * second) @ shrink)).sum(axis=0)
        return np.asarray(squares - 2 * (self.along[target] * first) @ shrink + self.size[target])

    def each(self, target: int, path: RidgePath, etas: Array) -> Array:
        """Risk of every output with a penalty of its own, (outputs,)."""
        z = path.projected / (path.values + path.n * etas[:, None])
        squares = ((z @ self.metric) * z).sum(axis=1)
        return np.asarray(squares - 2 * z @ self.along[target] + self.size[target])
