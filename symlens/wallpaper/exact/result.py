"""What `identify` finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["rotation", "mirror", "glide"]


@dataclass(frozen=True)
class Operation:
    """An operation of the group that was found.

    Parameters
    ----------
    kind : {'rotation', 'mirror', 'glide'}
    order : int
        Of a rotation; 2 for mirrors and glides.
    point : ndarray, shape (2,)
        A point of its axis, or its centre: pixels (x, y).
    direction : ndarray or None, shape (2,)
        Of the axis of a mirror or glide, of unit length.
    residual : float
        1 - correlation of the averaged cell with itself under it, noise subtracted; 0 where it is
        a symmetry, about 1 for an operation of no meaning.
    """

    kind: Kind
    order: int
    point: NDArray[np.float64]
    direction: NDArray[np.float64] | None
    residual: float


@dataclass(frozen=True)
class Identification:
    """The plane group of an image.

    Parameters
    ----------
    group : str or None
        The most probable of the 17; None where the image does not repeat.
    probabilities : mapping of str to float
        Of the 17, given that the image repeats; they sum to 1.
    periodic : float
        Probability that the image repeats at all.
    cell : ndarray or None, shape (2, 2)
        Vectors of the group's standard cell as columns, pixels (x, y).
    origin : ndarray or None, shape (2,)
        Origin of the cell, as in the International Tables, nearest to the image's middle: pixels.
    operations : tuple of Operation
        Of the group, but the identity: one for each further operation per primitive cell.
    residuals : mapping of str to float
        For each group that the lattice allows, in its best setting, the largest residual of its
        operations.
    noise : float
        Standard error of a residual.
    """

    group: str | None
    probabilities: Mapping[str, float]
    periodic: float
    cell: NDArray[np.float64] | None
    origin: NDArray[np.float64] | None
    operations: tuple[Operation, ...]
    residuals: Mapping[str, float]
    noise: float


def operation(
    W: NDArray[np.int64],
    t: NDArray[np.float64],
    origin: NDArray[np.float64],
    basis: NDArray[np.float64],
    residual: float,
) -> Operation:
    """Where an operation x -> W (x - o) + t + o has its centre or axis, in pixels.

    Parameters
    ----------
    W, t : ndarray
        On fractions of the lattice's cell.
    origin : ndarray, shape (2,)
        o, in the same.
    basis : ndarray, shape (2, 2)
    residual : float
    """
    if round(np.linalg.det(W)) == 1:
        order = {2: 1, 1: 6, 0: 4, -1: 3, -2: 2}[int(np.trace(W))]
        centre = origin + np.linalg.solve(np.eye(2) - W, t)
        return Operation("rotation", order, basis @ centre, None, residual)
    axis = np.eye(2) + W
    # Of the operation and its products with translations, the one that moves least along its axis.
    steps = [t + np.array([i, j]) for i in (0, -1, 1) for j in (0, -1, 1)]
    t = min(steps, key=lambda step: round(float(np.linalg.norm(basis @ axis @ step)), 6))
    along = axis @ t / 2
    direction = basis @ axis[:, int(np.argmax(np.abs(axis).sum(axis=0)))]
    glide = bool(np.abs(along).max() > 0.2)
    # Points of the axis obey x = W x + t without its part along the axis.
    across = np.linalg.lstsq(np.eye(2) - W, t - along, rcond=None)[0]
    point = basis @ (origin + across)
    unit = direction / np.linalg.norm(direction)
    return Operation("glide" if glide else "mirror", 2, point, unit, residual)
