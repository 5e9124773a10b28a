"""Spec-Avg: an exactly invariant estimator from the group's generators alone.

For groups too large to average over: moments of the data in the first eigenspaces, projected on
what every generator leaves alone (Soleymani, Tahmasebi, Jegelka and Jaillet, arXiv 2502.19758).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from symlens.errors import DataError
from symlens.gain.bases import Basis
from symlens.gain.bases.sphere import null_space
from symlens.gain.manifolds import Points

Fit = Literal["moments", "least_squares"]


def dimension(n: int, smoothness: float, dim: int) -> int:
    """Eigenfunctions that n samples pay for: D = n^(1 / (1 + alpha)), alpha = 2 s / d."""
    return max(1, int(n ** (1 / (1 + 2 * smoothness / dim)) + 1e-9))


def cutoff(basis: Basis, size: int) -> int:
    """Columns of the whole eigenspaces whose counting function is at most ``size``, at least 1."""
    total = np.cumsum(np.unique(basis.eigenvalues, return_counts=True)[1])
    return int(max(total[total <= size], default=total[0]))


def spec_avg(
    basis: Basis, x: Points, y: NDArray[np.float64], size: int, *, fit: Fit = "moments"
) -> NDArray[np.float64]:
    """Coefficients of the estimator on all eigenfunctions, (p,).

    Parameters
    ----------
    basis : Basis
    x : ndarray of shape (n, coordinates)
    y : ndarray of shape (n,)
    size : int
        D; eigenspaces are kept whole.
    fit : {"moments", "least_squares"}
        Moments (1/n) sum y phi(x), as published, which assume uniform samples and carry the
        target's own size as noise; or least squares on the invariant eigenfunctions.
    """
    kept = cutoff(basis, size)
    features = basis.features(x)[:, :kept]
    invariant = invariant_columns(basis, kept)
    if fit == "least_squares":
        if invariant.shape[1] > len(y):
            raise DataError(
                f"Spec-Avg: at least {invariant.shape[1]} samples expected, found {len(y)}"
            )
        weights = np.linalg.lstsq(features @ invariant, y, rcond=None)[0]
    else:
        weights = invariant.T @ (features.T @ y / len(y))
    found = np.zeros(len(basis.eigenvalues))
    found[:kept] = invariant @ weights
    return found


def invariant_columns(basis: Basis, kept: int) -> NDArray[np.float64]:
    """Orthonormal vectors that every generator leaves alone, (kept, q), eigenspace by eigenspace.

    The null space of the stacked D(g) - 1 by singular values: the published (B B^T)^+ squares the
    condition.
    """
    values = basis.eigenvalues[:kept]
    moved = [
        basis.representation(factor, generator)[:kept][:, :kept]
        for factor, action in enumerate(basis.symmetry.actions)
        for generator in range(len(action.generators()))
    ]
    blocks = []
    for value in np.unique(values):
        own = np.flatnonzero(values == value)
        parts = [matrix[own][:, own].toarray() - np.eye(len(own)) for matrix in moved]
        kernel = null_space(np.vstack(parts)) if parts else np.eye(len(own))
        block = np.zeros((kept, kernel.shape[1]))
        block[own] = kernel
        blocks.append(block)
    return np.hstack(blocks)
