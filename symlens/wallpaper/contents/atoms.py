"""Units of atoms: Gaussian spots of two kinds, or of several heights as a probe sees them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.cell import unfold, unit_points, unit_size
from symlens.wallpaper.contents.tries import first_accepted
from symlens.wallpaper.groups import GROUPS, PlaneGroup

WIDTH = 0.38
"""Standard deviation of a spot in radii, as in the published atom images."""

RED, GREEN = 0, 1
"""Channels of the two kinds."""

TRIES, AT_ONCE = 400, 8

APART = (1.5, 1.3)
"""Radii that a general atom keeps from its own images and from the atoms at the corner."""


def radius_of(unit_area: float) -> float:
    """Radius r of the atoms of a unit of area 8 r²: two atoms fill it, as in the published ones."""
    return float(np.sqrt(unit_area / 8))


def atoms_cell(
    group: PlaneGroup,
    basis: NDArray[np.float64],
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A cell with green atoms at the orbit of the origin and red ones in general position.

    Returns
    -------
    ndarray, shape (n1, n2, 3)
        Sums of spots, cut at 1.
    """
    radius = radius_of(abs(float(np.linalg.det(basis))) / group.order)
    kinds = orbit(group, _general(group, basis, radius, rng)), _corner(group.name)
    values = np.zeros((unit_size(group, shape), 3))
    values[:, [RED, GREEN]] = unit_spots(group, basis, shape, kinds, WIDTH * radius).T
    return unfold(group, np.minimum(values, 1.0, out=values), shape)


def _general(
    group: PlaneGroup, basis: NDArray[np.float64], radius: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """A place, in fractions, that is apart from its own images and from the atoms at the corner.

    What is drawn after `TRIES` failures is taken as it is.
    """

    def draw(count: int) -> NDArray[np.float64]:
        return rng.random((count, 2))

    def accepted(places: NDArray[np.float64]) -> NDArray[np.bool_]:
        return apart(group, basis, radius, places)

    for _ in range(TRIES // AT_ONCE):
        found = first_accepted(rng, draw, accepted, AT_ONCE)
        if found is not None:
            return found
    return rng.random(2)


def apart(
    group: PlaneGroup, basis: NDArray[np.float64], radius: float, places: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which places (n, 2), in fractions, are apart from their own images and from the corner.

    A place's images, its own translations among them, are W x + t: they lie (W - 1) x + t from it.
    """
    matrices, shifts, radii = _around(group.name)
    steps = (places @ matrices).reshape(len(places), *shifts.shape) + shifts
    steps -= np.rint(steps)
    vectors = steps @ basis.T + (NEAR @ basis.T)[:, None, None]
    vectors *= vectors
    squares = vectors[..., 0] + vectors[..., 1]
    squares[HOME, :, 0] = np.inf  # the place itself
    return np.asarray((squares.min(axis=0) >= (radii * radius) ** 2).all(axis=1))


@lru_cache(maxsize=len(GROUPS))
def _around(
    name: str,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What a place is kept apart from, as it lies from the place x.

    Returns
    -------
    matrices : ndarray, shape (2, 2 n)
        n matrices side by side, for products from the left: x M gives n steps one after the other.
    shifts : ndarray, shape (n, 2)
        What is added to the steps.
    radii : ndarray, shape (n,)
        Radii that are kept from each.
    """
    group, corner = GROUPS[name], _corner(name)
    to_corner = np.broadcast_to(-np.eye(2), (len(corner), 2, 2))
    matrices = np.concatenate([group.matrices - np.eye(2), to_corner])
    shifts = np.concatenate([group.shifts, corner])
    radii = np.repeat(APART, (group.order, len(corner)))
    return matrices.transpose(2, 0, 1).reshape(2, -1), shifts, radii


def probe_cell(
    group: PlaneGroup,
    basis: NDArray[np.float64],
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A cell as a scanning probe sees it: spots of several heights and widths, in grey.

    Returns
    -------
    ndarray, shape (n1, n2, 3)
        From 0 to 1.
    """
    radius = radius_of(abs(float(np.linalg.det(basis))) / group.order)
    height = np.zeros(unit_size(group, shape))
    for _ in range(int(rng.integers(3, 6))):
        places = orbit(group, rng.random(2))
        width = radius * rng.uniform(0.3, 0.7)
        height += rng.uniform(0.4, 1.0) * unit_spots(group, basis, shape, (places,), width)[0]
    height -= height.min()
    return unfold(group, np.repeat((height / max(height.max(), 1e-9))[:, None], 3, axis=1), shape)


def orbit(group: PlaneGroup, point: NDArray[np.float64]) -> NDArray[np.float64]:
    """All different images of a point within the cell, in fractions, itself first."""
    images = (group.matrices @ point + group.shifts) % 1.0
    steps = images[:, None] - images
    alike = (np.abs(steps - np.rint(steps)) < 1e-9).all(axis=-1)
    return np.asarray(images[alike.argmax(axis=1) == np.arange(len(images))])


@lru_cache(maxsize=len(GROUPS))
def _corner(name: str) -> NDArray[np.float64]:
    """The orbit of the origin."""
    return orbit(GROUPS[name], np.zeros(2))


STEPS = np.stack(np.meshgrid(*[np.arange(-2, 3)] * 2), axis=-1).reshape(-1, 2)
"""Translations to the cells around."""

NEAR = STEPS[(np.abs(STEPS) <= 1).all(axis=1)]
"""Those that can be the nearest, in cells as they are drawn."""

HOME = int(np.flatnonzero(~NEAR.any(axis=1))[0])
"""The translation to the same cell."""


def unit_spots(
    group: PlaneGroup,
    basis: NDArray[np.float64],
    shape: tuple[int, int],
    kinds: Sequence[NDArray[np.float64]],
    width: float,
) -> NDArray[np.float64]:
    """Sums of Gaussians exp(-d² / 2 s²) over places and all their translations, kind by kind.

    On the points of the asymmetric unit; the places of a kind are a union of orbits.

    Returns
    -------
    ndarray, shape (kind, m)
    """
    points = np.ascontiguousarray(unit_points(group, basis, shape).T)
    low, high = points.min(axis=1) - 5 * width, points.max(axis=1) + 5 * width
    centres = ((np.concatenate(kinds) % 1.0)[:, None] + STEPS).reshape(-1, 2) @ basis.T
    near = ((centres > low) & (centres < high)).all(axis=1)
    x, y = (points[axis, :, None] - centres[near, axis] for axis in (0, 1))
    x *= x
    y *= y
    x += y
    x /= -2 * width * width
    np.exp(x, out=x)
    ends = np.cumsum([len(places) * len(STEPS) for places in kinds])
    columns = [0, *np.cumsum(near)[ends - 1]]
    return np.array([x[:, a:b].sum(axis=1) for a, b in pairwise(columns)])
