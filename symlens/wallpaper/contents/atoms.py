"""Units of atoms: Gaussian spots of two kinds, or of several heights as a probe sees them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.cell import unfold, unit_points
from symlens.wallpaper.groups import PlaneGroup

WIDTH = 0.38
"""Standard deviation of a spot in radii, as in the published atom images."""

GREEN, RED = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
TRIES = 400

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
    corner = orbit(group, np.zeros(2))
    general = orbit(group, rng.random(2))
    for _ in range(TRIES):
        own = distances(general[:1], general, basis)
        near = distances(general[:1], corner, basis)
        if np.sort(own)[1 : 1 + group.order].min(initial=np.inf) >= APART[0] * radius and (
            near.min() >= APART[1] * radius
        ):
            break
        general = orbit(group, rng.random(2))
    green = spots(group, basis, shape, corner, np.full(len(corner), WIDTH * radius))
    red = spots(group, basis, shape, general, np.full(len(general), WIDTH * radius))
    return np.asarray(np.minimum(green[..., None] * GREEN + red[..., None] * RED, 1.0))


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
    height = np.zeros(shape)
    for _ in range(int(rng.integers(3, 6))):
        places = orbit(group, rng.random(2))
        width = np.full(len(places), radius * rng.uniform(0.3, 0.7))
        height += rng.uniform(0.4, 1.0) * spots(group, basis, shape, places, width)
    height -= height.min()
    return np.repeat((height / max(height.max(), 1e-9))[..., None], 3, axis=2)


def orbit(group: PlaneGroup, point: NDArray[np.float64]) -> NDArray[np.float64]:
    """All different images of a point within the cell, in fractions, itself first."""
    matrices, shifts = (np.array(part) for part in zip(*group.operations, strict=True))
    images = (matrices @ point + shifts) % 1.0
    apart = (images[:, None] - images + 0.5) % 1.0 - 0.5
    alike = (np.abs(apart) < 1e-9).all(axis=-1)
    return np.asarray(images[alike.argmax(axis=1) == np.arange(len(images))])


STEPS = np.stack(np.meshgrid(*[np.arange(-2, 3)] * 2), axis=-1).reshape(-1, 2)
"""Translations to the cells around."""


def distances(
    one: NDArray[np.float64], others: NDArray[np.float64], basis: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Distances from a point (1, 2) to all images of others (n, 2) near it, in pixels, flat."""
    apart = (others[:, None] - one + 0.5) % 1.0 - 0.5 + STEPS
    return np.asarray(np.linalg.norm(apart @ basis.T, axis=-1).ravel())


def spots(
    group: PlaneGroup,
    basis: NDArray[np.float64],
    shape: tuple[int, int],
    places: NDArray[np.float64],
    widths: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum of Gaussians exp(-d² / 2 s²) over places and all their translations; shape (n1, n2).

    Worked out on the asymmetric unit only: places are a union of orbits.
    """
    points = unit_points(group, basis, shape)
    centres = ((places % 1.0)[:, None] + STEPS).reshape(-1, 2) @ basis.T
    width = np.repeat(widths, len(STEPS))
    corner = points.min(axis=0) - 5 * widths.max(), points.max(axis=0) + 5 * widths.max()
    near = ((centres > corner[0]) & (centres < corner[1])).all(axis=1)
    centres, width = centres[near], width[near]
    squares = ((points[:, None, :] - centres) ** 2).sum(axis=-1)
    values = np.exp(-squares / (2 * width**2)).sum(axis=1)
    return unfold(group, values[:, None], shape)[..., 0]
