"""Atom images as the paper's generator makes them, with what is ill-posed about them.

Green atoms lie at the corners of the asymmetric unit, one red atom at a distance of two radii from
a corner; places are whole pixels: reflected ones are rounded, turned ones cut off, and so are all
after the image is turned. Symmetry is therefore off by a pixel or two, while the red atom is often
as near to a mirror line of the green ones, so that part of the labels name a smaller group than
the picture shows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.contents.atoms import GREEN, RED, WIDTH
from symlens.wallpaper.contents.tries import first_accepted
from symlens.wallpaper.groups import PlaneGroup

RADIUS = (8, 12)
"""Radii of the atoms in pixels, at an image of 256 x 256; both ends are drawn."""

FULL_SIZE = 256
TRIES = 500
DEGREES = 360


def published_basis(
    group: PlaneGroup, basis: NDArray[np.float64], size: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], int]:
    """The cell, of a shape that is given, with a unit of area 8 r² for a radius r.

    Returns
    -------
    basis : ndarray, shape (2, 2)
    radius : int
        Pixels.
    """
    scale = size / FULL_SIZE
    radius = max(2, round(scale * int(rng.integers(RADIUS[0], RADIUS[1] + 1))))
    area = 8 * radius**2 * group.order
    return basis * np.sqrt(area / abs(np.linalg.det(basis))), radius


def published_image(
    group: PlaneGroup,
    basis: NDArray[np.float64],
    radius: int,
    size: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """An image and the cell, in whole pixels, that it repeats with.

    Parameters
    ----------
    group : PlaneGroup
    basis : ndarray, shape (2, 2)
        From `published_basis`, in the direction of the image.
    radius, size : int
        Pixels.
    rng : Generator

    Returns
    -------
    image : ndarray, shape (size, size, 3)
    basis : ndarray, shape (2, 2)
    """
    corners = np.array([[float(x), float(y)] for x, y in group.unit])
    red = _general(corners, basis, radius, rng)
    cell, places = _placed(group, basis, np.concatenate([corners, red[None]]))
    shift = rng.integers(0, size, 2)
    image = np.zeros((3, size, size))
    for points, colour in ((places[:, :-1], GREEN), (places[:, -1:], RED)):
        atoms = _apart(points.reshape(-1, 2), cell, radius) + shift
        image[colour > 0] = np.minimum(_stamped(atoms, cell, radius, size), 1.0)
    return image.transpose(1, 2, 0), cell


def _placed(
    group: PlaneGroup, basis: NDArray[np.float64], points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Whole pixels of a cell and of the images of some points (n, 2) under a group.

    Returns
    -------
    cell : ndarray, shape (2, 2)
    places : ndarray, shape (order, n, 2)
        Pixels (x, y).
    """
    angle = np.arctan2(basis[1, 0], basis[0, 0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    plain = turn.T @ basis  # a along x: the frame in which the places are rounded
    images = points @ group.matrices.transpose(0, 2, 1) + group.shifts[:, None]
    moved = images @ plain.T
    reflected = np.linalg.det(group.matrices) < 0
    whole = np.where(reflected[:, None, None], np.rint(moved), np.trunc(moved))
    return np.trunc(turn @ np.rint(plain)), np.trunc(whole @ turn.T)


def _general(
    corners: NDArray[np.float64], basis: NDArray[np.float64], radius: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """A place within the unit, in fractions: two radii from a corner, a radius from the sides.

    After 500 failures the margin shrinks by a tenth of a radius, and so on to none.
    """
    way = np.deg2rad(np.arange(DEGREES))
    steps = 2 * radius * np.stack([np.cos(way), np.sin(way)])
    places = (corners[:, None] + np.linalg.solve(basis, steps).T).reshape(-1, 2)
    depth = _depth(places, corners, basis)
    ends = np.tile([len(corners), DEGREES], TRIES)  # a corner and a direction in turn

    def draw(count: int) -> NDArray[np.int64]:
        corner, degree = rng.integers(0, ends[: 2 * count]).reshape(count, 2).T
        return np.asarray(corner * DEGREES + degree)

    margin = float(radius)
    while margin >= 0:
        deep = depth >= margin
        found = first_accepted(rng, draw, deep.take, TRIES)
        if found is not None:
            return np.asarray(places[found])
        margin -= 0.1 * radius
    return np.asarray(corners.mean(axis=0))


def _depth(
    places: NDArray[np.float64], corners: NDArray[np.float64], basis: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Distance of places (n, 2) within a polygon to the nearest line of a side, in pixels.

    min_s n_s·A (x - x_s) for the sides' inner normals n_s and corners x_s; negative outside.
    """
    edges = (np.roll(corners, -1, axis=0) - corners) @ basis.T
    normals = np.stack([-edges[:, 1], edges[:, 0]], axis=1) * np.sign(np.linalg.det(basis))
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    across = normals @ basis
    return np.asarray((places @ across.T - (corners * across).sum(axis=1)).min(axis=1))


def _apart(
    places: NDArray[np.float64], cell: NDArray[np.float64], radius: int
) -> NDArray[np.float64]:
    """Places (n, 2) without those closer than a radius to one before that is kept."""
    fractions = np.linalg.inv(cell) @ (places[:, None] - places)[..., None]
    gaps = (cell @ ((fractions + 0.5) % 1.0 - 0.5))[..., 0]
    near = (np.hypot(gaps[..., 0], gaps[..., 1]) < radius).tolist()
    kept: list[int] = []
    for index, row in enumerate(near):
        if not any(row[other] for other in kept):
            kept.append(index)
    return places[kept]


def _stamped(
    places: NDArray[np.float64], cell: NDArray[np.float64], radius: int, size: int
) -> NDArray[np.float64]:
    """Sum of spots at places (n, 2) and all their translations, cut off at two radii to each side.

    Σ_c s(x - c_x) s(y - c_y) with s(d) = exp(-d² / 2 w²), w = `WIDTH` radii; shape (size, size).
    """
    half = 2 * radius
    line = np.zeros(2 * half + 3)  # 0 beyond the ends
    line[1:-1] = np.exp(-((np.arange(-half, half + 1) / radius) ** 2) / (2 * WIDTH**2))
    centres = _translated(places, cell, -half, size + half)
    near = np.clip(np.arange(size) - centres.T[..., None], -half - 1, half + 1) + half + 1
    x, y = line.take(near)
    return np.asarray(y.T @ x)


def _translated(
    places: NDArray[np.float64], cell: NDArray[np.float64], low: int, high: int
) -> NDArray[np.int64]:
    """Translations, between two bounds along x and y, of places (n, 2) of whole pixels."""
    ends = low - places.max(axis=0), high - places.min(axis=0)
    corners = np.array([[ends[i][0], ends[j][1]] for i in (0, 1) for j in (0, 1)])
    steps = corners @ np.linalg.inv(cell).T
    ranges = zip(np.floor(steps.min(axis=0)), np.ceil(steps.max(axis=0)) + 1, strict=True)
    grid = np.stack(np.meshgrid(*(np.arange(*each) for each in ranges)), axis=-1).reshape(-1, 2)
    centres = (places[:, None] + grid @ cell.T).reshape(-1, 2)
    inside = ((centres > low) & (centres < high)).all(axis=1)
    return np.rint(centres[inside]).astype(np.int64)
