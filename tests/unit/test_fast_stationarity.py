"""Stationary averages: orthogonal projections on Toeplitz and circulant matrices."""

import numpy as np
import pytest
from scipy.linalg import circulant, toeplitz

from symlens.groups import shift
from symlens.lens.fast.stationarity import (
    cosine_basis,
    cosine_profiles,
    separation,
    stationary_average,
)

sizes = pytest.mark.parametrize("n", [1, 2, 7, 8])
boundaries = pytest.mark.parametrize("cyclic", [False, True], ids=["window", "ring"])


def symmetric(n, seed):
    matrix = np.random.default_rng(seed).standard_normal((n, n))
    return matrix + matrix.T


@sizes
@boundaries
def test_separation_by_walking(n, cyclic):
    for i in range(n):
        for j in range(n):
            steps = next(
                k
                for k in range(n)
                if j in ({i - k, i + k} if not cyclic else {(i - k) % n, (i + k) % n})
            )
            assert separation(n, cyclic=cyclic)[i, j] == steps


@sizes
@boundaries
def test_average_by_loops(n, cyclic):
    matrix = symmetric(n, 0)
    found = stationary_average(matrix, cyclic=cyclic)
    for i in range(n):
        for j in range(n):
            alike = [
                matrix[a, b]
                for a in range(n)
                for b in range(n)
                if abs(a - b) == abs(i - j) or (cyclic and abs(a - b) == n - abs(i - j))
            ]
            assert found[i, j] == pytest.approx(np.mean(alike))


@sizes
@boundaries
def test_average_is_an_orthogonal_projection(n, cyclic):
    a, b = symmetric(n, 1), symmetric(n, 2)
    mean_a, mean_b = (stationary_average(matrix, cyclic=cyclic) for matrix in (a, b))
    np.testing.assert_allclose(stationary_average(mean_a, cyclic=cyclic), mean_a, atol=1e-14)
    assert np.vdot(mean_a, b) == pytest.approx(np.vdot(a, mean_b))
    assert np.vdot(mean_a, a - mean_a) == pytest.approx(0, abs=1e-12)
    assert np.trace(mean_a) == pytest.approx(np.trace(a))
    both = stationary_average(2 * a - b, cyclic=cyclic)
    np.testing.assert_allclose(both, 2 * mean_a - mean_b, atol=1e-13)


@sizes
def test_what_is_stationary_stays(n):
    row = np.random.default_rng(3).standard_normal(n)
    window = toeplitz(row)
    np.testing.assert_allclose(stationary_average(window, cyclic=False), window, atol=1e-14)
    ring = circulant(row) + circulant(row).T
    np.testing.assert_allclose(stationary_average(ring, cyclic=True), ring, atol=1e-14)


@pytest.mark.parametrize("n", [3, 6])
def test_the_ring_average_is_that_over_all_shifts(n):
    matrix = symmetric(n, 4)
    pixels = shift(n, cyclic=True)
    powers = [np.linalg.matrix_power(pixels, k) for k in range(n)]
    expected = sum(power.T @ matrix @ power for power in powers) / n
    np.testing.assert_allclose(stationary_average(matrix, cyclic=True), expected, atol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 9, 10])
def test_cosines_are_an_orthonormal_basis_in_order_of_frequency(n):
    basis = cosine_basis(n)
    np.testing.assert_allclose(basis @ basis.T, np.eye(n), atol=1e-12)
    changes = [np.sum(np.diff(np.sign(wave)) != 0) for wave in basis]
    assert changes == list(range(n))
    np.testing.assert_allclose(cosine_profiles(n, n - 1), basis[1:])


def test_cosines_diagonalise_a_smooth_toeplitz_matrix_the_better_the_longer_it_is():
    shares = []
    for n in (9, 33, 129):
        turned = cosine_basis(n) @ toeplitz(np.exp(-np.arange(n) / 2.0)) @ cosine_basis(n).T
        off = turned - np.diag(np.diag(turned))
        shares.append(np.linalg.norm(off) / np.linalg.norm(turned))
    assert shares[0] > shares[1] > shares[2]
    assert shares[2] < 0.08
