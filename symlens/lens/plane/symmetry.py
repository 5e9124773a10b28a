"""Two learned commuting shifts and what one does with them: move samples, transform them.

Row convention throughout: a sample is a row ``x``; a move by (s, t) is ``x -> x A^s B^t``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.groups import cyclic_log_generator, group_action
from symlens.lens.plane.grid import Grid

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PlaneSymmetry:
    """Filters on a grid, with the statistics needed to apply them.

    Parameters
    ----------
    filters : ndarray, shape (n, n)
        Orthogonal; row ``r * width + c`` is the filter at that pixel.
    grid : Grid
    mean : ndarray, shape (n,)
        Mean subtracted from every sample, in the units of the data.
    scale : float
        Positive number that every centred sample is divided by, in the units of the data.
    """

    filters: Array
    grid: Grid
    mean: Array
    scale: float

    @property
    def generators(self) -> Array:
        """The shifts by one row and by one column, ``Q^T T Q``. Shape (2, n, n).

        Like the shifts of a window they lose what leaves it: they are not invertible.
        """
        generators: Array = self.filters.T @ self.grid.shifts() @ self.filters
        return generators

    def act(self, x: Array, down: float, right: float) -> Array:
        """Move samples by real numbers of rows and columns; what leaves re-enters opposite.

        Along a side of an even number of pixels it re-enters with its sign turned.

        Parameters
        ----------
        x : ndarray, shape (n_samples, n)
        down, right : float
            In pixels of the canonical representation.

        Returns
        -------
        ndarray, shape (n_samples, n)
        """
        grid = self.grid
        rows = group_action(cyclic_log_generator(grid.height), down)
        columns = group_action(cyclic_log_generator(grid.width), right)
        action = self.filters.T @ np.kron(rows, columns) @ self.filters
        moved: Array = (x - self.mean) @ action + self.mean
        return moved

    def transform(self, x: Array) -> Array:
        """Canonical representation ``y = ((x - mean) / scale) Q^T``. Shape (n_samples, n)."""
        canonical: Array = (x - self.mean) / self.scale @ self.filters.T
        return canonical
