"""A manifold, perhaps a product, with a group that acts on each of its factors; their names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from symlens.errors import DataError
from symlens.gain.actions import (
    Action,
    Antipode,
    Circle,
    Hopf,
    Hyperoctahedral,
    Permutations,
    Rotations,
    Signs,
    Subtorus,
    Translations,
    Trivial,
)
from symlens.gain.manifolds import Points, Sphere, Torus, unit_ball
from symlens.gain.series import Series, product

LARGEST_DIM = 24

GROUPS = (
    "translations(m1,m2,...), Z<m1>xZ<m2>..., signs, permutations, hyperoctahedral, antipode, "
    "circle(v1,v2,...), subtorus(k), so(k), hopf, trivial"
)


@dataclass(frozen=True)
class Symmetry:
    """A group on a manifold, factor by factor.

    Parameters
    ----------
    actions : tuple of Action
        One for every factor of the manifold.
    """

    actions: tuple[Action, ...]

    @property
    def dim(self) -> int:
        """Dimension of the manifold."""
        return sum(action.manifold.dim for action in self.actions)

    @property
    def quotient_dim(self) -> int:
        """Dimension of the quotient: that of the manifold less that of a generic orbit."""
        return self.dim - sum(action.orbit_dim for action in self.actions)

    @property
    def order(self) -> int | None:
        """Number of elements; None for a group of positive dimension."""
        orders = [action.order for action in self.actions]
        return None if None in orders else prod(order for order in orders if order is not None)

    @property
    def free(self) -> bool:
        """Whether no element but the unit leaves a point in its place."""
        return all(action.free for action in self.actions)

    @property
    def plain(self) -> Symmetry:
        """The same manifold with the group of one element."""
        return Symmetry(tuple(Trivial(action.manifold) for action in self.actions))

    @property
    def manifold(self) -> str:
        """Name of the manifold."""
        return "x".join(str(action.manifold) for action in self.actions)

    @property
    def group(self) -> str:
        """Name of the group."""
        return "x".join(str(action) for action in self.actions)

    def quotient_volume(self) -> float:
        """Volume of the quotient."""
        return prod(action.quotient_volume() for action in self.actions)

    def weyl_constant(self) -> float:
        """C = omega_d / (2 pi)^d vol(M/G), the leading coefficient of the counting function."""
        d = self.quotient_dim
        return float(unit_ball(d) / (2 * np.pi) ** d * self.quotient_volume())

    def multiplicities(self, lam: int) -> Series:
        """Count the invariant eigenfunctions of every eigenvalue 0 ... lam, exactly."""
        return reduce(product, (action.multiplicities(lam) for action in self.actions))

    def sample(self, rng: np.random.Generator, n: int) -> Points:
        """Draw uniform points of the manifold, (n, coordinates)."""
        return np.hstack([action.manifold.sample(rng, n) for action in self.actions])

    def split(self, x: Points) -> list[Points]:
        """Give the coordinates of every factor."""
        ends = np.cumsum([action.manifold.coordinates for action in self.actions])
        return np.split(x, ends[:-1], axis=1)


def symmetry(manifold: str, group: str) -> Symmetry:
    """Read the names of a manifold and a group.

    Parameters
    ----------
    manifold : str
        ``T<D>``, ``S<m>`` or a product such as ``T2xS2``.
    group : str
        One of `GROUPS` for every factor, joined by ``x``.

    Raises
    ------
    DataError
        Where a name is not known or a group does not act on its manifold.
    """
    for name, value in (("manifold", manifold), ("group", group)):
        if not isinstance(value, str):
            raise DataError(f"{name}: a name expected, found {value!r}")
    factors = [_factor(word, manifold) for word in _words(manifold)]
    words = _group_words(group)
    if len(words) != len(factors):
        raise DataError(
            f"group: {manifold!r} has {len(factors)} factor(s), one group for each expected, "
            f"joined by x ('trivial' for none); found {len(words)} in {group!r}"
        )
    return Symmetry(tuple(_action(f, w) for f, w in zip(factors, words, strict=True)))


def _words(text: str) -> list[str]:
    return re.sub(r"\s", "", text).split("x")


def _factor(word: str, whole: str) -> Torus | Sphere:
    found = re.fullmatch(r"([TS])([0-9]{1,3})", word)
    if found is None or not 1 <= int(found[2]) <= LARGEST_DIM:
        raise DataError(
            f"manifold: {whole!r} is none; known are T<D>, S<m> with a dimension from 1 to "
            f"{LARGEST_DIM}, and products such as T2xS2"
        )
    return Torus(int(found[2])) if found[1] == "T" else Sphere(int(found[2]))


def _group_words(group: str) -> list[str]:
    """Give the words of a group's name; neighbours Z4xZ4 are one word, translations(4,4)."""
    joined: list[str] = []
    for word in _words(group):
        cyclic = re.fullmatch(r"Z([0-9]{1,6})", word)
        if cyclic and joined and joined[-1].startswith("Z"):
            joined[-1] += f",{cyclic[1]}"
        else:
            joined.append(word)
    return [
        f"translations({word.replace('Z', '')})" if word[:1] == "Z" else word for word in joined
    ]


def _action(manifold: Torus | Sphere, word: str) -> Action:
    found = re.fullmatch(r"([a-z]+)(?:\((-?[0-9]{1,6}(?:,-?[0-9]{1,6})*)\))?", word)
    if found is None or found[1] not in MAKERS:
        raise DataError(f"group: {word!r} is not known; known are {GROUPS}")
    numbers = tuple(int(v) for v in found[2].split(",")) if found[2] else ()
    kind, maker, needs, wants = MAKERS[found[1]]
    if not isinstance(manifold, kind) or not needs(manifold, numbers):
        raise DataError(f"group: {word} does not act on {manifold}; {wants}")
    return maker(manifold, numbers)


Numbers = tuple[int, ...]
Kinds = type | tuple[type, ...]
Maker = tuple[Kinds, Callable[[Any, Numbers], Action], Callable[[Any, Numbers], bool], str]

PLAIN = "it takes no numbers"


def _no_numbers(_: Any, numbers: Numbers) -> bool:
    return not numbers


MAKERS: dict[str, Maker] = {
    "trivial": ((Torus, Sphere), lambda m, _: Trivial(m), _no_numbers, PLAIN),
    "signs": ((Torus, Sphere), lambda m, _: Signs(m), _no_numbers, PLAIN),
    "permutations": ((Torus, Sphere), lambda m, _: Permutations(m), _no_numbers, PLAIN),
    "hyperoctahedral": ((Torus, Sphere), lambda m, _: Hyperoctahedral(m), _no_numbers, PLAIN),
    "antipode": (Sphere, lambda m, _: Antipode(m), _no_numbers, "it acts on spheres S<m>"),
    "translations": (
        Torus,
        Translations,
        lambda m, v: len(v) == m.dim and min(v) >= 1,
        "it acts on a torus T<D> and takes D whole numbers from 1",
    ),
    "circle": (
        Torus,
        Circle,
        lambda m, v: len(v) == m.dim >= 2 and any(v),
        "it acts on a torus T<D>, D >= 2, and takes D whole numbers, not all 0",
    ),
    "subtorus": (
        Torus,
        lambda m, v: Subtorus(m, v[0]),
        lambda m, v: len(v) == 1 and 1 <= v[0] < m.dim,
        "it acts on a torus T<D> and takes one whole number from 1 to D - 1",
    ),
    "so": (
        Sphere,
        lambda m, v: Rotations(m, v[0]),
        lambda m, v: len(v) == 1 and 2 <= v[0] <= m.dim,
        "it acts on a sphere S<m> and takes one whole number from 2 to m",
    ),
    "hopf": (
        Sphere,
        lambda m, _: Hopf(m),
        lambda m, v: not v and m.dim % 2 == 1 and m.dim >= 3,
        "it acts on spheres S3, S5, S7 ... and takes no numbers",
    ),
}
"""Name of a group -> manifolds it acts on, how it is made, what it needs, and that in words."""
