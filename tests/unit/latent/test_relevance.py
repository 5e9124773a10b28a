"""Definitions of relevance against their formulas, one network at a time."""

from __future__ import annotations

import numpy as np
import pytest

from symlens.latent import relevance, theory
from symlens.latent.data.plane import on_circle
from symlens.latent.network import Network, frame
from symlens.latent.spaces import Layout, Shapes

SIGNAL, NOISE = 0.8, 0.36


@pytest.fixture
def channel():
    """A linear network with mu_1 = 0.8 x_1, s_1^2 = 0.36, an idle z_2, and decoder 0.5 z_1."""
    shapes = Shapes(2, (), Layout.of("linear", 2))
    parameters = np.zeros(shapes.parameters)
    weight = parameters[:8].reshape(2, 4)
    weight[0, 0] = SIGNAL
    parameters[8 + 2] = np.log(NOISE)
    parameters[12] = 0.5
    return Network(shapes, parameters, np.ones(2), np.zeros(2), np.ones(2))


@pytest.fixture
def x(rng):
    found = rng.standard_normal((4000, 2))
    return (found - found.mean(axis=0)) / found.std(axis=0)


def test_every_definition_by_hand(channel, x):
    found = relevance.relevances(x, channel)
    signal = SIGNAL**2
    kl = 0.5 * (signal + NOISE - 1 - np.log(NOISE))
    base = (1 - 0.5 * SIGNAL) ** 2
    for name, value in (
        ("kl", kl),
        ("active", signal),
        ("snr", signal / NOISE),
        ("precision", 1 / NOISE - 1),
        ("jacobian", 0.25),
        ("ablation", 1 - base),
    ):
        assert found[name][0] == pytest.approx(value, rel=1e-6), name
        assert found[name][1] == pytest.approx(0.0, abs=1e-12), name
    # An aggregate posterior N(0, 1): the Gaussian channel's relation is exact.
    assert signal + NOISE == pytest.approx(1.0)
    assert kl == pytest.approx(0.5 * np.log1p(signal / NOISE))


def test_a_mask_hides_a_latent_from_all_definitions(channel, x):
    hidden = Network(
        channel.shapes, channel.parameters, np.array([0.0, 1.0]), channel.mean, channel.scale
    )
    for name, values in relevance.relevances(x, hidden).items():
        assert values[0] == 0.0, name
    np.testing.assert_allclose(hidden.reconstruct(x), 0.0)


def test_units_of_features_do_not_matter(channel, x):
    scaled = Network(
        channel.shapes,
        channel.parameters,
        channel.mask,
        np.array([3.0, -1.0]),
        np.array([10.0, 0.1]),
    )
    moved = x * scaled.scale + scaled.mean
    for name, values in relevance.relevances(moved, scaled).items():
        np.testing.assert_allclose(
            values, relevance.relevances(x, channel)[name], rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize(
    ("name", "values", "threshold", "expected"),
    [
        ("kl", [1.0, 0.06, 0.04], None, 2),
        ("kl", [1.0, 0.06, 0.04], 0.5, 1),
        ("active", [0.5, 0.02, 0.009], None, 2),
        ("snr", [5.0, 0.2, 0.05], None, 2),
        ("jacobian", [1.0, 0.05, 0.01], None, 2),
        ("jacobian", [100.0, 5.0, 1.0], None, 2),
        ("ablation", [1.0, -0.1, 0.0], None, 1),
    ],
)
def test_counts(name, values, threshold, expected):
    assert relevance.count(name, np.array(values), threshold) == expected


def test_definitions_say_what_they_are():
    assert relevance.DEFAULT in relevance.DEFINITIONS
    assert "not known to us" in str(relevance.__doc__)
    for name, definition in relevance.DEFINITIONS.items():
        assert len(definition.meaning) > 20, name
        assert definition.threshold > 0, name


def test_participation_of_equal_and_of_single_latents():
    assert relevance.participation(np.array([2.0, 2.0, 2.0, 0.0])) == pytest.approx(3.0)
    assert relevance.participation(np.array([0.0, 5.0])) == pytest.approx(1.0)
    np.testing.assert_allclose(relevance.normalised(np.array([3.0, 1.0, -1.0])), [0.75, 0.25, 0.0])


def test_an_angle_as_latent_holds_the_circle(rng):
    """Identity encoder to an angle and identity decoder: the error is that of the angle's noise."""
    shapes = Shapes(2, (), Layout.of("circular", 1))
    parameters = np.zeros(shapes.parameters)
    weight = parameters[:6].reshape(2, 3)
    weight[0, 0] = weight[1, 1] = 1.0
    parameters[8] = np.log(0.04)
    parameters[9], parameters[12] = 1.0, 1.0
    net = Network(shapes, parameters, np.ones(1), np.zeros(2), np.ones(2))
    x = on_circle(rng, 2000)
    np.testing.assert_allclose(net.reconstruct(x), x, atol=1e-9)
    found = relevance.relevances(x, net)
    assert found["kl"][0] == pytest.approx(
        np.log(2 * np.pi) - 0.5 * np.log(2 * np.pi * np.e * 0.04)
    )
    assert found["active"][0] == pytest.approx(np.exp(-0.04), rel=0.01)
    assert found["jacobian"][0] == pytest.approx(1.0)
    assert found["ablation"][0] == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize("n", [2, 3])
def test_frames_are_orthonormal_and_tangent(n, rng):
    unit = rng.standard_normal((50, n))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    tangents = frame(unit)
    assert len(tangents) == n - 1
    for i, one in enumerate(tangents):
        np.testing.assert_allclose(np.sum(one * unit, axis=1), 0.0, atol=1e-12)
        for j, other in enumerate(tangents):
            np.testing.assert_allclose(np.sum(one * other, axis=1), float(i == j), atol=1e-12)


def test_linear_theory_by_hand():
    eigenvalues = np.array([4.0, 1.0, 0.25, 0.04, 0.01])
    kl = theory.linear_kl(eigenvalues, 0.4)
    np.testing.assert_allclose(kl, [1.498, 0.805, 0.112, 0.0, 0.0], atol=5e-4)
    np.testing.assert_array_equal(theory.active(eigenvalues, 0.4), [True, True, True, False, False])
    cost = 3 * 0.2 + 0.05 + 0.4 * kl.sum()
    assert theory.linear_cost(eigenvalues, 0.4) == pytest.approx(cost)
    assert theory.linear_kl(np.zeros(2), 0.1).sum() == 0.0


@pytest.mark.parametrize("method", ["circular", "spherical"])
def test_an_encoder_that_is_shut_still_has_a_direction(method):
    shapes = Shapes(2, (3,), Layout.of(method, 2))
    parameters = np.zeros(shapes.parameters)
    net = Network(shapes, parameters, np.ones(2), np.zeros(2), np.ones(2))
    x = np.random.default_rng(0).standard_normal((20, 2))
    np.testing.assert_allclose(np.linalg.norm(net.posterior(x).mode[:, :-1], axis=1), 1.0)
    for name, values in relevance.relevances(x, net).items():
        assert np.isfinite(values).all(), name
