"""Ridge regression for a whole path of penalties from one eigendecomposition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RidgePath:
    """Minimisers of mean (f(x_i) - y_i)^2 + eta ||f||^2 for every eta, of one or more outputs.

    Parameters
    ----------
    values : ndarray of shape (k,)
        Eigenvalues of the Gram matrix, or of the normal equations.
    projected : ndarray of shape (..., k)
        The outputs along its eigenvectors; the axes before the last are those of the outputs.
    outside : ndarray of shape (...)
        Squared length of the outputs that no eigenvector reaches.
    back : ndarray of shape (q, k)
        Takes (values + n eta)^-1 projected to coefficients of the weighted features.
    n : int
        Samples.
    """

    values: Array
    projected: Array
    outside: Array
    back: Array
    n: int

    def coefficients(self, etas: Array) -> Array:
        """Coefficients on the weighted features, (..., q, penalties)."""
        shrunk = self.projected[..., None] / (self.values[:, None] + self.n * etas)
        return np.asarray(self.back @ shrunk)

    def degrees_of_freedom(self, etas: Array) -> Array:
        """Trace of the smoother: sum v / (v + n eta), (penalties,)."""
        return np.asarray((self.values[:, None] / (self.values[:, None] + self.n * etas)).sum(0))

    def gcv(self, etas: Array) -> Array:
        """Generalised cross-validation: mean residual^2 / (1 - df / n)^2, (..., penalties)."""
        left = self.n * etas / (self.values[:, None] + self.n * etas)
        residual = self.projected**2 @ left**2 + self.outside[..., None]
        # 1 - df / n without the rounding that would be all that is left of it at small penalties.
        spare = (left.sum(0) + self.n - len(self.values)) / self.n
        return np.asarray(residual / self.n / spare**2)


@dataclass(frozen=True)
class Decomposition:
    """Features taken apart once, for any outputs.

    Parameters
    ----------
    values : ndarray of shape (k,)
        Eigenvalues of the Gram matrix.
    left : ndarray of shape (n, k)
        Its eigenvectors.
    back : ndarray of shape (q, k)
        As in `RidgePath`.
    """

    values: Array
    left: Array
    back: Array

    def path(self, y: Array) -> RidgePath:
        """Path of all penalties for outputs y, (..., n)."""
        projected = y @ self.left
        outside = np.clip((y**2).sum(axis=-1) - (projected**2).sum(axis=-1), 0, None)
        if self.left.shape[0] == self.left.shape[1]:
            outside = np.zeros_like(outside)  # nothing is out of reach: no rounding either
        return RidgePath(self.values, projected, outside, self.back, y.shape[-1])


def decompose(features: Array) -> Decomposition:
    """Take features, (n, q), apart by the cheaper of two routes that give the same.

    Dual: eigenvectors of F F^T, (n, n). Primal: those of F^T F, (q, q).
    """
    n, q = features.shape
    if q >= n:
        values, left = np.linalg.eigh(features @ features.T)
        return Decomposition(np.clip(values, 0, None), left, features.T @ left)
    values, vectors = _positive(features.T @ features)
    root = np.sqrt(values)
    return Decomposition(values, features @ vectors / root, vectors * root)


def primal_path(normal: Array, moment: Array, power: float, n: int) -> RidgePath:
    """Path from the normal equations F^T F, F^T y and y^T y alone."""
    values, vectors = _positive(normal)
    root = np.sqrt(values)
    projected = vectors.T @ moment / root
    outside = np.clip(power - projected @ projected, 0, None)
    return RidgePath(values, projected, outside, vectors * root, n)


def _positive(matrix: Array) -> tuple[Array, Array]:
    """Eigenvalues above rounding, with their eigenvectors."""
    values, vectors = np.linalg.eigh(matrix)
    kept = values > values[-1] * len(values) * np.finfo(float).eps
    return values[kept], vectors[:, kept]


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
