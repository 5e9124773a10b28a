"""The learned symmetry: a group acts, a transform that shows it, and the way back."""

from __future__ import annotations

import numpy as np
import pytest

from symlens.groups import (
    cyclic_log_generator,
    group_action,
    ideal_generator,
    orthogonal_factor,
    random_orthogonal,
    shift,
)
from symlens.lens.symmetry import LearnedSymmetry

TIMES = [(0.3, 1.7), (-2.25, 0.5), (4.0, -11.0), (0.0, 3.3)]
CASES = pytest.mark.parametrize(
    ("n", "cyclic"), [(7, True), (8, True), (7, False), (8, False), (33, False), (12, True)]
)


def perfect(n: int, *, cyclic: bool, seed: int = 0) -> LearnedSymmetry:
    """The ideal answer for data seen through a random basis."""
    rng = np.random.default_rng(seed)
    basis = random_orthogonal(n, rng)
    if cyclic:
        log = basis.T @ cyclic_log_generator(n) @ basis
    else:
        embedding = np.eye(3 * n)
        embedding[n : 2 * n, n : 2 * n] = basis
        log = embedding.T @ cyclic_log_generator(3 * n) @ embedding
    return LearnedSymmetry(
        log_generator=log,
        group_convolution=basis.T,
        filter=basis.T[:, n // 2],
        mean=rng.standard_normal(n),
        scale=1.7,
        cyclic=cyclic,
    )


def imperfect(n: int, *, cyclic: bool) -> LearnedSymmetry:
    """As a training leaves it: a skew matrix near the ideal, columns not quite orthonormal."""
    ideal = perfect(n, cyclic=cyclic)
    rng = np.random.default_rng(1)
    error = 0.1 * rng.standard_normal(ideal.log_generator.shape)
    return LearnedSymmetry(
        log_generator=ideal.log_generator + error - error.T,
        group_convolution=ideal.group_convolution + 0.1 * rng.standard_normal((n, n)),
        filter=ideal.filter,
        mean=ideal.mean,
        scale=ideal.scale,
        cyclic=cyclic,
    )


def samples(n: int) -> np.ndarray:
    return 3 * np.random.default_rng(2).standard_normal((20, n)) + 1


@CASES
@pytest.mark.parametrize("make", [perfect, imperfect])
@pytest.mark.parametrize(("s", "t"), TIMES)
def test_acting_twice_is_acting_by_the_sum(make, n, cyclic, s, t):
    symmetry, x = make(n, cyclic=cyclic), samples(n)
    twice = symmetry.act(symmetry.act(x, s), t)
    np.testing.assert_allclose(twice, symmetry.act(x, s + t), atol=1e-10)
    np.testing.assert_allclose(symmetry.act(symmetry.act(x, t), -t), x, atol=1e-10)


@CASES
@pytest.mark.parametrize("make", [perfect, imperfect])
def test_acting_leaves_the_mean_and_keeps_distances(make, n, cyclic):
    symmetry, x = make(n, cyclic=cyclic), samples(n)
    np.testing.assert_allclose(symmetry.act(symmetry.mean[None], 1.3)[0], symmetry.mean)
    before = np.linalg.norm(x - symmetry.mean, axis=1)
    after = np.linalg.norm(symmetry.act(x, 1.3) - symmetry.mean, axis=1)
    np.testing.assert_allclose(after, before, rtol=1e-12)
    np.testing.assert_allclose(symmetry.act(x, 0.0), x, atol=1e-12)


@CASES
@pytest.mark.parametrize("make", [perfect, imperfect])
def test_the_transform_is_undone_by_its_inverse(make, n, cyclic):
    symmetry, x = make(n, cyclic=cyclic), samples(n)
    y = symmetry.transform(x)
    np.testing.assert_allclose(symmetry.inverse_transform(y), x, atol=1e-10)
    np.testing.assert_allclose(symmetry.transform(symmetry.inverse_transform(y)), y, atol=1e-10)


@CASES
def test_acting_by_whole_steps_shifts_the_canonical_pixels(n, cyclic):
    symmetry, x = perfect(n, cyclic=cyclic), samples(n)
    y = symmetry.transform(x)
    for step in (-2, 1, 3):
        moved = np.roll(y, step, axis=1)
        if n % 2 == 0:
            # An even ring closes with a change of sign.
            moved[:, :step] *= -1 if step > 0 else 1
            moved[:, n + min(step, 0) :] *= -1
        np.testing.assert_allclose(symmetry.transform(symmetry.act(x, step)), moved, atol=1e-10)


@CASES
def test_acting_by_part_of_a_step_acts_alike_on_the_canonical_pixels(n, cyclic):
    symmetry, x = perfect(n, cyclic=cyclic), samples(n)
    expected = symmetry.transform(x) @ group_action(cyclic_log_generator(n), 0.4)
    np.testing.assert_allclose(symmetry.transform(symmetry.act(x, 0.4)), expected, atol=1e-10)


@pytest.mark.parametrize("n", [7, 8])
def test_the_generator_of_a_window_is_the_central_block(n):
    symmetry = perfect(n, cyclic=False)
    assert symmetry.embedded_generator.shape == (3 * n, 3 * n)
    expected = ideal_generator(symmetry.group_convolution.T, cyclic=False)
    np.testing.assert_allclose(symmetry.generator, expected, atol=1e-12)


def test_the_generator_of_an_odd_ring_is_the_ideal_one_and_acts_by_one_step():
    symmetry, x = perfect(7, cyclic=True), samples(7)
    expected = ideal_generator(symmetry.group_convolution.T, cyclic=True)
    np.testing.assert_allclose(symmetry.generator, expected, atol=1e-12)
    moved = (x - symmetry.mean) @ symmetry.generator + symmetry.mean
    np.testing.assert_allclose(symmetry.act(x, 1.0), moved, atol=1e-12)
    assert symmetry.n_features == 7


def test_a_window_acts_through_the_nearest_orthogonal_columns():
    symmetry = imperfect(8, cyclic=False)
    columns = orthogonal_factor(symmetry.group_convolution)
    inside = columns.T @ group_action(symmetry.action_log_generator, 1.0) @ columns
    np.testing.assert_allclose(inside[:-1], shift(8, cyclic=False)[:-1], atol=1e-12)


def test_one_sample_is_treated_as_it_is_among_many():
    symmetry, x = imperfect(7, cyclic=False), samples(7)
    np.testing.assert_allclose(symmetry.transform(x)[3:4], symmetry.transform(x[3:4]), atol=1e-13)
    np.testing.assert_allclose(symmetry.act(x, 0.7)[3:4], symmetry.act(x[3:4], 0.7), atol=1e-13)
