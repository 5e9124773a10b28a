"""Tori and spheres: volume, uniform samples, and the spectrum of the Laplacian in integers."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, gamma, pi
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


class Manifold(Protocol):
    """A compact manifold without boundary whose Laplacian has integer eigenvalues."""

    @property
    def dim(self) -> int:
        """Dimension of the manifold."""

    @property
    def coordinates(self) -> int:
        """Numbers that write a point."""

    @property
    def volume(self) -> float:
        """Riemannian volume."""

    def sample(self, rng: np.random.Generator, n: int) -> Points:
        """Draw uniform points, (n, coordinates)."""

    def frequency(self, lam: int) -> int:
        """Give the largest frequency (wave number, degree) of eigenvalues up to ``lam``."""


@dataclass(frozen=True)
class Torus:
    """Flat torus (R / 2 pi Z)^D: angles in radians, eigenvalues |k|^2 of integer vectors k."""

    dim: int

    @property
    def coordinates(self) -> int:
        """Angles of a point."""
        return self.dim

    @property
    def volume(self) -> float:
        """(2 pi)^D."""
        return float((2 * pi) ** self.dim)

    def sample(self, rng: np.random.Generator, n: int) -> Points:
        """Draw uniform points, (n, D), in [0, 2 pi)."""
        return rng.uniform(0.0, 2 * pi, size=(n, self.dim))

    def frequency(self, lam: int) -> int:
        """Give the largest |k_i| with k_i^2 <= lam."""
        return int(np.sqrt(lam + 0.5))

    def __str__(self) -> str:
        return f"T{self.dim}"


@dataclass(frozen=True)
class Sphere:
    """Unit sphere S^m in R^(m+1): eigenvalues l (l + m - 1) of degrees l = 0, 1, ..."""

    dim: int

    @property
    def coordinates(self) -> int:
        """Cartesian coordinates of a point."""
        return self.dim + 1

    @property
    def volume(self) -> float:
        """2 pi^((m+1)/2) / Gamma((m+1)/2)."""
        half = (self.dim + 1) / 2
        return float(2 * pi**half / gamma(half))

    def sample(self, rng: np.random.Generator, n: int) -> Points:
        """Draw uniform unit vectors, (n, m + 1)."""
        x = rng.standard_normal((n, self.coordinates))
        return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))

    def eigenvalue(self, degree: int) -> int:
        """Eigenvalue l (l + m - 1) of a degree."""
        return degree * (degree + self.dim - 1)

    def frequency(self, lam: int) -> int:
        """Give the largest degree l with l (l + m - 1) <= lam."""
        degree = 0
        while self.eigenvalue(degree + 1) <= lam:
            degree += 1
        return degree

    def multiplicity(self, degree: int) -> int:
        """Dimension of the harmonics of a degree: C(m+l, l) - C(m+l-2, l-2)."""
        lower = comb(self.dim + degree - 2, degree - 2) if degree >= 2 else 0
        return comb(self.dim + degree, degree) - lower

    def __str__(self) -> str:
        return f"S{self.dim}"


def unit_ball(d: int) -> float:
    """Volume of the unit ball of R^d: pi^(d/2) / Gamma(d/2 + 1)."""
    return float(pi ** (d / 2) / gamma(d / 2 + 1))
