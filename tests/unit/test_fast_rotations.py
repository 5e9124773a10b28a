"""Descent over rotations: known minima, and what every step keeps."""

from collections import deque

import numpy as np
import pytest

from symlens.groups import random_orthogonal
from symlens.lens.fast.rotations import LARGEST_STEP, _bounded, _rotated, _two_loops, minimise

N = 7


def linear(matrix):
    """``-tr(A^T Q)``: smallest at the orthogonal matrix nearest to A."""
    return lambda point: (-float(np.vdot(matrix, point)), -matrix)


def procrustes(matrix, determinant):
    """Nearest orthogonal matrix of a given determinant, from the singular vectors."""
    left, _, right = np.linalg.svd(matrix)
    signs = np.ones(len(matrix))
    signs[-1] = determinant * np.linalg.det(left @ right)
    return (left * signs) @ right


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("determinant", [1.0, -1.0])
def test_the_nearest_orthogonal_matrix_is_found(seed, determinant):
    rng = np.random.default_rng(seed)
    target = rng.standard_normal((N, N))
    start = random_orthogonal(N, rng)
    start[0] *= determinant * np.linalg.det(start)
    found = minimise(linear(target), start, iterations=500, tolerance=1e-14)
    expected = procrustes(target, determinant)
    assert found.value == pytest.approx(-float(np.vdot(target, expected)), rel=1e-8)
    np.testing.assert_allclose(found.point, expected, atol=1e-3)


def test_eigenvectors_are_found_as_the_minimum_of_brockett():
    rng = np.random.default_rng(5)
    matrix = rng.standard_normal((N, N))
    matrix = matrix + matrix.T
    weights = np.arange(N, dtype=float)

    def brockett(point):
        half = point @ matrix
        return float(weights @ np.sum(half * point, axis=1)), 2 * weights[:, None] * half

    found = minimise(brockett, random_orthogonal(N, rng), iterations=1000, tolerance=1e-15)
    values = np.sort(np.linalg.eigvalsh(matrix))[::-1]
    assert found.value == pytest.approx(float(weights @ values), rel=1e-8)


@pytest.mark.parametrize("determinant", [1.0, -1.0])
def test_every_step_descends_stays_orthogonal_and_keeps_the_determinant(determinant):
    rng = np.random.default_rng(6)
    objective = linear(rng.standard_normal((N, N)))
    start = random_orthogonal(N, rng)
    start[0] *= determinant * np.linalg.det(start)
    seen = [start]
    found = minimise(objective, start, iterations=30, observe=seen.append)
    values = [objective(point)[0] for point in seen]
    assert np.all(np.diff(values) < 0)
    assert len(seen) == found.iterations + 1
    assert found.value == values[-1]
    for point in [*seen, found.point]:
        np.testing.assert_allclose(point @ point.T, np.eye(N), atol=1e-11)
        assert np.linalg.det(point) == pytest.approx(determinant)


def test_the_start_is_left_alone():
    rng = np.random.default_rng(7)
    start = random_orthogonal(N, rng)
    kept = start.copy()
    minimise(linear(rng.standard_normal((N, N))), start, iterations=5)
    np.testing.assert_array_equal(start, kept)


def test_a_minimum_is_not_left():
    target = np.diag(np.arange(1.0, N + 1))
    found = minimise(linear(target), np.eye(N), iterations=50)
    assert found.iterations <= 1
    np.testing.assert_allclose(found.point, np.eye(N), atol=1e-12)


def test_a_slope_that_lies_ends_the_descent_where_it_began():
    """No trial step gains: the start comes back rather than something worse."""
    start = random_orthogonal(N, np.random.default_rng(8))

    def uphill(point):
        value, gradient = linear(start)(point)
        return value, np.random.default_rng(9).standard_normal((N, N)) + gradient

    found = minimise(uphill, start, iterations=50)
    assert found.iterations == 0
    np.testing.assert_allclose(found.point, start, atol=1e-12)


def test_no_iterations_no_change():
    start = random_orthogonal(N, np.random.default_rng(10))
    found = minimise(linear(np.ones((N, N))), start, iterations=0)
    assert found.iterations == 0
    assert found.value == pytest.approx(-start.sum())


def test_memory_pays(monkeypatch):
    """On an ill-scaled bowl, as many steps of BFGS get far nearer than steepest descent does."""
    rng = np.random.default_rng(11)
    scales = np.logspace(0, 2, N)[:, None]
    target = random_orthogonal(N, rng)
    skew = rng.standard_normal((N, N))
    start = _rotated(target, _bounded(skew - skew.T))

    def bowl(point):
        return float(np.sum(scales * (point - target) ** 2)), 2 * scales * (point - target)

    remembering = minimise(bowl, start, iterations=40, tolerance=0)
    monkeypatch.setattr("symlens.lens.fast.rotations.MEMORY", 0)
    forgetting = minimise(bowl, start, iterations=40, tolerance=0)
    assert remembering.value < 1e-3 * forgetting.value


def test_the_two_loops_apply_the_inverse_hessian_of_bfgs():
    """Against the update of the matrix itself, which the loops never form."""
    rng = np.random.default_rng(13)
    root = rng.standard_normal((9, 9))
    curved = root @ root.T + np.eye(9)
    steps = rng.standard_normal((4, 9))
    history = deque((s.reshape(3, 3), (curved @ s).reshape(3, 3)) for s in steps)
    last = steps[-1]
    inverse = (last @ curved @ last) / (curved @ last @ curved @ last) * np.eye(9)
    for s in steps:
        change = curved @ s
        rho = 1 / (s @ change)
        away = np.eye(9) - rho * np.outer(s, change)
        inverse = away @ inverse @ away.T + rho * np.outer(s, s)
    gradient = rng.standard_normal(9)
    found = _two_loops(gradient.reshape(3, 3), history)
    np.testing.assert_allclose(found.ravel(), inverse @ gradient, rtol=1e-9)


def test_the_largest_step_turns_by_at_most_its_angle():
    rng = np.random.default_rng(12)
    skew = rng.standard_normal((N, N))
    skew = 100 * (skew - skew.T)
    turned = _rotated(np.eye(N), _bounded(skew))
    angles = np.abs(np.angle(np.linalg.eigvals(turned)))
    assert angles.max() <= LARGEST_STEP
    small = 1e-3 * skew / np.linalg.norm(skew)
    np.testing.assert_array_equal(_bounded(small), small)
