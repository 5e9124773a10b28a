"""The grid of pixels that features are thought to be: separations, neighbours, waves, shifts.

Pixels are counted row by row: pixel ``r * width + c`` lies in row r and column c.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from symlens.groups import shift

Array = NDArray[np.float64]
Wave = tuple[int, int]
Step = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Pixels that a step leaves in sight, where they were before it and where they are after."""


@dataclass(frozen=True)
class Grid:
    """A window of ``height`` by ``width`` pixels.

    Parameters
    ----------
    height, width : int
        In pixels.
    """

    height: int
    width: int

    @property
    def n(self) -> int:
        """Number of pixels."""
        return self.height * self.width

    @cached_property
    def _places(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Row and column of every pixel."""
        rows, columns = np.divmod(np.arange(self.n), self.width)
        return rows, columns

    @cached_property
    def _classes(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Class of every pair of pixels, shape (n * n,), and the number of pairs in each class.

        Two pairs are in one class if their separations are the same vector or opposite ones.
        """
        rows, columns = self._places
        down = rows[:, None] - rows[None, :]
        right = columns[:, None] - columns[None, :]
        turned = np.where((down < 0) | ((down == 0) & (right < 0)), -1, 1)
        keys = turned * (down * (2 * self.width - 1) + right)
        classes = np.unique(keys.ravel(), return_inverse=True)[1].ravel()
        return classes, np.bincount(classes)

    def stationary_average(self, matrix: Array) -> Array:
        """Project a symmetric matrix on those that depend on the separation of pixels only.

        Block-Toeplitz with Toeplitz blocks. Shape (n, n).
        """
        classes, sizes = self._classes
        means = np.bincount(classes, matrix.ravel()) / sizes
        average: Array = means[classes].reshape(matrix.shape)
        return average

    @cached_property
    def neighbours(self) -> Array:
        """1 for every pair of pixels that are next to each other, else 0. Shape (n, n)."""
        rows, columns = self._places
        distance = np.abs(rows[:, None] - rows) + np.abs(columns[:, None] - columns)
        near: Array = (distance == 1).astype(np.float64)
        return near

    @cached_property
    def neighbour_weights(self) -> Array:
        """Matrix whose inner product with K is the mean of K over neighbours. Shape (n, n)."""
        weights: Array = self.neighbours / self.neighbours.sum()
        return weights

    def profiles(self, waves: list[Wave]) -> Array:
        r"""Smooth functions of position, of unit norm, one row per wave (a, b).

        Proportional to :math:`\cos(\pi a (r + 1/2) / h) \cos(\pi b (c + 1/2) / w)` at the pixel in
        row r and column c. Shape (len(waves), n).
        """
        down, right = (
            dct(np.eye(side), norm="ortho", axis=0) for side in (self.height, self.width)
        )
        return np.array([np.outer(down[a], right[b]).ravel() for a, b in waves])

    def steps(self) -> tuple[Step, Step]:
        """Where the steps by one row and by one column take pixels that stay in sight."""
        pixels = np.arange(self.n).reshape(self.height, self.width)
        down = pixels[:-1].ravel(), pixels[1:].ravel()
        right = pixels[:, :-1].ravel(), pixels[:, 1:].ravel()
        return down, right

    def shifts(self) -> Array:
        """The shifts by one row and by one column, ``x -> x T``. Shape (2, n, n)."""
        down, right = shift(self.height, cyclic=False), shift(self.width, cyclic=False)
        return np.stack([np.kron(down, np.eye(self.width)), np.kron(np.eye(self.height), right)])


def waves_up_to(order: int) -> list[Wave]:
    """Waves (a, b) with ``1 <= a + b <= order``, those of low order first."""
    return [(a, k - a) for k in range(1, order + 1) for a in range(k, -1, -1)]
