"""Units cut from canvases, and units of white noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.cell import unfold, unit_points, unit_size
from symlens.wallpaper.contents.canvases import Canvas
from symlens.wallpaper.groups import PlaneGroup


def cut_cell(
    group: PlaneGroup,
    basis: NDArray[np.float64],
    shape: tuple[int, int],
    canvases: Sequence[Canvas],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A cell whose asymmetric unit is cut from one of the canvases, anywhere.

    The places of the unit's grid points are laid on the canvas, pixel on pixel, and the canvas is
    read there, linear between its pixels. A unit larger than the canvas is made to fit.

    Returns
    -------
    ndarray, shape (n1, n2, 3)
    """
    canvas = canvases[int(rng.integers(len(canvases)))]
    points = unit_points(group, basis, shape)
    points -= points.min(axis=0)
    room = np.array(canvas.shape[1::-1], dtype=float) - 2.0
    points *= min(1.0, float((room / np.maximum(points.max(axis=0), 1e-9)).min()))
    points += rng.uniform(0.0, np.maximum(room - points.max(axis=0), 1e-9))
    return unfold(group, lookup(canvas, points), shape)


def lookup(canvas: Canvas, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a canvas at places (x, y), bilinear; shape (m, 3), in memory by channel."""
    whole = points.astype(np.int64)
    u, v = np.ascontiguousarray((points - whole).T)
    below = canvas.shape[1]
    place = whole[:, 1] * below + whole[:, 0]
    flat = canvas.transpose(2, 0, 1).reshape(canvas.shape[2], -1)
    upper = (1 - u) * flat.take(place, axis=1) + u * flat.take(place + 1, axis=1)
    lower = (1 - u) * flat.take(place + below, axis=1) + u * flat.take(place + below + 1, axis=1)
    return np.asarray(((1 - v) * upper + v * lower).T)


def noise_cell(
    group: PlaneGroup, shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """A cell whose asymmetric unit is white noise in three colours, uniform from 0 to 1."""
    return unfold(group, rng.random((unit_size(group, shape), 3)), shape)
