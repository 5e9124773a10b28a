"""Point groups of the plane, and what their elements do to kernels on a grid of pixels.

Coordinates are (x, y), x to the right and y upwards, in pixels from the middle. An element g turns
a function into (g f)(v) = f(g⁻¹ v).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Shape (n, 2)."""

Basis = Callable[[Points], NDArray[np.float64]]
"""Functions of the plane: values at points, shape (n, functions)."""

RINGS: Final = ((0.0, 0), (1.0, 2), (1.8, 4))
"""Radius of every ring of the harmonics, in pixels, and its highest frequency: what a circle of
that radius shows on the grid. A ring at 2 would be cut off by a square of 5 x 5."""

WIDTH: Final = 0.5
"""Standard deviation of a ring's profile, pixels: narrow enough for the square, wide enough that
the grid shows it."""

CLOSE: Final = 1e-9


@dataclass(frozen=True)
class PointGroup:
    """All rotations by multiples of 2π/n and, with mirrors, their products with one reflection.

    Parameters
    ----------
    order : int
        n.
    mirrors : bool
    """

    order: int
    mirrors: bool

    @cached_property
    def matrices(self) -> NDArray[np.float64]:
        """Matrix of every element, shape (elements, 2, 2): the identity first."""
        angle = 2 * np.pi / self.order
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turns = [np.linalg.matrix_power(turn, k) for k in range(self.order)]
        mirror = np.diag([-1.0, 1.0])
        return np.stack(turns + [each @ mirror for each in turns] * self.mirrors)

    @cached_property
    def product(self) -> NDArray[np.int64]:
        """Number of g h at place (g, h), from the product of their matrices."""
        made = np.einsum("gij,hjk->ghik", self.matrices, self.matrices)
        same = np.abs(made[:, :, None] - self.matrices).max(axis=(3, 4)) < CLOSE
        return np.asarray(same.argmax(axis=2))

    @cached_property
    def inverse(self) -> NDArray[np.int64]:
        """Number of g⁻¹."""
        return np.asarray((self.product == 0).argmax(axis=1))

    def __len__(self) -> int:
        """Number of elements."""
        return self.order * (2 if self.mirrors else 1)


def point_group(name: str) -> PointGroup:
    """A point group by its name: ``c4``, ``d4``, ``c6``, ``d6`` and the like.

    Raises
    ------
    ValueError
        Where there is none of that name.
    """
    if name[:1] not in ("c", "d") or name[1:] not in ("1", "2", "3", "4", "6"):
        raise ValueError(f"point group: c or d and 1, 2, 3, 4 or 6 expected, found {name!r}")
    return PointGroup(int(name[1:]), name[0] == "d")


def places(side: int) -> Points:
    """Places of the pixels of a square of an odd side, row by row from the top."""
    half = side // 2
    y, x = np.mgrid[half : -half - 1 : -1, -half : half + 1]
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(float)


def pixels(side: int) -> Basis:
    """One function per pixel: 1 there, 0 at other pixels; the quarter turns permute them."""
    own = places(side)

    def basis(points: Points) -> NDArray[np.float64]:
        return np.asarray(np.abs(points[:, None] - own).max(axis=2) < CLOSE, np.float64)

    return basis


def harmonics(side: int) -> Basis:
    """Circular harmonics on rings: exp(-(r - R)² / 2σ²) cos mθ and sin mθ.

    A rotation maps those of one ring and frequency to combinations of each other, so that every
    rotation of a kernel is again a kernel: steerable filters (Weiler, Hamprecht and Storath,
    CVPR 2018). Frequencies above 0 vanish in the middle, where they have no direction. The norm of
    every function on the pixels of the square is 1, that of a pair together 2.
    """
    own = [(radius, m) for radius, top in RINGS for m in range(top + 1) if radius <= side // 2]

    def raw(points: Points) -> NDArray[np.float64]:
        r, theta = np.hypot(*points.T), np.arctan2(points[:, 1], points[:, 0])
        found = []
        for radius, m in own:
            ring = np.exp(-((r - radius) ** 2) / (2 * WIDTH**2))
            if m == 0:
                found.append(ring)
            else:
                ring = ring * (r > CLOSE)
                found += [ring * np.cos(m * theta), ring * np.sin(m * theta)]
        return np.stack(found, axis=1)

    square = (raw(places(side)) ** 2).sum(axis=0)
    norm, column = np.empty_like(square), 0
    for _, m in own:
        pair = slice(column, column + (1 if m == 0 else 2))
        norm[pair] = np.sqrt(square[pair].mean())
        column = pair.stop
    return lambda points: raw(points) / norm


def turned(group: PointGroup, basis: Basis, side: int) -> NDArray[np.float64]:
    """The functions of a basis under every element, on the pixels of a square.

    b_n(g⁻¹ v) at place (g, v, n); shape (elements, side², functions).
    """
    points = places(side)
    return np.stack([basis(points @ group.matrices[g]) for g in range(len(group))])
