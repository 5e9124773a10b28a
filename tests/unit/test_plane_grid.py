"""The grid of a window: separations, neighbours, waves and shifts, against naive loops."""

from itertools import product

import numpy as np
import pytest

from symlens.lens.plane.grid import Grid, waves_up_to

GRID = Grid(3, 4)


def pixels(grid):
    return list(product(range(grid.height), range(grid.width)))


def test_the_stationary_average_is_the_mean_over_pairs_of_one_separation():
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((GRID.n, GRID.n))
    matrix = matrix + matrix.T
    average = GRID.stationary_average(matrix)
    places = pixels(GRID)
    for i, j in [(0, 0), (0, 5), (7, 2), (11, 0)]:
        wanted = np.subtract(places[i], places[j])
        same = [
            matrix[a, b]
            for (a, one), (b, other) in product(enumerate(places), repeat=2)
            if np.array_equal(np.subtract(one, other), wanted)
            or np.array_equal(np.subtract(other, one), wanted)
        ]
        assert average[i, j] == pytest.approx(np.mean(same))


def test_the_stationary_average_is_an_orthogonal_projection():
    rng = np.random.default_rng(1)
    one, other = (m + m.T for m in rng.standard_normal((2, GRID.n, GRID.n)))
    projected = GRID.stationary_average(one)
    np.testing.assert_allclose(GRID.stationary_average(projected), projected, atol=1e-14)
    assert np.vdot(projected, other) == pytest.approx(np.vdot(one, GRID.stationary_average(other)))


def test_covariances_of_stationary_fields_are_left_alone():
    rows, columns = np.divmod(np.arange(GRID.n), GRID.width)
    distance = np.hypot(rows[:, None] - rows, 2 * (columns[:, None] - columns))
    covariance = np.exp(-distance)
    np.testing.assert_allclose(GRID.stationary_average(covariance), covariance, atol=1e-14)


def test_neighbours_are_one_step_apart():
    places = np.array(pixels(GRID))
    naive = np.abs(places[:, None] - places[None]).sum(axis=2) == 1
    np.testing.assert_array_equal(GRID.neighbours, naive)
    assert GRID.neighbour_weights.sum() == pytest.approx(1.0)


def test_profiles_are_orthonormal_cosines():
    waves = waves_up_to(2)
    assert waves == [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
    profiles = GRID.profiles(waves)
    np.testing.assert_allclose(profiles @ profiles.T, np.eye(5), atol=1e-14)
    for (a, b), profile in zip(waves, profiles, strict=True):
        naive = [
            np.cos(np.pi * a * (r + 0.5) / 3) * np.cos(np.pi * b * (c + 0.5) / 4)
            for r, c in pixels(GRID)
        ]
        np.testing.assert_allclose(profile, naive / np.linalg.norm(naive), atol=1e-14)


def test_shifts_move_an_image_down_and_right_and_commute():
    image = np.arange(12.0).reshape(3, 4)
    down, right = GRID.shifts()
    moved = (image.ravel() @ down).reshape(3, 4)
    np.testing.assert_array_equal(moved[1:], image[:-1])
    np.testing.assert_array_equal(moved[0], 0)
    moved = (image.ravel() @ right).reshape(3, 4)
    np.testing.assert_array_equal(moved[:, 1:], image[:, :-1])
    np.testing.assert_array_equal(down @ right, right @ down)
