"""Scores that forgive the power of a generator or its speed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens.groups import cyclic_log_generator, group_action, shift
from symlens.metrics import (
    algebra_cosine,
    generator_cosine,
    power_cosine,
    principal_log,
    random_orthogonal,
    random_rotations,
)


@pytest.mark.parametrize("n", [2, 3, 8, 9])
def test_the_logarithm_of_the_shift_is_that_of_its_planes(n):
    ideal = cyclic_log_generator(n)
    assert principal_log(group_action(ideal, 1.0)) == pytest.approx(ideal, abs=1e-9)


@given(seed=st.integers(0, 10_000), n=st.integers(2, 7))
@settings(max_examples=30, deadline=None)
def test_a_rotation_is_the_exponential_of_its_logarithm(seed, n):
    rotation = random_rotations(n, 1, np.random.default_rng(seed))[0]
    logarithm = principal_log(rotation)
    assert logarithm == pytest.approx(-logarithm.T)
    assert group_action(logarithm, 1.0) == pytest.approx(rotation, abs=1e-7)


def test_a_reflection_counts_as_what_it_does_beside_reflecting():
    assert principal_log(np.diag([1.0, -1.0])) == pytest.approx(np.zeros((2, 2)))


@given(seed=st.integers(0, 10_000), t=st.floats(-3, 3).filter(lambda t: abs(t) > 0.1))
@settings(max_examples=30, deadline=None)
def test_neither_speed_nor_direction_changes_a_line_of_the_algebra(seed, t):
    a, b = np.random.default_rng(seed).standard_normal((2, 4, 4))
    assert algebra_cosine(t * a, b) == pytest.approx(algebra_cosine(a, b))
    assert algebra_cosine(t * a, a) == pytest.approx(1)
    assert algebra_cosine(np.zeros((4, 4)), b) == 0


@pytest.mark.parametrize("k", [1, 2, 3, -2])
@pytest.mark.parametrize("cyclic", [True, False])
def test_any_power_is_as_good_as_the_generator(k, cyclic):
    ideal = shift(7, cyclic=cyclic)
    power = np.linalg.matrix_power(ideal if k > 0 else ideal.T, abs(k))
    assert power_cosine(power, ideal) == pytest.approx(1)
    if abs(k) > 1:
        assert generator_cosine(power, ideal) == pytest.approx(0)


def test_standing_still_is_no_power():
    assert power_cosine(np.eye(7), shift(7, cyclic=True)) == pytest.approx(0)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_the_best_power_is_never_worse_than_the_generator(seed):
    learned = random_orthogonal(6, 1, np.random.default_rng(seed))[0]
    ideal = shift(6, cyclic=True)
    assert power_cosine(learned, ideal) >= generator_cosine(learned, ideal)


def test_a_group_that_is_not_orthogonal_acts_by_its_exponential():
    shear = np.array([[0.0, 1.0], [0.0, 0.0]])
    assert group_action(shear, 2.5) == pytest.approx(np.array([[1, 2.5], [0, 1]]))
