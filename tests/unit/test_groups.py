"""Group families against their definitions, written out entry by entry."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.fft import dst
from scipy.linalg import expm

from symlens import groups

ODD_AND_EVEN = pytest.mark.parametrize("n", [3, 4, 7, 8, 33])


@ODD_AND_EVEN
def test_a_shift_moves_every_pixel_to_the_right(n):
    x = np.arange(1.0, n + 1)
    assert np.array_equal(x @ groups.shift(n, cyclic=False), np.r_[0, x[:-1]])
    assert np.array_equal(x @ groups.shift(n, cyclic=True), np.roll(x, 1))


@ODD_AND_EVEN
def test_the_fourier_basis_is_orthonormal_and_the_shift_turns_its_planes(n):
    basis, phases = groups.fourier_basis(n)
    np.testing.assert_allclose(basis @ basis.T, np.eye(n), atol=1e-13)
    assert phases.shape == (n // 2,)
    assert np.all((phases > 0) & (phases < np.pi))


def test_the_logarithm_of_the_cyclic_shift_gives_it_back_for_odd_n():
    for n in (3, 7, 33):
        generator = groups.group_action(groups.cyclic_log_generator(n), 1.0)
        np.testing.assert_allclose(generator, groups.shift(n, cyclic=True), atol=1e-13)


def test_for_even_n_what_comes_round_changes_sign():
    # The cyclic shift of an even ring is a reflection (determinant -1) without a real logarithm.
    for n in (4, 8, 32):
        expected = groups.shift(n, cyclic=True)
        expected[n - 1, 0] = -1.0
        generator = groups.group_action(groups.cyclic_log_generator(n), 1.0)
        np.testing.assert_allclose(generator, expected, atol=1e-13)


@ODD_AND_EVEN
def test_the_group_action_is_the_matrix_exponential(n):
    skew = np.random.default_rng(n).standard_normal((n, n))
    skew = skew - skew.T
    np.testing.assert_allclose(groups.group_action(skew, 0.37), expm(0.37 * skew), atol=1e-12)


def test_the_central_block_is_cut_from_the_middle():
    matrix = np.arange(81).reshape(9, 9)
    assert np.array_equal(groups.central_block(matrix, 3), matrix[3:6, 3:6])
    assert np.array_equal(groups.central_block(matrix, 9), matrix)


def test_the_orthogonal_factor_of_a_stretched_rotation_is_the_rotation():
    rng = np.random.default_rng(0)
    rotation = groups.random_orthogonal(6, rng)
    half = rng.standard_normal((6, 6))
    stretch = half @ half.T + np.eye(6)
    np.testing.assert_allclose(groups.orthogonal_factor(rotation @ stretch), rotation, atol=1e-12)


def test_a_permutation_sends_input_i_to_output_perm_i():
    perm = np.random.default_rng(5).permutation(9)
    matrix = groups.permutation(9, np.random.default_rng(5))
    x = np.random.default_rng(1).standard_normal(9)
    assert np.array_equal((x @ matrix)[perm], x)


@ODD_AND_EVEN
def test_the_sine_transform_is_the_orthonormal_dst_of_type_one(n):
    matrix = groups.sine_transform(n)
    x = np.random.default_rng(n).standard_normal((4, n))
    np.testing.assert_allclose(x @ matrix, dst(x, type=1, norm="ortho"), atol=1e-13)
    assert np.array_equal(matrix, matrix.T)


def test_random_orthogonal_matrices_follow_the_law_of_haar():
    rng = np.random.default_rng(3)
    drawn = np.stack([groups.random_orthogonal(4, rng) for _ in range(4000)])
    # Haar: E[Q] = 0, E[Q_ij^2] = 1/n, E[Q_ij^4] = 3 / (n (n + 2)), both determinants as likely.
    assert np.abs(drawn.mean(axis=0)).max() < 5 * np.sqrt(1 / 4 / 4000)
    assert np.abs((drawn**2).mean(axis=0) - 1 / 4).max() < 5 * np.sqrt(1 / 16 / 4000)
    assert np.abs((drawn**4).mean(axis=0) - 3 / 24).max() < 5 * 0.2 / np.sqrt(4000)
    assert abs(np.mean(np.linalg.det(drawn))) < 5 / np.sqrt(4000)


def test_the_same_seed_gives_the_same_basis_and_another_another():
    first = groups.representation("random_basis", 7, seed=1)
    assert np.array_equal(first, groups.representation("random_basis", 7, seed=1))
    assert not np.allclose(first, groups.representation("random_basis", 7, seed=2))
    assert np.array_equal(groups.representation("translation", 5, seed=9), np.eye(5))


def test_plain_translation_is_the_dispersed_one_of_velocity_one():
    np.testing.assert_allclose(groups.dispersed_phases(9, [1.0]), groups.fourier_basis(9)[1])
    np.testing.assert_allclose(
        groups.dispersed_phases(9, [2.0]), groups.fourier_basis(9)[1] / 2, rtol=1e-14
    )


def test_dispersed_phases_follow_the_velocity_polynomial():
    n, c = 7, (1.0, 0.5, -0.25)
    expected = []
    for k in (1, 2, 3):
        f, nyquist = k / n, 0.5
        u = c[0] + c[1] * (f / nyquist) + c[2] * (f / nyquist) ** 2
        expected.append(2 * np.pi * k / (n * u))
    np.testing.assert_allclose(groups.dispersed_phases(n, c), expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("n", "coefficients", "message"),
    [(8, [1.0], "odd number"), (9, [1.0, -2.0], "must be positive")],
)
def test_dispersed_phases_refuse_what_cannot_turn(n, coefficients, message):
    with pytest.raises(ValueError, match=message):
        groups.dispersed_phases(n, coefficients)
