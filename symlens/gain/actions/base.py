"""What every group action on a torus or sphere says of itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from symlens.gain.manifolds import Points, Sphere, Torus
from symlens.gain.series import Series

LARGEST = 20_000
"""Elements that are listed at most: a larger group acts through its generators."""


@dataclass(frozen=True)
class Isometry:
    """The map x -> A x + 2 pi t.

    Parameters
    ----------
    matrix : tuple of tuples
        A, of shape (coordinates, coordinates).
    turns : tuple of Fraction
        t, in full turns; zeros on a sphere.
    """

    matrix: tuple[tuple[float, ...], ...]
    turns: tuple[Fraction, ...]

    @classmethod
    def linear(cls, matrix: NDArray[Any]) -> Isometry:
        """Give the map without a translation."""
        rows = tuple(tuple(float(v) for v in row) for row in matrix)
        return cls(rows, (Fraction(0),) * len(rows))

    @classmethod
    def translation(cls, turns: Sequence[Fraction]) -> Isometry:
        """Give the map x -> x + 2 pi t."""
        unit = tuple(tuple(float(v) for v in row) for row in np.eye(len(turns)))
        return cls(unit, tuple(turn % 1 for turn in turns))

    @cached_property
    def array(self) -> NDArray[np.float64]:
        """A as an array."""
        return np.array(self.matrix)

    def __call__(self, x: Points) -> Points:
        """Move points, (n, coordinates)."""
        moved = x @ self.array.T
        if any(self.turns):
            moved = moved + 2 * np.pi * np.array([float(turn) for turn in self.turns])
        return np.asarray(moved)

    def after(self, other: Isometry) -> Isometry:
        """Give the map that first moves by ``other``; integer matrices only."""
        rows = self.array @ other.array
        turns = tuple(
            sum((Fraction(int(a)) * t for a, t in zip(row, other.turns, strict=True)), own) % 1
            for row, own in zip(self.matrix, self.turns, strict=True)
        )
        return Isometry(tuple(tuple(float(v) for v in row) for row in rows), turns)


def closure(generators: Sequence[Isometry], size: int) -> list[Isometry]:
    """Give every element of the finite group that isometries generate, the unit first."""
    unit = Isometry.linear(np.eye(size))
    known, fresh = {unit}, [unit]
    elements = [unit]
    while fresh:
        made = [generator.after(element) for element in fresh for generator in generators]
        fresh = [g for g in dict.fromkeys(made) if g not in known]
        known.update(fresh)
        elements += fresh
    return elements


class Action(ABC):
    """A compact group that acts on a torus or a sphere by isometries.

    Parameters
    ----------
    manifold : Torus or Sphere
    """

    manifold: Torus | Sphere
    free: ClassVar[bool]
    """Whether no element but the unit leaves a point in its place."""

    @property
    @abstractmethod
    def order(self) -> int | None:
        """Number of elements that act differently; None for a group of positive dimension."""

    @property
    @abstractmethod
    def orbit_dim(self) -> int:
        """Dimension of a generic orbit, in closed form."""

    @abstractmethod
    def quotient_volume(self) -> float:
        """Volume of the quotient in closed form: the integral of 1 / vol(orbit)."""

    @abstractmethod
    def multiplicities(self, lam: int) -> Series:
        """Count the invariant eigenfunctions of every eigenvalue 0 ... lam."""

    @abstractmethod
    def generators(self) -> tuple[Isometry, ...]:
        """Give isometries that generate the group, or a dense part of it."""

    @abstractmethod
    def nodes(self, degree: int) -> list[Isometry]:
        """Give isometries whose plain mean averages functions up to a frequency exactly."""

    def fields(self, x: Points) -> NDArray[np.float64]:
        """Generator fields at points, (n, coordinates, fields); none for a finite group."""
        return np.zeros((*x.shape, 0))

    def orbit_volume(self, x: Points) -> NDArray[np.float64]:
        """Volume of the orbits of points, (n,): the number of different points if finite."""
        images = np.stack([element(x) for element in self.nodes(0)])
        if isinstance(self.manifold, Torus):
            images = np.concatenate([np.cos(images), np.sin(images)], axis=2)
        counts = [len(np.unique(np.round(images[:, i], 9), axis=0)) for i in range(len(x))]
        return np.array(counts, dtype=np.float64)

    def spread_out(self, rng: np.random.Generator, n: int) -> tuple[Points, NDArray[np.float64]]:
        """Points and weights of mean one for averages of 1 / vol(orbit): uniform ones."""
        return self.manifold.sample(rng, n), np.ones(n)


def generic_orbit_dim(action: Action, rng: np.random.Generator, points: int = 8) -> int:
    """Largest rank of the generator fields at random points: not the dimension of the group."""
    fields = action.fields(action.manifold.sample(rng, points))
    if fields.shape[2] == 0:
        return 0
    return int(np.linalg.matrix_rank(fields, tol=1e-9).max())


def monte_carlo_volume(
    action: Action, rng: np.random.Generator, n: int = 20_000
) -> tuple[float, float]:
    """Volume of the quotient, vol(M) E[1 / vol(Gx)], and its standard error, by sampling."""
    x, weight = action.spread_out(rng, n)
    values = action.manifold.volume * weight / action.orbit_volume(x)
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(n))
