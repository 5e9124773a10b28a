"""Groups of positive dimension: circles and tori of translations, rotations, the Hopf circle."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import comb, factorial, gcd, hypot, pi
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from symlens.errors import DataError
from symlens.gain.actions.base import Action, Isometry
from symlens.gain.actions.finite import by_degree
from symlens.gain.manifolds import Points, Sphere, Torus
from symlens.gain.series import Series, lattice, orthogonal_lattice

ANGLES = (1.0, 2.4)
"""Rotations by these, in radians, stand for all of a circle: they generate a dense part of it."""


class ContinuousAction(Action):
    """A connected compact group."""

    @property
    def order(self) -> None:
        """None: there is no number of elements."""


@dataclass(frozen=True)
class Circle(ContinuousAction):
    """t -> x + t v on a torus; v has integer entries and is taken without its common divisor."""

    manifold: Torus
    direction: tuple[int, ...]
    free: ClassVar[bool] = True

    @property
    def orbit_dim(self) -> int:
        """1."""
        return 1

    @property
    def primitive(self) -> tuple[int, ...]:
        """The direction over its greatest common divisor, which acts as the unit."""
        divisor = gcd(*self.direction)
        return tuple(v // divisor for v in self.direction)

    def quotient_volume(self) -> float:
        """(2 pi)^(D-1) / |v|."""
        return float((2 * pi) ** (self.manifold.dim - 1) / hypot(*self.primitive))

    def multiplicities(self, lam: int) -> Series:
        """Integer vectors orthogonal to v."""
        return orthogonal_lattice(self.primitive, self.manifold.frequency(lam), lam + 1)

    def generators(self) -> tuple[Isometry, ...]:
        """Two moves along v, by the angles that stand for all."""
        return tuple(
            Isometry.translation([Fraction(v * angle / (2 * pi)) for v in self.primitive])
            for angle in ANGLES
        )

    def nodes(self, degree: int) -> list[Isometry]:
        """Equal steps, more than the largest |k . v|."""
        count = degree * sum(abs(v) for v in self.primitive) + 1
        return [
            Isometry.translation([Fraction(v * step, count) for v in self.primitive])
            for step in range(count)
        ]

    def fields(self, x: Points) -> NDArray[np.float64]:
        """The constant field v."""
        return np.broadcast_to(np.array(self.primitive, float)[None, :, None], (*x.shape, 1))

    def orbit_volume(self, x: Points) -> NDArray[np.float64]:
        """Length 2 pi |v|."""
        return np.full(len(x), 2 * pi * hypot(*self.primitive))

    def __str__(self) -> str:
        return f"circle({','.join(map(str, self.direction))})"


@dataclass(frozen=True)
class Subtorus(ContinuousAction):
    """All translations of the first k coordinates of a torus."""

    manifold: Torus
    moved: int
    free: ClassVar[bool] = True

    @property
    def orbit_dim(self) -> int:
        """K."""
        return self.moved

    def quotient_volume(self) -> float:
        """(2 pi)^(D-k)."""
        return float((2 * pi) ** (self.manifold.dim - self.moved))

    def multiplicities(self, lam: int) -> Series:
        """Integer vectors whose first k entries are zero."""
        reach = self.manifold.frequency(lam)
        fixed = self.manifold.dim - self.moved
        return lattice([range(-reach, reach + 1)] * fixed, lam + 1)

    def generators(self) -> tuple[Isometry, ...]:
        """Two moves along every moved coordinate."""
        unit = np.eye(self.manifold.dim, dtype=int)[: self.moved]
        return tuple(
            Isometry.translation([Fraction(int(v) * angle / (2 * pi)) for v in row])
            for row in unit
            for angle in ANGLES
        )

    def nodes(self, degree: int) -> list[Isometry]:
        """A grid of equal steps."""
        count, still = degree + 1, (Fraction(0),) * (self.manifold.dim - self.moved)
        steps = [Fraction(step, count) for step in range(count)]
        return [Isometry.translation((*t, *still)) for t in product(steps, repeat=self.moved)]

    def fields(self, x: Points) -> NDArray[np.float64]:
        """The constant coordinate fields."""
        unit = np.eye(self.manifold.dim)[:, : self.moved]
        return np.broadcast_to(unit, (len(x), *unit.shape))

    def orbit_volume(self, x: Points) -> NDArray[np.float64]:
        """(2 pi)^k."""
        return np.full(len(x), (2 * pi) ** self.moved)

    def __str__(self) -> str:
        return f"subtorus({self.moved})"


@dataclass(frozen=True)
class Rotations(ContinuousAction):
    """SO(k) on the first k coordinates of a sphere, 2 <= k <= m: orbits are spheres S^(k-1)."""

    manifold: Sphere
    turned: int
    free: ClassVar[bool] = False

    @property
    def orbit_dim(self) -> int:
        """K - 1: less than the dimension of SO(k), for points have stabilisers."""
        return self.turned - 1

    def quotient_volume(self) -> float:
        """Half of the sphere S^(m-k+1)."""
        return Sphere(self.manifold.dim - self.turned + 1).volume / 2

    def multiplicities(self, lam: int) -> Series:
        """C(l + m - k, l) harmonics of degree l: the series 1 / (1 - t)^(m+1-k)."""
        rest = self.manifold.dim - self.turned
        return by_degree(self.manifold, lambda degree: comb(degree + rest, rest), lam)

    def generators(self) -> tuple[Isometry, ...]:
        """Turns in the planes of neighbouring coordinates."""
        found = []
        for axis in range(self.turned - 1):
            for angle in ANGLES:
                matrix = np.eye(self.manifold.coordinates)
                matrix[axis : axis + 2, axis : axis + 2] = _turn(angle)
                found.append(Isometry.linear(matrix))
        return tuple(found)

    def nodes(self, degree: int) -> list[Isometry]:
        """Equal turns of SO(2); larger rotation groups average over the angle between points."""
        if self.turned != 2:
            raise DataError(f"so({self.turned}): no finite set of rotations is kept for averages")
        found = []
        for step in range(degree + 1):
            matrix = np.eye(self.manifold.coordinates)
            matrix[:2, :2] = _turn(2 * pi * step / (degree + 1))
            found.append(Isometry.linear(matrix))
        return found

    def fields(self, x: Points) -> NDArray[np.float64]:
        """x_i e_j - x_j e_i for all i < j <= k."""
        planes = [(i, j) for i in range(self.turned) for j in range(i)]
        found = np.zeros((*x.shape, len(planes)))
        for place, (i, j) in enumerate(planes):
            found[:, j, place], found[:, i, place] = x[:, i], -x[:, j]
        return found

    def orbit_volume(self, x: Points) -> NDArray[np.float64]:
        """vol(S^(k-1)) r^(k-1), r the length of the turned part."""
        radius = np.linalg.norm(x[:, : self.turned], axis=1)
        return np.asarray(Sphere(self.turned - 1).volume * radius ** (self.turned - 1))

    def spread_out(self, rng: np.random.Generator, n: int) -> tuple[Points, NDArray[np.float64]]:
        """Points nearer to the small orbits than uniform ones, where 1 / vol has a finite variance.

        r^2 follows Beta(0.6, b) instead of Beta(k/2, b), b = (m + 1 - k) / 2.
        """
        k, b = self.turned, (self.manifold.coordinates - self.turned) / 2
        square = rng.beta(0.6, b, size=n)
        turned = Sphere(k - 1).sample(rng, n) * np.sqrt(square)[:, None]
        rest = rng.standard_normal((n, self.manifold.coordinates - k))
        rest *= np.sqrt(1 - square)[:, None] / np.linalg.norm(rest, axis=1, keepdims=True)
        log_ratio = (k / 2 - 0.6) * np.log(square) + betaln(0.6, b) - betaln(k / 2, b)
        return np.hstack([turned, rest]), np.exp(log_ratio)

    def __str__(self) -> str:
        return f"so({self.turned})"


@dataclass(frozen=True)
class Hopf(ContinuousAction):
    """z -> e^(it) z on the sphere S^(2n+1) of C^(n+1); coordinates 2j, 2j+1 are z_j."""

    manifold: Sphere
    free: ClassVar[bool] = True

    @property
    def orbit_dim(self) -> int:
        """1."""
        return 1

    def quotient_volume(self) -> float:
        """pi^n / n!, that of the complex projective space."""
        n = (self.manifold.dim - 1) // 2
        return pi**n / factorial(n)

    def multiplicities(self, lam: int) -> Series:
        """Harmonics of bidegree (p, p): (2p + n) / n C(p + n - 1, n - 1)^2."""
        n = (self.manifold.dim - 1) // 2

        def count(degree: int) -> int:
            p = degree // 2
            return 0 if degree % 2 else (degree + n) * comb(p + n - 1, n - 1) ** 2 // n

        return by_degree(self.manifold, count, lam)

    def generators(self) -> tuple[Isometry, ...]:
        """Two turns, by the angles that stand for all."""
        return tuple(self._turned(angle) for angle in ANGLES)

    def nodes(self, degree: int) -> list[Isometry]:
        """Equal turns, more than the degree."""
        return [self._turned(2 * pi * step / (degree + 1)) for step in range(degree + 1)]

    def fields(self, x: Points) -> NDArray[np.float64]:
        """I z."""
        found = np.empty_like(x)
        found[:, 0::2], found[:, 1::2] = -x[:, 1::2], x[:, 0::2]
        return found[:, :, None]

    def orbit_volume(self, x: Points) -> NDArray[np.float64]:
        """Great circles of length 2 pi."""
        return np.full(len(x), 2 * pi)

    def _turned(self, angle: float) -> Isometry:
        return Isometry.linear(np.kron(np.eye(self.manifold.coordinates // 2), _turn(angle)))

    def __str__(self) -> str:
        return "hopf"


def _turn(angle: float) -> NDArray[np.float64]:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
