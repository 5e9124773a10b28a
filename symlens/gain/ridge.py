"""Ridge regression for a whole path of penalties from one eigendecomposition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RidgePath:
    """Minimisers of mean (f(x_i) - y_i)^2 + eta ||f||^2 for every eta.

    Parameters
    ----------
    values : ndarray of shape (k,)
        Eigenvalues of the Gram matrix, or of the normal equations.
    projected : ndarray of shape (k,)
        The outputs along its eigenvectors.
    outside : float
        Squared length of the outputs that no eigenvector reaches.
    back : ndarray of shape (q, k)
        Takes (values + n eta)^-1 projected to coefficients of the weighted features.
    n : int
        Samples.
    """

    values: Array
    projected: Array
    outside: float
    back: Array
    n: int

    def coefficients(self, etas: Array) -> Array:
        """Coefficients on the weighted features, (q, penalties)."""
        shrunk = self.projected[:, None] / (self.values[:, None] + self.n * etas)
        return np.asarray(self.back @ shrunk)

    def degrees_of_freedom(self, etas: Array) -> Array:
        """Trace of the smoother: sum v / (v + n eta), (penalties,)."""
        return np.asarray((self.values[:, None] / (self.values[:, None] + self.n * etas)).sum(0))

    def gcv(self, etas: Array) -> Array:
        """Generalised cross-validation: mean residual^2 / (1 - df / n)^2, (penalties,)."""
        left = self.n * etas / (self.values[:, None] + self.n * etas)
        residual = (left**2 * self.projected[:, None] ** 2).sum(0) + self.outside
        spare = 1 - self.degrees_of_freedom(etas) / self.n
        return np.asarray(residual / self.n / spare**2)


def dual_path(features: Array, y: Array) -> RidgePath:
    """Path from the Gram matrix F F^T, (n, n): for more features than samples."""
    values, vectors = np.linalg.eigh(features @ features.T)
    values = np.clip(values, 0, None)
    return RidgePath(values, vectors.T @ y, 0.0, features.T @ vectors, len(y))


def primal_path(normal: Array, moment: Array, power: float, n: int) -> RidgePath:
    """Path from the normal equations F^T F, F^T y and y^T y: for more samples than features."""
    values, vectors = np.linalg.eigh(normal)
    kept = values > values[-1] * len(values) * np.finfo(float).eps
    values, vectors = values[kept], vectors[:, kept]
    root = np.sqrt(values)
    projected = vectors.T @ moment / root
    outside = max(power - float(projected @ projected), 0.0)
    return RidgePath(values, projected, outside, vectors * root, n)


def ridge_path(features: Array, y: Array) -> RidgePath:
    """Path by the cheaper of the two routes."""
    if features.shape[1] >= len(y):
        return dual_path(features, y)
    return primal_path(features.T @ features, features.T @ y, float(y @ y), len(y))


def streamed_path(parts: Iterable[tuple[Array, Array]]) -> RidgePath:
    """Primal path from parts (features, outputs) that never lie in memory together."""
    normal, moment, power, n = None, None, 0.0, 0
    for features, y in parts:
        own, projected = features.T @ features, features.T @ y
        normal = own if normal is None else normal + own
        moment = projected if moment is None else moment + projected
        power, n = power + float(y @ y), n + len(y)
    if normal is None or moment is None:
        raise ValueError("at least one part expected, found none")
    return primal_path(normal, moment, power, n)


def least(criterion: Callable[[Array], Array], etas: Array) -> float:
    """Give the penalty of least criterion."""
    return float(etas[int(np.argmin(criterion(etas)))])
