r"""Position operators of the plane: which of the leading ones look along rows, which along columns.

The leading eigenmatrices of the covariance of products (`symlens.lens.fast.position`) span, in the
plane, positions along both axes and much else: orientations, textures. In a window the lowest
mode of the covariance is nearly constant and the next two are nearly the waves
:math:`\cos \pi y` and :math:`\cos \pi x`. Multiplication by a position takes the constant to its
wave. So the operator of the span that couples the lowest mode to the k-th one most is a
position along one of the axes, in closed form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.position import contrast_normalised, equalised, position_operators
from symlens.lens.fast.whitening import Samples, Whitened
from symlens.lens.plane.grid import Grid, Wave
from symlens.lens.plane.stationarity import Guides

Array = NDArray[np.float64]

OPERATORS = 16
"""Leading operators that are kept."""


@dataclass(frozen=True)
class Span:
    """Orthonormal symmetric matrices of zero diagonal, between modes.

    Parameters
    ----------
    members : ndarray, shape (count, n, n)
    modes : ndarray, shape (n, n)
        Modes as columns, to turn operators to features.
    """

    members: Array
    modes: Array

    @classmethod
    def of(cls, operators: Sequence[Array], white: Whitened, exponent: float) -> Span:
        """The span of operators whose modes are equalised with an exponent (0: as they are)."""
        n = white.n_features
        flat = np.stack([one.ravel() for one in equalised(operators, exponent)], axis=1)
        return cls(np.linalg.qr(flat)[0].T.reshape(-1, n, n), white.modes)

    def operator(self, weights: Array) -> Array:
        """Unit combination of the members, between features. Shape (count,) -> (n, n)."""
        norm = max(float(np.linalg.norm(weights)), np.finfo(float).tiny)
        combined = np.tensordot(weights / norm, self.members, 1)
        return np.asarray(self.modes @ combined @ self.modes.T)

    def coupling(self, first: int, second: int) -> Array:
        r"""Operator that couples two modes most, :math:`Z = \sum_m (Z_m)_{kl} Z_m` normalised."""
        return self.operator(self.members[:, first, second])

    def guides(self, filters: Array, grid: Grid, waves: list[Wave]) -> Guides:
        r"""The projections of :math:`Q^T D_p Q` on the span, as guides for better filters.

        Each operator is weighted by how much of its wave the span holds, relative to the best.

        Parameters
        ----------
        filters : ndarray, shape (n, n)
        grid : Grid
        waves : list of (int, int)

        Returns
        -------
        Guides
        """
        profiles = grid.profiles(waves)
        turned = filters @ self.modes
        weights = np.array(
            [
                np.tensordot(self.members, turned.T @ (profile[:, None] * turned), 2)
                for profile in profiles
            ]
        )
        held = np.linalg.norm(weights, axis=1)
        held = held / max(float(held.max()), np.finfo(float).tiny)
        operators = [share * self.operator(one) for share, one in zip(held, weights, strict=True)]
        return Guides(np.stack(operators), profiles)


def span_operators(white: Whitened, samples: Samples, contrast: float) -> list[Array]:
    """Leading operators of samples at a contrast constant, between modes."""
    return position_operators(contrast_normalised(white, samples, contrast), OPERATORS)
