"""Units of atoms: Gaussian spots of two kinds, or of several heights as a probe sees them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.cell import unfold, unit_points, unit_size
from symlens.wallpaper.contents.tries import first_accepted
from symlens.wallpaper.groups import GROUPS, PlaneGroup

WIDTH = 0.38
"""Standard deviation of a spot in radii, as in the published atom images."""

GREEN, RED = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
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
    corner, general = _corner(group.name), orbit(group, _general(group, basis, radius, rng))
    values = np.zeros((unit_size(group, shape), 3))
    for places, colour in ((corner, GREEN), (general, RED)):
        widths = np.full(len(places), WIDTH * radius)
        values[:, colour > 0] = unit_spots(group, basis, shape, places, widths)[:, None]
    return unfold(group, np.minimum(values, 1.0), shape)


def _general(
    group: PlaneGroup, basis: NDArray[np.float64], radius: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """A place, in fractions, that is apart from its own images and from the atoms at the corner.

    What is drawn after `TRIES` failures is taken as it is.
    """
    corner = _corner(group.name)

    def draw(count: int) -> NDArray[np.float64]:
        return rng.random((count, 2))

    def apart(places: NDArray[np.float64]) -> NDArray[np.bool_]:
        images = np.einsum("gij,nj->ngi", group.matrices, places) + group.shifts
        own = np.partition(distances(places, images, basis), 1, axis=1)[:, 1]  # but itself
        near = distances(places, corner, basis).min(axis=1)
        return np.asarray((own >= APART[0] * radius) & (near >= APART[1] * radius))

    for _ in range(TRIES // AT_ONCE):
        found = first_accepted(rng, draw, apart, AT_ONCE)
        if found is not None:
            return found
    return rng.random(2)


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
        width = np.full(len(places), radius * rng.uniform(0.3, 0.7))
        height += rng.uniform(0.4, 1.0) * unit_spots(group, basis, shape, places, width)
    height -= height.min()
    return unfold(group, np.repeat((height / max(height.max(), 1e-9))[:, None], 3, axis=1), shape)


def orbit(group: PlaneGroup, point: NDArray[np.float64]) -> NDArray[np.float64]:
    """All different images of a point within the cell, in fractions, itself first."""
    images = (group.matrices @ point + group.shifts) % 1.0
    apart = (images[:, None] - images + 0.5) % 1.0 - 0.5
    alike = (np.abs(apart) < 1e-9).all(axis=-1)
    return np.asarray(images[alike.argmax(axis=1) == np.arange(len(images))])


@lru_cache(maxsize=len(GROUPS))
def _corner(name: str) -> NDArray[np.float64]:
    """The orbit of the origin."""
    return orbit(GROUPS[name], np.zeros(2))


STEPS = np.stack(np.meshgrid(*[np.arange(-2, 3)] * 2), axis=-1).reshape(-1, 2)
"""Translations to the cells around."""

NEAR = STEPS[(np.abs(STEPS) <= 1).all(axis=1)]
"""Those that can be the nearest, in cells as they are drawn."""


def distances(
    ones: NDArray[np.float64], others: NDArray[np.float64], basis: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Distances from points to others and their translations, near ones at least, in pixels.

    Parameters
    ----------
    ones : ndarray, shape (..., 2)
        In fractions of the cell.
    others : ndarray, shape (..., n, 2)
    basis : ndarray, shape (2, 2)

    Returns
    -------
    ndarray, shape (..., 9 n)
    """
    apart = (others - ones[..., None, :] + 0.5) % 1.0 - 0.5
    vectors = (apart @ basis.T)[..., None, :] + NEAR @ basis.T
    squares = vectors[..., 0] ** 2 + vectors[..., 1] ** 2
    return np.asarray(np.sqrt(squares).reshape(*squares.shape[:-2], -1))


def spots(
    group: PlaneGroup,
    basis: NDArray[np.float64],
    shape: tuple[int, int],
    places: NDArray[np.float64],
    widths: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum of Gaussians exp(-d² / 2 s²) over places and all their translations; shape (n1, n2).

    Places are a union of orbits.
    """
    values = unit_spots(group, basis, shape, places, widths)
    return unfold(group, values[:, None], shape)[..., 0]


def unit_spots(
    group: PlaneGroup,
    basis: NDArray[np.float64],
    shape: tuple[int, int],
    places: NDArray[np.float64],
    widths: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The same sum on the points of the asymmetric unit; shape (m,)."""
    points = unit_points(group, basis, shape)
    centres = ((places % 1.0)[:, None] + STEPS).reshape(-1, 2) @ basis.T
    width = np.repeat(widths, len(STEPS))
    corner = points.min(axis=0) - 5 * widths.max(), points.max(axis=0) + 5 * widths.max()
    near = ((centres > corner[0]) & (centres < corner[1])).all(axis=1)
    x, y = (points[:, axis, None] - centres[near, axis] for axis in (0, 1))
    x *= x
    y *= y
    x += y
    x /= -2 * width[near] ** 2
    return np.asarray(np.exp(x, out=x).sum(axis=1))
