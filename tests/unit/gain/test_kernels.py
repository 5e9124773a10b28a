"""Kernels: invariance, positivity, and two routes that give the same, for every shipped group."""

from __future__ import annotations

import numpy as np
import pytest

from symlens.errors import DataError
from symlens.gain.bases import Basis
from symlens.gain.kernels import SobolevKernel
from symlens.gain.symmetry import symmetry

SHIPPED = [
    ("T1", "Z3", 40),
    ("T2", "trivial", 30),
    ("T2", "Z4xZ4", 40),
    ("T2", "Z2xZ3", 30),
    ("T2", "signs", 30),
    ("T3", "permutations", 12),
    ("T2", "hyperoctahedral", 30),
    ("T2", "circle(1,2)", 30),
    ("T3", "subtorus(1)", 10),
    ("T3", "subtorus(2)", 6),
    ("S1", "antipode", 30),
    ("S2", "antipode", 56),
    ("S2", "signs", 56),
    ("S2", "permutations", 56),
    ("S2", "hyperoctahedral", 90),
    ("S2", "so(2)", 56),
    ("S3", "so(2)", 35),
    ("S3", "so(3)", 35),
    ("S4", "so(4)", 28),
    ("S3", "hopf", 48),
    ("S5", "hopf", 32),
    ("T1xS2", "Z2xantipode", 14),
    ("T2xS2", "signsxso(2)", 8),
]


def moved(found, x, rng):
    """Points moved by random words in the generators of every factor."""
    parts = found.split(x)
    for place, action in enumerate(found.actions):
        generators = action.generators()
        for _ in range(3 if generators else 0):
            parts[place] = generators[rng.integers(len(generators))](parts[place])
    return np.hstack(parts)


@pytest.mark.parametrize(("manifold", "group", "lam"), SHIPPED)
def test_shipped_kernels(manifold, group, lam):
    rng = np.random.default_rng(3)
    found = symmetry(manifold, group)
    kernel = SobolevKernel(found, found.dim / 2 + 1, lam)
    x, y = found.sample(rng, 12), found.sample(rng, 9)
    dual = kernel.dual(x, y)
    assert np.abs(kernel.primal(x, y) - dual).max() < 1e-8
    assert np.abs(kernel.dual(moved(found, x, rng), y) - dual).max() < 1e-10
    assert np.abs(kernel.primal(x, moved(found, y, rng)) - kernel.primal(x, y)).max() < 1e-10
    gram = kernel.dual(x, x)
    assert np.abs(gram - gram.T).max() < 1e-12
    assert np.linalg.eigvalsh(gram).min() > -1e-10 * np.trace(gram)


@pytest.mark.parametrize(("manifold", "group", "lam"), SHIPPED)
def test_bases_are_orthonormal_and_move_as_they_say(manifold, group, lam):
    rng = np.random.default_rng(4)
    found = symmetry(manifold, group)
    basis = Basis(found, lam)
    columns = basis.invariant.toarray()
    assert np.abs(columns.T @ columns - np.eye(columns.shape[1])).max() < 1e-10
    assert columns.shape == (
        found.plain.multiplicities(lam).sum(),
        found.multiplicities(lam).sum(),
    )
    x = found.sample(rng, 7)
    features = basis.features(x)
    assert np.abs(basis.invariant_features(x) - features @ columns).max() < 1e-10
    for factor, action in enumerate(found.actions):
        for place, generator in enumerate(action.generators()):
            parts = found.split(x)
            parts[factor] = generator(parts[factor])
            there = basis.features(np.hstack(parts))
            assert np.abs(features @ basis.representation(factor, place) - there).max() < 1e-9


@pytest.mark.parametrize(("manifold", "lam"), [("T2", 8), ("S2", 20), ("S3", 15), ("S4", 10)])
def test_features_are_orthonormal_for_the_uniform_measure(manifold, lam):
    found = symmetry(manifold, "trivial")
    basis = Basis(found, lam)
    n = 20_000
    features = basis.features(found.sample(np.random.default_rng(1), n))
    gram = features.T @ features / n
    assert np.abs(gram - np.eye(len(gram))).max() < 8 / np.sqrt(n) * np.abs(features).max() ** 0.5


def test_one_dimension_is_a_bernoulli_polynomial():
    """2 sum cos(kt) / k^4 = -(2 pi)^4 / 4! B_4(t / 2 pi); here with weights (1 + k^2)^-2."""
    kernel = SobolevKernel(symmetry("T1", "trivial"), 2, 90_000)
    t = np.array([[0.0], [1.0], [3.0]])
    k = np.arange(1, 301)
    naive = 1 + 2 * (np.cos(t * k) * (1.0 + k**2) ** -2.0).sum(1)
    assert kernel.dual(t, np.zeros((1, 1)))[:, 0] == pytest.approx(naive, abs=1e-12)
    u = t / (2 * np.pi)
    bernoulli = u**4 - 2 * u**3 + u**2 - 1 / 30
    exact = -((2 * np.pi) ** 4) / 24 * bernoulli[:, 0]
    assert 2 * (np.cos(t * k) / k**4.0).sum(1) == pytest.approx(exact, abs=1e-7)


def test_a_kernel_that_is_not_continuous_is_refused():
    with pytest.raises(DataError, match="smoothness: more than d/2 = 1"):
        SobolevKernel(symmetry("T2", "signs"), 1.0, 10)
    SobolevKernel(symmetry("T2", "circle(1,0)"), 1.0, 10)


def test_the_pole_is_a_point_like_others():
    basis = Basis(symmetry("S2", "so(2)"), 30)
    pole = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])
    near = np.array([[1e-9, 0.0, 1.0], [0.0, 1e-9, -1.0]])
    assert basis.features(pole) == pytest.approx(basis.features(near), abs=1e-6)
