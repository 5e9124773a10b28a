"""Two shifts of the plane: axioms of the group, projections, and what scores must not see."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens.groups import random_orthogonal
from symlens.lens.plane.grid import Grid, waves_up_to
from symlens.lens.plane.scoring import commutator, cross_commutator, matched
from symlens.lens.plane.symmetry import PlaneSymmetry

sides = st.integers(2, 5)
grids = st.builds(Grid, sides, sides)
seeds = st.integers(0, 10_000)
moves = st.floats(-3, 3)
few = settings(max_examples=30, deadline=None)


def symmetry_of(grid, seed):
    rng = np.random.default_rng(seed)
    filters = random_orthogonal(grid.n, rng)
    return PlaneSymmetry(filters, grid, rng.standard_normal(grid.n), float(rng.uniform(0.5, 2)))


def samples_of(grid, seed, count=3):
    return np.random.default_rng(seed + 1).standard_normal((count, grid.n))


def naive_average(matrix, grid):
    """Mean over all pairs of pixels of one separation, or the opposite one, by looking at all."""
    places = list(product(range(grid.height), range(grid.width)))
    average = np.empty_like(matrix)
    for i, (a, b) in enumerate(places):
        for j, (c, d) in enumerate(places):
            same = [
                matrix[k, m]
                for k, (e, f) in enumerate(places)
                for m, (g, h) in enumerate(places)
                if (g - e, h - f) in {(c - a, d - b), (a - c, b - d)}
            ]
            average[i, j] = np.mean(same)
    return average


@few
@given(grid=grids, seed=seeds)
def test_no_move_is_no_move(grid, seed):
    symmetry, x = symmetry_of(grid, seed), samples_of(grid, seed)
    np.testing.assert_allclose(symmetry.act(x, 0.0, 0.0), x, atol=1e-12)


@few
@given(grid=grids, seed=seeds, one=st.tuples(moves, moves), other=st.tuples(moves, moves))
def test_moves_add_up_in_any_order(grid, seed, one, other):
    symmetry, x = symmetry_of(grid, seed), samples_of(grid, seed)
    together = symmetry.act(x, one[0] + other[0], one[1] + other[1])
    np.testing.assert_allclose(symmetry.act(symmetry.act(x, *one), *other), together, atol=1e-9)
    np.testing.assert_allclose(symmetry.act(symmetry.act(x, *other), *one), together, atol=1e-9)


@few
@given(grid=grids, seed=seeds, down=moves, right=moves)
def test_moves_keep_the_distance_from_the_mean(grid, seed, down, right):
    symmetry, x = symmetry_of(grid, seed), samples_of(grid, seed)
    before, after = (np.linalg.norm(y - symmetry.mean) for y in (x, symmetry.act(x, down, right)))
    assert after == pytest.approx(before)


@few
@given(grid=grids, seed=seeds, down=st.integers(-6, 6), right=st.integers(-6, 6))
def test_whole_moves_roll_the_canonical_image(grid, seed, down, right):
    symmetry, x = symmetry_of(grid, seed), samples_of(grid, seed)
    shape = (-1, grid.height, grid.width)
    before = symmetry.transform(x).reshape(shape)
    after = symmetry.transform(symmetry.act(x, down, right)).reshape(shape)
    rolled = np.roll(before, (down, right), axis=(1, 2))
    crossings = [
        np.floor_divide(np.arange(side) - move, side)
        for side, move in ((grid.height, down), (grid.width, right))
    ]
    # An even number of pixels comes back with its sign turned, every time.
    rows, columns = (
        np.where((len(times) % 2 == 0) & (times % 2 == 1), -1.0, 1.0) for times in crossings
    )
    np.testing.assert_allclose(after, rows[:, None] * columns * rolled, atol=1e-9)


@few
@given(grid=grids, seed=seeds)
def test_once_or_twice_around_is_back(grid, seed):
    symmetry, x = symmetry_of(grid, seed), samples_of(grid, seed)
    down, right = (side * (1 if side % 2 else 2) for side in (grid.height, grid.width))
    np.testing.assert_allclose(symmetry.act(x, down, 0.0), x, atol=1e-9)
    np.testing.assert_allclose(symmetry.act(x, 0.0, right), x, atol=1e-9)


@few
@given(grid=grids, seed=seeds)
def test_generators_commute_and_lose_what_leaves(grid, seed):
    down, right = symmetry_of(grid, seed).generators
    np.testing.assert_allclose(down @ right, right @ down, atol=1e-12)
    for generator, side in ((down, grid.height), (right, grid.width)):
        np.testing.assert_allclose(np.linalg.matrix_power(generator, side), 0.0, atol=1e-12)
        values = np.linalg.svd(generator, compute_uv=False)
        kept = grid.n - grid.n // side
        np.testing.assert_allclose(values, [1.0] * kept + [0.0] * (grid.n - kept), atol=1e-12)


@few
@given(grid=grids, seed=seeds)
def test_canonical_images_keep_what_samples_hold(grid, seed):
    symmetry, x = symmetry_of(grid, seed), samples_of(grid, seed)
    back = symmetry.transform(x) @ symmetry.filters * symmetry.scale + symmetry.mean
    np.testing.assert_allclose(back, x, atol=1e-12)


@settings(max_examples=10, deadline=None)
@given(grid=st.builds(Grid, st.integers(1, 3), st.integers(1, 3)), seed=seeds)
def test_the_stationary_average_looks_at_every_pair(grid, seed):
    matrix = np.random.default_rng(seed).standard_normal((grid.n, grid.n))
    matrix = matrix + matrix.T
    np.testing.assert_allclose(grid.stationary_average(matrix), naive_average(matrix, grid))


@few
@given(grid=grids, seed=seeds)
def test_the_stationary_average_projects(grid, seed):
    one, other = np.random.default_rng(seed).standard_normal((2, grid.n, grid.n))
    one, other = one + one.T, other + other.T
    average = grid.stationary_average(one)
    np.testing.assert_allclose(grid.stationary_average(average), average, atol=1e-12)
    np.testing.assert_allclose(average, average.T)
    assert np.trace(average) == pytest.approx(np.trace(one))
    assert np.vdot(average, other) == pytest.approx(np.vdot(one, grid.stationary_average(other)))
    assert np.vdot(one - average, average) == pytest.approx(0.0, abs=1e-9)


@few
@given(grid=grids, seed=seeds)
def test_turning_the_window_over_does_not_change_its_average(grid, seed):
    matrix = np.random.default_rng(seed).standard_normal((grid.n, grid.n))
    matrix = matrix + matrix.T
    over = matrix[::-1, ::-1]  # pixel (r, c) becomes (height - 1 - r, width - 1 - c)
    np.testing.assert_allclose(grid.stationary_average(over), grid.stationary_average(matrix))


@given(grid=grids)
def test_every_pixel_has_two_to_four_neighbours(grid):
    near = grid.neighbours
    pairs = grid.height * (grid.width - 1) + grid.width * (grid.height - 1)
    assert near.sum() == 2 * pairs
    np.testing.assert_array_equal(near, near.T)
    assert set(near.sum(axis=0)) <= {2.0, 3.0, 4.0}
    assert np.vdot(grid.neighbour_weights, np.ones_like(near)) == pytest.approx(1.0)


@given(order=st.integers(1, 6))
def test_waves_are_told_once_and_low_ones_first(order):
    waves = waves_up_to(order)
    assert len(set(waves)) == len(waves) == (order + 1) * (order + 2) // 2 - 1
    totals = [a + b for a, b in waves]
    assert totals == sorted(totals)
    assert min(totals) == 1
    assert max(totals) == order


@given(grid=grids)
def test_profiles_are_orthonormal_and_have_no_mean(grid):
    waves = [(a, b) for a in range(grid.height) for b in range(grid.width) if a + b > 0]
    profiles = grid.profiles(waves)
    np.testing.assert_allclose(profiles @ profiles.T, np.eye(len(waves)), atol=1e-12)
    np.testing.assert_allclose(profiles.sum(axis=1), 0.0, atol=1e-12)


@few
@given(grid=grids, seed=seeds, swap=st.booleans(), down=st.booleans(), right=st.booleans())
def test_scores_do_not_see_basis_order_and_directions(grid, seed, swap, down, right):
    rng = np.random.default_rng(seed)
    ideal, turn = grid.shifts(), random_orthogonal(grid.n, rng)
    learned = np.stack([q.T @ t @ q for q, t in zip(random_pair(grid, rng), ideal, strict=True)])
    other = np.stack([learned[0].T if down else learned[0], learned[1].T if right else learned[1]])
    other = other[::-1] if swap else other
    expected, _ = matched(learned, ideal)
    found, _ = matched(turn.T @ other @ turn, turn.T @ ideal @ turn)
    assert min(found) == pytest.approx(min(expected))
    assert all(abs(one) <= 1 + 1e-12 for one in found)


def random_pair(grid, rng):
    return random_orthogonal(grid.n, rng), random_orthogonal(grid.n, rng)


@few
@given(grid=grids, seed=seeds)
def test_the_chosen_order_is_not_worse_than_the_other(grid, seed):
    learned = np.random.default_rng(seed).standard_normal((2, grid.n, grid.n))
    ideal = grid.shifts()
    both = [min(matched(pair, ideal)[0]) for pair in (learned, learned[::-1])]
    assert both[0] == pytest.approx(both[1])


@few
@given(seed=seeds, factor=st.floats(0.1, 10))
def test_commutators_are_relative_and_at_most_one(seed, factor):
    one, other = np.random.default_rng(seed).standard_normal((2, 4, 4))
    value = commutator(one, other)
    assert 0 < value <= 1
    assert commutator(other, factor * one) == pytest.approx(value)
    assert commutator(one, np.eye(4)) == pytest.approx(0.0, abs=1e-12)


def test_of_matrices_that_annul_each_other_the_commutator_is_nothing():
    assert commutator(np.diag([1.0, 0.0]), np.diag([0.0, 1.0])) == 0.0


def test_opposite_products_are_as_far_apart_as_can_be():
    raising = np.array([[0.0, 1.0], [0.0, 0.0]])
    assert commutator(raising, np.diag([1.0, -1.0])) == pytest.approx(1.0)


@few
@given(grid=grids, seed=seeds)
def test_true_generators_commute_with_the_ideal_ones(grid, seed):
    symmetry = symmetry_of(grid, seed)
    ideal = symmetry.generators
    mirrored = PlaneSymmetry(symmetry.filters[::-1], grid, symmetry.mean, 1.0).generators
    assert cross_commutator(mirrored, ideal) == pytest.approx(0.0, abs=1e-9)
