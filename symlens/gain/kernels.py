"""Sobolev kernels, and their averages over a group, by two routes that give the same.

Dual: K_G(x, y) = mean over the group of K(g x, y), by the addition theorem. Primal: the sum of
mu_j phi_j(x) phi_j(y) over invariant eigenfunctions. The average keeps every weight
mu = (1 + lam)^-s: it is a projection.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import roots_gegenbauer

from symlens.errors import DataError
from symlens.gain.actions import Action, Isometry, Rotations
from symlens.gain.bases import Basis, gegenbauer
from symlens.gain.manifolds import Points, Sphere, Torus
from symlens.gain.symmetry import Symmetry

Shells = dict[int, NDArray[np.float64]]


@dataclass(frozen=True)
class SobolevKernel:
    """Kernel of H^s on a manifold, cut at an eigenvalue, averaged over a group.

    Parameters
    ----------
    symmetry : Symmetry
        ``symmetry.plain`` for the kernel that is not averaged.
    smoothness : float
        s; more than half of the dimension of the quotient.
    lam : int
        Largest eigenvalue.
    """

    symmetry: Symmetry
    smoothness: float
    lam: int

    def __post_init__(self) -> None:
        if not self.smoothness > self.symmetry.quotient_dim / 2:
            raise DataError(
                f"smoothness: more than d/2 = {self.symmetry.quotient_dim / 2:g} expected for a "
                f"quotient of dimension {self.symmetry.quotient_dim}, found {self.smoothness:g}"
            )

    @cached_property
    def basis(self) -> Basis:
        """Eigenfunctions up to the cutoff."""
        return Basis(self.symmetry, self.lam)

    def weights(self, eigenvalues: NDArray[np.int64]) -> NDArray[np.float64]:
        """Mu = (1 + lam)^-s."""
        return np.asarray((1.0 + eigenvalues) ** -self.smoothness)

    def primal(self, x: Points, y: Points) -> NDArray[np.float64]:
        """K_G between points, (n, m), from invariant eigenfunctions."""
        a, b = self.basis.invariant_features(x), self.basis.invariant_features(y)
        return np.asarray((a * self.weights(self.basis.invariant_eigenvalues)) @ b.T)

    def dual(self, x: Points, y: Points) -> NDArray[np.float64]:
        """K_G between points, (n, m), as the mean of K over the group, factor by factor."""
        sums: Shells = {0: np.ones((len(x), len(y)))}
        split = zip(
            self.symmetry.actions, self.symmetry.split(x), self.symmetry.split(y), strict=True
        )
        for action, own, other in split:
            shells = averaged_zonal(action, own, other, self.lam)
            grown: Shells = {}
            for a, first in sums.items():
                for b, second in shells.items():
                    if a + b <= self.lam:
                        grown[a + b] = grown.get(a + b, 0.0) + first * second
            sums = grown
        mu = self.weights(np.array(list(sums)))
        return np.asarray(sum(m * z for m, z in zip(mu, sums.values(), strict=True)))


def averaged_zonal(action: Action, x: Points, y: Points, lam: int) -> Shells:
    """Mean over the group of every eigenspace's reproducing kernel at (g x, y)."""
    if isinstance(action, Rotations) and action.turned > 2:
        return _turned_zonal(action, x, y, lam)
    nodes = action.nodes(action.manifold.frequency(lam))
    total: Shells = {}
    for node in nodes:
        for value, shell in _zonal(action.manifold, node, x, y, lam).items():
            total[value] = total.get(value, 0.0) + shell / len(nodes)
    return total


def _zonal(manifold: Torus | Sphere, node: Isometry, x: Points, y: Points, lam: int) -> Shells:
    """Reproducing kernels of the eigenspaces: dim(H_l) P_l(x . y), and sums of cos k . (x - y)."""
    moved = node(x)
    if isinstance(manifold, Sphere):
        return _by_degree(manifold, np.clip(moved @ y.T, -1.0, 1.0), lam)
    reach = manifold.frequency(lam)
    shells: Shells = {0: np.ones((len(x), len(y)))}
    for axis in range(manifold.dim):
        angle = moved[:, axis, None] - y[:, axis]
        cosines = [np.ones_like(angle), *(2 * np.cos(j * angle) for j in range(1, reach + 1))]
        grown: Shells = {}
        for value, shell in shells.items():
            for j, cosine in enumerate(cosines):
                if value + j * j <= lam:
                    key = value + j * j
                    grown[key] = grown.get(key, 0.0) + shell * cosine
        shells = grown
    return shells


def _turned_zonal(action: Rotations, x: Points, y: Points, lam: int) -> Shells:
    """Mean over SO(k): the angle between turned parts follows a Gegenbauer weight on S^(k-1)."""
    k, degree = action.turned, action.manifold.frequency(lam)
    nodes, weights = roots_gegenbauer(degree // 2 + 2, (k - 2) / 2)
    turned = np.outer(np.linalg.norm(x[:, :k], axis=1), np.linalg.norm(y[:, :k], axis=1))
    rest = x[:, k:] @ y[:, k:].T
    total: Shells = {}
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        cosine = np.clip(turned * node + rest, -1.0, 1.0)
        for value, shell in _by_degree(action.manifold, cosine, lam).items():
            total[value] = total.get(value, 0.0) + weight * shell
    return total


def _by_degree(sphere: Sphere, cosine: NDArray[np.float64], lam: int) -> Shells:
    degree = sphere.frequency(lam)
    zonal = gegenbauer(cosine, sphere.dim, degree)
    return {sphere.eigenvalue(d): sphere.multiplicity(d) * zonal[d] for d in range(degree + 1)}
