"""Finite groups: translations, sign flips, permutations, both together, and the antipode."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, prod
from typing import ClassVar

import numpy as np

from symlens.errors import DataError
from symlens.gain.actions.base import LARGEST, Action, Isometry, closure
from symlens.gain.manifolds import Sphere, Torus
from symlens.gain.series import Series, divided, lattice, multisets, one, shifted, spread


class FiniteAction(Action):
    """A finite group given by generators; its elements are listed on demand."""

    @property
    @abstractmethod
    def order(self) -> int:
        """Number of elements that act differently."""

    @property
    def orbit_dim(self) -> int:
        """0."""
        return 0

    def quotient_volume(self) -> float:
        """vol(M) / |G|."""
        return self.manifold.volume / self.order

    def nodes(self, degree: int) -> list[Isometry]:  # noqa: ARG002 - all average all degrees
        """Every element of the group."""
        if self.order > LARGEST:
            raise DataError(
                f"group: {self} has {self.order} elements, above {LARGEST}: too many to average "
                "over one by one; the invariant basis and Spec-Avg need its generators only"
            )
        return closure(self.generators(), self.manifold.coordinates)


@dataclass(frozen=True)
class Trivial(FiniteAction):
    """The group of one element."""

    manifold: Torus | Sphere
    free: ClassVar[bool] = True

    @property
    def order(self) -> int:
        """1."""
        return 1

    def generators(self) -> tuple[Isometry, ...]:
        """None."""
        return ()

    def multiplicities(self, lam: int) -> Series:
        """All eigenfunctions: lattice points of a torus, harmonics of a sphere."""
        if isinstance(self.manifold, Torus):
            reach = self.manifold.frequency(lam)
            return lattice([range(-reach, reach + 1)] * self.manifold.dim, lam + 1)
        return by_degree(self.manifold, self.manifold.multiplicity, lam)

    def __str__(self) -> str:
        return "trivial"


@dataclass(frozen=True)
class Translations(FiniteAction):
    """Z_m1 x ... x Z_mD: coordinate i of a torus moves by multiples of 2 pi / m_i."""

    manifold: Torus
    moduli: tuple[int, ...]
    free: ClassVar[bool] = True

    @property
    def order(self) -> int:
        """Product of the moduli."""
        return prod(self.moduli)

    def generators(self) -> tuple[Isometry, ...]:
        """One step along every coordinate that has more than one."""
        zero = [Fraction(0)] * self.manifold.dim
        steps = [(i, Fraction(1, m)) for i, m in enumerate(self.moduli) if m > 1]
        return tuple(Isometry.translation([*zero[:i], t, *zero[i + 1 :]]) for i, t in steps)

    def multiplicities(self, lam: int) -> Series:
        """Lattice points whose coordinate i is a multiple of m_i."""
        reach = self.manifold.frequency(lam)
        allowed = [range(-(reach // m) * m, reach + 1, m) for m in self.moduli]
        return lattice(allowed, lam + 1)

    def __str__(self) -> str:
        return f"translations({','.join(map(str, self.moduli))})"


@dataclass(frozen=True)
class CoordinateAction(FiniteAction):
    """A group of signed permutations of the coordinates of a torus or a sphere."""

    manifold: Torus | Sphere
    free: ClassVar[bool] = False

    def multiplicities(self, lam: int) -> Series:
        """Orbits of lattice points on a torus, Molien's series on a sphere."""
        if isinstance(self.manifold, Torus):
            return self._orbits(self.manifold.frequency(lam), lam + 1)
        degrees = self.manifold.frequency(lam)
        series = self._molien(degrees + 1)
        return by_degree(self.manifold, lambda degree: int(series[degree]), lam)

    @abstractmethod
    def _orbits(self, reach: int, length: int) -> Series:
        """Orbits of integer vectors by squared norm."""

    @abstractmethod
    def _molien(self, length: int) -> Series:
        """(1 - t^2) / |G| sum_g 1 / det(1 - t g), the invariant harmonics by degree."""


class Signs(CoordinateAction):
    """{+-1}^n: every coordinate may change its sign."""

    @property
    def order(self) -> int:
        """2^n."""
        return int(2**self.manifold.coordinates)

    def generators(self) -> tuple[Isometry, ...]:
        """One flip for every coordinate."""
        n = self.manifold.coordinates
        return tuple(Isometry.linear(np.diag(1.0 - 2.0 * np.eye(n)[i])) for i in range(n))

    def _orbits(self, reach: int, length: int) -> Series:
        return lattice([range(reach + 1)] * self.manifold.dim, length)

    def _molien(self, length: int) -> Series:
        found = one(length)
        for _ in range(self.manifold.dim):
            found = divided(found, 2)
        return found

    def __str__(self) -> str:
        return "signs"


class Permutations(CoordinateAction):
    """S_n: the coordinates may change places."""

    @property
    def order(self) -> int:
        """N!."""
        return factorial(self.manifold.coordinates)

    def generators(self) -> tuple[Isometry, ...]:
        """The transposition of the first two and the cycle of all coordinates."""
        return permutation_generators(self.manifold.coordinates)

    def _orbits(self, reach: int, length: int) -> Series:
        return multisets(self.manifold.dim, range(-reach, reach + 1), length)

    def _molien(self, length: int) -> Series:
        return _harmonic(range(1, self.manifold.coordinates + 1), length)

    def __str__(self) -> str:
        return "permutations"


class Hyperoctahedral(CoordinateAction):
    """All signed permutations of the coordinates."""

    @property
    def order(self) -> int:
        """2^n n!."""
        return int(2**self.manifold.coordinates) * factorial(self.manifold.coordinates)

    def generators(self) -> tuple[Isometry, ...]:
        """Those of the permutations and one flip."""
        n = self.manifold.coordinates
        flip = Isometry.linear(np.diag(1.0 - 2.0 * np.eye(n)[0]))
        return (*permutation_generators(n), flip)

    def _orbits(self, reach: int, length: int) -> Series:
        return multisets(self.manifold.dim, range(reach + 1), length)

    def _molien(self, length: int) -> Series:
        return _harmonic(range(2, 2 * self.manifold.coordinates + 1, 2), length)

    def __str__(self) -> str:
        return "hyperoctahedral"


@dataclass(frozen=True)
class Antipode(FiniteAction):
    """x -> -x on a sphere."""

    manifold: Sphere
    free: ClassVar[bool] = True

    @property
    def order(self) -> int:
        """2."""
        return 2

    def generators(self) -> tuple[Isometry, ...]:
        """The map itself."""
        return (Isometry.linear(-np.eye(self.manifold.coordinates)),)

    def multiplicities(self, lam: int) -> Series:
        """Harmonics of even degree."""
        sphere = self.manifold
        return by_degree(sphere, lambda d: 0 if d % 2 else sphere.multiplicity(d), lam)

    def __str__(self) -> str:
        return "antipode"


def permutation_generators(n: int) -> tuple[Isometry, ...]:
    """(1 2) and (1 2 ... n); none for one coordinate, one for two."""
    unit = np.eye(n)
    if n < 2:
        return ()
    swap = Isometry.linear(unit[[1, 0, *range(2, n)]])
    return (swap,) if n == 2 else (swap, Isometry.linear(np.roll(unit, 1, axis=0)))


def by_degree(sphere: Sphere, count: Callable[[int], int], lam: int) -> Series:
    """Place the counts of degrees at their eigenvalues."""
    degrees = range(sphere.frequency(lam) + 1)
    return spread([count(d) for d in degrees], [sphere.eigenvalue(d) for d in degrees], lam + 1)


def _harmonic(degrees: range, length: int) -> Series:
    """(1 - t^2) / prod (1 - t^d): harmonics of a group whose invariants are a polynomial ring."""
    found: Series = one(length) - shifted(one(length), 2)
    for degree in degrees:
        found = divided(found, degree)
    return found
