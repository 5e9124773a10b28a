"""Stationary cumulants of a window: naive references, limits, gradients, moves."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from symlens.groups import random_orthogonal
from symlens.lens.fast.cumulants import Cumulants, cumulants
from symlens.lens.fast.moves import moves, sweep
from symlens.lens.fast.stationarity import cosine_basis, stationary_average
from symlens.lens.fast.whitening import whiten
from symlens.lens.fast.window_invariance import Differences, WindowInvariance

N = 7


def naive_projection(tensor):
    """Mean over all common shifts that keep every index in the window."""
    n, result = len(tensor), np.zeros_like(tensor)
    for index in product(range(n), repeat=tensor.ndim):
        shifts = range(-min(index), n - max(index))
        result[index] = np.mean([tensor[tuple(i + s for i in index)] for s in shifts])
    return result


@pytest.mark.parametrize("order", [2, 3, 4])
def test_projection_is_the_mean_over_shifts(order):
    tensor = np.random.default_rng(order).normal(size=(5,) * order)
    differences = Differences.of(5, order)
    expected = naive_projection(tensor)
    np.testing.assert_allclose(differences.project(tensor), expected, atol=1e-12)
    assert differences.stationary_power(tensor) == pytest.approx(np.sum(expected**2))


@pytest.mark.parametrize("order", [3, 4])
def test_projection_is_idempotent_and_orthogonal(order):
    tensor = np.random.default_rng(order).normal(size=(N,) * order)
    differences = Differences.of(N, order)
    projected = differences.project(tensor)
    np.testing.assert_allclose(differences.project(projected), projected, atol=1e-12)
    assert abs(np.vdot(projected, tensor - projected)) < 1e-9


def test_symmetric_matrices_get_their_toeplitz_average():
    matrix = np.random.default_rng(0).normal(size=(N, N))
    matrix = matrix + matrix.T
    expected = stationary_average(matrix, cyclic=False)
    np.testing.assert_allclose(Differences.of(N, 2).project(matrix), expected, atol=1e-12)


def moving_average(order):
    """Exact cumulants of independent skewed pulses smoothed over three pixels."""
    response = np.array([1.0, 0.6, -0.3])
    pulses = np.zeros((N, N + 2))
    for shift in range(N):
        pulses[shift, shift : shift + 3] = response
    letters = "ijkl"[:order]
    return np.einsum(",".join(f"{one}p" for one in letters) + "->" + letters, *[pulses] * order)


@pytest.mark.parametrize("order", [3, 4])
def test_an_exactly_stationary_process_has_no_other_power(order):
    tensor = moving_average(order)
    np.testing.assert_allclose(Differences.of(N, order).project(tensor), tensor, atol=1e-12)


@pytest.fixture(scope="module")
def noisy():
    """White samples of smoothed pulses in a random basis, their misfit, the hidden filters."""
    rng = np.random.default_rng(3)
    pulses = rng.exponential(size=(20_000, N + 2)) * (rng.random((20_000, N + 2)) < 0.2)
    x = pulses[:, :-2] + 0.6 * pulses[:, 1:-1] - 0.3 * pulses[:, 2:]
    basis = random_orthogonal(N, rng)
    white = whiten(x @ basis)
    known = cumulants(white.x @ white.modes.astype(np.float32))
    return white, WindowInvariance(white, known), basis


def test_exact_cumulants_depart_only_when_turned():
    white = whiten(np.random.default_rng(1).normal(size=(500, N)))
    misfit = WindowInvariance(white, Cumulants(moving_average(3), moving_average(4), 1))
    assert abs(misfit.departure(white.modes.T)) < 1e-6
    turned = random_orthogonal(N, np.random.default_rng(2)) @ white.modes.T
    assert misfit.departure(turned) > 0.2


def test_hidden_filters_depart_less_than_others(noisy):
    _, misfit, basis = noisy
    rng = np.random.default_rng(4)
    others = [misfit.departure(random_orthogonal(N, rng)) for _ in range(10)]
    assert misfit.departure(basis) < 0.5 * min(others)


def test_gradient_agrees_with_finite_differences(noisy):
    _, misfit, _ = noisy
    rng = np.random.default_rng(5)
    point = random_orthogonal(N, rng)
    skew = rng.normal(size=(N, N))
    skew = (skew - skew.T) / np.linalg.norm(skew)
    gradient = np.vdot(misfit(point)[1], skew @ point)
    step = 3e-3
    ends = [
        misfit(np.linalg.solve(np.eye(N) - t / 2 * skew, point + t / 2 * skew @ point))[0]
        for t in (step, -step)
    ]
    assert gradient == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=5e-3, abs=2e-3)


def test_departure_is_the_same_in_every_basis(noisy):
    white, misfit, _ = noisy
    rng = np.random.default_rng(6)
    turn, filters = random_orthogonal(N, rng), random_orthogonal(N, rng)
    # Features turned by U: the modes in them are U^T times the old ones, the filters Q U.
    seen = WindowInvariance(replace(white, modes=turn.T @ white.modes), misfit.cumulants)
    assert seen.departure(filters @ turn) == pytest.approx(misfit.departure(filters), abs=1e-5)
    assert seen(filters @ turn)[0] == pytest.approx(misfit(filters)[0], abs=1e-4)


def test_moves_are_signed_permutations():
    for places, others, signs in moves(N):
        assert sorted(places) == sorted(others)
        assert len(signs) == len(places)
        assert {abs(sign) for sign in signs} == {1.0}


@pytest.mark.parametrize("frequency", [0, 3, 6])
def test_a_wrong_sign_is_found_and_put_right(frequency):
    white = whiten(np.random.default_rng(1).normal(size=(500, N)))
    misfit = WindowInvariance(white, Cumulants(moving_average(3), moving_average(4), 1))
    truth, basis = white.modes.T, cosine_basis(N)
    signs = np.where(np.arange(N) == frequency, -1.0, 1.0)
    wrong = basis.T @ (signs[:, None] * (basis @ truth))
    found = sweep(misfit, wrong)
    assert found is not None
    assert misfit.departure(found) < 0.1 * misfit.departure(wrong)


def test_no_move_improves_the_truth():
    white = whiten(np.random.default_rng(1).normal(size=(500, N)))
    misfit = WindowInvariance(white, Cumulants(moving_average(3), moving_average(4), 1))
    truth = white.modes.T
    found = sweep(misfit, truth)
    assert found is None or abs(misfit.departure(found)) < 1e-6
