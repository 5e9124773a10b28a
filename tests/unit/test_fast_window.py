"""Starts for windows: exact operators give the truth, objectives have the slopes they claim."""

import numpy as np
import pytest
from scipy.linalg import logm, toeplitz

from symlens.groups import orthogonal_factor, random_orthogonal, shift
from symlens.lens.fast.stationarity import cosine_profiles
from symlens.lens.fast.whitening import Whitened
from symlens.lens.fast.window import (
    ALIGNMENT,
    FINAL_POSITION,
    LOG_ALIGNMENT,
    Positions,
    frequency_start,
    log_stationarity,
    neighbour_weights,
    pixel_start,
    reconcile,
    stationarity,
)
from symlens.metrics import generator_cosine

N = 9
KERNEL = np.exp(-(np.arange(N) ** 2) / 2) + 0.05 * (np.arange(N) == 0)


def exact(kernel, basis):
    """What whitening would find of endless samples of a Toeplitz covariance in a basis."""
    n = len(basis)
    powers, modes = np.linalg.eigh(basis.T @ toeplitz(kernel) @ basis)
    powers, modes = powers[::-1], modes[:, ::-1]
    return Whitened(
        np.zeros((1, n), np.float32), np.zeros(n), powers * n / powers.sum(), modes, 1.0
    )


@pytest.fixture(scope="module")
def ideal():
    """Exact covariance, exact position operators between features, and the truth."""
    basis = random_orthogonal(N, np.random.default_rng(0))
    operators = [(basis.T * profile) @ basis for profile in cosine_profiles(N, 3)]
    return exact(KERNEL, basis), operators, basis


def cosine(filters, basis):
    pixels = shift(len(basis), cyclic=False)
    return generator_cosine(filters.T @ pixels @ filters, basis.T @ pixels @ basis)


def between_modes(operators, white):
    return [white.modes.T @ z @ white.modes for z in operators]


def differences(function, point, step=1e-6):
    """Gradient by central differences."""
    slope = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        moved = [point.copy(), point.copy()]
        moved[0][index] += step
        moved[1][index] -= step
        slope[index] = (function(moved[0]) - function(moved[1])) / (2 * step)
    return slope


def test_the_first_position_operator_gives_the_pixels_in_order(ideal):
    white, operators, basis = ideal
    filters = pixel_start(white, between_modes(operators, white))
    np.testing.assert_allclose(filters @ filters.T, np.eye(N), atol=1e-12)
    assert cosine(filters, basis) == pytest.approx(1, abs=1e-9)


def test_frequencies_are_put_in_order_by_what_couples_them(ideal):
    """However the modes are shuffled and signed: their power is not asked."""
    white, operators, basis = ideal
    rng = np.random.default_rng(1)
    mixed = rng.permutation(N)
    modes = white.modes[:, mixed] * rng.choice([-1.0, 1.0], N)
    shuffled = Whitened(white.x, white.mean, white.powers[mixed], modes, white.scale)
    np.testing.assert_allclose(shuffled.covariance, white.covariance, atol=1e-12)
    for seen in (white, shuffled):
        filters = frequency_start(seen, between_modes(operators, seen))
        np.testing.assert_allclose(filters @ filters.T, np.eye(N), atol=1e-12)
        assert cosine(filters, basis) > 0.97


def test_reconciling_leaves_the_truth_where_it_is(ideal):
    white, operators, basis = ideal
    for count in (1, 3):
        assert cosine(reconcile(white, operators[:count], basis), basis) > 0.9999


@pytest.mark.parametrize("seed", range(3))
def test_reconciling_comes_back_to_the_truth(ideal, seed):
    white, operators, basis = ideal
    noise = np.random.default_rng(seed).standard_normal((N, N))
    start = orthogonal_factor(basis + 0.15 * noise)
    filters = reconcile(white, operators, start)
    assert cosine(start, basis) < 0.99
    assert cosine(filters, basis) > 0.9999
    np.testing.assert_allclose(filters @ filters.T, np.eye(N), atol=1e-12)


def test_reconciling_turns_with_the_basis(ideal):
    white, operators, basis = ideal
    rng = np.random.default_rng(4)
    rotation = random_orthogonal(N, rng)
    start = orthogonal_factor(basis + 0.1 * rng.standard_normal((N, N)))
    turned = exact(KERNEL, basis @ rotation)
    moved = [rotation.T @ z @ rotation for z in operators]
    found = reconcile(turned, moved, start @ rotation)
    np.testing.assert_allclose(found, reconcile(white, operators, start) @ rotation, atol=1e-4)


def test_signs_of_operators_do_not_matter(ideal):
    white, operators, basis = ideal
    start = orthogonal_factor(basis + 0.1 * np.random.default_rng(5).standard_normal((N, N)))
    flipped = [-operators[0], operators[1], -operators[2]]
    np.testing.assert_allclose(
        reconcile(white, flipped, start), reconcile(white, operators, start), atol=1e-12
    )


def test_agreement_with_positions_by_loops_and_at_its_best(ideal):
    _, operators, basis = ideal
    filters = random_orthogonal(N, np.random.default_rng(6))
    positions = Positions.facing([-z for z in operators], filters)
    expected = 0.0
    for m in range(3):
        z = positions.operators[m]
        single = sum(
            np.sqrt(2 / N) * np.cos(np.pi * (m + 1) * (j + 0.5) / N) * (q @ z @ q)
            for j, q in enumerate(filters)
        )
        assert single >= 0
        expected += single
    value, gradient = positions(filters)
    assert value == pytest.approx(expected)
    slope = differences(lambda q: positions(q)[0], filters)
    np.testing.assert_allclose(gradient, slope, atol=1e-7)
    # Exact operators have unit norm: at the truth each agrees fully.
    assert Positions.facing(operators, basis)(basis)[0] == pytest.approx(3)


@pytest.mark.parametrize("weight", [0.1, 3.0])
def test_log_stationarity_by_its_formula_and_its_slope(ideal, weight):
    white, operators, _ = ideal
    filters = random_orthogonal(N, np.random.default_rng(7))
    positions = Positions.facing(operators, filters)
    objective = log_stationarity(white, positions, weight)
    logarithm = logm(white.covariance)
    logarithm -= np.trace(logarithm) / N * np.eye(N)
    logarithm *= np.sqrt(N) / np.linalg.norm(logarithm)
    turned = filters @ logarithm @ filters.T
    lines = [np.mean(np.diag(turned, k)) for k in range(N)]
    expected = np.sum((turned - toeplitz(lines)) ** 2) / N
    expected -= LOG_ALIGNMENT * lines[1] + weight * positions(filters)[0]
    value, gradient = objective(filters)
    assert value == pytest.approx(expected)
    slope = differences(lambda q: objective(q)[0], filters)
    np.testing.assert_allclose(gradient, slope, atol=1e-6 * np.abs(slope).max())


@pytest.mark.parametrize("ridge", [0.0, 0.01])
def test_stationarity_by_its_formula_and_its_slope_along_rotations(ideal, ridge):
    white, operators, _ = ideal
    filters = random_orthogonal(N, np.random.default_rng(8))
    positions = Positions.facing(operators, filters)
    objective = stationarity(white, positions, ridge)

    def formula(q):
        turned = q @ white.covariance @ q.T
        lines = [np.mean(np.diag(turned, k)) for k in range(N)]
        inverse = q @ np.linalg.inv(white.covariance + ridge * np.eye(N)) @ q.T
        relative = inverse @ (turned - toeplitz(lines))
        value = np.log(1 + np.trace(relative @ relative) / N)
        return value - ALIGNMENT * lines[1] / lines[0] - FINAL_POSITION * positions(q)[0]

    value, gradient = objective(filters)
    assert value == pytest.approx(formula(filters))
    # The mean variance is constant under rotations, and the gradient takes it for a constant.
    slope = differences(formula, filters)
    found, expected = (one @ filters.T for one in (gradient, slope))
    found, expected = found - found.T, expected - expected.T
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


def test_both_objectives_vanish_at_the_truth_but_for_what_breaks_ties(ideal):
    white, _, basis = ideal
    silent = Positions.facing([np.zeros((N, N))], basis)
    value, _ = log_stationarity(white, silent, 1.0)(basis)
    flat, _ = stationarity(white, silent, 0.0)(basis)
    assert flat == pytest.approx(-ALIGNMENT * KERNEL[1] / KERNEL[0])
    # The logarithm of a Toeplitz matrix is Toeplitz but for the ends.
    other, _ = log_stationarity(white, silent, 1.0)(random_orthogonal(N, np.random.default_rng(9)))
    assert value < 0.25 * other


@pytest.mark.parametrize("n", [1, 2, 5])
def test_neighbour_weights_average_the_first_off_diagonals(n):
    matrix = np.random.default_rng(10).standard_normal((n, n))
    neighbours = [matrix[i, j] for i in range(n) for j in range(n) if abs(i - j) == 1]
    expected = np.mean(neighbours) if neighbours else 0.0
    assert np.vdot(neighbour_weights(n), matrix) == pytest.approx(expected)


@pytest.mark.parametrize("n", [2, 3])
def test_the_smallest_windows(n):
    basis = random_orthogonal(n, np.random.default_rng(n))
    white = exact(KERNEL[:n], basis)
    operators = [(basis.T * profile) @ basis for profile in cosine_profiles(n, n - 1)]
    for start in (pixel_start, frequency_start):
        filters = reconcile(white, operators, start(white, between_modes(operators, white)))
        assert cosine(filters, basis) > 0.999
    level = exact((np.arange(n) == 0).astype(float), basis)  # no power stands out: no logarithm
    assert np.isfinite(reconcile(level, operators, basis)).all()
