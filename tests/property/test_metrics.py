"""Invariances and bounds of the scores, for all sizes and boundaries."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens import metrics
from symlens.groups import cyclic_log_generator, group_action, ideal_generator, random_orthogonal

SIZES = st.integers(3, 12)
SEEDS = st.integers(0, 2**32 - 1)


def matrix(n, seed):
    return np.random.default_rng(seed).standard_normal((n, n))


def basis(n, seed):
    return random_orthogonal(n, np.random.default_rng(seed))


def second_moment(n, seed):
    x = np.random.default_rng(seed).standard_normal((4 * n, n)) @ matrix(n, seed + 1)
    return x.T @ x / len(x)


@given(SIZES, SEEDS)
@settings(max_examples=40, deadline=None)
def test_cosine_is_bounded_symmetric_and_blind_to_scale_and_basis(n, seed):
    a, b, r = matrix(n, seed), matrix(n, seed + 1), basis(n, seed + 2)
    cosine = metrics.frobenius_cosine(a, b)
    assert -1 <= cosine <= 1
    assert np.isclose(cosine, metrics.frobenius_cosine(b, 3.0 * a))
    assert np.isclose(cosine, metrics.frobenius_cosine(r.T @ a @ r, r.T @ b @ r))


@given(SIZES, SEEDS, st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_generator_and_its_inverse_score_alike(n, seed, cyclic):
    ideal = ideal_generator(basis(n, seed), cyclic=cyclic)
    learned = basis(n, seed + 1)
    score = metrics.generator_cosine(learned, ideal)
    assert np.isclose(score, metrics.generator_cosine(learned.T, ideal))
    assert np.isclose(score, metrics.generator_cosine(ideal, learned))
    assert np.isclose(metrics.generator_cosine(ideal.T, ideal), 1)
    assert metrics.is_inverted(learned, ideal) != metrics.is_inverted(learned.T, ideal)


@given(SIZES, SEEDS, st.booleans(), st.booleans(), st.integers(0, 11), st.booleans())
@settings(max_examples=60, deadline=None)
def test_columns_are_aligned_through_sign_reversal_and_rolls(
    n, seed, cyclic, negative, roll, backwards
):
    ideal = basis(n, seed)
    learned = ideal[:, ::-1] if backwards else ideal
    learned = np.roll(learned, roll, axis=1) if cyclic else learned
    learned = -learned if negative else learned
    alignment = metrics.align_columns(learned, ideal, cyclic=cyclic)
    assert np.isclose(alignment.cosine, 1)
    np.testing.assert_allclose(alignment.apply(learned), ideal, atol=1e-12)


@given(SIZES, SEEDS, st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_cosine_of_an_alignment_is_that_of_the_aligned_matrix(n, seed, cyclic):
    learned, ideal = matrix(n, seed), matrix(n, seed + 1)
    alignment = metrics.align_columns(learned, ideal, cyclic=cyclic)
    aligned = metrics.frobenius_cosine(alignment.apply(learned), ideal)
    assert np.isclose(alignment.cosine, aligned)
    assert alignment.cosine >= abs(metrics.frobenius_cosine(learned, ideal)) - 1e-12


@given(SIZES, SEEDS, st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_ideal_transform_is_equivariant_in_every_basis(n, seed, cyclic):
    r = basis(n, seed)
    ideal, moment = ideal_generator(r, cyclic=cyclic), second_moment(n, seed)
    for transform in (r.T, -r.T, r.T[:, ::-1], 2.5 * r.T):
        assert metrics.equivariance_error(moment, transform, ideal, cyclic=cyclic) < 1e-6


@given(SIZES, SEEDS, st.booleans(), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_the_equivariance_error_is_blind_to_what_data_cannot_fix(n, seed, cyclic, roll):
    ideal, moment = ideal_generator(basis(n, seed), cyclic=cyclic), second_moment(n, seed)
    learned = matrix(n, seed + 3)
    error = metrics.equivariance_error(moment, learned, ideal, cyclic=cyclic)
    assert error > 0
    for same in (-learned, learned[:, ::-1], 0.1 * learned):
        assert np.isclose(metrics.equivariance_error(moment, same, ideal, cyclic=cyclic), error)
    if cyclic and n % 2:
        rolled = np.roll(learned, roll, axis=1)
        assert np.isclose(metrics.equivariance_error(moment, rolled, ideal, cyclic=True), error)


@given(SIZES, SEEDS, st.floats(-1, 1))
@settings(max_examples=40, deadline=None)
def test_eigenphases_of_another_time_are_multiples_modulo_inverse(n, seed, t):
    r = basis(n, seed)
    skew = r.T @ cyclic_log_generator(n) @ r
    ideal = metrics.modes(group_action(skew, 1.0))
    found = metrics.eigenphases(group_action(skew, t), ideal)
    np.testing.assert_allclose(found.magnitude, 1, atol=1e-9)
    np.testing.assert_allclose(found.learned, abs(t) * found.ideal, atol=1e-6)
    assert np.isclose(found.error, (1 - abs(t)) * np.sqrt(np.mean(ideal.phases**2)), atol=1e-6)


@given(SIZES, SEEDS)
@settings(max_examples=40, deadline=None)
def test_modes_diagonalise_the_action_with_orthonormal_vectors(n, seed):
    action = basis(n, seed)
    found = metrics.modes(action)
    np.testing.assert_allclose(found.vectors.conj().T @ found.vectors, np.eye(n), atol=1e-9)
    turned = found.vectors * np.exp(1j * found.phases)
    np.testing.assert_allclose(action @ found.vectors, turned, atol=1e-9)
    assert np.all(np.diff(found.phases) >= 0)


@given(SIZES, SEEDS, st.integers(0, 11), st.booleans())
@settings(max_examples=40, deadline=None)
def test_locality_is_blind_to_sign_scale_reversal_and_rolls_on_a_ring(n, seed, roll, cyclic):
    f = np.random.default_rng(seed).standard_normal(n)
    spread = metrics.participation(f)
    assert 1 <= spread <= n
    assert np.isclose(metrics.participation(-2 * np.roll(f, roll)), spread)
    width = metrics.rms_width(f, cyclic=cyclic)
    assert 0 <= width <= n / 2
    moved = -3 * (np.roll(f, roll) if cyclic else f)[::-1]
    assert np.isclose(metrics.rms_width(moved, cyclic=cyclic), width)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), SEEDS)
@settings(max_examples=40, deadline=None)
def test_commutant_draws_are_orthogonal_and_preserve_the_covariance(sizes, seed):
    n, rng = sum(sizes), np.random.default_rng(seed)
    vectors = random_orthogonal(n, rng)
    edges = np.concatenate([[0], np.cumsum(sizes)])
    groups = [slice(a, b) for a, b in pairwise(edges)]
    values = np.repeat(np.arange(len(sizes), 0, -1.0), sizes)
    covariance = (vectors * values) @ vectors.T
    for draw in metrics.commutant_orthogonal(vectors, groups, 5, rng):
        np.testing.assert_allclose(draw @ draw.T, np.eye(n), atol=1e-9)
        np.testing.assert_allclose(draw @ covariance, covariance @ draw, atol=1e-9)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8), SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_bootstrap_interval_lies_within_the_values_and_is_reproducible(values, seed):
    drawn = np.array(values)
    low, high = metrics.bootstrap_interval(drawn, np.random.default_rng(seed))
    assert drawn.min() <= low <= high <= drawn.max()
    assert (low, high) == metrics.bootstrap_interval(drawn, np.random.default_rng(seed))
