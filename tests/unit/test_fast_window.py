"""Second cumulants of a window: positions give the pixels, the misfit has the slope it claims."""

import numpy as np
import pytest
from scipy.linalg import toeplitz

from symlens.groups import random_orthogonal, shift
from symlens.lens.fast.stationarity import cosine_profiles
from symlens.lens.fast.whitening import Whitened
from symlens.lens.fast.window import ALIGNMENT, neighbour_weights, pixel_start, stationarity
from symlens.metrics import generator_cosine

N = 9
KERNEL = np.exp(-(np.arange(N) ** 2) / 2) + 0.05 * (np.arange(N) == 0)


def exact(kernel, basis):
    """What whitening would find of endless samples of a Toeplitz covariance in a basis."""
    n = len(basis)
    powers, modes = np.linalg.eigh(basis.T @ toeplitz(kernel) @ basis)
    powers, modes = powers[::-1], modes[:, ::-1]
    return Whitened(
        np.zeros((1, n), np.float32), np.zeros(n), powers * n / powers.sum(), modes, 1.0
    )


@pytest.fixture(scope="module")
def ideal():
    """Exact covariance in a hidden basis, and the basis."""
    basis = random_orthogonal(N, np.random.default_rng(0))
    return exact(KERNEL, basis), basis


def cosine(filters, basis):
    pixels = shift(len(basis), cyclic=False)
    return generator_cosine(filters.T @ pixels @ filters, basis.T @ pixels @ basis)


def differences(function, point, step=1e-6):
    """Gradient by central differences."""
    slope = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        moved = [point.copy(), point.copy()]
        moved[0][index] += step
        moved[1][index] -= step
        slope[index] = (function(moved[0]) - function(moved[1])) / (2 * step)
    return slope


@pytest.mark.parametrize("n", [2, 3, N])
def test_the_first_position_operator_gives_the_pixels_in_order(n):
    basis = random_orthogonal(n, np.random.default_rng(n))
    white = exact(KERNEL[:n], basis)
    operator = (basis.T * cosine_profiles(n, 1)[0]) @ basis
    filters = pixel_start(white, white.modes.T @ operator @ white.modes)
    np.testing.assert_allclose(filters @ filters.T, np.eye(n), atol=1e-12)
    assert cosine(filters, basis) == pytest.approx(1, abs=1e-9)


def test_stationarity_by_its_formula_and_its_slope_along_rotations(ideal):
    white, _ = ideal
    filters = random_orthogonal(N, np.random.default_rng(8))
    objective = stationarity(white)

    def formula(q):
        turned = q @ white.covariance @ q.T
        lines = [np.mean(np.diag(turned, k)) for k in range(N)]
        relative = q @ np.linalg.inv(white.covariance) @ q.T @ (turned - toeplitz(lines))
        value = np.log(1 + np.trace(relative @ relative) / N)
        return value - ALIGNMENT * lines[1] / lines[0]

    value, gradient = objective(filters)
    assert value == pytest.approx(formula(filters))
    # The mean variance is constant under rotations, and the gradient takes it for a constant.
    slope = differences(formula, filters)
    found, expected = (one @ filters.T for one in (gradient, slope))
    found, expected = found - found.T, expected - expected.T
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


def test_at_the_truth_only_the_alignment_is_left(ideal):
    white, basis = ideal
    assert stationarity(white)(basis)[0] == pytest.approx(-ALIGNMENT * KERNEL[1] / KERNEL[0])


@pytest.mark.parametrize("n", [1, 2, 5])
def test_neighbour_weights_average_the_first_off_diagonals(n):
    matrix = np.random.default_rng(10).standard_normal((n, n))
    neighbours = [matrix[i, j] for i in range(n) for j in range(n) if abs(i - j) == 1]
    expected = np.mean(neighbours) if neighbours else 0.0
    assert np.vdot(neighbour_weights(n), matrix) == pytest.approx(expected)
