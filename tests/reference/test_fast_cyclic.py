"""Cumulants, selection rules and the misfit against plain loops and finite differences."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
from scipy.linalg import expm

from symlens.groups import random_orthogonal, shift
from symlens.lens.fast.cumulants import cumulants, turn
from symlens.lens.fast.invariance import Invariance, ring_average
from symlens.lens.fast.labels import Selection, always_allowed, label_gains, score
from symlens.lens.fast.planes import ring_labels
from symlens.lens.fast.whitening import whiten


def skewed(samples, n, seed):
    rng = np.random.default_rng(seed)
    x = rng.exponential(size=(samples, n)) @ rng.standard_normal((n, n))
    return (x - x.mean(axis=0)).astype(np.float32)


def test_cumulants_by_their_definition():
    c = skewed(5000, 3, seed=0)  # more than one block
    found = cumulants(c)
    c = c.astype(np.float64)
    second = c.T @ c / len(c)
    scale = float(np.abs(found.fourth).max())
    for i, j, k in product(range(3), repeat=3):
        third = np.mean(c[:, i] * c[:, j] * c[:, k])
        assert found.third[i, j, k] == pytest.approx(third, rel=1e-4, abs=1e-4 * scale)
        for m in range(3):
            fourth = np.mean(c[:, i] * c[:, j] * c[:, k] * c[:, m])
            fourth -= second[i, j] * second[k, m]
            fourth -= second[i, k] * second[j, m] + second[i, m] * second[j, k]
            assert found.fourth[i, j, k, m] == pytest.approx(fourth, rel=1e-4, abs=1e-4 * scale)


def test_turned_cumulants_are_cumulants_of_turned_modes():
    c = skewed(2000, 4, seed=1)
    rotation = random_orthogonal(4, np.random.default_rng(2))
    direct = cumulants(c @ rotation.T.astype(np.float32))
    found = cumulants(c).turned(rotation)
    for a, b in ((found.third, direct.third), (found.fourth, direct.fourth)):
        np.testing.assert_allclose(a, b, atol=1e-4 * np.abs(b).max())


def test_complex_turn_against_einsum():
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((3, 3)) + 1j * rng.standard_normal((3, 3))
    tensor = rng.standard_normal((3, 3, 3))
    expected = np.einsum("ai,bj,ck,ijk->abc", rows, rows, rows, tensor)
    np.testing.assert_allclose(turn(tensor, rows), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("n", [6, 7])
@pytest.mark.parametrize("order", [3, 4])
def test_always_allowed_monomials_by_cancelling_factors(n, order):
    singles = 2 - n % 2
    found = always_allowed(n, order)
    for monomial in product(range(n), repeat=order):
        charge: Counter[int] = Counter()
        for row in monomial:
            if row >= singles:
                charge[(row - singles) // 2] += 1 if (row - singles) % 2 == 0 else -1
        alternating = monomial.count(1) if singles == 2 else 0
        assert found[monomial] == (not any(charge.values()) and alternating % 2 == 0)


def symmetric_weights(n, seed):
    """Random powers with the symmetries of those of cumulants: permutations and conjugation."""
    singles = 2 - n % 2
    conjugate = np.arange(n)
    conjugate[singles::2], conjugate[singles + 1 :: 2] = (
        np.arange(singles + 1, n, 2),
        np.arange(singles, n, 2),
    )
    rng = np.random.default_rng(seed)
    tensors = []
    for order in (3, 4):
        tensor = np.zeros((n,) * order, dtype=np.float32)
        values: dict[tuple[int, ...], float] = {}
        for monomial in product(range(n), repeat=order):
            key = min(tuple(sorted(monomial)), tuple(sorted(conjugate[list(monomial)])))
            tensor[monomial] = values.setdefault(key, rng.random())
        tensor[always_allowed(n, order)] = 0
        tensors.append(tensor)
    return Selection(*tensors)


@pytest.mark.parametrize("n", [7, 8])
def test_score_by_summing_over_all_monomials(n):
    weights = symmetric_weights(n, seed=0)
    labels = np.array([2, -1, 3])
    ring = ring_labels(labels, n)
    expected = 0.0
    for tensor in (weights.third, weights.fourth):
        for monomial in product(range(n), repeat=tensor.ndim):
            expected += tensor[monomial] * (sum(ring[row] for row in monomial) % n == 0)
    assert score(weights, labels) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("n", [7, 8, 9])
def test_gains_of_a_search_add_up_to_the_score(n):
    weights = symmetric_weights(n, seed=1)
    rng = np.random.default_rng(n)
    for _ in range(5):
        planes = (n - 1) // 2
        labels = (rng.permutation(planes) + 1) * rng.choice([-1, 1], planes)
        built = sum(label_gains(weights, labels[:k])[labels[k]] for k in range(planes))
        # What does not depend on any label: the single modes among themselves.
        built += score(Selection(*_singles_only(weights, 2 - n % 2)), labels)
        assert built == pytest.approx(score(weights, labels), rel=1e-5)


def _singles_only(weights, singles):
    for tensor in (weights.third, weights.fourth):
        kept = np.zeros_like(tensor)
        kept[(slice(singles),) * tensor.ndim] = tensor[(slice(singles),) * tensor.ndim]
        yield kept


@pytest.mark.parametrize("order", [2, 3, 4])
def test_ring_average_by_shifting_every_index(order):
    n = 4
    tensor = np.random.default_rng(0).standard_normal((n,) * order)
    pixels = shift(n, cyclic=True)
    total = np.zeros_like(tensor)
    moved = tensor
    for _ in range(n):
        total += moved
        for axis in range(order):
            moved = np.moveaxis(np.tensordot(moved, pixels, (axis, 0)), -1, axis)
    np.testing.assert_allclose(ring_average(tensor), total / n, atol=1e-12)


def test_slope_of_the_misfit_by_finite_differences():
    n = 5
    white = whiten(skewed(4000, n, seed=3))
    modes = white.x @ white.modes.astype(np.float32)
    misfit = Invariance(white, cumulants(modes))
    rng = np.random.default_rng(4)
    filters = random_orthogonal(n, rng)
    _, gradient = misfit(filters)
    step = 1e-2
    for _ in range(3):
        skew = rng.standard_normal((n, n))
        skew = (skew - skew.T) / np.linalg.norm(skew - skew.T)
        ahead, behind = (misfit(expm(s * step * skew) @ filters)[0] for s in (1, -1))
        slope = np.vdot(skew @ filters, gradient)
        assert (ahead - behind) / (2 * step) == pytest.approx(slope, rel=1e-2, abs=1e-3)


def test_gaussian_misfit_is_that_of_the_circulant_covariance():
    n = 6
    white = whiten(skewed(4000, n, seed=5))
    silent = cumulants(np.zeros((10, n), dtype=np.float32))
    filters = random_orthogonal(n, np.random.default_rng(0))
    covariance = ring_average(filters @ white.covariance @ filters.T)
    expected = np.linalg.slogdet(covariance)[1] / 2
    assert Invariance(white, silent)(filters)[0] == pytest.approx(expected, rel=1e-9)
