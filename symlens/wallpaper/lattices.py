"""Lattices to draw images on: cells of a given area, at random shape and orientation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.groups import PlaneGroup

Shape = Literal["oblique", "rectangular", "rhombic", "square", "hexagonal"]
AreaMode = Literal["fundamental", "cell"]

ASPECT = (1.12, 1.55)
"""Ratio of the sides of a rectangular cell: away from a square and, centred, from a hexagon."""

OBLIQUE_ANGLE = (65.0, 83.0)
"""Degrees between the sides of an oblique cell: away from a rectangle and a hexagon."""

OBLIQUE_ASPECT = (1.2, 1.6)

SHAPES: Mapping[str, tuple[Shape, ...]] = {
    "oblique": ("oblique", "rectangular", "rhombic", "square", "hexagonal"),
    "rectangular": ("rectangular",),
    "square": ("square",),
    "hexagonal": ("hexagonal",),
}
"""Shapes of the cell by lattice system: p1 and p2 are at home on every lattice."""


def draw_shape(group: PlaneGroup, rng: np.random.Generator) -> Shape:
    """Draw the shape of a cell, each that the group allows with equal chance."""
    shapes = SHAPES[group.system]
    return shapes[int(rng.integers(len(shapes)))]


def draw_basis(
    group: PlaneGroup, primitive_area: float, shape: Shape, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the cell of an image.

    Parameters
    ----------
    group : PlaneGroup
    primitive_area : float
        Square pixels of the primitive cell; a centred cell has twice that.
    shape : str
        One of ``SHAPES`` of the group's system.
    rng : Generator

    Returns
    -------
    ndarray, shape (2, 2)
        Cell vectors a and b as columns, in pixels (x, y), turned by a random angle.
    """
    area = primitive_area * (2.0 if group.centred else 1.0)
    aspect, angle = 1.0, 90.0
    if shape == "rectangular":
        aspect = rng.uniform(*ASPECT)
    elif shape == "hexagonal":
        angle = 120.0
    elif shape == "rhombic":
        angle = rng.uniform(*OBLIQUE_ANGLE)
    elif shape == "oblique":
        aspect, angle = rng.uniform(*OBLIQUE_ASPECT), rng.uniform(*OBLIQUE_ANGLE)
    if rng.random() < 0.5:
        aspect = 1.0 / aspect
    return turned(cell(area, aspect, angle), rng.uniform(0.0, 360.0))


def cell(area: float, aspect: float, angle: float) -> NDArray[np.float64]:
    """A cell from its area A, aspect |a|/|b| = r and angle γ: |a||b| sin γ = A.

    Returns
    -------
    ndarray, shape (2, 2)
        Vectors a (along x) and b as columns.
    """
    gamma = np.deg2rad(angle)
    b = np.sqrt(area / (aspect * np.sin(gamma)))
    return np.array([[aspect * b, b * np.cos(gamma)], [0.0, b * np.sin(gamma)]])


def turned(basis: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """A basis turned by an angle."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, -s], [s, c]]) @ basis


def primitive_area(
    group: PlaneGroup,
    mode: AreaMode,
    unit_area: tuple[float, float],
    cell_area: tuple[float, float],
    rng: np.random.Generator,
) -> float:
    """Draw the area of the primitive cell, in square pixels.

    ``fundamental``: the asymmetric unit is drawn from a normal distribution, mean and standard
    deviation ``unit_area``, and the cell is as many times larger as the point group has
    operations: the area tells the class. ``cell``: drawn from the range ``cell_area``, uniform in
    the logarithm, the same for all classes.
    """
    if mode == "fundamental":
        mean, deviation = unit_area
        return group.point_order * max(rng.normal(mean, deviation), 0.25 * mean)
    low, high = cell_area
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
