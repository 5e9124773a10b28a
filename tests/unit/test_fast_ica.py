"""The start for sparse signals: moved copies of one filter, unmixed and put in order."""

import numpy as np
import pytest
from scipy.linalg import expm

from symlens.groups import random_orthogonal, shift
from symlens.lens.fast.candidates import independent, pixels
from symlens.lens.fast.ica import (
    independent_components,
    line_up,
    magnitude_correlation,
    overlap,
)
from symlens.lens.fast.whitening import whiten
from symlens.metrics import generator_cosine

N = 9


def bumps(samples, n, seed):
    """Three narrow Gaussians of random place, sign and strength in every sample."""
    rng = np.random.default_rng(seed)
    x = 0.02 * rng.standard_normal((samples, n))
    for _ in range(3):
        centre = rng.uniform(-3, n + 2, (samples, 1))
        strength = rng.choice([-1, 1], (samples, 1)) * rng.uniform(0.5, 1.5, (samples, 1))
        x += strength * np.exp(-2 * (np.arange(n) - centre) ** 2)
    return x.astype(np.float32)


def cosine(filters, basis):
    moved = shift(len(basis), cyclic=False)
    return generator_cosine(filters.T @ moved @ filters, basis.T @ moved @ basis)


@pytest.fixture(scope="module")
def hidden():
    """Bumps in a random basis; the basis."""
    basis = random_orthogonal(N, np.random.default_rng(0))
    return whiten((bumps(20_000, N, seed=1) @ basis).astype(np.float32)), basis


@pytest.mark.parametrize("seed", [0, 1])
def test_sparse_shifts_are_found_from_any_start(hidden, seed):
    white, basis = hidden
    start = random_orthogonal(N, np.random.default_rng(seed))
    filters = independent_components(white.x, start)
    np.testing.assert_allclose(filters @ filters.T, np.eye(N), atol=1e-12)
    assert cosine(line_up(filters, white.x, white), basis) > 0.99


def test_few_steps_sharpen_what_is_nearly_right(hidden):
    white, basis = hidden
    turn = np.random.default_rng(7).standard_normal((N, N))
    near = expm(0.1 * (turn - turn.T)) @ basis
    few = independent_components(white.x, near, 3)
    assert overlap(near, basis) < 0.95
    assert overlap(few, basis) > 0.99
    assert not np.array_equal(few, independent_components(white.x, near, 1))


def test_both_halves_of_sparse_samples_have_the_same_components(hidden):
    white, basis = hidden
    filters, twice = independent(white, white.x, np.random.default_rng(2))
    assert twice
    assert cosine(filters, basis) > 0.99


def test_halves_of_normal_samples_have_not():
    white = whiten(np.random.default_rng(6).standard_normal((2_000, 6)).astype(np.float32))
    filters, twice = independent(white, white.x, np.random.default_rng(2))
    assert not twice
    np.testing.assert_allclose(filters @ filters.T, np.eye(6), atol=1e-12)


def test_a_generator_draws_the_halves(hidden):
    white, _ = hidden
    few = white.x[:1_000]
    first, again, other = (
        independent(white, few, np.random.default_rng(seed))[0] for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_start_from_pixels_is_the_same_in_every_basis(hidden):
    white, basis = hidden
    turn = random_orthogonal(N, np.random.default_rng(3))
    seen = whiten((bumps(20_000, N, seed=1) @ basis @ turn).astype(np.float32))
    one, other = pixels(white, white.x), pixels(seen, seen.x)
    assert overlap(one @ turn, other) > 0.999


def test_magnitudes_are_correlated_block_by_block_as_at_once(hidden):
    white, basis = hidden
    expected = np.corrcoef(np.abs(white.x.astype(np.float64) @ basis[:4].T).T)
    np.testing.assert_allclose(magnitude_correlation(white.x, basis[:4]), expected, atol=1e-5)


def test_overlap_is_blind_for_order_and_sign():
    rng = np.random.default_rng(4)
    filters = random_orthogonal(N, rng)
    mixed = rng.choice([-1.0, 1.0], (N, 1)) * filters[rng.permutation(N)]
    assert overlap(filters, mixed) == pytest.approx(1)
    assert overlap(filters, random_orthogonal(N, rng)) < 0.8


def test_filters_shuffled_and_flipped_are_lined_up(hidden):
    white, basis = hidden
    rng = np.random.default_rng(5)
    mixed = rng.choice([-1.0, 1.0], (N, 1)) * basis[rng.permutation(N)]
    lined = line_up(mixed, white.x, white)
    found = lined @ basis.T
    expected = np.sign(found[0].sum()) * (np.eye(N) if abs(found[0, 0]) > 0.5 else np.eye(N)[::-1])
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_samples_without_sources_end_in_some_rotation_and_no_warning():
    """FastICA does not converge on normal samples."""
    white = whiten(np.random.default_rng(6).standard_normal((300, 6)).astype(np.float32))
    filters = independent_components(white.x, np.eye(6))
    np.testing.assert_allclose(filters @ filters.T, np.eye(6), atol=1e-12)
