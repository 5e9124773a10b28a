"""Stationary cumulants of a window: naive references, limits, gradients, moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symlens.groups import random_orthogonal
from symlens.lens.fast.cumulants import Cumulants, cumulants
from symlens.lens.fast.differences import Differences
from symlens.lens.fast.moves import improved, moves, sweep, without_wall
from symlens.lens.fast.stationarity import cosine_basis
from symlens.lens.fast.whitening import whiten
from symlens.lens.fast.window_invariance import WEIGHTS, WindowInvariance

N = 7


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


@pytest.mark.parametrize("weight", WEIGHTS)
def test_gradient_agrees_with_finite_differences(noisy, weight):
    _, misfit, _ = noisy
    objective = misfit.weighted(weight)
    rng = np.random.default_rng(5)
    point = random_orthogonal(N, rng)
    skew = rng.normal(size=(N, N))
    skew = (skew - skew.T) / np.linalg.norm(skew)
    gradient = np.vdot(objective(point)[1], skew @ point)
    step = 3e-3
    ends = [
        objective(np.linalg.solve(np.eye(N) - t / 2 * skew, point + t / 2 * skew @ point))[0]
        for t in (step, -step)
    ]
    assert gradient == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=5e-3, abs=2e-3)


def test_the_gradient_follows_no_filter_at_the_borders(noisy):
    """Cumulants of the outermost pixels are not looked at."""
    _, misfit, _ = noisy
    point = random_orthogonal(N, np.random.default_rng(7))
    covariance_alone = misfit.weighted(0.0)(point)[1]
    slope = misfit.weighted(1.0)(point)[1] - covariance_alone
    np.testing.assert_array_equal(slope[[0, -1]], 0)
    assert np.all(np.abs(slope[1:-1]).max(axis=1) > 0)


def test_answers_are_compared_by_the_middle_weight(noisy):
    _, misfit, basis = noisy
    assert misfit.value(basis) == pytest.approx(misfit.weighted(WEIGHTS[1])(basis)[0], abs=1e-5)


def test_moves_and_descents_stay_with_hidden_filters_and_do_not_climb(noisy):
    _, misfit, basis = noisy
    found = improved(misfit, basis)
    assert misfit.value(found) <= misfit.value(basis)
    assert np.abs(np.diag(found @ basis.T)).min() > 0.98


def test_departure_is_the_same_in_every_basis(noisy):
    white, misfit, _ = noisy
    rng = np.random.default_rng(6)
    turn, filters = random_orthogonal(N, rng), random_orthogonal(N, rng)
    # Features turned by U: the modes in them are U^T times the old ones, the filters Q U.
    seen = WindowInvariance(replace(white, modes=turn.T @ white.modes), misfit.cumulants)
    assert seen.departure(filters @ turn) == pytest.approx(misfit.departure(filters), abs=1e-5)
    assert seen.value(filters @ turn) == pytest.approx(misfit.value(filters), abs=1e-4)


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


def test_a_wall_between_frequencies_is_taken_away():
    """Above it all signs are wrong; without one nothing is gained."""
    white = whiten(np.random.default_rng(1).normal(size=(500, N)))
    misfit = WindowInvariance(white, Cumulants(moving_average(3), moving_average(4), 1))
    truth, basis = white.modes.T, cosine_basis(N)
    signs = np.where(np.arange(N) < 4, 1.0, -1.0)
    wrong = basis.T @ (signs[:, None] * (basis @ truth))
    found = without_wall(misfit, wrong)
    assert found is not None
    assert misfit.departure(found) < 0.2 * misfit.departure(wrong)
    kept = without_wall(misfit, truth)
    assert kept is None or abs(misfit.departure(kept)) < 1e-6
