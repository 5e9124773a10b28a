"""Filters of unknown place, as ICA finds them for sparse signals, put on a grid and signed."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from symlens.groups import orthogonal_factor
from symlens.lens.fast.whitening import Samples, Whitened
from symlens.lens.plane.grid import Grid

Array = NDArray[np.float64]
Order = NDArray[np.intp]

ITERATIONS = 60
SHARPNESS = 3
"""Power of the correlation of magnitudes that serves as affinity: near pixels stand out."""
ANGLES = 36
"""Rotations of the embedding that are tried: a square grid does not say how it lies."""
OTHERS = 3
"""Eigenvectors that are tried beside the first: along the longer side of a grid that is not
square two waves may come before the first one along the shorter side."""


def signed(white: Whitened, grid: Grid, filters: Array) -> Array:
    """Filters on a grid with signs that make neighbours positively correlated. Shape (n, n)."""
    correlated = (filters @ white.covariance @ filters.T) * grid.neighbours
    signs = np.where(np.linalg.eigh(correlated)[1][:, -1] < 0, -1.0, 1.0)
    found: Array = signs[:, None] * filters
    return found


def independent_start(white: Whitened, grid: Grid, samples: Samples, *, seed: int) -> Array:
    """Filters from independent components, arranged on the grid by what excites them together.

    Parameters
    ----------
    white : Whitened
    grid : Grid
    samples : ndarray of float32, shape (n_samples, n)
        White samples.
    seed : int
        Of the random start of FastICA.

    Returns
    -------
    ndarray, shape (n, n)
    """
    from sklearn.decomposition import FastICA
    from sklearn.exceptions import ConvergenceWarning

    ica = FastICA(whiten=False, fun="logcosh", max_iter=ITERATIONS, tol=1e-3, random_state=seed)
    with warnings.catch_warnings():
        # Not converging means that the sources are not independent: the objective will say so.
        warnings.simplefilter("ignore", ConvergenceWarning)
        ica.fit(samples)
    filters = orthogonal_factor(ica.components_.astype(np.float64))
    magnitudes = np.abs(samples @ filters.T.astype(np.float32))
    affinity = np.maximum(np.corrcoef(magnitudes.T), 0.0) ** SHARPNESS
    np.fill_diagonal(affinity, 0.0)
    return signed(white, grid, filters[arranged(affinity, grid)])


def arranged(affinity: Array, grid: Grid) -> Order:
    """Items in the order of the pixels that puts those of high affinity next to each other.

    Begins with the first and another eigenvector of the affinity's Laplacian, turned to whatever
    angle fits the grid best, each item assigned to a pixel of its own; then exchanges two items
    as long as the sum of the affinities of neighbours grows.

    Parameters
    ----------
    affinity : ndarray, shape (n, n)
        Symmetric, not negative, of zero diagonal.
    grid : Grid

    Returns
    -------
    ndarray of int, shape (n,)
    """
    degree = affinity.sum(axis=1)
    degree = np.maximum(degree, 1e-9 * float(degree.max()) or 1.0)  # items that go with none
    vectors = np.linalg.eigh(affinity / np.sqrt(np.outer(degree, degree)))[1]
    waves = vectors[:, -2 : -3 - OTHERS : -1] / np.sqrt(degree)[:, None]
    waves = waves / np.linalg.norm(waves, axis=0)
    orders = [
        _assigned(waves[:, [0, other]], angle, grid)
        for other in range(1, waves.shape[1])
        for angle in np.pi * np.arange(ANGLES) / ANGLES
    ]
    best = max(orders, key=lambda order: _together(affinity, order, grid))
    return _exchanged(affinity, best, grid)


def _together(affinity: Array, order: Order, grid: Grid) -> float:
    """Sum of the affinities of neighbours."""
    return float(np.vdot(affinity[np.ix_(order, order)], grid.neighbours))


def _assigned(waves: Array, angle: float, grid: Grid) -> Order:
    """Items in the order of pixels, each near its place in an embedding that is turned."""
    down = np.cos(angle) * waves[:, 0] + np.sin(angle) * waves[:, 1]
    right = -np.sin(angle) * waves[:, 0] + np.cos(angle) * waves[:, 1]
    rows, columns = np.divmod(np.arange(grid.n), grid.width)
    # Ranks take the place of coordinates: along either axis pixels are evenly spread.
    ranks = [np.argsort(np.argsort(one)) / grid.n for one in (down, right)]
    cost = (rows[:, None] + 0.5 - grid.height * ranks[0]) ** 2
    cost = cost + (columns[:, None] + 0.5 - grid.width * ranks[1]) ** 2
    order: Order = linear_sum_assignment(cost)[1]
    return order


def _exchanged(affinity: Array, order: Order, grid: Grid) -> Order:
    r"""Exchange the two items that gain most until none do.

    Of items at pixels a and b the gain is :math:`2 (S_{ab} + S_{ba} - S_{aa} - S_{bb}
    + 2 N_{ab} A_{ab})` with :math:`S = A N`, affinity A and neighbours N.
    """
    near = grid.neighbours
    while True:
        current = affinity[np.ix_(order, order)]
        shared = current @ near
        own = np.diag(shared)
        gain = shared + shared.T - own[:, None] - own[None, :] + 2 * near * current
        first, second = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[first, second] <= 1e-12 * max(float(affinity.max()), np.finfo(float).tiny):
            return order
        order = order.copy()
        order[[first, second]] = order[[second, first]]
