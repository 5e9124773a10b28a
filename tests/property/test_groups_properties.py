"""What every group family obeys, for any size and seed."""

from __future__ import annotations

from typing import get_args

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symlens import groups

sizes = st.integers(3, 24)
seeds = st.integers(0, 2**63 - 1)
bases = st.sampled_from(get_args(groups.Basis))
reals = st.floats(-50, 50)


@given(bases, sizes, seeds)
def test_every_representation_is_orthogonal(basis, n, seed):
    matrix = groups.representation(basis, n, seed)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(n), atol=1e-12)


@given(bases, sizes, seeds, st.booleans())
def test_the_ideal_generator_shifts_the_natural_sample_behind_an_observed_one(
    basis, n, seed, cyclic
):
    matrix = groups.representation(basis, n, seed)
    natural = np.random.default_rng(seed).standard_normal((3, n))
    moved = natural @ matrix @ groups.ideal_generator(matrix, cyclic=cyclic)
    shifted = natural @ groups.shift(n, cyclic=cyclic)
    np.testing.assert_allclose(moved @ matrix.T, shifted, atol=1e-12)


@given(bases, sizes, seeds)
def test_a_cyclic_generator_comes_back_after_n_steps(basis, n, seed):
    generator = groups.ideal_generator(groups.representation(basis, n, seed), cyclic=True)
    np.testing.assert_allclose(np.linalg.matrix_power(generator, n), np.eye(n), atol=1e-11)


@given(sizes, reals, reals)
def test_the_group_law_holds_for_real_parameters(n, s, t):
    skew = groups.cyclic_log_generator(n)
    product = groups.group_action(skew, s) @ groups.group_action(skew, t)
    np.testing.assert_allclose(product, groups.group_action(skew, s + t), atol=1e-10)


@given(st.integers(1, 12).map(lambda k: 2 * k + 1), st.floats(0.2, 3), st.floats(0, 3), reals)
def test_a_dispersed_translation_moves_every_frequency_by_its_own_phase(n, c0, c1, t):
    phases = groups.dispersed_phases(n, [c0, c1])
    action = groups.group_action(groups.plane_log_generator(n, phases), t)
    x = np.random.default_rng(n).standard_normal(n)
    turned = np.fft.rfft(x) * np.exp(-1j * t * np.r_[0, phases])
    np.testing.assert_allclose(x @ action, np.fft.irfft(turned, n), atol=1e-10)
