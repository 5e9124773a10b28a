"""The start for sparse signals: moved copies of one filter, unmixed and put in order."""

import numpy as np
import pytest

from symlens.groups import random_orthogonal, shift
from symlens.lens.fast.ica import ica_start, line_up
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
    pixels = shift(len(basis), cyclic=False)
    return generator_cosine(filters.T @ pixels @ filters, basis.T @ pixels @ basis)


@pytest.fixture(scope="module")
def hidden():
    """Bumps in a random basis; the basis."""
    basis = random_orthogonal(N, np.random.default_rng(0))
    return whiten((bumps(20_000, N, seed=1) @ basis).astype(np.float32)), basis


@pytest.mark.parametrize("seed", [0, 1])
def test_sparse_shifts_are_found_from_any_random_start(hidden, seed):
    white, basis = hidden
    filters = ica_start(white, white.x, seed=seed)
    np.testing.assert_allclose(filters @ filters.T, np.eye(N), atol=1e-12)
    assert cosine(filters, basis) > 0.99


def test_a_seed_is_a_start(hidden):
    white, _ = hidden
    few = white.x[:2000]
    first, again, other = (ica_start(white, few, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_filters_shuffled_and_flipped_are_lined_up(hidden):
    white, basis = hidden
    rng = np.random.default_rng(5)
    mixed = rng.choice([-1.0, 1.0], (N, 1)) * basis[rng.permutation(N)]
    lined = line_up(mixed, np.abs(white.x @ mixed.T), white)
    overlap = lined @ basis.T
    expected = np.sign(overlap[0].sum()) * (
        np.eye(N) if abs(overlap[0, 0]) > 0.5 else np.eye(N)[::-1]
    )
    np.testing.assert_allclose(overlap, expected, atol=1e-9)


def test_samples_without_sources_end_in_some_rotation_and_no_warning():
    """FastICA does not converge on normal samples: the objective judges what comes out."""
    white = whiten(np.random.default_rng(6).standard_normal((300, 6)).astype(np.float32))
    filters = ica_start(white, white.x, seed=0)
    np.testing.assert_allclose(filters @ filters.T, np.eye(6), atol=1e-12)
