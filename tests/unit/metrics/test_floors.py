"""Chance floors against known distributions."""

import numpy as np
import pytest

from symlens import metrics
from symlens.groups import fourier_basis, shift


def scores(draws, n):
    return np.array([metrics.generator_cosine(g, shift(n, cyclic=True)) for g in draws])


def planes(n):
    return [slice(0, 1), *(slice(i, i + 2) for i in range(1, n, 2))]


def test_haar_draws_have_the_moments_of_the_orthogonal_group():
    n, draws = 5, 4000
    drawn = metrics.random_orthogonal(n, draws, np.random.default_rng(0))
    np.testing.assert_allclose(
        drawn @ drawn.transpose(0, 2, 1), np.tile(np.eye(n), (draws, 1, 1)), atol=1e-9
    )
    traces = np.trace(drawn, axis1=1, axis2=2)
    # Over O(n) the trace has mean 0 and variance 1 (Diaconis and Shahshahani 1994).
    assert traces.mean() == pytest.approx(0, abs=5 / np.sqrt(draws))
    assert traces.var() == pytest.approx(1, abs=0.15)
    assert np.mean(np.linalg.det(drawn) > 0) == pytest.approx(0.5, abs=0.05)


def test_rotations_have_determinant_one_and_single_directions_both_signs():
    rng = np.random.default_rng(0)
    for n in (2, 3, 6):
        np.testing.assert_allclose(np.linalg.det(metrics.random_rotations(n, 50, rng)), 1)
    signs = metrics.random_rotations(1, 400, rng)
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert abs(signs.mean()) < 0.2


def test_the_random_floor_falls_with_the_size():
    floors = [
        np.quantile(scores(metrics.random_orthogonal(n, 800, np.random.default_rng(1)), n), 0.95)
        for n in (7, 17, 33)
    ]
    assert floors[0] > floors[1] > floors[2]
    assert floors[2] == pytest.approx(0.06, abs=0.015)


@pytest.mark.parametrize(("n", "mean", "high"), [(7, 0.37, 0.84), (33, 0.13, 0.36)])
def test_the_floor_of_a_circulant_covariance_is_far_higher(n, mean, high):
    basis, _ = fourier_basis(n)
    drawn = metrics.commutant_orthogonal(basis.T, planes(n), 4000, np.random.default_rng(2))
    # The values to meet were found with rotations that leave the constant alone.
    constant = np.einsum("i,kij,j->k", basis[0], drawn, basis[0])
    chance = scores(drawn[constant > 0], n)
    assert chance.mean() == pytest.approx(mean, abs=0.03)
    assert np.quantile(chance, 0.95) == pytest.approx(high, abs=0.04)
    assert np.quantile(scores(drawn, n), 0.95) > 4 * 0.06


def test_single_eigenvalues_leave_only_signs():
    rng = np.random.default_rng(0)
    vectors = metrics.random_orthogonal(6, 1, rng)[0]
    groups = [slice(k, k + 1) for k in range(6)]
    for draw in metrics.commutant_orthogonal(vectors, groups, 20, rng):
        signs = np.diag(vectors.T @ draw @ vectors)
        np.testing.assert_allclose(np.abs(signs), 1)
        np.testing.assert_allclose(draw, (vectors * signs) @ vectors.T, atol=1e-12)


@pytest.mark.parametrize("n", [9, 10])
def test_planes_of_a_circulant_sample_covariance_are_found(n):
    rng = np.random.default_rng(4)
    kernel = np.exp(-0.5 * (np.minimum(np.arange(n), n - np.arange(n)) / 1.0) ** 2)
    root = np.stack([np.roll(kernel, k) for k in range(n)])
    samples = rng.standard_normal((200_000, n)) @ root
    values, vectors, errors = metrics.covariance_modes(samples)
    sizes = [g.stop - g.start for g in metrics.degenerate_groups(values, errors)]
    # The constant, planes, and for even n the alternating wave.
    assert sizes == [1, *[2] * ((n - 1) // 2), *[1] * (1 - n % 2)]
    np.testing.assert_allclose(samples.T @ samples / len(samples) @ vectors, vectors * values)


def test_white_noise_is_one_group_and_distinct_variances_are_many():
    rng = np.random.default_rng(5)
    noise = rng.standard_normal((20_000, 8))
    values, _, errors = metrics.covariance_modes(noise)
    assert metrics.degenerate_groups(values, errors) == [slice(0, 8)]
    values, _, errors = metrics.covariance_modes(noise * 2.0 ** np.arange(8))
    assert len(metrics.degenerate_groups(values, errors)) == 8


def test_the_standard_errors_of_eigenvalues_of_normal_samples():
    noise = np.random.default_rng(6).standard_normal((50_000, 4)) * [8.0, 4.0, 2.0, 1.0]
    values, _, errors = metrics.covariance_modes(noise)
    np.testing.assert_allclose(errors, values * np.sqrt(2 / 50_000), rtol=0.05)


def test_levels_count_from_the_bad_side():
    chance = np.arange(101.0)
    levels = np.array([0.5, 0.95])
    np.testing.assert_allclose(
        metrics.floor_levels(chance, levels, higher_is_better=True), [50, 95]
    )
    np.testing.assert_allclose(
        metrics.floor_levels(chance, levels, higher_is_better=False), [50, 5]
    )


def test_the_bootstrap_covers_the_median_of_many_values_and_the_range_of_three():
    rng = np.random.default_rng(7)
    values = rng.standard_normal(400)
    low, high = metrics.bootstrap_interval(values, rng)
    # Standard error of the median of normal values: sqrt(pi / 2 / N).
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(np.pi / 2 / 400), rel=0.35)
    assert metrics.bootstrap_interval(np.array([1.0, 2.0, 9.0]), rng) == (1.0, 9.0)
    low, high = metrics.bootstrap_interval(values, rng, statistic=np.mean)
    assert high - low == pytest.approx(2 * 1.96 / np.sqrt(400), rel=0.2)
