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
from symlens.wallpaper.groups import PlaneGroup

RADIUS = (8, 12)
"""Radii of the atoms in pixels, at an image of 256 x 256; both ends are drawn."""

FULL_SIZE = 256
TRIES = 500
PLACES = 60


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
    angle = np.arctan2(basis[1, 0], basis[0, 0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    plain = turn.T @ basis  # a along x: the frame in which the places are rounded
    cell = np.trunc(turn @ np.rint(plain))
    shift = rng.integers(0, size, 2)
    image = np.zeros((size, size, 3))
    patch = _patch(radius)
    for points, colour in ((corners, GREEN), (red[None], RED)):
        places = []
        for W, t in group.operations:
            moved = plain @ (points @ W.T + t).T
            whole = np.rint(moved) if round(np.linalg.det(W)) == -1 else np.trunc(moved)
            places.append(np.trunc(turn @ whole).T)
        for place in _apart(np.concatenate(places), cell, radius):
            _stamp(image, patch, place + shift, cell, colour)
    return np.minimum(image, 1.0), cell


def _general(
    corners: NDArray[np.float64], basis: NDArray[np.float64], radius: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """A place within the unit, in fractions: two radii from a corner, a radius from the sides.

    After 500 failures the margin shrinks by a tenth of a radius, and so on to none.
    """
    sides = np.roll(corners, -1, axis=0) - corners
    edges = sides @ basis.T
    normals = np.stack([-edges[:, 1], edges[:, 0]], axis=1) * np.sign(np.linalg.det(basis))
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    margin = float(radius)
    while True:
        for _ in range(TRIES):
            corner = corners[int(rng.integers(len(corners)))]
            way = np.deg2rad(int(rng.integers(0, 360)))
            step = 2 * radius * np.array([np.cos(way), np.sin(way)])
            place = corner + np.linalg.solve(basis, step)
            depth = (((place - corners) @ basis.T) * normals).sum(axis=1)
            if depth.min() >= margin:
                return np.asarray(place)
        margin -= 0.1 * radius
        if margin < 0:
            return np.asarray(corners.mean(axis=0))


def _apart(
    places: NDArray[np.float64], cell: NDArray[np.float64], radius: int
) -> list[NDArray[np.float64]]:
    """Places without those closer than a radius to one that is there already."""
    kept: list[NDArray[np.float64]] = []
    inverse = np.linalg.inv(cell)
    for place in places:
        near = [cell @ ((inverse @ (place - other) + 0.5) % 1.0 - 0.5) for other in kept]
        if not any(np.hypot(*gap) < radius for gap in near):
            kept.append(place)
    return kept


def _patch(radius: int) -> NDArray[np.float64]:
    """A spot on a square of two radii to each side."""
    d = np.arange(-2 * radius, 2 * radius + 1) / radius
    line = np.exp(-(d**2) / (2 * WIDTH**2))
    return np.outer(line, line)


def _stamp(
    image: NDArray[np.float64],
    patch: NDArray[np.float64],
    place: NDArray[np.float64],
    cell: NDArray[np.float64],
    colour: NDArray[np.float64],
) -> None:
    """Add a spot at a place and all its translations within the image."""
    size, half = image.shape[0], patch.shape[0] // 2
    grid = np.stack(np.meshgrid(*[np.arange(-PLACES, PLACES + 1)] * 2), axis=0).reshape(2, -1)
    centres = (place[:, None] + cell @ grid).astype(int)
    inside = ((centres > -half) & (centres < size + half)).all(axis=0)
    for x, y in centres[:, inside].T:
        x0, x1, y0, y1 = (
            max(0, x - half),
            min(size, x + half + 1),
            max(0, y - half),
            min(size, y + half + 1),
        )
        part = patch[y0 - y + half : y1 - y + half, x0 - x + half : x1 - x + half]
        image[y0:y1, x0:x1] += part[..., None] * colour
