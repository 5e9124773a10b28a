"""The objective of the fast method and its gradient against plain loops in double precision."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from symlens.groups import random_orthogonal
from symlens.lens.fast.objective import FINISHING, SELECTING, TERMS, LensObjective
from symlens.lens.fast.stationarity import stationary_average
from symlens.lens.fast.whitening import whiten

boundaries = pytest.mark.parametrize("cyclic", [False, True], ids=["window", "ring"])
sizes = pytest.mark.parametrize("n", [2, 5, 6])


def correlated(samples, n, seed):
    """Skewed samples of unequal, correlated features, and a rotation that solves nothing."""
    rng = np.random.default_rng(seed)
    x = rng.exponential(size=(samples, n)) @ rng.standard_normal((n, n)) + rng.standard_normal(n)
    return whiten(x.astype(np.float32)), random_orthogonal(n, rng)


def distance(i, j, n, *, cyclic):
    return min(abs(i - j), n - abs(i - j)) if cyclic else abs(i - j)


def averaged(matrix, *, cyclic):
    n = len(matrix)
    result = np.zeros_like(matrix)
    for i in range(n):
        for j in range(n):
            alike = [
                matrix[a, b]
                for a in range(n)
                for b in range(n)
                if distance(a, b, n, cyclic=cyclic) == distance(i, j, n, cyclic=cyclic)
            ]
            result[i, j] = sum(alike) / len(alike)
    return result


def naive_terms(filters, white, x, *, cyclic):
    """The five terms, written out."""
    n = len(filters)
    x = x.astype(np.float64)
    energy = np.array([[np.log(np.cosh(np.dot(q, row))) for q in filters] for row in x])
    g = sum(energy[:, j].mean() for j in range(n)) / n

    k = np.array([[a @ white.covariance @ b for b in filters] for a in filters])
    excess = k - averaged(k, cyclic=cyclic)
    relative = np.linalg.inv(k) @ excess
    s1 = np.trace(relative @ relative) / n

    means = [energy[:, j].mean() for j in range(n)]
    together = np.array(
        [
            [np.mean((energy[:, i] - means[i]) * (energy[:, j] - means[j])) for j in range(n)]
            for i in range(n)
        ]
    )
    stationary = averaged(together, cyclic=cyclic)
    level = sum(means) / n
    s2 = np.sum((together - stationary) ** 2) / np.sum(stationary**2)
    s2 += sum((mean - level) ** 2 for mean in means) / n / level**2

    pairs = [(i, j) for i in range(n) for j in range(n)]
    near = [k[i, j] for i, j in pairs if distance(i, j, n, cyclic=cyclic) == 1]
    a = np.mean(near) / np.mean(np.diag(k))

    furthest = n // 2 if cyclic else n - 1
    d = sum(
        max(together[i, j], 0) * distance(i, j, n, cyclic=cyclic) / furthest for i, j in pairs
    ) / (n * np.mean(np.diag(together)))
    return np.array([g, s1, s2, a, d])


def naive_value(filters, white, x, weights, *, cyclic):
    g, s1, s2, a, d = naive_terms(filters, white, x, cyclic=cyclic)
    return float(np.dot(weights, [g, np.log(1 + s1), s2, -a, d]))


@sizes
@boundaries
def test_every_term_by_loops(n, cyclic):
    white, filters = correlated(300, n, seed=n)
    objective = LensObjective(white, white.x, cyclic, SELECTING)
    found = objective.terms(filters)
    expected = naive_terms(filters, white, white.x, cyclic=cyclic)
    assert list(found) == ["loss", *TERMS]
    np.testing.assert_allclose([found[name] for name in TERMS], expected, rtol=2e-3, atol=1e-5)


@sizes
@boundaries
@pytest.mark.parametrize("weights", [SELECTING, FINISHING], ids=["selecting", "finishing"])
def test_the_value_by_loops_and_in_every_way_of_asking(n, cyclic, weights):
    white, filters = correlated(300, n, seed=10 + n)
    objective = LensObjective(white, white.x, cyclic, weights)
    expected = naive_value(filters, white, white.x, weights, cyclic=cyclic)
    assert objective.terms(filters)["loss"] == pytest.approx(expected, rel=1e-3)
    assert objective(filters)[0] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("n", [3, 6])
@boundaries
@pytest.mark.parametrize("only", [*range(5), None], ids=[*TERMS, "all"])
def test_the_gradient_by_central_differences(n, cyclic, only):
    white, filters = correlated(150, n, seed=20 + n)
    weights = SELECTING if only is None else tuple(float(i == only) for i in range(5))
    _, gradient = LensObjective(white, white.x, cyclic, weights)(filters)
    step = 1e-5
    expected = np.zeros_like(filters)
    for i in range(n):
        for j in range(n):
            moved = [filters.copy(), filters.copy()]
            moved[0][i, j] += step
            moved[1][i, j] -= step
            ahead, behind = (
                naive_value(one, white, white.x, weights, cyclic=cyclic) for one in moved
            )
            expected[i, j] = (ahead - behind) / (2 * step)
    # The loops invert Q C Q^T, the code turns the inverse: alike on rotations, and so are the
    # parts of the gradients that rotations feel.
    found, wanted = (slope @ filters.T for slope in (gradient, expected))
    found, wanted = found - found.T, wanted - wanted.T
    np.testing.assert_allclose(found, wanted, atol=2e-3 * max(np.abs(wanted).max(), 1e-2))


def test_the_second_order_term_is_four_times_the_divergence_per_pixel():
    """Kullback-Leibler divergence of two normal laws, here nearly alike, in closed form."""
    n = 5
    white, filters = correlated(500, n, seed=3)
    modes = filters @ white.modes
    mild = white.powers**0.01  # a covariance next to the identity
    near = type(white)(white.x, white.mean, mild * n / mild.sum(), white.modes, 1.0)
    k = (modes * near.powers) @ modes.T
    target = stationary_average(k, cyclic=False)
    divergence = np.trace(np.linalg.solve(target, k)) - n
    divergence += np.linalg.slogdet(target)[1] - np.linalg.slogdet(k)[1]
    s1 = LensObjective(near, near.x, False, SELECTING).terms(filters)["stationarity_2"]
    assert s1 == pytest.approx(4 * divergence / 2 / n, rel=0.03)


def test_a_small_rotation_changes_the_value_by_the_slope():
    """In one step with the compiled value itself, as the descent uses it."""
    white, filters = correlated(2000, 6, seed=4)
    objective = LensObjective(white, white.x, False, FINISHING)
    _, gradient = objective(filters)
    rng = np.random.default_rng(5)
    for _ in range(3):
        skew = rng.standard_normal((6, 6))
        skew = (skew - skew.T) / np.linalg.norm(skew - skew.T)
        ahead, behind = (objective(expm(t * skew) @ filters)[0] for t in (1e-2, -1e-2))
        slope = np.vdot(skew @ filters, gradient)
        assert (ahead - behind) / 2e-2 == pytest.approx(slope, rel=2e-2, abs=2e-3)
