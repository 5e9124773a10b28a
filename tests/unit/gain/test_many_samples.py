"""A hundred thousand samples: the primal route keeps what it needs, not what it has seen."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from symlens.gain.bases import CHUNK, Basis
from symlens.gain.estimator import InvariantRidge
from symlens.gain.ridge import decompose, streamed_path
from symlens.gain.symmetry import symmetry

CUTOFF = {"T2": 400, "S2": 110}


def samples(manifold, n, seed=1):
    rng = np.random.default_rng(seed)
    x = symmetry(manifold, "trivial").sample(rng, n)
    clean = np.cos(4 * x[:, 0]) if manifold == "T2" else x[:, 0] ** 2 - x[:, 1] * x[:, 2]
    return x, clean, clean + 0.5 * rng.standard_normal(n)


@pytest.mark.parametrize(("manifold", "group"), [("T2", "translations(4,4)"), ("S2", "antipode")])
def test_memory_does_not_grow_with_the_features_of_all_samples(manifold, group):
    n = 8 * CHUNK
    x, clean, y = samples(manifold, n)
    model = InvariantRidge(manifold, group, smoothness=2, cutoff=CUTOFF[manifold])
    model.fit(x[:64], y[:64])  # what is kept for good: lattices and harmonics
    tracemalloc.start()
    try:
        model.fit(x, y)
        predicted = model.predict(x)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    everything = n * len(model.basis_.eigenvalues) * 8
    assert peak < everything / 2
    assert np.mean((predicted - clean) ** 2) < 1e-2


def test_parts_give_what_the_whole_gives():
    x, _, y = samples("T2", 3000)
    basis = Basis(symmetry("T2", "signs"), 50)
    features = basis.invariant_features(x) * (1.0 + basis.invariant_eigenvalues) ** -1.0
    etas = np.logspace(-6, 0, 7)
    whole = decompose(features).path(y)
    for step in (7, 600, 1000, 3000, 5000):
        rows = range(0, 3000, step)
        parts = streamed_path((features[i : i + step], y[i : i + step]) for i in rows)
        assert parts.n == 3000
        assert parts.coefficients(etas) == pytest.approx(whole.coefficients(etas), abs=1e-8)
        assert parts.gcv(etas) == pytest.approx(whole.gcv(etas), rel=1e-9)


def test_more_samples_than_functions_and_fewer_meet():
    """Either route at the border: as many invariant functions as samples, one more, one less."""
    _, _, y = samples("T2", 60)
    rng = np.random.default_rng(2)
    for q in (59, 60, 61):
        features = rng.standard_normal((60, q)) * np.linspace(1, 0.1, q)
        path = decompose(features).path(y)
        eta = 0.3
        exact = np.linalg.solve(features.T @ features + 60 * eta * np.eye(q), features.T @ y)
        assert path.coefficients(np.array([eta]))[:, 0] == pytest.approx(exact, abs=1e-9)


def test_predictions_of_many_points_do_not_depend_on_their_company():
    x, _, y = samples("S2", CHUNK + 3)
    model = InvariantRidge("S2", "so(2)", smoothness=2, cutoff=42).fit(x[:200], y[:200])
    together = model.predict(x)
    assert together[:5] == pytest.approx(model.predict(x[:5]), abs=1e-12)
    assert together[-5:] == pytest.approx(model.predict(x[-5:]), abs=1e-12)
