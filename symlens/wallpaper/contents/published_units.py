"""Asymmetric units of the paper's atom images: their corners and the two atoms, in whole pixels.

Two atoms touch; one of them becomes a corner of the unit, the other lies in it. The unit's area is
8 r². Its shape, where the group leaves one, and the direction from atom to atom are drawn until
the second atom is inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Shape = Literal["square", "rectangular", "oblique", "hexagonal", "rhombic", "triangle", "right"]
Points = NDArray[np.int64]
Pair = tuple[int, int]

SHAPES: Final[Mapping[str, tuple[Shape, ...]]] = {
    "p1": ("square", "rectangular", "oblique", "rhombic", "hexagonal"),
    "p2": ("square", "rectangular", "oblique", "triangle", "hexagonal"),
    **dict.fromkeys(("pm", "pg", "pmm", "pmg"), ("rectangular",)),
    "p4": ("square",),
    "p3": ("hexagonal",),
    **dict.fromkeys(("cm", "pgg", "p31m", "p3m1", "p6"), ("triangle",)),
    **dict.fromkeys(("cmm", "p4m", "p4g", "p6m"), ("right",)),
}
"""One is drawn where there are several."""

APEX: Final[Mapping[str, tuple[int, int]]] = {
    **dict.fromkeys(("p2", "cm", "pgg"), (60, 130)),
    **dict.fromkeys(("p31m", "p6"), (120, 120)),
    "p3m1": (60, 60),
    "cmm": (40, 70),
    "p6m": (60, 60),
    **dict.fromkeys(("p4m", "p4g"), (45, 45)),
}
"""Degrees of a triangle's angle at its first corner, least and most."""

TRIANGLES: Final = ("triangle", "right")

SLENDER: Final = 1.5
"""Ratio of width and height, or its inverse, at most."""

SLANT: Final = (70, 110)
"""Degrees of an oblique unit's angle, our choice of the largest; five from 90 at least."""

FAILURES: Final[Mapping[str, int]] = {"rhombic": 100, "triangle": 500, "right": 500}
"""After so many the second atom, and what it keeps from the sides, becomes smaller by a pixel."""

SMALLEST: Final = 5 / 12
"""Of the largest radius: a smaller second atom than that is not drawn."""


@dataclass(frozen=True)
class Unit:
    """An asymmetric unit with its atoms; pixels (x, y), y downwards, the first corner at (0, 0).

    Parameters
    ----------
    shape : str
    corners : ndarray of int, shape (n, 2)
        Where atoms of the first kind lie: the corners of four-sided units in turn; of a triangle
        its three corners, then the middle of the base, or of the longest side of a right one.
    width, height : int
    atom : ndarray of int, shape (2,)
        Place of the atom of the second kind.
    radii : tuple of int
        Of both kinds.
    """

    shape: Shape
    corners: Points
    width: int
    height: int
    atom: Points
    radii: tuple[int, int]


def draw_unit(name: str, radius: int, rng: np.random.Generator) -> Unit:
    """Draw the unit of a group for atoms of a radius."""
    shape = SHAPES[name][int(rng.integers(len(SHAPES[name])))]
    angle = float(rng.integers(APEX[name][0], APEX[name][1] + 1)) if shape in TRIANGLES else 0.0
    upright = shape in ("square", "rectangular")
    least = max(1, round(SMALLEST * radius))
    second = radius
    while True:
        steps = touching(radius, upright, FAILURES.get(shape, 20), rng)
        found = _first(shape, steps, radius, second, angle, rng)
        if found is not None:
            return found
        if shape in FAILURES:
            second = second - 1 if second > least else radius


def _first(
    shape: Shape, steps: Points, radius: int, second: int, angle: float, rng: np.random.Generator
) -> Unit | None:
    """The unit of the first pair of atoms whose second atom is well inside."""
    if shape in TRIANGLES:  # of one size: all pairs at once
        width, height = _triangle(shape, radius, angle)
        corners, atoms, inside = _pointed(shape, steps, width, height, second)
        hits = np.flatnonzero(inside)
        return (
            Unit(shape, corners, width, height, atoms[hits[0]], (radius, second))
            if len(hits)
            else None
        )
    for step in steps:
        size = _size(shape, step, radius, rng)
        if size is None:
            continue
        if shape == "rhombic":
            corners, atoms, inside = _pointed(shape, step[None], *size, second)
        elif shape in ("oblique", "hexagonal"):
            corners, atoms, inside = _leaning(shape, step[None], *size, radius, rng)
        else:
            corners, atoms, inside = _upright(step[None], *size, radius)
        if inside[0]:
            return Unit(shape, corners, *size, atoms[0], (radius, second))
    return None


Tried = tuple[Points, Points, NDArray[np.bool_]]


def _upright(steps: Points, width: int, height: int, radius: int) -> Tried:
    """Corners, second atoms, and which are not by the middle."""
    atoms = steps + np.array([width, height]) * (steps < 0)
    middle = (np.abs(atoms - np.array([width, height]) / 2) < by(radius)).all(axis=1)
    return np.array([(0, 0), (width, 0), (width, height), (0, height)]), atoms, ~middle


def by(radius: int) -> float:
    """Pixels within which an atom is by a place: two, or a quarter of a radius below 8."""
    return min(2.0, radius / 4)


def _leaning(
    shape: Shape, steps: Points, width: int, height: int, radius: int, rng: np.random.Generator
) -> Tried:
    """The same for units whose lower side lies aside; the atom is not at half of the height."""
    lean = _lean(shape, height, rng)
    corners = np.array([(0, 0), (width, 0), (round(width - lean), height), (round(-lean), height)])
    distance = depth(steps, corners)
    least = float(radius) if shape == "oblique" else 0.0
    inside = np.abs(steps[:, 1] - height / 2) >= max(by(radius), 0.1 * height)
    inside &= (distance.min(axis=1) > 0) & (distance[:, 1::2].min(axis=1) > least)
    return corners, steps, inside


def _pointed(shape: Shape, steps: Points, width: int, height: int, second: int) -> Tried:
    """The same for units with a corner above: a pair from above it starts at the base."""
    atoms = steps + np.array([0, height]) * (steps[:, 1:] < 0)
    half = round(width / 2), round(height / 2)
    apart = (atoms[:, 0] != 0) & (atoms[:, 1] != half[1])
    if shape == "rhombic":
        inner = [(0, second), (half[0] - second, half[1])]
        inner += [(0, height - second), (second - half[0], half[1])]
        corners = np.array([(0, 0), half, (0, height), (-half[0], half[1])])
        return corners, atoms, apart & (depth(atoms, np.array(inner)).min(axis=1) > 0)
    if shape == "triangle":
        corners = np.array([(0, 0), (half[0], height), (-half[0], height), (0, height)])
    else:
        corners = np.array([(0, 0), (0, height), (-width, height), (-half[0], half[1])])
        apart[:] = True
    return corners, atoms, apart & (depth(atoms, corners[:3]).min(axis=1) > second)


def touching(radius: int, both: bool, count: int, rng: np.random.Generator) -> Points:
    """Steps from an atom to one that touches it: two radii, in whole pixels; shape (count, 2).

    Both are turned about their middle by whole degrees and cut off to whole pixels until they are a
    radius apart along y, and along x too where ``both`` is asked for. Pairs that are cut off too
    often begin anew.
    """
    start = np.array([[-radius, 0.0], [radius, 0.0]])
    found = np.empty((count, 2))
    left, pairs = np.arange(count), np.tile(start, (count, 1, 1))
    while True:
        steps = pairs[:, 1] - pairs[:, 0]
        found[left] = steps
        x, y = steps.T
        close = np.abs(y) < radius
        if both:
            close |= np.abs(x) < radius
        again = np.flatnonzero(close)
        if len(again) == 0:
            return found.astype(np.int64)
        pairs[x * x + y * y < (2 * radius - 3) ** 2] = start
        left, turns = left.take(again), _turns().take(rng.integers(0, 360, len(again)), axis=0)
        pairs = np.floor(pairs.take(again, axis=0) @ turns)


@cache
def _turns() -> NDArray[np.float64]:
    """Matrices, for rows of places, of turns by all whole degrees; shape (360, 2, 2)."""
    angle = np.deg2rad(np.arange(360))
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos, sin, -sin, cos], axis=1).reshape(-1, 2, 2)


def _triangle(shape: Shape, radius: int, angle: float) -> Pair:
    """Width and height of a triangle of area 8 r² with an angle at its first corner."""
    half = np.deg2rad(angle if shape == "right" else angle / 2)
    height = float(np.sqrt((2 if shape == "right" else 1) * 8 * radius**2 / np.tan(half)))
    return round(16 * radius**2 / height), round(height)


def _size(shape: Shape, step: Points, radius: int, rng: np.random.Generator) -> Pair | None:
    """Width and height of a four-sided unit of area 8 r²; None where no whole width would do."""
    area = 8 * radius**2
    if shape == "square":
        width = float(np.sqrt(area))
    elif shape == "hexagonal":
        width = float(np.sqrt(area / np.sin(np.deg2rad(60))))
    else:
        ends = abs(step[0]) + radius, round(area / (abs(step[1]) + radius))
        widths = np.arange(min(ends), max(ends) + 1)
        ratio = widths**2 / area
        widths = widths[(ratio <= SLENDER) & (ratio >= 1 / SLENDER)]
        if len(widths) == 0:
            return None
        width = float(widths[int(rng.integers(len(widths)))])
    height = area / width
    if shape == "rhombic":
        width, height = np.sqrt(2) * width, np.sqrt(2) * height
    return round(width), round(height)


def _lean(shape: Shape, height: int, rng: np.random.Generator) -> float:
    """How far to the left the lower side of a unit lies."""
    if shape == "hexagonal":
        return height / float(np.tan(np.deg2rad(-120)))
    degrees = np.arange(SLANT[0], SLANT[1] + 1)
    degrees = degrees[np.abs(degrees - 90) >= 5]
    return height / float(np.tan(np.deg2rad(int(degrees[int(rng.integers(len(degrees)))]))))


def depth(places: Points, corners: Points) -> NDArray[np.float64]:
    """Distances of places from the lines of a convex polygon's sides; shape (place, side).

    n_s · (x - x_s), inner normal n_s and first corner x_s of every side: positive inside.
    """
    first = corners.astype(float)
    sides = np.concatenate([first[1:], first[:1]]) - first
    normals = np.stack([-sides[:, 1], sides[:, 0]], axis=1)
    normals /= np.sqrt((normals * normals).sum(axis=1))[:, None]
    normals *= np.sign((normals * (first.mean(axis=0) - first)).sum(axis=1))[:, None]
    return np.asarray(places @ normals.T - (normals * first).sum(axis=1))
