"""Projection of symmetric tensors on stationary ones: naive references and limits."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from symlens.lens.fast.differences import Differences, ascending
from symlens.lens.fast.stationarity import stationary_average

N = 7


def symmetric(n, order, seed):
    """A random tensor, averaged over all permutations of its indices."""
    tensor = np.random.default_rng(seed).normal(size=(n,) * order)
    turns = [np.transpose(tensor, axes) for axes in permutations(range(order))]
    return np.mean(turns, axis=0)


def naive_projection(tensor):
    """Mean over all common shifts that keep every index in the window."""
    n, result = len(tensor), np.zeros_like(tensor)
    for index in product(range(n), repeat=tensor.ndim):
        shifts = range(-min(index), n - max(index))
        result[index] = np.mean([tensor[tuple(i + s for i in index)] for s in shifts])
    return result


@pytest.mark.parametrize("order", [2, 3, 4])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_projection_is_the_mean_over_shifts(n, order):
    tensor = symmetric(n, order, seed=order)
    differences = Differences.of(n, order)
    expected = naive_projection(tensor)
    np.testing.assert_allclose(differences.project(tensor), expected, atol=1e-12)
    assert differences.stationary_power(tensor) == pytest.approx(np.sum(expected**2))


@pytest.mark.parametrize("order", [3, 4])
def test_projection_is_idempotent_and_orthogonal(order):
    tensor = symmetric(N, order, seed=order)
    differences = Differences.of(N, order)
    projected = differences.project(tensor)
    np.testing.assert_allclose(differences.project(projected), projected, atol=1e-12)
    assert abs(np.vdot(projected, tensor - projected)) < 1e-9


def test_symmetric_matrices_get_their_toeplitz_average():
    matrix = symmetric(N, 2, seed=0)
    expected = stationary_average(matrix, cyclic=False)
    np.testing.assert_allclose(Differences.of(N, 2).project(matrix), expected, atol=1e-12)


@pytest.mark.parametrize("order", [2, 3, 4])
def test_ascending_entries_stand_for_all_permutations(order):
    places, indices, counts = ascending(5, order)
    assert counts.sum() == 5**order
    for place, index, count in zip(places, indices.T, counts, strict=True):
        assert list(index) == sorted(index)
        assert place == np.ravel_multi_index(tuple(index), (5,) * order)
        assert count == len(set(permutations(index.tolist())))
