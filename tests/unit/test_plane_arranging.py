"""Items put on a grid by their affinity; filters signed; independent components found again."""

import numpy as np
import pytest

from symlens.groups import random_orthogonal
from symlens.lens.fast.whitening import whiten
from symlens.lens.plane.arranging import arranged, independent_start, signed
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.scoring import matched


def images_of(grid):
    """The ways to turn and reflect the grid onto itself, as orders of its pixels."""
    pixels = np.arange(grid.n).reshape(grid.height, grid.width)
    found = [pixels, pixels[::-1], pixels[:, ::-1], pixels[::-1, ::-1]]
    if grid.height == grid.width:
        found += [one.T for one in found]
    return [one.ravel().tolist() for one in found]


@pytest.mark.parametrize("shape", [(4, 4), (4, 7), (5, 4)])
def test_a_shuffled_grid_is_put_in_order(shape):
    grid = Grid(*shape)
    rows, columns = np.divmod(np.arange(grid.n), grid.width)
    distance = np.hypot(rows[:, None] - rows, columns[:, None] - columns)
    affinity = np.exp(-(distance**2))
    np.fill_diagonal(affinity, 0.0)
    shuffle = np.random.default_rng(0).permutation(grid.n)
    order = arranged(affinity[np.ix_(shuffle, shuffle)], grid)
    assert shuffle[order].tolist() in images_of(grid)


def test_items_that_go_with_nothing_still_get_places():
    grid = Grid(3, 3)
    for affinity in (np.zeros((9, 9)), np.diag(np.ones(3), 6) + np.diag(np.ones(3), -6)):
        assert sorted(arranged(affinity, grid)) == list(range(9))


def test_signs_make_neighbours_go_together():
    grid = Grid(3, 3)
    rows, columns = np.divmod(np.arange(9), 3)
    distance = np.abs(rows[:, None] - rows) + np.abs(columns[:, None] - columns)
    root = np.linalg.cholesky(np.exp(-0.4 * distance))
    rng = np.random.default_rng(1)
    white = whiten((rng.standard_normal((5000, 9)) @ root.T).astype(np.float32))
    turned = np.diag(rng.choice([-1.0, 1.0], 9))
    found = np.diag(signed(white, grid, turned))
    assert abs(found.sum()) == 9


def test_sparse_pixels_are_found_and_put_in_order():
    grid = Grid(4, 3)
    rng = np.random.default_rng(2)
    rows, columns = np.divmod(np.arange(grid.n), grid.width)
    near = np.exp(-((rows[:, None] - rows) ** 2) - (columns[:, None] - columns) ** 2)
    # Loudness is smooth over the grid, signs are independent but for a smooth part.
    loud = np.exp(0.7 * rng.standard_normal((20_000, grid.n)) @ near)
    x = loud * (rng.standard_normal(loud.shape) + 0.3 * rng.standard_normal(loud.shape) @ near)
    basis = random_orthogonal(grid.n, rng)
    white = whiten((x @ basis).astype(np.float32))
    filters = independent_start(white, grid, white.x, seed=0)
    learned = filters.T @ grid.shifts() @ filters
    assert min(matched(learned, basis.T @ grid.shifts() @ basis)[0]) > 0.95
