"""Waves of a window: those of a Toeplitz matrix, and walks that unmix the modes of a covariance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import toeplitz

from symlens.lens.fast.stationarity import cosine_basis
from symlens.lens.fast.waves import walk, window_waves

N = 9


def position(n):
    """The cosine of position, of unit norm, between waves in the order of frequency."""
    waves = cosine_basis(n)
    operator = (waves * np.cos(np.pi * (np.arange(n) + 0.5) / n)) @ waves.T
    return operator / np.linalg.norm(operator)


def as_one(found, hidden):
    """Overlaps of waves with hidden ones, up to the sign of all and a reflection of the window."""
    overlaps = np.sum(found * hidden, axis=1)
    mirrored = overlaps * (-1.0) ** np.arange(len(overlaps))
    return max((overlaps, -overlaps, mirrored, -mirrored), key=np.sum)


def test_waves_of_a_toeplitz_matrix_are_its_eigenvectors():
    kernel = 0.6 ** np.arange(N)
    powers = np.linalg.eigvalsh(toeplitz(kernel))[::-1]
    waves = window_waves(powers)
    np.testing.assert_allclose(waves.T @ waves, np.eye(N), atol=1e-12)
    rebuilt = (waves * powers) @ waves.T
    np.testing.assert_allclose(rebuilt, toeplitz(rebuilt[0]), atol=1e-3)
    assert np.all(np.abs(np.sum(waves * cosine_basis(N).T, axis=0)) > 0.8)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_walk_finds_order_and_signs_of_waves(seed):
    """Frequencies other than the lowest stand in any order, with any signs, and none are mixed."""
    rng = np.random.default_rng(seed)
    order = np.concatenate([[0], 1 + rng.permutation(N - 1)])
    hidden = np.eye(N)[:, order] * rng.choice([-1.0, 1.0], N)  # a wave in every row, between modes
    powers = 0.5 ** np.arange(N)
    found = walk(hidden.T @ position(N) @ hidden, powers, 0.1)
    np.testing.assert_allclose(as_one(found, hidden), 1, atol=1e-9)


def test_a_walk_unmixes_waves_of_like_power():
    n, one, other, angle = 12, 3, 8, 0.7
    hidden = np.eye(n)
    hidden[[one, one, other, other], [one, other, one, other]] = [
        np.cos(angle),
        -np.sin(angle),
        np.sin(angle),
        np.cos(angle),
    ]
    powers = 0.5 ** np.arange(n)
    powers[other] = 0.98 * powers[one]
    operator = hidden.T @ position(n) @ hidden
    noise = np.random.default_rng(5).standard_normal((n, n)) * 0.01
    found = walk(operator + noise + noise.T, powers, 0.35)
    assert as_one(np.eye(n), hidden).min() < np.cos(angle) + 1e-9
    assert as_one(found, hidden).min() > 0.97


def test_powers_keep_a_walk_on_its_way_where_noise_would_lead_it_astray():
    n = 25
    noise = np.random.default_rng(6).standard_normal((n, n)) * 0.02
    operator = position(n) + noise + noise.T
    powers = 0.5 ** np.arange(n)
    guided, blind = (as_one(walk(operator, powers, width), np.eye(n)) for width in (0.35, 1e9))
    assert guided.min() > 0.95
    assert blind.min() < 0.7


@given(n=st.integers(1, 8), seed=st.integers(0, 99), rank=st.integers(0, 8))
def test_whatever_the_operator_a_walk_gives_a_basis(n, seed, rank):
    """Also where it leads nowhere, as an operator of low rank soon does."""
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((n, min(rank, n)))
    found = walk(vectors @ vectors.T, np.sort(rng.random(n))[::-1], 0.35)
    np.testing.assert_allclose(found @ found.T, np.eye(n), atol=1e-6)
