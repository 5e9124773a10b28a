"""Atom images as the paper's generator makes them, with what is ill-posed about them.

Green atoms lie at the corners of the asymmetric unit, one red atom in it; operations are applied
one after the other to places in whole pixels: reflected places are rounded, turned ones cut off,
and so are all after the image is turned. Symmetry is therefore off by a pixel or two, while the red
atom is often as near to a mirror line of the green ones, so that part of the labels name a smaller
group than the picture shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.contents.atoms import GREEN, RED, WIDTH
from symlens.wallpaper.contents.published_units import Unit, draw_unit
from symlens.wallpaper.groups import PlaneGroup

RADIUS = (8, 12)
"""Radii of the atoms in pixels, at an image of 256 x 256; both ends are drawn."""

FULL_SIZE = 256
LEAST = 3
"""Of radii in small images: below it no red atom fits into every unit."""

TURNS = 180
"""Degrees that an image is turned by, less than; whole ones."""

Vector = NDArray[np.float64]
Fractions = tuple[tuple[float, float], ...]

FOUR: Final[Fractions] = ((0, 0), (1, 0), (1, 1), (0, 1))
FRACTIONS: Final[Mapping[str, Fractions]] = {
    "p1": FOUR,
    "p2": ((0, 0), (1, 0), (1, 0.5), (0, 0.5)),
    "pm": ((0, 0), (0, -1), (0.5, -1), (0.5, 0)),
    "pg": ((0, 0), (1, 0), (1, 0.5), (0, 0.5)),
    "cm": ((0, 0), (0.5, -0.5), (0.5, 0.5)),
    "pmm": ((0, 0), (0.5, 0), (0.5, 0.5), (0, 0.5)),
    "pmg": ((-0.25, 0.5), (-0.25, 0), (0.25, 0), (0.25, 0.5)),
    "pgg": ((0, -0.5), (0.5, 0), (-0.5, 0)),
    "cmm": ((0, -0.5), (0, 0), (-0.5, 0)),
    "p4": ((0, 0), (0.5, 0), (0.5, 0.5), (0, 0.5)),
    "p4m": ((0, 0), (0, 0.5), (-0.5, 0.5)),
    "p4g": ((0, -0.5), (0, 0), (-0.5, 0)),
    "p3": ((2 / 3, 1 / 3), (1, 1), (1 / 3, 2 / 3), (0, 0)),
    "p3m1": ((0, 0), (2 / 3, 1 / 3), (1 / 3, 2 / 3)),
    "p31m": ((2 / 3, 1 / 3), (0, 0), (1, 0)),
    "p6": ((2 / 3, 1 / 3), (0, 0), (1, 0)),
    "p6m": ((1 / 3, 2 / 3), (0, 0.5), (0, 0)),
}
"""Corners of the units in fractions of the standard cell."""

TRIANGLE_OF_P2: Final[Fractions] = ((0, 0), (1, 0), (0, 1))


@dataclass(frozen=True)
class Motion:
    """A motion x -> M x + v of places, brought to whole pixels after it.

    Parameters
    ----------
    matrix : ndarray, shape (2, 2)
    shift : ndarray, shape (2,)
    whole : callable
        Rounds reflected places and cuts off turned ones.
    """

    matrix: NDArray[np.float64]
    shift: Vector
    whole: Callable[[Vector], Vector]

    def __call__(self, places: NDArray[np.float64], *, exact: bool = False) -> NDArray[np.float64]:
        """Move places (n, 2); ``exact``: leave them between pixels."""
        moved = places @ self.matrix.T + self.shift
        return np.asarray(moved if exact else self.whole(moved))


def turn(centre: Iterable[float], degrees: float) -> Motion:
    """Turn about a centre."""
    matrix, point = _turned(degrees), np.array(tuple(centre))
    return Motion(matrix, point - matrix @ point, np.floor)


@lru_cache(maxsize=512)
def _turned(degrees: float) -> NDArray[np.float64]:
    """Matrix of a turn."""
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def mirror(start: Iterable[float], end: Iterable[float], along: float = 0.0) -> Motion:
    """Reflect in the line through two points, 2 u uᵀ - 1, and move on by a part of their step."""
    p, q = np.array(tuple(start), dtype=float), np.array(tuple(end), dtype=float)
    u = (q - p) / np.linalg.norm(q - p)
    matrix = 2 * u[:, None] * u - np.eye(2)
    return Motion(matrix, p - matrix @ p + along * (q - p), np.rint)


Step = tuple[Motion, ...]
THIRDS: Final = (120.0, -120.0)
QUARTERS: Final = (90.0, 180.0, -90.0)


def base(unit: Unit) -> Motion:
    """The mirror along the lower side of a unit."""
    return mirror((0, unit.height), (1, unit.height))


def turns(centre: Iterable[float], angles: Iterable[float]) -> Step:
    """Turns about one centre."""
    point = tuple(centre)
    return tuple(turn(point, angle) for angle in angles)


STEPS: Final[Mapping[str, Callable[[Unit], tuple[Step, ...]]]] = {
    "p1": lambda _: (),
    "p2": lambda u: (turns(lower_middle(u), (180,)),),
    "pm": lambda u: ((base(u),),),
    "pg": lambda u: ((mirror((u.width / 2, 0), (u.width / 2, u.height), 1),),),
    "cm": lambda u: ((base(u),),),
    "pmm": lambda u: ((base(u),), (mirror((u.width, 0), (u.width, 1)),)),
    "pmg": lambda u: (turns((u.width, round(u.height / 2)), (180,)), (base(u),)),
    "pgg": lambda u: (
        (mirror((0, u.height / 2), (u.width / 2, u.height / 2), 1),),
        turns((0, u.height), (180,)),
    ),
    "cmm": lambda u: ((base(u),), (mirror((0, 0), (0, 1)),)),
    "p4": lambda u: (turns((u.width, u.height), QUARTERS),),
    "p4m": lambda u: ((mirror(u.corners[0], u.corners[2]),), turns((0, 0), QUARTERS)),
    "p4g": lambda u: ((mirror(u.corners[0], u.corners[2]),), turns((-u.width, 0), QUARTERS)),
    "p3": lambda u: (turns(u.corners[1], THIRDS),),
    "p3m1": lambda u: ((base(u),), turns(u.corners[1], THIRDS)),
    "p31m": lambda u: (turns((0, 0), THIRDS), (mirror((0, -2 * u.height), u.corners[1]),)),
    "p6": lambda u: (turns((0, 0), THIRDS), turns((u.width / 4, -u.height / 2), (180,))),
    "p6m": lambda u: (
        (mirror((0, 0), (0, 1)),),
        turns((0, 0), THIRDS),
        turns((u.width / 2, -u.height / 2), (180,)),
    ),
}
"""What fills a cell from its unit: each step adds all that its motions make of what is there."""


def lower_middle(unit: Unit) -> tuple[float, float]:
    """The middle of the lower side."""
    x, y = (unit.corners[2] + (unit.corners[1 if unit.shape == "triangle" else 3])) / 2
    return float(x), float(y)


def filled(
    steps: tuple[Step, ...], places: NDArray[np.float64], *, exact: bool = False
) -> NDArray[np.float64]:
    """All images of places (n, 2) in a cell under `STEPS`, some of them more than once."""
    for step in steps:
        moved = [motion(places, exact=exact) for motion in step]
        places = np.concatenate([places, *moved])
    return places


def cell_of(name: str, unit: Unit) -> NDArray[np.float64]:
    """The standard cell, vectors as columns, that three corners of the unit say.

    A (f_1 - f_0, f_2 - f_0) = (c_1 - c_0, c_2 - c_0) with the corners' fractions f.
    """
    known = FRACTIONS[name]
    if name == "p2" and unit.shape == "triangle":
        known = TRIANGLE_OF_P2
    pixels = unit.corners[[1, len(known) - 1]] - unit.corners[0]
    return np.asarray(pixels.astype(float).T @ _inverse_of(known))


@lru_cache(maxsize=len(FRACTIONS) + 1)
def _inverse_of(known: Fractions) -> NDArray[np.float64]:
    """(f_1 - f_0, f_2 - f_0)^{-1} of the first, the second and the last corner's fractions."""
    fractions = np.array(known, dtype=float)
    return np.asarray(np.linalg.inv((fractions[[1, -1]] - fractions[0]).T))


def published_image(
    group: PlaneGroup, size: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw an image and the cell that it repeats with.

    Parameters
    ----------
    group : PlaneGroup
    size : int
        Pixels; radii are scaled to it, but not below `LEAST`.
    rng : Generator

    Returns
    -------
    image : ndarray, shape (size, size, 3)
    basis : ndarray, shape (2, 2)
        Its primitive vectors are whole pixels.
    """
    drawn = int(rng.integers(RADIUS[0], RADIUS[1] + 1))
    unit = draw_unit(group.name, max(LEAST, round(size / FULL_SIZE * drawn)), rng)
    motion = turn((0, 0), int(rng.integers(TURNS)))
    shift = rng.integers(0, size, 2)
    exact = motion.matrix @ np.rint(cell_of(group.name, unit) @ group.primitive)
    primitive = np.trunc(exact)
    steps = STEPS[group.name](unit)
    planes = np.zeros((3, size, size))
    kinds = (unit.corners.astype(float), GREEN), (unit.atom[None].astype(float), RED)
    for (places, channel), radius in zip(kinds, unit.radii, strict=True):
        moved = apart(motion(filled(steps, places)), primitive, radius)
        planes[channel] = stamped(moved + shift, primitive, radius, size)
    image = np.minimum(planes, 1.0, out=planes).transpose(1, 2, 0)
    return image, primitive @ np.linalg.inv(group.primitive)


def apart(
    places: NDArray[np.float64], cell: NDArray[np.float64], radius: int
) -> NDArray[np.float64]:
    """Places (n, 2) without those closer than a radius to one, or its translations, before it."""
    fractions = places @ np.linalg.inv(cell).T
    gaps = (fractions[:, None] - fractions + 0.5) % 1.0 - 0.5
    x, y = cell @ gaps.reshape(-1, 2).T
    far = (np.hypot(x, y) >= radius).reshape(len(places), -1)
    kept: list[int] = []
    for index, row in enumerate(far):
        if row[kept].all():
            kept.append(index)
    return places[kept]


def stamped(
    places: NDArray[np.float64], cell: NDArray[np.float64], radius: int, size: int
) -> NDArray[np.float64]:
    """Sum of spots at places (n, 2) and all their translations; shape (size, size).

    Σ_c s(x - c_x) s(y - c_y), s(d) = exp(-d² / 2 w²) with d from -1 to 1 over the 2 r pixels of a
    spot, w = `WIDTH`.
    """
    centres = translated(places, cell, -radius, size + radius)
    x, y = _lines(radius, size)[radius + size - centres]
    return np.asarray(y.T @ x)


@lru_cache(maxsize=64)
def _lines(radius: int, size: int) -> NDArray[np.float64]:
    """A spot along an axis of ``size`` pixels, for centres from size + radius down to -radius."""
    spot = np.exp(-(np.linspace(-1, 1, 2 * radius) ** 2) / (2 * WIDTH**2))
    line = np.zeros(2 * (size + radius))
    line[size : size + 2 * radius] = spot
    return np.lib.stride_tricks.sliding_window_view(line, size)


def translated(
    places: NDArray[np.float64], cell: NDArray[np.float64], low: int, high: int
) -> NDArray[np.int64]:
    """Translations, between two bounds along x and y, of places (n, 2); shape (2, m).

    Places and cell are whole pixels.
    """
    (x0, y0), (x1, y1) = (low - places.max(axis=0)).tolist(), (high - places.min(axis=0)).tolist()
    counts = []
    for u, v in np.linalg.inv(cell).tolist():
        corners = [u * x + v * y for x in (x0, x1) for y in (y0, y1)]
        counts.append(np.arange(floor(min(corners)), ceil(max(corners)) + 1))
    i, j = counts[0], counts[1][:, None]
    x, y = (
        own[:, None] + (a * i + b * j).ravel()
        for own, (a, b) in zip(places.T, cell.tolist(), strict=True)
    )
    inside = (x > low) & (x < high) & (y > low) & (y < high)
    return np.array([x[inside], y[inside]], dtype=np.int64)
