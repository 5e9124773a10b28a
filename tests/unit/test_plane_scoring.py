"""Scores of two generators: what is not scored, and what chance reaches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens.groups import random_orthogonal
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.scoring import commutator, cross_commutator, floors, matched

GRID = Grid(3, 4)
IDEAL = GRID.shifts()


@given(swap=st.booleans(), down=st.booleans(), right=st.booleans())
def test_order_and_directions_do_not_count(swap, down, right):
    learned = [IDEAL[0].T if down else IDEAL[0], IDEAL[1].T if right else IDEAL[1]]
    pair = np.stack(learned[::-1] if swap else learned)
    cosines, order = matched(pair, IDEAL)
    assert cosines == pytest.approx((1.0, 1.0))
    assert order == ((1, 0) if swap else (0, 1))


def test_the_order_is_the_one_whose_smaller_cosine_is_larger():
    pair = np.stack([0.6 * IDEAL[0] + 0.5 * IDEAL[1], IDEAL[0]])
    cosines, order = matched(pair, IDEAL)
    assert order == (1, 0)
    assert cosines[0] == pytest.approx(1.0)
    assert cosines[1] < 0.8


def test_a_generator_twice_is_not_two():
    assert min(matched(np.stack([IDEAL[0], IDEAL[0]]), IDEAL)[0]) == pytest.approx(0.0)


@settings(max_examples=20)
@given(seed=st.integers(0, 1000))
def test_commutators_do_not_depend_on_the_basis(seed):
    rng = np.random.default_rng(seed)
    one, other = rng.standard_normal((2, 5, 5))
    turn = random_orthogonal(5, rng)
    value = commutator(one, other)
    assert 0 <= value <= 1
    assert commutator(turn.T @ one @ turn, turn.T @ other @ turn) == pytest.approx(value)
    assert commutator(one, one @ one) == pytest.approx(0.0, abs=1e-12)


def test_shifts_commute_and_wrong_answers_do_not_with_the_ideal_ones():
    assert commutator(*IDEAL) == 0.0
    assert cross_commutator(IDEAL[::-1], IDEAL) == 0.0
    turn = random_orthogonal(GRID.n, np.random.default_rng(0))
    wrong = turn.T @ IDEAL @ turn
    assert commutator(*wrong) == pytest.approx(0.0, abs=1e-12)
    assert cross_commutator(wrong, IDEAL) > 0.3


def test_chance_is_far_from_one_and_better_with_the_right_covariance():
    rng = np.random.default_rng(1)
    rows, columns = np.divmod(np.arange(GRID.n), GRID.width)
    distance = np.abs(rows[:, None] - rows) + 0.6 * np.abs(columns[:, None] - columns)
    root = np.linalg.cholesky(np.exp(-0.5 * distance))
    basis = random_orthogonal(GRID.n, rng)
    samples = rng.standard_normal((20_000, GRID.n)) @ root.T @ basis
    anything, preserving = floors(basis, GRID, samples)
    assert 0 < anything < preserving < 0.8
