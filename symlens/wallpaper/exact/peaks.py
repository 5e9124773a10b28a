"""The maxima of an autocorrelation, near the points of lattices."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from symlens.wallpaper.exact.reduction import SHORTEST, reduced, shortest
from symlens.wallpaper.exact.sublattices import SUBLATTICES, members

CANDIDATES = 28
"""Highest peaks whose pairs are tried as cell vectors."""

LEAST_GAP, GAP = 0.008, 0.3
"""A coset of lattice points counts as lower than the others from a difference of 0.008, or 0.3
times what those lack to 1, beyond three standard errors (our choice)."""

FEWEST_POINTS = 4
"""Points within lags that a coset must have for its mean to count."""

SURE = 3.0
"""Standard errors by which a coset must be lower, more where it has few points."""


class Peaks:
    """An autocorrelation, asked at the points of lattices.

    Parameters
    ----------
    r : ndarray, shape (rows, 2 * columns - 1)
    columns : int
    size : tuple of int
        Height and width of the image.
    """

    def __init__(self, r: NDArray[np.float64], columns: int, size: tuple[int, ...]) -> None:
        self.r, self.columns, self.size = r, columns, size

    def points(self, basis: NDArray[np.float64], reach: float) -> NDArray[np.int64]:
        """Half of the indices n of lattice points A n within lags, 0 left out; shape (2, m)."""
        grid = _grid(max(1, int(reach)))
        x, y = basis @ grid
        inside = (np.abs(x) <= self.columns - 3) & (y <= len(self.r) - 3)
        return grid[:, inside & ((y > 0.5) | ((y > -0.5) & (x > 0.5)))]

    def scores(self, bases: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
        """The score z of many lattices, from the points up to ``reach`` cells away."""
        x, y = np.moveaxis(bases @ _grid(reach), 1, 0)
        inside = (np.abs(x) <= self.columns - 3) & (y <= len(self.r) - 3)
        inside &= (y > 0.5) | ((y > -0.5) & (x > 0.5))
        values = self._value(np.where(inside, x, 0.0), np.where(inside, y, 0.0))
        weight = np.where(inside, self._overlap(x, y), 0.0)
        return np.asarray((values * weight).sum(axis=1) / np.sqrt(weight.sum(axis=1) + 1e-9))

    def at(
        self, basis: NDArray[np.float64], reach: float = 6.0
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Heights of the maxima near lattice points, and the points' indices."""
        n = self.points(basis, reach)
        return self._summit(*(basis @ n))[1], n

    def fitted(self, basis: NDArray[np.float64]) -> NDArray[np.float64]:
        """Least squares of the basis to the maxima near its points, of nearer and nearer to all."""
        for reach in (1.0, 2.0, 4.0, 8.0):
            n = self.points(basis, reach)
            if np.linalg.det(n @ n.T) < 0.5:
                continue  # along one direction, if any
            places, height = self._summit(*(basis @ n))
            weight = np.maximum(height, 1e-3) * self._overlap(*places)
            system = n * weight
            basis = places @ system.T @ np.linalg.inv(n @ system.T)
        return reduced(basis)

    def holds(self, basis: NDArray[np.float64]) -> bool:
        """Whether a lattice is not too fine and has points in both directions within lags."""
        n = self.points(basis, 2.0)
        return shortest(basis) >= SHORTEST and bool(np.linalg.det(n @ n.T) > 0.5)

    def coarser(self, basis: NDArray[np.float64]) -> NDArray[np.float64]:
        """The lattice without the points at which the image correlates less than at the others.

        If all points were alike, the means over a sublattice and over its cosets would differ by
        what the values over the sublattice scatter.
        """
        for _ in range(4):
            values, n = self.at(basis)
            own = members(n)
            count = own.sum(axis=1), (~own).sum(axis=1)
            mean = own @ values / np.maximum(count[0], 1)
            rest = ~own @ values / np.maximum(count[1], 1)
            scatter = np.maximum(own @ values**2 / np.maximum(count[0], 1) - mean**2, 0.0)
            few = 1 / np.maximum(count[0] - 1, 1)
            error = np.sqrt(scatter * (few + 1 / np.maximum(count[1], 1)))
            limit = np.maximum(GAP * (1 - mean), LEAST_GAP) + SURE * (1 + few) * error
            gap = np.where(np.minimum(*count) >= FEWEST_POINTS, mean - rest, -np.inf)
            gap[gap <= limit] = -np.inf
            best = int(np.argmax(gap))
            if not np.isfinite(gap[best]):
                return basis
            larger = self.fitted(reduced(basis @ SUBLATTICES[best]))
            if not self.holds(larger):
                return basis
            basis = larger
        return basis

    def _value(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the nearest lags."""
        return np.asarray(self.r[np.rint(y).astype(int), np.rint(x).astype(int) + self.columns - 1])

    def _summit(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The maxima next to places, to a fraction of a pixel, (2, m), and their heights."""
        col = np.clip(np.rint(x).astype(int) + self.columns - 1, 3, self.r.shape[1] - 4)
        row = np.clip(np.rint(y).astype(int), 3, len(self.r) - 4)
        offsets = np.arange(-2, 3)
        around = self.r[row[:, None, None] + offsets[:, None], col[:, None, None] + offsets]
        flat = around.reshape(len(row), -1).argmax(axis=1)
        row, col = row + flat // 5 - 2, col + flat % 5 - 2
        shift_y, rise_y = _vertex(np.stack([self.r[row + d, col] for d in (-1, 0, 1)], axis=1))
        shift_x, rise_x = _vertex(np.stack([self.r[row, col + d] for d in (-1, 0, 1)], axis=1))
        places = np.stack([col - (self.columns - 1) + shift_x, row + shift_y])
        return places, self.r[row, col] + rise_x + rise_y

    def _overlap(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Part of the image that overlaps at a lag."""
        height, width = self.size
        part = (1 - np.abs(y) / height) * (1 - np.abs(x) / width)
        return np.asarray(np.maximum(part, 1e-3))


@lru_cache(maxsize=16)
def _grid(most: int) -> NDArray[np.int64]:
    """All indices from -most to most; shape (2, m)."""
    return np.indices((2 * most + 1, 2 * most + 1)).reshape(2, -1) - most


def highest(r: NDArray[np.float64], columns: int) -> NDArray[np.float64]:
    """Places (x, y) of the local maxima, to a fraction of a pixel, highest first."""
    mirrored = np.concatenate([r[2:0:-1, ::-1], r])  # r(-d) = r(d): the border row has neighbours
    top = ndimage.maximum_filter(mirrored, 5, mode="constant", cval=2.0)[2:]
    rows, cols = np.nonzero((r == top) & (r > 0))
    x, y = cols - (columns - 1), rows
    far = (x**2 + y**2 >= SHORTEST**2) & ((y > 0) | (x > 0))
    rows, cols = rows[far], cols[far]
    order = np.argsort(-r[rows, cols])[:CANDIDATES]
    rows, cols = rows[order], cols[order]
    shift_y, _ = _vertex(np.stack([mirrored[rows + 2 + d, cols] for d in (-1, 0, 1)], axis=1))
    shift_x, _ = _vertex(np.stack([r[rows, cols + d] for d in (-1, 0, 1)], axis=1))
    return np.stack([cols - (columns - 1) + shift_x, rows + shift_y], axis=1)


def _vertex(three: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the parabola through three values is highest, and by how much above the middle one."""
    low, middle, high = three.T
    bend = np.maximum(2 * middle - low - high, 1e-12)
    shift = np.clip((high - low) / (2 * bend), -0.5, 0.5)
    return shift, 0.25 * (high - low) * shift
