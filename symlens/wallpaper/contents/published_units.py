"""Asymmetric units of the paper's atom images: their corners and the two atoms, in whole pixels.

Two atoms touch; one of them becomes a corner of the unit, the other lies in it. The unit's area is
8 r². Its shape, where the group leaves one, and the direction from atom to atom are drawn until
the second atom is inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

FAILURES: Final = {"rhombic": 100, "triangle": 500, "right": 500}
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
    atom : tuple of int
        Place of the atom of the second kind.
    radii : tuple of int
        Of both kinds.
    """

    shape: Shape
    corners: Points
    width: int
    height: int
    atom: Pair
    radii: tuple[int, int]


def draw_unit(name: str, radius: int, rng: np.random.Generator) -> Unit:
    """Draw the unit of a group for atoms of a radius."""
    shape = SHAPES[name][int(rng.integers(len(SHAPES[name])))]
    while True:
        second, failures = radius, 0
        while second >= max(1, round(SMALLEST * radius)):
            found = _tried(name, shape, radius, second, rng)
            if found is not None:
                return found
            failures += 1
            if shape in FAILURES and failures % FAILURES[shape] == 0:
                second -= 1


def _tried(
    name: str, shape: Shape, radius: int, second: int, rng: np.random.Generator
) -> Unit | None:
    """A unit for one draw of a pair of atoms, if the second atom is well inside."""
    upright = shape in ("square", "rectangular")
    step = touching(radius, upright, rng)
    angle = float(rng.integers(APEX[name][0], APEX[name][1] + 1)) if shape in TRIANGLES else 0.0
    size = _size(shape, step, radius, angle, rng)
    if size is None:
        return None
    if upright:
        corners, atom, inside = _upright(step, *size)
    elif shape in ("oblique", "hexagonal"):
        corners, atom, inside = _leaning(shape, step, *size, radius, rng)
    else:
        corners, atom, inside = _pointed(shape, step, *size, second)
    return Unit(shape, np.array(corners), *size, atom, (radius, second)) if inside else None


def _upright(step: Pair, width: int, height: int) -> tuple[list[Pair], Pair, bool]:
    """Corners, second atom, and whether it is not within two pixels of the middle."""
    atom = step[0] + width * (step[0] < 0), step[1] + height * (step[1] < 0)
    middle = abs(atom[0] - width / 2) < 2 and abs(atom[1] - height / 2) < 2
    return [(0, 0), (width, 0), (width, height), (0, height)], atom, not middle


def _leaning(
    shape: Shape, step: Pair, width: int, height: int, radius: int, rng: np.random.Generator
) -> tuple[list[Pair], Pair, bool]:
    """The same for units whose lower side lies aside; the atom is not at half of the height."""
    lean = _lean(shape, height, rng)
    corners = [(0, 0), (width, 0), (round(width - lean), height), (round(-lean), height)]
    inside = abs(step[1] - height / 2) >= max(2.0, 0.1 * height)
    distance = depth(step, corners)
    least = float(radius) if shape == "oblique" else 0.0
    return corners, step, bool(inside and distance.min() > 0 and distance[1::2].min() > least)


def _pointed(
    shape: Shape, step: Pair, width: int, height: int, second: int
) -> tuple[list[Pair], Pair, bool]:
    """The same for units with a corner above: a pair from above it starts at the base."""
    atom = step[0], step[1] + height * (step[1] < 0)
    half = round(width / 2), round(height / 2)
    apart = atom[0] != 0 and atom[1] != half[1]
    if shape == "rhombic":
        inner = [(0, second), (half[0] - second, half[1])]
        inner += [(0, height - second), (second - half[0], half[1])]
        corners = [(0, 0), half, (0, height), (-half[0], half[1])]
        return corners, atom, bool(apart and depth(atom, inner).min() > 0)
    if shape == "triangle":
        corners = [(0, 0), (half[0], height), (-half[0], height), (0, height)]
    else:
        corners, apart = [(0, 0), (0, height), (-width, height), (-half[0], half[1])], True
    return corners, atom, bool(apart and depth(atom, corners[:3]).min() > second)


def touching(radius: int, both: bool, rng: np.random.Generator) -> Pair:
    """The step from an atom to one that touches it: two radii, in whole pixels.

    Both are turned about their middle by whole degrees and cut off to whole pixels until they are a
    radius apart along y, and along x too where ``both`` is asked for.
    """
    a, b = np.array([-radius, 0]), np.array([radius, 0])
    while True:
        dx, dy = (int(v) for v in b - a)
        if abs(dy) >= radius and (abs(dx) >= radius or not both):
            return dx, dy
        turn = np.deg2rad(int(rng.integers(0, 360)))
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        a, b = np.floor(matrix @ a).astype(int), np.floor(matrix @ b).astype(int)
        if np.hypot(*(b - a)) < 2 * radius - 3:  # cut off too often: begin anew
            a, b = np.array([-radius, 0]), np.array([radius, 0])


def _size(
    shape: Shape, step: Pair, radius: int, angle: float, rng: np.random.Generator
) -> Pair | None:
    """Width and height of a unit of area 8 r²; None where no whole width would do."""
    area = 8 * radius**2
    if shape == "square":
        width = float(np.sqrt(area))
    elif shape == "hexagonal":
        width = float(np.sqrt(area / np.sin(np.deg2rad(60))))
    elif shape == "triangle":
        width = 2 * area / float(np.sqrt(area / np.tan(np.deg2rad(angle / 2))))
    elif shape == "right":
        width = 2 * area / float(np.sqrt(2 * area / np.tan(np.deg2rad(angle))))
    else:
        ends = abs(step[0]) + radius, round(area / (abs(step[1]) + radius))
        widths = np.arange(min(ends), max(ends) + 1)
        ratio = widths**2 / area
        widths = widths[(ratio <= SLENDER) & (ratio >= 1 / SLENDER)]
        if len(widths) == 0:
            return None
        width = float(widths[int(rng.integers(len(widths)))])
    height = area / width
    if shape in TRIANGLES:
        height *= 2
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


def depth(place: Pair, corners: list[Pair]) -> NDArray[np.float64]:
    """Distance of a place from the lines of a convex polygon's sides, positive inside; shape (n,).

    n_s · (x - x_s) with the inner normal n_s and the first corner x_s of every side.
    """
    first = np.array(corners, dtype=float)
    sides = np.roll(first, -1, axis=0) - first
    normals = np.stack([-sides[:, 1], sides[:, 0]], axis=1)
    normals /= np.linalg.norm(sides, axis=1)[:, None]
    inwards = np.sign((normals * (first.mean(axis=0) - first)).sum(axis=1))[:, None]
    return np.asarray((normals * inwards * (np.array(place) - first)).sum(axis=1))
