"""Scores against the plainest possible computation: loops over entries and samples."""

import cmath
import math

import numpy as np
import pytest
from scipy.linalg import expm, null_space

from symlens import metrics
from symlens.groups import cyclic_log_generator, ideal_generator, random_orthogonal, shift


def naive_cosine(a, b):
    total = square_a = square_b = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            total += a[i, j] * b[i, j]
            square_a += a[i, j] ** 2
            square_b += b[i, j] ** 2
    return total / math.sqrt(square_a * square_b)


@pytest.mark.parametrize("seed", range(3))
def test_cosine(seed):
    a, b = np.random.default_rng(seed).standard_normal((2, 5, 5))
    assert metrics.frobenius_cosine(a, b) == pytest.approx(naive_cosine(a, b))
    best = max(naive_cosine(a, b), naive_cosine(a.T, b))
    assert metrics.generator_cosine(a, b) == pytest.approx(best)


@pytest.mark.parametrize(("n", "cyclic"), [(7, True), (7, False), (8, False)])
def test_equivariance_error_sample_by_sample_in_natural_coordinates(n, cyclic):
    """Shift natural samples by hand, look at them through R, transform, and compare."""
    rng = np.random.default_rng(n)
    basis = random_orthogonal(n, rng)
    transform = basis.T + 0.2 * rng.standard_normal((n, n))
    natural = rng.standard_normal((40, n)) @ rng.standard_normal((n, n))
    best = math.inf
    for step in (1, -1):
        difference = power = 0.0
        for sample in natural:
            moved = np.zeros(n)
            for j in range(n):
                if cyclic or j >= 1:
                    moved[j] = sample[j - 1]
            y, y_moved = sample @ basis @ transform, moved @ basis @ transform
            for j in range(n):
                to = j + step
                if cyclic:
                    to %= n
                elif not 0 <= to < n:
                    continue
                difference += (y_moved[to] - y[j]) ** 2
                power += y[j] ** 2
        best = min(best, math.sqrt(difference / power))
    observed = natural @ basis
    error = metrics.equivariance_error(
        observed.T @ observed / len(observed),
        transform,
        ideal_generator(basis, cyclic=cyclic),
        cyclic=cyclic,
    )
    assert error == pytest.approx(best)


@pytest.mark.parametrize("n", [5, 6])
def test_eigenphases_in_plane_waves(n):
    """The ideal eigenvectors of the (anti-)periodic shift are plane waves, written down."""
    rng = np.random.default_rng(n)
    skew = rng.standard_normal((n, n))
    learned = expm(cyclic_log_generator(n) + 0.1 * (skew - skew.T))
    deviations = {1: [], -1: []}
    for k in range(n):
        phase = 2 * math.pi * (k - (n - 1) / 2) / n
        wave = [cmath.exp(1j * phase * j) / math.sqrt(n) for j in range(n)]
        z = sum(wave[i].conjugate() * learned[i, j] * wave[j] for i in range(n) for j in range(n))
        for direction in (1, -1):
            turned = cmath.phase(z if direction == 1 else z.conjugate())
            deviations[direction].append(cmath.phase(cmath.exp(1j * (turned - phase))))
    errors = [math.sqrt(sum(d**2 for d in ds) / n) for ds in deviations.values()]
    ideal = metrics.modes(expm(cyclic_log_generator(n)))
    assert metrics.eigenphases(learned, ideal).error == pytest.approx(min(errors), abs=1e-9)


def test_locality():
    f = np.random.default_rng(0).standard_normal(9)
    square = sum(v**2 for v in f)
    assert metrics.participation(f) == pytest.approx(square**2 / sum(v**4 for v in f))
    centre = sum(j * v**2 for j, v in enumerate(f)) / square
    variance = sum((j - centre) ** 2 * v**2 for j, v in enumerate(f)) / square
    assert metrics.rms_width(f, cyclic=False) == pytest.approx(math.sqrt(variance))


def test_the_commutant_is_as_large_as_linear_algebra_says():
    """Draws span the same rotations as the null space of ``U C - C U = 0`` allows."""
    n = 6
    values = np.array([3.0, 3.0, 2.0, 1.0, 1.0, 1.0])
    rng = np.random.default_rng(0)
    vectors = random_orthogonal(n, rng)
    covariance = (vectors * values) @ vectors.T
    equations = np.kron(np.eye(n), covariance) - np.kron(covariance.T, np.eye(n))
    dimension = null_space(equations).shape[1]
    groups = [slice(0, 2), slice(2, 3), slice(3, 6)]
    drawn = metrics.commutant_orthogonal(vectors, groups, 60, rng).reshape(60, -1)
    # Rotations of a plane span 2 of its 4 dimensions; those of space all 9, the sign its 1.
    assert dimension == 4 + 1 + 9
    assert np.linalg.matrix_rank(drawn) == 2 + 1 + 9


def test_a_perfect_ring_scores_below_one_against_a_window():
    for n in (7, 27, 33):
        expected = naive_cosine(shift(n, cyclic=True), shift(n, cyclic=False))
        assert expected == pytest.approx(math.sqrt((n - 1) / n))
        found = metrics.generator_cosine(shift(n, cyclic=True), shift(n, cyclic=False))
        assert found == pytest.approx(expected)
