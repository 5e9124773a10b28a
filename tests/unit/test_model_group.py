"""The group action: exponential, orbits, moved filters and their symmetries."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from symlens.backend import compiled, driver, tensor
from symlens.groups import cyclic_log_generator, group_action, shift
from symlens.lens.model.group import (
    PHASE_LIMIT,
    GroupConvolution,
    embedding_size,
    exponential,
    moved_filters,
    orbit,
    skew,
)


def random_skew(seed, n, phase):
    """Skew matrix whose largest phase is given, in radians."""
    matrix = np.random.default_rng(seed).normal(size=(n, n))
    matrix = matrix - matrix.T
    return matrix * phase / np.linalg.norm(matrix, 2)


@given(seed=st.integers(0, 2**32 - 1), phase=st.floats(0, PHASE_LIMIT))
@settings(max_examples=25, deadline=None)
def test_half_steps_compose_to_the_exponential(seed, phase):
    matrix = random_skew(seed, 9, phase)
    half = ops.convert_to_numpy(exponential(ops.convert_to_tensor(matrix / 2)))
    np.testing.assert_allclose(half @ half, scipy.linalg.expm(matrix), atol=3e-6)


@pytest.mark.parametrize("phase", [1e-3, 1.0, np.pi])
def test_exponential_in_single_precision_is_orthogonal(phase):
    matrix = random_skew(3, 21, phase).astype(np.float32)
    found = ops.convert_to_numpy(exponential(ops.convert_to_tensor(matrix)))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found @ found.T, np.eye(21), atol=5e-6)


def test_gradient_of_the_exponential_near_the_identity():
    """Where the eigenvalues are nearly equal; against central differences in double precision."""
    a = random_skew(4, 5, 1e-3)
    weights, direction = random_skew(5, 5, 2.0) + 1, random_skew(6, 5, 1.0)
    call = compiled(
        lambda a, w: driver().gradients(lambda a: ops.sum(w * exponential(a)), [a], [])[1][0]
    )
    gradient = ops.convert_to_numpy(call(tensor(a), tensor(weights)))
    h = 1e-5
    forward, backward = (
        np.sum(weights * scipy.linalg.expm(a + sign * h * direction)) for sign in (1, -1)
    )
    assert np.sum(gradient * direction) == pytest.approx((forward - backward) / (2 * h), rel=1e-6)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 17])
def test_orbit_is_the_repeated_product(count):
    element = group_action(random_skew(7, 6, 2.0), 1.0)
    row = np.random.default_rng(8).normal(size=(1, 6))
    expected = [row[0]]
    for _ in range(count - 1):
        expected.append(expected[-1] @ element)
    found = orbit(ops.convert_to_tensor(row), ops.convert_to_tensor(element), count)
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, atol=1e-6)


@pytest.mark.parametrize("cyclic", [True, False])
@pytest.mark.parametrize("n", [2, 3, 4, 7, 8])
def test_moved_filters_are_powers_of_the_group(n, cyclic):
    size = embedding_size(n, cyclic=cyclic)
    pad = (size - n) // 2
    matrix = random_skew(9, size, 2.5)
    resolving = np.random.default_rng(10).normal(size=n)
    found = moved_filters(ops.convert_to_tensor(resolving), ops.convert_to_tensor(matrix))
    for j in range(n):
        moved = np.pad(resolving, pad) @ group_action(matrix, j - (n - 1) / 2)
        np.testing.assert_allclose(ops.convert_to_numpy(found)[j], moved[pad : pad + n], atol=1e-5)


@pytest.mark.parametrize("n", [5, 7])
def test_the_ideal_cyclic_solution_is_the_identity(n):
    log_generator = cyclic_log_generator(n)
    centre = np.eye(n)[n // 2]
    forward = moved_filters(ops.convert_to_tensor(centre), ops.convert_to_tensor(log_generator))
    backward = moved_filters(ops.convert_to_tensor(centre), ops.convert_to_tensor(-log_generator))
    np.testing.assert_allclose(ops.convert_to_numpy(forward), np.eye(n), atol=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(backward), np.eye(n)[::-1], atol=1e-5)


def with_weights(n, *, cyclic, log_generator, resolving):
    layer = GroupConvolution(n, cyclic=cyclic, seed=0)
    layer.set_weights([log_generator, resolving])
    return layer


def test_moving_the_data_moves_the_canonical_representation():
    """``y_j(x G) = y_{j-1}(x)`` for any generator and any filter."""
    n = 7
    log_generator = random_skew(11, n, 2.0)
    generator = np.random.default_rng(12)
    x, resolving = generator.normal(size=(5, n)), generator.normal(size=n)
    layer = with_weights(n, cyclic=True, log_generator=log_generator, resolving=resolving)
    silence = np.zeros(n, np.float32)
    y = ops.convert_to_numpy(layer(x.astype(np.float32), silence))
    moved = (x @ group_action(log_generator, 1.0)).astype(np.float32)
    y_moved = ops.convert_to_numpy(layer(moved, silence))
    np.testing.assert_allclose(y_moved[:, 1:], y[:, :-1], atol=1e-5)


def test_window_shift_moves_what_stays_inside():
    n = 5
    layer = with_weights(
        n, cyclic=False, log_generator=cyclic_log_generator(3 * n), resolving=np.eye(n)[2]
    )
    x = np.random.default_rng(13).normal(size=(4, n)).astype(np.float32)
    silence = np.zeros(n, np.float32)
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x, silence)), x, atol=1e-5)
    moved = ops.convert_to_numpy(layer(x @ shift(n, cyclic=False).astype(np.float32), silence))
    np.testing.assert_allclose(moved[:, 1:], x[:, :-1], atol=1e-5)


def test_the_filter_is_normalised_and_its_noise_is_added_before():
    n, x = 5, np.eye(5, dtype=np.float32)
    generator = np.random.default_rng(14)
    resolving, noise = generator.normal(size=n), generator.normal(size=n)
    still = np.zeros((n, n))
    layer = with_weights(n, cyclic=True, log_generator=still, resolving=resolving)
    noisy = ops.convert_to_numpy(layer(x, noise.astype(np.float32)))
    expected = (resolving + noise) / np.linalg.norm(resolving + noise)
    np.testing.assert_allclose(noisy, np.repeat(expected[:, None], n, axis=1), atol=1e-5)


def test_skew_part():
    matrix = np.random.default_rng(15).normal(size=(4, 4))
    found = ops.convert_to_numpy(skew(ops.convert_to_tensor(matrix)))
    np.testing.assert_allclose(found, -found.T)
    np.testing.assert_allclose(found, (matrix - matrix.T) / 2)


def test_initial_weights():
    layer = GroupConvolution(20, cyclic=False, seed=3)
    parameters, resolving = layer.get_weights()
    assert parameters.shape == (60, 60)
    assert parameters.std() == pytest.approx(1e-3, rel=0.05)
    assert (resolving == 0).all()
