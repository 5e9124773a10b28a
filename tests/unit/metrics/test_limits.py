"""Known values of the scores, and naive references."""

import itertools

import numpy as np
import pytest

from symlens import metrics
from symlens.groups import (
    cyclic_log_generator,
    fourier_basis,
    group_action,
    ideal_generator,
    random_orthogonal,
    shift,
)


@pytest.mark.parametrize("n", [7, 33])
def test_an_exactly_cyclic_shift_against_that_of_a_window(n):
    cosine = metrics.generator_cosine(shift(n, cyclic=True), shift(n, cyclic=False))
    assert cosine == pytest.approx(np.sqrt((n - 1) / n))


def test_the_identity_and_the_zero_matrix_score_nothing():
    assert metrics.generator_cosine(np.eye(9), shift(9, cyclic=False)) == 0
    assert metrics.generator_cosine(np.zeros((9, 9)), shift(9, cyclic=True)) == 0
    assert metrics.group_convolution_cosine(np.zeros((9, 9)), np.eye(9), cyclic=True) == 0


@pytest.mark.parametrize(("n", "cyclic"), [(5, True), (6, True), (5, False), (6, False)])
def test_group_convolution_cosine_is_the_best_of_all_alignments(n, cyclic):
    rng = np.random.default_rng(n)
    for _ in range(20):
        learned, ideal = rng.standard_normal((2, n, n))
        wraps = (1, -1) if n % 2 == 0 else (1,)
        best = -1.0
        for roll, wrap, backwards in itertools.product(range(n), wraps, (False, True)):
            if roll and not cyclic:
                continue
            moved = (learned[:, ::-1] if backwards else learned).copy()
            for _ in range(roll):
                moved = np.column_stack([wrap * moved[:, -1], moved[:, :-1]])
            cosine = np.sum(moved * ideal) / np.linalg.norm(moved) / np.linalg.norm(ideal)
            best = max(best, abs(cosine))
        assert metrics.group_convolution_cosine(learned, ideal, cyclic=cyclic) == pytest.approx(
            best
        )


def test_a_window_is_not_rolled():
    ideal = np.eye(9)
    rolled = np.roll(ideal, 1, axis=1)
    assert metrics.group_convolution_cosine(rolled, ideal, cyclic=True) == pytest.approx(1)
    assert metrics.group_convolution_cosine(rolled, ideal, cyclic=False) < 0.2


def test_agreement_is_pairwise_and_modulo_inverse():
    rng = np.random.default_rng(0)
    a, b = random_orthogonal(8, rng), random_orthogonal(8, rng)
    agreement = metrics.pairwise_agreement(np.stack([a, a.T, b]))
    np.testing.assert_allclose(agreement, agreement.T)
    np.testing.assert_allclose(np.diag(agreement), 1)
    assert agreement[0, 1] == pytest.approx(1)
    assert agreement[0, 2] == pytest.approx(metrics.generator_cosine(a, b))
    assert agreement[0, 2] < 0.9


@pytest.mark.parametrize("cyclic", [True, False])
def test_equivariance_error_by_moving_and_transforming_samples(cyclic):
    rng = np.random.default_rng(3)
    n = 9
    x = rng.standard_normal((500, n)) @ rng.standard_normal((n, n))
    basis = random_orthogonal(n, rng)
    generator = ideal_generator(basis, cyclic=cyclic)
    transform = basis.T + 0.1 * rng.standard_normal((n, n))
    y, of_moved = x @ transform, x @ generator @ transform
    errors = []
    for step in (1, -1):
        if cyclic:
            expected, found = np.roll(y, step, axis=1), of_moved
        elif step == 1:
            expected, found = y[:, :-1], of_moved[:, 1:]
        else:
            expected, found = y[:, 1:], of_moved[:, :-1]
        difference = np.sqrt(np.mean((found - expected) ** 2))
        errors.append(difference / np.sqrt(np.mean(expected**2)))
    error = metrics.equivariance_error(x.T @ x / 500, transform, generator, cyclic=cyclic)
    assert error == pytest.approx(min(errors))


def test_what_enters_a_window_at_the_border_is_not_compared():
    n = 7
    entering = shift(n, cyclic=False)
    entering[:, 0] = np.linspace(-1, 1, n)
    assert metrics.equivariance_error(np.eye(n), np.eye(n), entering, cyclic=False) == 0
    assert metrics.equivariance_error(np.eye(n), np.eye(n), entering, cyclic=True) > 0.5


def test_a_lost_canonical_pixel_is_seen():
    n = 7
    spoiled = np.diag([0.0, *[1.0] * (n - 1)])
    error = metrics.equivariance_error(np.eye(n), spoiled, shift(n, cyclic=False), cyclic=False)
    assert error == pytest.approx(1 / np.sqrt(n - 2))


def test_unrelated_transforms_err_by_about_root_two_and_a_zero_one_has_no_error():
    rng = np.random.default_rng(0)
    generator = shift(65, cyclic=True)
    errors = [
        metrics.equivariance_error(np.eye(65), random_orthogonal(65, rng), generator, cyclic=True)
        for _ in range(10)
    ]
    assert np.mean(errors) == pytest.approx(np.sqrt(2), rel=0.03)
    assert np.isnan(
        metrics.equivariance_error(np.eye(65), np.zeros((65, 65)), generator, cyclic=True)
    )


@pytest.mark.parametrize("n", [7, 8, 33])
def test_eigenphases_of_the_cyclic_shift_are_the_discrete_frequencies(n):
    found = metrics.modes(group_action(cyclic_log_generator(n), 1.0))
    expected = 2 * np.pi * (np.arange(n) - (n - 1) / 2) / n
    np.testing.assert_allclose(found.phases, expected, atol=1e-9)


def test_eigenphases_see_one_plane_turned_by_another_angle():
    n = 9
    basis, phases = fourier_basis(n)
    ideal = metrics.modes(group_action(cyclic_log_generator(n), 1.0))
    plane = basis[3:5]
    turned = np.eye(n) + (np.cos(0.3) - 1) * plane.T @ plane
    turned += np.sin(0.3) * (np.outer(plane[0], plane[1]) - np.outer(plane[1], plane[0]))
    found = metrics.eigenphases(shift(n, cyclic=True) @ turned, ideal)
    expected = np.where(np.isclose(np.abs(found.ideal), phases[1]), 0.3 * np.sign(found.ideal), 0)
    np.testing.assert_allclose(found.deviation, expected, atol=1e-9)
    assert found.error == pytest.approx(0.3 * np.sqrt(2 / n))


def test_angles_wrap_to_the_half_open_circle():
    angles = np.array([np.pi, -np.pi, 3 * np.pi, 0.1 - 2 * np.pi, 0.0])
    np.testing.assert_allclose(
        metrics.Eigenphases(0 * angles, angles, angles).deviation,
        [np.pi, np.pi, np.pi, 0.1, 0.0],
        atol=1e-12,
    )


def test_locality_of_pixels_and_constants():
    pixel = np.eye(9)[4]
    assert metrics.participation(pixel) == 1
    assert metrics.participation(np.ones(9)) == pytest.approx(9)
    assert metrics.rms_width(pixel, cyclic=False) == 0
    assert metrics.rms_width(pixel, cyclic=True) == pytest.approx(0, abs=1e-9)
    pair = np.eye(9)[3] - np.eye(9)[5]
    assert metrics.rms_width(pair, cyclic=False) == pytest.approx(1)


def test_the_width_on_a_ring_goes_over_the_border():
    ends = np.zeros(9)
    ends[[0, 8]] = 1.0
    assert metrics.rms_width(ends, cyclic=True) == pytest.approx(0.5)
    assert metrics.rms_width(ends, cyclic=False) == pytest.approx(4)


def test_a_zero_filter_has_no_locality():
    assert np.isnan(metrics.participation(np.zeros(5)))
    assert np.isnan(metrics.rms_width(np.zeros(5), cyclic=True))


def test_orthogonality_defect():
    rng = np.random.default_rng(0)
    assert metrics.orthogonality_defect(random_orthogonal(9, rng)) == pytest.approx(0, abs=1e-12)
    assert metrics.orthogonality_defect(np.zeros((9, 9))) == pytest.approx(1)
    assert metrics.orthogonality_defect(np.sqrt(2) * np.eye(9)) == pytest.approx(1)
