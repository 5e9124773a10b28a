"""Axioms of relevances, theory, constraints and equivariance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from symlens.groups import random_orthogonal
from symlens.latent import constraints, theory
from symlens.latent.data.plane import on_circle
from symlens.latent.dimension import linear_rank, spectrum
from symlens.latent.equivariance import linear_error, motion
from symlens.latent.network import Network
from symlens.latent.posterior import kl_fisher, kl_normal, kl_wrapped, resultant
from symlens.latent.relevance import DEFINITIONS, count, normalised, participation, relevances
from symlens.latent.spaces import LOG_SPREAD, Layout, Shapes

positive = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=8)
methods = st.sampled_from(["gaussian", "linear", "circular", "spherical"])
spreads = st.floats(*LOG_SPREAD)


@given(st.floats(-5, 5), st.floats(-12, 6))
def test_kl_of_a_normal_is_zero_only_at_the_prior(mean, log_variance):
    kl = float(kl_normal(np.array(mean), np.array(log_variance)))
    assert kl >= -1e-15
    if kl < 1e-10:
        assert abs(mean) < 2e-5
        assert abs(log_variance) < 3e-5


@given(spreads, spreads)
def test_curved_posteriors_lose_information_as_they_widen(one, other):
    narrow, wide = sorted((one, other))
    for kl in (kl_wrapped, kl_fisher):
        more, less = kl(np.array([narrow])), kl(np.array([wide]))
        assert more >= less - 1e-4
        assert less >= -1e-6
    for curved in (1, 2):
        lengths = resultant(curved, np.array([narrow, wide]))
        assert 1.0 >= lengths[0] >= lengths[1] - 1e-9
        assert lengths[1] >= 0.0


@given(positive)
def test_participation_is_between_one_and_the_number_of_latents(values):
    rho = np.array(values)
    assert 1 - 1e-9 <= participation(rho) <= len(rho) + 1e-9
    assert participation(7.3 * rho) == pytest.approx(participation(rho))
    assert normalised(rho).sum() == pytest.approx(1.0)


def test_relevances_without_any():
    assert participation(np.zeros(3)) == 0.0
    np.testing.assert_array_equal(normalised(np.zeros(3)), 0.0)
    for name in DEFINITIONS:
        assert count(name, np.zeros(3)) == 0


@given(positive, st.floats(1e-3, 1e2))
def test_linear_theory(values, beta):
    eigenvalues = np.sort(values)[::-1]
    kl = theory.linear_kl(eigenvalues, beta)
    np.testing.assert_array_equal(kl > 0, theory.active(eigenvalues, beta))
    assert (np.diff(kl) <= 1e-12).all()
    # Nothing costs more than to reconstruct nothing, and a dearer nat never pays.
    assert theory.linear_cost(eigenvalues, beta) <= eigenvalues.sum() + 1e-9
    assert theory.linear_cost(eigenvalues, beta) <= theory.linear_cost(eigenvalues, 2 * beta) + 1e-9
    np.testing.assert_allclose(theory.linear_kl(3 * eigenvalues, 3 * beta), kl, atol=1e-9)


@settings(max_examples=15)
@given(methods, st.integers(2, 4), st.integers(0, 2**16))
def test_relevances_follow_a_permutation_of_real_latents(method, latents, seed):
    rng = np.random.default_rng(seed)
    hidden = () if method == "linear" else (6,)
    shapes = Shapes(3, hidden, Layout.of(method, latents))
    mask = np.ones(latents)
    mask[-1] = 0.0
    net = Network(shapes, shapes.initial(rng, 1)[0].astype(float), mask, np.zeros(3), np.ones(3))
    x = rng.standard_normal((60, 3))
    found = relevances(x, net)
    assert set(found) == set(DEFINITIONS)
    for name, values in found.items():
        assert values.shape == (latents,)
        assert values[-1] == 0.0, name
        if name != "ablation":  # an untrained decoder may do better without a latent
            assert (values[:-1] >= -1e-9).all() or name == "precision", name


def test_an_unused_latent_has_no_relevance(rng):
    shapes = Shapes(2, (), Layout.of("linear", 2))
    parameters = np.zeros(shapes.parameters)
    parameters[0], parameters[12], parameters[10] = 1.0, 1.0, -2.0
    net = Network(shapes, parameters, np.ones(2), np.zeros(2), np.ones(2))
    found = relevances(rng.standard_normal((500, 2)), net)
    for name, values in found.items():
        assert values[0] > 0.05, name
        assert abs(values[1]) < 1e-9, name


@settings(max_examples=20)
@given(st.integers(2, 6), st.integers(1, 3), st.integers(0, 2**16))
def test_linear_constraints_are_found_in_any_basis(n, removed, seed):
    removed = min(removed, n - 1)
    rng = np.random.default_rng(seed)
    normal = np.linalg.qr(rng.standard_normal((n, removed)))[0]
    x = rng.standard_normal((400, n))
    x -= x @ normal @ normal.T
    found = constraints.find(x, ["1"] * n)
    linear = [f for f in found if f.degree == 1]
    assert len(linear) == removed
    assert linear_rank(spectrum(x)) == n - removed
    fresh = rng.standard_normal((200, n))
    fresh -= fresh @ normal @ normal.T
    assert all(f.rms(fresh) < 1e-6 for f in linear)
    assert len(found) == removed


@settings(max_examples=10)
@given(st.integers(0, 2**16), st.floats(0.2, 5.0))
def test_noise_has_no_constraint_and_a_circle_one(seed, radius):
    rng = np.random.default_rng(seed)
    assert constraints.find(rng.standard_normal((400, 3)), ["1"] * 3) == []
    x = on_circle(rng, 400, radius)
    (found,) = constraints.find(x, ["1", "1"])
    assert found.degree == 2
    assert found.rms(x) < 1e-9
    assert found.formula(["a", "b"]).startswith("a^2 + b^2 = ")


@settings(max_examples=15)
@given(st.integers(0, 2**16))
def test_a_linear_map_is_equivariant_and_strangers_are_not(seed):
    rng = np.random.default_rng(seed)
    before = rng.standard_normal((400, 3))
    assert linear_error(before, before @ rng.standard_normal((3, 3)) + 2.0) < 1e-9
    assert linear_error(before, rng.standard_normal((400, 3))) > 0.9


def test_a_linear_encoder_carries_the_rotation(rng):
    shapes = Shapes(2, (), Layout.of("linear", 2))
    parameters = np.zeros(shapes.parameters)
    parameters[0], parameters[5] = 1.0, 1.0  # mu_1 = x_1, mu_2 = x_2
    net = Network(shapes, parameters, np.ones(2), np.zeros(2), np.ones(2))
    generator = np.array([[0.0, 1.0], [-1.0, 0.0]])
    x = on_circle(rng, 2000)
    found = motion(net, x, generator, rng)
    assert found.error < 1e-6
    np.testing.assert_allclose(found.rate, 1.0, rtol=0.05)
    np.testing.assert_allclose(found.frequency, [1.0, -1.0], atol=1e-3)
    assert np.allclose(x @ expm(2 * np.pi * generator), x)


def test_an_invariant_latent_does_not_move(rng):
    shapes = Shapes(3, (), Layout.of("linear", 2))
    parameters = np.zeros(shapes.parameters)
    parameters[0], parameters[2 * 4 + 1] = 1.0, 1.0  # mu_1 = x_1, mu_2 = x_3
    net = Network(shapes, parameters, np.ones(2), np.zeros(3), np.ones(3))
    generator = np.zeros((3, 3))
    generator[0, 1], generator[1, 0] = 1.0, -1.0
    rate = motion(net, rng.standard_normal((3000, 3)), generator, rng).rate
    assert rate[0] == pytest.approx(1.0, rel=0.1)
    assert rate[1] == pytest.approx(0.0, abs=1e-9)


def test_a_rotated_basis_has_the_same_spectrum(rng):
    x = rng.standard_normal((500, 4)) * [3.0, 1.0, 0.5, 0.0]
    turned = x @ random_orthogonal(4, rng)
    np.testing.assert_allclose(spectrum(turned), spectrum(x), atol=1e-9)
    assert linear_rank(spectrum(turned)) == 3


@pytest.fixture
def rng():
    return np.random.default_rng(13)
