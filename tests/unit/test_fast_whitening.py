"""Whitening: unit covariance, the same in every basis, finite where there is nothing to whiten."""

import tracemalloc

import numpy as np
import pytest

from symlens.groups import random_orthogonal
from symlens.lens.fast.whitening import BLOCK, covariance_of, in_blocks, whiten

N = 6
SAMPLES = BLOCK + 1_000  # more than one block


@pytest.fixture(scope="module")
def samples():
    """Correlated skewed samples, far from zero, of variances over three decades."""
    rng = np.random.default_rng(0)
    sources = rng.exponential(size=(SAMPLES, N)) * np.logspace(0, 1.5, N)
    return (40 + sources @ random_orthogonal(N, rng)).astype(np.float32)


def test_white_samples_have_no_mean_and_unit_covariance(samples):
    x = whiten(samples).x.astype(np.float64)
    assert x.shape == samples.shape
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(x.T @ x / len(x), np.eye(N), atol=1e-3)


def test_the_samples_are_left_alone(samples):
    kept = samples.copy()
    whiten(samples)
    np.testing.assert_array_equal(samples, kept)


@pytest.mark.parametrize("rows", [1, 7, SAMPLES, 2 * SAMPLES])
def test_blocks_are_all_rows_once_in_order_and_views(samples, rows):
    blocks = list(in_blocks(samples, rows))
    assert all(len(block) <= rows and np.shares_memory(block, samples) for block in blocks)
    np.testing.assert_array_equal(np.concatenate(blocks), samples)


def test_a_covariance_in_blocks_is_that_of_the_whole(samples):
    centred = samples - samples.mean(axis=0) + 1
    expected = np.cov(centred.astype(np.float64).T, bias=True)
    for rows in (100, BLOCK, 2 * SAMPLES):
        found = covariance_of(in_blocks(centred, rows))
        np.testing.assert_allclose(found, expected, atol=1e-5 * expected.max())


def test_memory_is_that_of_one_copy(samples):
    """A million samples shall fit: nothing of their size in double precision, no second copy."""
    many = np.tile(samples, (60, 1))
    tracemalloc.start()
    whiten(many)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * many.nbytes


def test_what_was_taken_out_is_the_covariance(samples):
    white = whiten(samples)
    np.testing.assert_allclose(white.mean, samples.mean(axis=0, dtype=np.float64), rtol=1e-6)
    expected = np.cov(samples.astype(np.float64).T, bias=True)
    np.testing.assert_allclose(
        white.covariance * white.scale**2, expected, atol=1e-4 * expected.max()
    )
    assert np.trace(white.covariance) == pytest.approx(N)
    assert np.all(np.diff(white.powers) <= 0)
    assert white.n_features == N


def test_root_and_precision_invert_the_covariance(samples):
    white = whiten(samples)
    covariance = white.covariance * white.scale**2
    root = white.root_inverse()
    np.testing.assert_allclose(root, root.T, atol=1e-12)
    np.testing.assert_allclose(root @ covariance @ root, np.eye(N), atol=1e-9)
    np.testing.assert_allclose(white.precision @ white.covariance, np.eye(N), atol=1e-9)


def test_whitening_commutes_with_a_change_of_basis(samples):
    """It is the symmetric root (ZCA): ``whiten(x R) = whiten(x) R``, and not another one."""
    rotation = random_orthogonal(N, np.random.default_rng(1))
    white, turned = whiten(samples), whiten((samples @ rotation).astype(np.float32))
    np.testing.assert_allclose(turned.x, white.x @ rotation, atol=5e-3)
    np.testing.assert_allclose(
        turned.covariance, rotation.T @ white.covariance @ rotation, atol=1e-3
    )
    assert turned.scale == pytest.approx(white.scale, rel=1e-5)


def test_units_and_origin_do_not_matter(samples):
    white, other = whiten(samples), whiten(3 * samples - 100)
    np.testing.assert_allclose(other.x, white.x, atol=5e-3)
    np.testing.assert_allclose(other.powers, white.powers, rtol=1e-3)
    assert other.scale == pytest.approx(3 * white.scale, rel=1e-5)


def test_other_samples_are_whitened_alike(samples):
    white = whiten(samples)
    np.testing.assert_allclose(white.apply(samples[:50]), white.x[:50], atol=2e-3)
    assert white.apply(samples[:50]).dtype == white.x.dtype == np.float32


@pytest.mark.parametrize("rank", [1, 3])
def test_directions_without_variance_stay_finite(rank):
    rng = np.random.default_rng(2)
    flat = (rng.standard_normal((500, rank)) @ rng.standard_normal((rank, N))).astype(np.float32)
    white = whiten(flat)
    for array in (white.x, white.powers, white.precision, white.root_inverse()):
        assert np.isfinite(array).all()
    np.testing.assert_allclose(white.modes.T @ white.modes, np.eye(N), atol=1e-12)
    assert white.powers.min() >= 1e-9 * white.powers.max() * (1 - 1e-9)
    # Where there is variance it still becomes one.
    held = white.x @ white.modes[:, :rank]
    np.testing.assert_allclose(held.std(axis=0), 1, atol=1e-3)


def test_fewer_samples_than_features_stay_finite():
    x = np.random.default_rng(3).standard_normal((4, 9)).astype(np.float32)
    assert np.isfinite(whiten(x).x).all()
