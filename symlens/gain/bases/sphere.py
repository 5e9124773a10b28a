"""Eigenfunctions of a sphere: hyperspherical harmonics, and the invariant combinations.

They are built from sphere to sphere: with x = (sqrt(1 - t^2) y, t), y on S^(m-1),
Y_(L, l, j)(x) = p_(L-l)(t) (1 - t^2)^(l/2) Y_(l, j)(y), where the p are orthonormal polynomials for
the weight (1 - t^2)^(l + (m-2)/2). All are orthonormal for the uniform probability measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import betaln

from symlens.gain.actions import Action, Isometry, Trivial
from symlens.gain.manifolds import Points, Sphere

NULL = 1e-8
"""Singular values of D - 1, D orthogonal, up to this count as zero."""


@dataclass(frozen=True)
class SphereBasis:
    """Harmonics of a sphere with eigenvalues up to a bound, ordered by degree.

    Parameters
    ----------
    manifold : Sphere
    lam : int
        Largest eigenvalue.
    """

    manifold: Sphere
    lam: int

    @property
    def degree(self) -> int:
        """Largest degree."""
        return self.manifold.frequency(self.lam)

    @property
    def sizes(self) -> list[int]:
        """Harmonics of every degree."""
        return [self.manifold.multiplicity(degree) for degree in range(self.degree + 1)]

    @property
    def eigenvalues(self) -> NDArray[np.int64]:
        """Eigenvalue of every harmonic, (p,)."""
        degrees = range(self.degree + 1)
        return np.repeat([self.manifold.eigenvalue(d) for d in degrees], self.sizes)

    def features(self, x: Points, chosen: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Harmonics at points, (n, p); of the columns ``chosen`` only, where given."""
        found = np.concatenate(harmonics(x, self.degree), axis=1)
        return found if chosen is None else found[:, chosen]

    def blocks(self, move: Isometry) -> list[NDArray[np.float64]]:
        """Matrices D_l with phi(g x) = D_l^T phi(x), one for every degree.

        Found at as many points as it takes, where both sides are evaluated.
        """
        rng = np.random.default_rng(0)
        x = self.manifold.sample(rng, 2 * max(self.sizes) + 8)
        here, there = harmonics(x, self.degree), harmonics(move(x), self.degree)
        rows = [slice(0, 2 * size + 8) for size in self.sizes]
        return [
            np.asarray(np.linalg.lstsq(a[part], b[part], rcond=None)[0])
            for a, b, part in zip(here, there, rows, strict=True)
        ]

    def representation(self, move: Isometry) -> sparse.csr_matrix:
        """Matrix D with phi(g x) = D^T phi(x), (p, p)."""
        return sparse.block_diag(self.blocks(move), format="csr")

    def invariant(self, action: Action) -> sparse.csc_matrix:
        """Orthonormal invariant combinations as columns, (p, q), ordered by degree."""
        if isinstance(action, Trivial):
            return sparse.identity(sum(self.sizes), format="csc")
        moved = [self.blocks(generator) for generator in action.generators()]
        kernels = []
        for degree, size in enumerate(self.sizes):
            stack = np.vstack([blocks[degree] - np.eye(size) for blocks in moved])
            kernels.append(null_space(stack))
        return sparse.block_diag(kernels, format="csc")


def harmonics(x: Points, degree: int) -> list[NDArray[np.float64]]:
    """Orthonormal harmonics at points of S^m, (n, multiplicity) for each degree 0 ... degree.

    Those with index 0 on an inner sphere S^(k-1) are the ones that SO(k) leaves alone.
    """
    if x.shape[1] == 2:
        return _circle(x, degree)
    t, m = x[:, -1], x.shape[1] - 1
    radius = np.sqrt(np.clip(1 - t**2, 0, None))
    # On the axis y is not defined, and not needed: its factor radius^l is zero.
    safe = np.where(radius > 0, radius, 1.0)
    y = x[:, :-1] / safe[:, None]
    y[radius == 0] = np.eye(m)[0]
    inner = harmonics(y, degree)
    found: list[list[NDArray[np.float64]]] = [[] for _ in range(degree + 1)]
    for low, lower in enumerate(inner):
        scaled = lower * (radius**low)[:, None]
        for step, p in enumerate(_polynomials(t, low, m, degree - low)):
            found[low + step].append(scaled * p[:, None])
    return [np.concatenate(parts, axis=1) for parts in found]


def null_space(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Orthonormal vectors that a matrix sends to zero, as columns, (p, q)."""
    _, values, vectors = np.linalg.svd(matrix, full_matrices=False)
    return np.asarray(vectors[values <= NULL].T)


def gegenbauer(t: NDArray[np.float64], m: int, degree: int) -> list[NDArray[np.float64]]:
    """Zonal functions of S^m, P_l(1) = 1, at cosines t, for l = 0 ... degree.

    (l + m - 1) P_(l+1) = (2l + m - 1) t P_l - l P_(l-1); Chebyshev for m = 1, Legendre for m = 2.
    """
    found = [np.ones_like(t), t]
    for deg in range(1, degree):
        following = (2 * deg + m - 1) * t * found[deg] - deg * found[deg - 1]
        found.append(following / (deg + m - 1))
    return found[: degree + 1]


def _polynomials(
    t: NDArray[np.float64], low: int, m: int, degree: int
) -> Sequence[NDArray[np.float64]]:
    """Polynomials with E[p_i p_j (1 - t^2)^low] = delta_ij for t the last coordinate on S^m."""
    a = low + (m - 1) / 2
    log_norm = betaln(0.5, a + 0.5) - betaln(0.5, m / 2)
    found = [np.full_like(t, np.exp(-log_norm / 2))]

    def beta(k: int) -> float:
        return float(np.sqrt(k * (k + 2 * a - 1) / (4 * (k + a) * (k + a - 1))))

    for k in range(degree):
        following = t * found[k] - (beta(k) * found[k - 1] if k else 0.0)
        found.append(following / beta(k + 1))
    return found


def _circle(x: Points, degree: int) -> list[NDArray[np.float64]]:
    z = x[:, 0] + 1j * x[:, 1]
    power, found = np.ones_like(z), [np.ones((len(x), 1))]
    for _ in range(degree):
        power = power * z
        found.append(np.sqrt(2) * np.stack([power.real, power.imag], axis=1))
    return found
