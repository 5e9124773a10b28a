"""Samples moved along a one-parameter group, and the gradients of that."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from symlens.baselines.action import RotationAction, SeriesAction
from symlens.baselines.estimate import principal, skew, unit_speed
from symlens.groups import cyclic_log_generator


def matrix(seed, n, *, orthogonal):
    free = np.random.default_rng(seed).standard_normal((n, n))
    return skew(free) if orthogonal else free


def action(log_generator, *, orthogonal):
    return RotationAction(log_generator) if orthogonal else SeriesAction(log_generator)


@pytest.mark.parametrize("orthogonal", [True, False])
@given(seed=st.integers(0, 10_000), n=st.integers(2, 6))
@settings(max_examples=25, deadline=None)
def test_every_sample_moves_by_the_exponential_of_its_own_amount(orthogonal, seed, n):
    rng = np.random.default_rng(seed)
    s = matrix(seed, n, orthogonal=orthogonal)
    x, amounts = rng.standard_normal((4, n)), rng.standard_normal(4)
    expected = np.stack([row @ expm(w * s) for row, w in zip(x, amounts, strict=True)])
    moved = action(s, orthogonal=orthogonal).move(x, amounts)
    assert moved == pytest.approx(expected, rel=1e-8, abs=1e-8 * np.abs(expected).max())


@pytest.mark.parametrize("orthogonal", [True, False])
def test_gradient_is_that_of_finite_differences(orthogonal):
    rng = np.random.default_rng(3)
    n = 4
    s = matrix(1, n, orthogonal=orthogonal)
    x, amounts = rng.standard_normal((5, n)), rng.standard_normal(5)
    upstream = rng.standard_normal((5, n))

    def value(log_generator):
        # The series takes any matrix: also the neighbours of a skew one.
        return float(np.sum(SeriesAction(log_generator).move(x, amounts) * upstream))

    gradient = action(s, orthogonal=orthogonal).gradient(x, amounts, upstream)
    step = 1e-5
    for i in range(n):
        for j in range(n):
            up, down = s.copy(), s.copy()
            up[i, j] += step
            down[i, j] -= step
            assert gradient[i, j] == pytest.approx((value(up) - value(down)) / (2 * step), abs=1e-6)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_both_ways_have_the_same_gradient(seed):
    rng = np.random.default_rng(seed)
    s = matrix(seed, 5, orthogonal=True)
    x, amounts, upstream = rng.standard_normal((6, 5)), rng.standard_normal(6), np.ones((6, 5))
    one = RotationAction(s).gradient(x, amounts, upstream)
    other = SeriesAction(s).gradient(x, amounts, upstream)
    assert one == pytest.approx(other, abs=1e-7)


def test_degenerate_eigenvalues_are_no_trouble():
    """At S = 0 the derivative of x expm(w S) is w x^T."""
    x, amounts, upstream = np.eye(3), np.array([1.0, 2.0, 3.0]), np.arange(9.0).reshape(3, 3)
    expected = (amounts[:, None] * x).T @ upstream
    for kind in (RotationAction, SeriesAction):
        assert kind(np.zeros((3, 3))).gradient(x, amounts, upstream) == pytest.approx(expected)


def test_rotations_keep_norms_and_add_up():
    s = matrix(5, 7, orthogonal=True)
    x = np.random.default_rng(0).standard_normal((3, 7))
    group = RotationAction(s)
    twice = group.move(group.move(x, np.full(3, 0.4)), np.full(3, 1.1))
    assert twice == pytest.approx(group.move(x, np.full(3, 1.5)))
    assert np.linalg.norm(twice, axis=1) == pytest.approx(np.linalg.norm(x, axis=1))


@pytest.mark.parametrize("n", [2, 5, 8])
def test_the_shift_by_a_pixel_has_unit_speed(n):
    ideal = cyclic_log_generator(n)
    assert unit_speed(-0.3 * ideal) == pytest.approx(-ideal)


def test_a_group_that_stands_still_has_no_speed():
    assert unit_speed(np.zeros((3, 3))) == pytest.approx(0)


@given(seed=st.integers(0, 10_000), orthogonal=st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_principal_logarithm_belongs_to_the_same_element(seed, orthogonal):
    s = 4 * matrix(seed, 4, orthogonal=True)
    if not orthogonal:
        basis = np.eye(4) + 0.3 * matrix(seed + 1, 4, orthogonal=False) / 4
        s = np.linalg.solve(basis, s @ basis)
    found = principal(s)
    assert np.abs(np.linalg.eigvals(found).imag).max() <= np.pi + 1e-9
    assert expm(found) == pytest.approx(expm(s), abs=1e-7)


def test_small_logarithms_are_principal_already():
    s = 0.2 * matrix(0, 4, orthogonal=True)
    assert principal(s) == pytest.approx(s)
