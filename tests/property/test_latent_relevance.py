"""What relevances, counts and theory must not depend on, and what they must follow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symlens.groups import random_orthogonal
from symlens.latent import theory
from symlens.latent.network import Network
from symlens.latent.relevance import (
    DEFINITIONS,
    count,
    normalised,
    participation,
    relevances,
)
from symlens.latent.spaces import Layout, Shapes

seeds = st.integers(0, 2**16)
values = st.lists(st.floats(0.0, 50.0), min_size=1, max_size=8).map(np.array)
some = values.filter(lambda v: v.max() > 1e-3)


def network(seed, latents=3, features=3, hidden=(6,)):
    rng = np.random.default_rng(seed)
    shapes = Shapes(features, hidden, Layout.of("gaussian", latents))
    parameters = shapes.initial(rng, 1)[0].astype(np.float64)
    parameters += 0.1 * rng.standard_normal(len(parameters))
    net = Network(shapes, parameters, np.ones(latents), np.zeros(features), np.ones(features))
    return net, rng.standard_normal((120, features))


def blocks(net):
    """Copies of weights and offsets of every layer."""
    return [(weight.copy(), offset.copy()) for weight, offset in net._layers]


def assembled(net, layers):
    parameters = np.concatenate([part.ravel() for layer in layers for part in layer])
    return Network(net.shapes, parameters, net.mask, net.mean, net.scale)


@settings(max_examples=25)
@given(seeds, st.permutations(range(3)))
def test_renamed_latents_have_the_same_relevances(seed, order):
    net, x = network(seed)
    order = np.array(order)
    layers = blocks(net)
    last, first = net.shapes.encoder_layers - 1, net.shapes.encoder_layers
    heads = np.concatenate([order, 3 + order])
    layers[last] = (layers[last][0][:, heads], layers[last][1][heads])
    layers[first] = (layers[first][0][order], layers[first][1])
    other = assembled(net, layers)
    np.testing.assert_allclose(other.reconstruct(x), net.reconstruct(x), atol=1e-9)
    found, renamed = relevances(x, net), relevances(x, other)
    for name in DEFINITIONS:
        np.testing.assert_allclose(renamed[name], found[name][order], rtol=1e-7, atol=1e-9)


@settings(max_examples=25)
@given(seeds, st.lists(st.sampled_from([-1.0, 1.0]), min_size=3, max_size=3))
def test_the_sign_of_a_latent_has_no_meaning(seed, signs):
    net, x = network(seed)
    signs = np.array(signs)
    layers = blocks(net)
    last, first = net.shapes.encoder_layers - 1, net.shapes.encoder_layers
    heads = np.concatenate([signs, np.ones(3)])
    layers[last] = (layers[last][0] * heads, layers[last][1] * heads)
    layers[first] = (layers[first][0] * signs[:, None], layers[first][1])
    found, mirrored = relevances(x, net), relevances(x, assembled(net, layers))
    for name in DEFINITIONS:
        np.testing.assert_allclose(mirrored[name], found[name], rtol=1e-7, atol=1e-9)


@settings(max_examples=20)
@given(seeds)
def test_a_turned_basis_of_the_features_changes_nothing(seed):
    """x -> x R with the encoder and decoder turned along: same latents, same errors."""
    net, x = network(seed)
    turn = random_orthogonal(3, np.random.default_rng(seed + 1))
    layers = blocks(net)
    layers[0] = (turn.T @ layers[0][0], layers[0][1])
    layers[-1] = (layers[-1][0] @ turn, layers[-1][1] @ turn)
    found, turned = relevances(x, net), relevances(x @ turn, assembled(net, layers))
    for name in DEFINITIONS:
        np.testing.assert_allclose(turned[name], found[name], rtol=1e-6, atol=1e-9)


@settings(max_examples=20)
@given(seeds)
def test_the_order_of_samples_has_no_meaning(seed):
    net, x = network(seed)
    mixed = np.random.default_rng(seed).permutation(x)
    found, other = relevances(x, net), relevances(mixed, net)
    for name in DEFINITIONS:
        np.testing.assert_allclose(other[name], found[name], rtol=1e-9, atol=1e-12)


@settings(max_examples=20)
@given(seeds, st.floats(0.2, 5.0))
def test_a_latent_in_other_units_keeps_its_signal_to_noise(seed, unit):
    """mu and s scaled, the decoder's weights scaled back: snr and ablation stay, KL does not."""
    net, x = network(seed)
    layers = blocks(net)
    last, first = net.shapes.encoder_layers - 1, net.shapes.encoder_layers
    calm = np.array([1, 1, 1, 0.1, 0.1, 0.1])  # far from the clamp of the log variances
    layers[last] = (layers[last][0] * calm, layers[last][1])
    net = assembled(net, layers)
    scale, shift = np.array([unit, 1, 1, 1, 1, 1]), np.array([0, 0, 0, 2 * np.log(unit), 0, 0])
    layers[last] = (layers[last][0] * scale, layers[last][1] * scale + shift)
    layers[first] = (layers[first][0] / np.array([unit, 1, 1])[:, None], layers[first][1])
    found, other = relevances(x, net), relevances(x, assembled(net, layers))
    for name in ("snr", "ablation"):
        np.testing.assert_allclose(other[name], found[name], rtol=1e-6, atol=1e-9)
    assert other["active"][0] == pytest.approx(found["active"][0] * unit**2)
    assert other["jacobian"][0] == pytest.approx(found["jacobian"][0] / unit**2, abs=1e-12)


@given(some, st.floats(0.01, 100.0))
def test_shares_have_no_unit(rho, unit):
    shares = normalised(rho)
    assert shares.sum() == pytest.approx(1.0)
    assert (shares >= 0).all()
    np.testing.assert_allclose(normalised(unit * rho), shares, atol=1e-12)
    assert shares[np.argmax(rho)] == shares.max()


@given(some, st.integers(0, 5))
def test_unused_latents_do_not_count(rho, idle):
    padded = np.append(rho, np.zeros(idle))
    assert participation(padded) == pytest.approx(participation(rho))
    for name in DEFINITIONS:
        assert count(name, padded) == count(name, rho)


@given(some, st.floats(0.0, 1.0))
def test_participation_grows_as_relevances_even_out(rho, mix):
    """Schur concave: on the way to the mean the effective number only grows."""
    even = (1 - mix) * rho + mix * rho.mean()
    assert participation(even) >= participation(rho) - 1e-9
    assert participation(np.full_like(rho, rho.mean())) == pytest.approx(len(rho))


@given(values, st.floats(1e-3, 10.0), st.floats(1.0, 10.0))
def test_a_higher_threshold_counts_no_more(rho, threshold, factor):
    for name, definition in DEFINITIONS.items():
        if definition.relative:
            threshold = min(threshold, 1.0)
        low, high = (count(name, rho, t) for t in (threshold, factor * threshold))
        assert 0 <= high <= low <= len(rho)


@given(some, st.floats(0.01, 100.0))
def test_relative_thresholds_have_no_unit(rho, unit):
    for name, definition in DEFINITIONS.items():
        if definition.relative:
            share = rho / rho.sum()
            # Not at the threshold itself, which rounding may cross.
            assume((np.abs(share - definition.threshold) > 1e-6).all())
            assume(unit * rho.max() > 1e-6)
            kept = rho[rho > 1e-6]
            assume(len(kept) > 0)
            assert count(name, unit * kept) == count(name, kept)


@given(st.floats(0.05, 20.0), st.floats(0.02, 3.0))
def test_a_gaussian_channel_has_the_kl_of_its_signal_to_noise(eigenvalue, beta):
    """Optimal linear VAE: KL = ln(1 + snr)/2 = ln(2 lambda/beta)/2, whatever the beta."""
    assume(eigenvalue > 0.6 * beta)
    s2 = beta / (2 * eigenvalue)
    mu2 = 1 - s2
    kl = 0.5 * (mu2 + s2 - 1 - np.log(s2))
    assert kl == pytest.approx(0.5 * np.log(1 + mu2 / s2))
    assert kl == pytest.approx(float(theory.linear_kl(np.array([eigenvalue]), beta)[0]), abs=1e-12)


@given(st.lists(st.floats(0.01, 10.0), min_size=1, max_size=6), st.floats(0.01, 5.0))
def test_cost_of_the_theory_is_error_plus_price(eigenvalues, beta):
    """Water-filling written out per direction, and its slope by beta is KL plus half the used."""
    values = np.sort(eigenvalues)[::-1]
    cost = sum(beta / 2 + beta / 2 * np.log(2 * v / beta) if v > beta / 2 else v for v in values)
    assert theory.linear_cost(values, beta) == pytest.approx(cost, rel=1e-9)
    step = 1e-5 * beta
    assume((np.abs(values - beta / 2) > 1e-3 * beta).all())
    slope = (theory.linear_cost(values, beta + step) - theory.linear_cost(values, beta - step)) / (
        2 * step
    )
    assert slope == pytest.approx(theory.linear_kl(values, beta).sum(), abs=1e-3)


@given(st.floats(0.001, 0.15))
def test_on_a_circle_one_latent_with_a_cut_costs_less_than_two_at_small_beta(beta):
    assert theory.angle_cost(beta) < theory.plane_cost(beta)


def test_the_two_codes_of_the_circle_cost_the_same_once():
    betas = np.geomspace(0.01, 0.9, 400)
    sign = [theory.angle_cost(b) < theory.plane_cost(b) for b in betas]
    changes = np.flatnonzero(np.diff(np.array(sign, int)))
    assert len(changes) == 1
    assert 0.15 < betas[changes[0]] < 0.35
