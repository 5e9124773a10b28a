"""The terms of the loss against their formulas, written out naively."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from symlens.backend import compiled, driver, tensor
from symlens.lens.model.losses import (
    alignment,
    component_variances,
    conditional_uniformity,
    joint_entropy,
    marginal_uniformity,
    mean_of_pairs,
    rank_window,
)

EPS = 1e-7
seeds = st.integers(0, 2**32 - 1)


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


@given(seed=seeds, n=st.integers(2, 9))
@settings(max_examples=20, deadline=None)
def test_alignment_is_minus_the_mean_neighbour_correlation(seed, n):
    y = normal(seed, 40, n)
    rho = np.corrcoef(y.T)
    expected = -sum(rho[i, j] for i in range(n) for j in range(n) if abs(i - j) == 1)
    assert float(alignment(y)) == pytest.approx(expected / (2 * (n - 1)), abs=1e-5)


def test_alignment_of_equal_pixels_is_minus_one_and_signed():
    column = normal(1, 50, 1)
    assert float(alignment(np.repeat(column, 5, axis=1))) == pytest.approx(-1, abs=1e-5)
    signs = np.array([1, -1, 1, -1])
    assert float(alignment(column * signs)) == pytest.approx(1, abs=1e-5)


@given(seed=seeds, n=st.integers(2, 7))
@settings(max_examples=20, deadline=None)
def test_marginal_uniformity(seed, n):
    own, left, right = normal(seed, n), normal(seed + 1, n - 1), normal(seed + 2, n - 1)
    pixels = []
    for i in range(n):
        found = []
        if i > 0:
            found.append(max(0.0, own[i] - left[i - 1]))
        if i < n - 1:
            found.append(max(0.0, own[i] - right[i]))
        pixels.append(sum(found) / (len(found) + EPS))
    assert float(marginal_uniformity(own, left, right)) == pytest.approx(np.mean(pixels), abs=1e-6)


@given(seed=seeds, n=st.integers(2, 6))
@settings(max_examples=20, deadline=None)
def test_conditional_uniformity(seed, n):
    own, left, right = (normal(seed + k, size, size) for k, size in enumerate((n, n - 1, n - 1)))
    pairs = []
    for g in range(n):
        for e in range(n):
            if g == e:
                continue
            found = []
            if g > 0 and e > 0:
                found.append(max(0.0, own[g, e] - left[g - 1, e - 1]))
            if g < n - 1 and e < n - 1:
                found.append(max(0.0, own[g, e] - right[g, e]))
            pairs.append(sum(found) / (len(found) + EPS))
    assert len(pairs) == n * (n - 1)
    found = float(conditional_uniformity(own, left, right))
    assert found == pytest.approx(np.mean(pairs), abs=1e-6)


def test_uniformity_of_identical_estimators_is_zero():
    own = np.full((5, 5), -1.3)
    assert float(conditional_uniformity(own, own[1:, 1:], own[:-1, :-1])) == 0
    assert float(marginal_uniformity(own[0], own[0, 1:], own[0, :-1])) == 0


def test_mean_of_pairs_leaves_the_diagonal_out():
    values = np.array([[100.0, 1.0], [3.0, 100.0]])
    assert float(mean_of_pairs(values)) == pytest.approx(2.0)


@pytest.mark.parametrize("time", [1e-6, 0.26, 0.5, 1.0])
def test_rank_window(time):
    n, gain = 9, 50.0
    expected = [
        1 / (1 + math.exp(min(max(gain * ((r - 1) / (n - 1) - time), -50), 50)))
        for r in range(1, n + 1)
    ]
    found = np.asarray(rank_window(n, ops.convert_to_tensor(np.float32(time)), gain))
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_rank_grows_from_one_half_to_all():
    n = 33
    counted = [
        float(np.sum(rank_window(n, ops.convert_to_tensor(np.float32(time)), 50.0)))
        for time in (0.0, 0.5, 1.0)
    ]
    assert counted[0] < 2
    assert counted[1] == pytest.approx(1 + 0.5 * (n - 1) - 0.5, abs=0.1)
    assert n - 2 < counted[2] < n
    full = rank_window(n, ops.convert_to_tensor(np.float32(1.9)), 50.0)
    np.testing.assert_allclose(np.asarray(full), 1, atol=1e-6)


def test_component_variances_are_the_singular_values_of_the_covariance():
    y = normal(4, 60, 6) * np.array([3, 2, 1, 0.5, 0.2, 0.01])
    centred = y - y.mean(axis=0)
    expected = np.linalg.svd(centred.T @ centred / len(y), compute_uv=False)
    found = np.asarray(component_variances(y.astype(np.float32)))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-6)


def test_joint_entropy_is_a_weighted_mean_over_components():
    variances, window = np.array([2.0, 0.5, 0.0]), np.array([1.0, 0.5, 0.25])
    entropies = [0.5 * (math.log(2 * math.pi * v + EPS) + 1) for v in variances]
    expected = np.dot(window, entropies) / window.sum()
    assert float(joint_entropy(variances, window)) == pytest.approx(expected, rel=1e-5)


def test_joint_entropy_of_white_noise_is_that_of_one_gaussian_pixel():
    y = normal(7, 200_000, 3).astype(np.float32)
    expected = 0.5 * (math.log(2 * math.pi) + 1)
    assert float(joint_entropy(component_variances(y), np.ones(3, np.float32))) == pytest.approx(
        expected, abs=0.01
    )


def test_gradient_of_the_entropy_is_finite_for_equal_eigenvalues():
    """Entropy at full rank is half the log-determinant: its gradient is known in closed form."""
    generator = np.random.default_rng(8)
    left, _, right = np.linalg.svd(generator.normal(size=(40, 4)), full_matrices=False)
    centred = left - left.mean(axis=0)
    q = np.linalg.qr(centred)[0] @ right * math.sqrt(40)  # exactly white: all eigenvalues are 1

    def entropy(matrix, x):
        y = ops.matmul(x, matrix)
        return joint_entropy(component_variances(y), ops.ones(4, dtype=y.dtype))

    matrix = np.eye(4) + 1e-9 * generator.normal(size=(4, 4))
    call = compiled(lambda matrix, x: driver().gradients(entropy, [matrix], [x]))
    value, (gradient,) = call(tensor(matrix), tensor(q))
    assert float(value) == pytest.approx(0.5 * (math.log(2 * math.pi) + 1), abs=1e-6)
    np.testing.assert_allclose(ops.convert_to_numpy(gradient), np.eye(4) / 4, atol=1e-5)
