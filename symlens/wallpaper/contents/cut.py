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
    points = np.ascontiguousarray(unit_points(group, basis, shape).T)
    points -= points.min(axis=1, keepdims=True)
    ends, room = points.max(axis=1), np.array([canvas.shape[1] - 2.0, canvas.shape[0] - 2.0])
    scale = min(1.0, float((room / np.maximum(ends, 1e-9)).min()))
    start = rng.random(2) * np.maximum(room - scale * ends, 1e-9)
    points *= scale
    points += start[:, None]
    return unfold(group, lookup(canvas, points.T), shape)


def lookup(canvas: Canvas, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a canvas at places (x, y), bilinear; shape (m, 3), in memory by channel."""
    x, y = points.T
    i, j = x.astype(np.intp), y.astype(np.intp)
    u, v = x - i, y - j
    below = canvas.shape[1]
    corners = j * below + i + np.array([[[0], [1]], [[below], [below + 1]]])
    flat = canvas.transpose(2, 0, 1).reshape(canvas.shape[2], -1)
    values = flat.take(corners, axis=1).astype(np.float64)  # (channel, row, column, point)
    values *= np.array([1 - u, u])
    rows = values[:, :, 0] + values[:, :, 1]
    rows *= np.array([1 - v, v])
    return np.asarray((rows[:, 0] + rows[:, 1]).T)


def noise_cell(
    group: PlaneGroup, shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """A cell whose asymmetric unit is white noise in three colours, uniform from 0 to 1."""
    return unfold(group, rng.random((unit_size(group, shape), 3)), shape)
