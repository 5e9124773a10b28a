"""Lorentz invariance, conservation and the symmetries of the matrix element."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from symlens.config.latent_data import DrellYanData, LeptonPairData
from symlens.latent.data import drell_yan, electroweak, leptons, partons
from symlens.latent.data.electron_positron import pairs as lepton_pairs
from symlens.latent.data.electroweak import DOWN, LEPTON, UP, Fermion

energies = st.floats(1.0, 5e3)
cosines = st.floats(-0.999, 0.999)
angles = st.floats(0.0, 2 * np.pi)
rapidities = st.floats(-4.0, 4.0)
seeds = st.integers(0, 2**31 - 1)
fermions = st.sampled_from([LEPTON, UP, DOWN])
METRIC = np.array([1.0, -1.0, -1.0, -1.0])


def one_pair(energy, mass, cosine, phi):
    return leptons.back_to_back(np.array([energy]), mass, np.array([cosine]), np.array([phi]))


def product(p, q):
    """Minkowski product of four-momenta along the last axis."""
    return np.sum(METRIC * p * q, axis=-1)


def matrix_element(p_in, p_out, initial, s):
    """Sum over helicities of |amplitude|^2 / (e^4), from chiral couplings: u^2 and t^2 terms.

    Independent of the code under test, which has A and B: amplitudes of equal chirality go with
    u^2 = s^2 (1 + c)^2/4, those of opposite chirality with t^2 = s^2 (1 - c)^2/4.
    """
    chi = complex(electroweak.propagator(np.array(s)))
    t = product(p_in - p_out, p_in - p_out)
    u = -s - t
    total = 0.0
    for chirality_in in (-1, 1):
        for chirality_out in (-1, 1):
            g = initial.vector - chirality_in * initial.axial
            h = LEPTON.vector - chirality_out * LEPTON.axial
            amplitude = abs(initial.charge * LEPTON.charge + g * h * chi) ** 2
            total += amplitude * (u**2 if chirality_in == chirality_out else t**2)
    return total / s**2


@given(energies, cosines, angles)
def test_pairs_at_rest_conserve_energy_and_momentum(energy, cosine, phi):
    pair = one_pair(energy, electroweak.M_MU, cosine, phi)[0]
    np.testing.assert_allclose(pair.sum(axis=0), [energy, 0.0, 0.0, 0.0], atol=1e-9 * energy)
    np.testing.assert_allclose(product(pair, pair), electroweak.M_MU**2, atol=1e-9 * energy**2)
    assert pair[0, 3] / np.linalg.norm(pair[0, 1:]) == pytest.approx(cosine, abs=1e-9)


@given(energies, cosines, angles, rapidities)
def test_boosts_keep_every_invariant_product(energy, cosine, phi, y):
    pair = one_pair(energy, 0.0, cosine, phi)
    moved = leptons.boosted(pair, np.array([y]))
    scale = energy**2 * np.cosh(y) ** 2
    for i in range(2):
        for j in range(2):
            one, other = product(pair[0, i], pair[0, j]), product(moved[0, i], moved[0, j])
            assert one == pytest.approx(other, abs=1e-10 * scale)
    np.testing.assert_allclose(leptons.transverse(moved), leptons.transverse(pair))


@given(energies, cosines, angles, rapidities, rapidities)
def test_boosts_along_the_beam_are_a_group(energy, cosine, phi, one, other):
    pair = one_pair(energy, 0.0, cosine, phi)
    twice = leptons.boosted(leptons.boosted(pair, np.array([one])), np.array([other]))
    once = leptons.boosted(pair, np.array([one + other]))
    np.testing.assert_allclose(twice, once, atol=1e-9 * energy * np.cosh(8.0))
    back = leptons.boosted(leptons.boosted(pair, np.array([one])), np.array([-one]))
    np.testing.assert_allclose(back, pair, atol=1e-9 * energy * np.cosh(one) ** 2)


@given(energies, cosines, angles, st.floats(-3.0, 3.0))
def test_a_boost_adds_its_rapidity_to_the_pseudorapidity_of_massless_leptons(
    energy, cosine, phi, y
):
    pair = one_pair(energy, 0.0, cosine, phi)
    moved = leptons.boosted(pair, np.array([y]))
    np.testing.assert_allclose(
        leptons.pseudorapidity(moved), leptons.pseudorapidity(pair) + y, atol=1e-6
    )


@given(energies, cosines, angles, rapidities)
def test_angular_features_are_the_momenta_of_massless_leptons(energy, cosine, phi, y):
    pair = leptons.boosted(one_pair(energy, 0.0, cosine, phi), np.array([y]))
    x = leptons.features(pair, "angular")[0].reshape(2, 4)
    pt = np.exp(x[:, 0])
    rebuilt = np.stack(
        [pt * np.cosh(x[:, 1]), pt * x[:, 2], pt * x[:, 3], pt * np.sinh(x[:, 1])], axis=1
    )
    np.testing.assert_allclose(rebuilt, pair[0], rtol=1e-7, atol=1e-7 * energy)
    np.testing.assert_allclose(x[:, 2] ** 2 + x[:, 3] ** 2, 1.0)


@settings(max_examples=20)
@given(seeds, st.floats(0.001, 0.3))
def test_smearing_keeps_mass_shells_and_directions(seed, resolution):
    rng = np.random.default_rng(seed)
    clean = lepton_pairs(LeptonPairData(), rng, 50)
    smeared = leptons.smeared(clean, resolution, rng)
    np.testing.assert_allclose(product(smeared, smeared), electroweak.M_MU**2, atol=1e-9)
    directions = [
        p[..., 1:] / np.linalg.norm(p[..., 1:], axis=-1)[..., None] for p in (clean, smeared)
    ]
    # A momentum may be scaled by a negative number: then it points backwards.
    np.testing.assert_allclose(np.abs(np.sum(directions[0] * directions[1], axis=-1)), 1.0)


@given(st.floats(1.0, 1e6), fermions, st.booleans())
def test_cross_sections_are_positive_for_every_angle(s, initial, z):
    a, b = electroweak.coefficients(np.array([s]), initial, z=z)
    assert a[0] > 0
    assert abs(b[0]) <= 2 * a[0] * (1 + 1e-12)  # A (1 + c^2) + B c >= 0 at c = -1 and 1


@given(st.floats(1.0, 1e6), cosines, fermions)
def test_the_angular_law_is_the_helicity_sum(s, cosine, initial):
    half = np.sqrt(s) / 2
    p_in = half * np.array([1.0, 0.0, 0.0, 1.0])
    sine = np.sqrt(1 - cosine**2)
    p_out = half * np.array([1.0, sine, 0.0, cosine])
    a, b = electroweak.coefficients(np.array(s), initial)
    expected = float(a * (1 + cosine**2) + b * cosine)
    assert matrix_element(p_in, p_out, initial, s) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(st.floats(1.0, 1e6), cosines, st.floats(0.0, 2 * np.pi), fermions)
def test_the_matrix_element_is_invariant_under_boosts_and_rotations(s, cosine, angle, initial):
    half = np.sqrt(s) / 2
    sine = np.sqrt(1 - cosine**2)
    p_in = half * np.array([1.0, 0.0, 0.0, 1.0])
    p_out = half * np.array([1.0, sine, 0.0, cosine])
    c, d = np.cos(angle), np.sin(angle)
    turn = np.eye(4)
    turn[1:3, 1:3] = [[c, -d], [d, c]]
    boost = np.eye(4)
    boost[0, 0] = boost[1, 1] = np.cosh(0.7)
    boost[0, 1] = boost[1, 0] = np.sinh(0.7)
    moved = [turn @ boost @ p for p in (p_in, p_out)]
    assert matrix_element(*moved, initial, s) == pytest.approx(
        matrix_element(p_in, p_out, initial, s), rel=1e-6
    )


@given(st.floats(1.0, 1e6), fermions)
def test_an_antifermion_from_the_same_side_turns_the_odd_term(s, initial):
    """Its charge and vector coupling turn, its axial one stays: A is even in these, B odd."""

    class Anti(Fermion):
        vector = -initial.vector
        axial = initial.axial

    a, b = electroweak.coefficients(np.array(s), initial)
    even, odd = electroweak.coefficients(np.array(s), Anti(-initial.charge, initial.isospin))
    assert float(even) == pytest.approx(float(a), rel=1e-9)
    assert float(odd) == pytest.approx(-float(b), rel=1e-9, abs=1e-12)


@given(st.floats(1.0, 1e6))
def test_at_low_energy_only_charges_count(s):
    light = np.array([min(s, 1.0) * 1e-6])
    for fermion in (LEPTON, UP, DOWN):
        a, b = electroweak.coefficients(light, fermion)
        assert a[0] == pytest.approx(fermion.charge**2, rel=1e-6)
        assert abs(b[0]) < 1e-6


@settings(max_examples=15)
@given(st.floats(0.05, 1.0), st.floats(-1.9, 1.9), seeds)
def test_cosines_have_the_moments_of_their_law(flat, odd, seed):
    """Mean of c and of c^2 by quadrature of 1 + k c^2 + b c, which is never negative here."""
    odd = np.clip(odd, -2 * np.sqrt(flat), 2 * np.sqrt(flat)) * 0.99
    rng = np.random.default_rng(seed)
    count = 20_000
    c = electroweak.draw_cosine(rng, np.full(count, flat), np.full(count, odd))
    assert np.abs(c).max() <= 1.0 + 1e-12
    norm = integrate.quad(lambda v: 1 + flat * v**2 + odd * v, -1, 1)[0]
    for power in (1, 2, 3):
        mean = integrate.quad(lambda v, p=power: v**p * (1 + flat * v**2 + odd * v), -1, 1)[0]
        drawn = c**power
        assert abs(drawn.mean() - mean / norm) < 5 * drawn.std() / np.sqrt(count)


@settings(max_examples=10, deadline=None)
@given(seeds, st.sampled_from(["photon", "photon_z"]), st.floats(0.0, 0.1))
def test_events_conserve_momentum_whatever_the_beam(seed, current, spread):
    cfg = LeptonPairData(current=current, sqrt_s=(20.0, 60.0), beam_spread=spread)
    events = lepton_pairs(cfg, np.random.default_rng(seed), 200)
    np.testing.assert_allclose(events.sum(axis=1)[:, 1:], 0.0, atol=1e-9)
    np.testing.assert_allclose(events[:, 0, 0], events[:, 1, 0])
    mass = electroweak.M_MU if current == "photon" else 0.0
    np.testing.assert_allclose(product(events, events), mass**2, atol=1e-6)


def test_drell_yan_events_have_no_transverse_momentum_and_keep_to_their_range():
    sampler = drell_yan.Sampler.of(DrellYanData(mass=(70.0, 110.0)))
    events = sampler.pairs(np.random.default_rng(11), 500)
    total = events.sum(axis=1)
    np.testing.assert_allclose(total[:, 1:3], 0.0, atol=1e-9)
    mass = np.sqrt(product(total, total))
    assert mass.min() >= 70.0 - 1e-6
    assert mass.max() <= 110.0 + 1e-6
    x1, x2 = ((total[:, 0] + sign * total[:, 3]) / 13_000.0 for sign in (1, -1))
    assert max(x1.max(), x2.max()) < 1.0
    assert (np.abs(product(events, events)) < 1e-9 * events[..., 0] ** 2).all()


@given(st.floats(60.0, 120.0), st.floats(-4.0, 4.0))
def test_two_equal_protons_look_alike_from_both_sides(mass, y):
    """y -> -y leaves the sum over channels, and turns the sign of its odd part."""
    square = np.array([mass**2])
    sums = []
    for sign in (1, -1):
        found = list(drell_yan.channels(square, np.array([sign * y]), 13_000.0, partons.toy))
        even = sum(float(w[0]) for w, _ in found)
        odd = sum(float(w[0] * r[0]) for w, r in found)
        sums.append((even, odd))
    assert sums[0][0] == pytest.approx(sums[1][0], rel=1e-9)
    assert sums[0][1] == pytest.approx(-sums[1][1], rel=1e-9, abs=1e-12 * sums[0][0])


@given(st.floats(1e-5, 0.99), st.floats(1.0, 1e5))
def test_toy_densities_are_positive_and_valence_is_what_quarks_have_more(x, q2):
    found = partons.toy(np.array(x), np.array(q2))
    assert all(value >= 0 for value in found.values())
    for quark in partons.QUARKS:
        valence = float(found[quark] - found[-quark])
        assert (valence > 0) == (quark in partons.VALENCE_COUNT)


def test_toy_densities_carry_no_more_than_the_proton():
    total = sum(
        integrate.quad(lambda x, q=q: float(partons.toy(np.array(x), np.array(1.0))[q]), 0, 1)[0]
        for quark in partons.QUARKS
        for q in (quark, -quark)
    )
    assert 0.2 < total < 1.0  # the rest is the gluon's


@given(st.floats(20.0, 200.0), st.floats(1.01, 2.0), st.floats(0.0, 1.0))
def test_the_mass_map_is_one_to_one_and_its_slope_the_jacobian(low, ratio, u):
    high = low * ratio
    ends = drell_yan.mass_map(np.array([0.0, 1.0]), (low, high))[0]
    np.testing.assert_allclose(ends, [low**2, high**2], rtol=1e-9)
    step = 1e-6
    u = np.clip(u, step, 1 - step)
    around, _ = drell_yan.mass_map(np.array([u - step, u + step]), (low, high))
    slope = (around[1] - around[0]) / (2 * step)
    assert slope > 0
    assert slope == pytest.approx(float(drell_yan.mass_map(np.array(u), (low, high))[1]), rel=1e-3)


@given(st.sampled_from(["momenta", "angular"]), angles)
def test_the_rotation_about_the_beam_keeps_what_a_rotation_keeps(kind, angle):
    from scipy.linalg import expm

    rng = np.random.default_rng(0)
    sampler = lepton_pairs(LeptonPairData(), rng, 50)
    x = leptons.features(sampler, kind)
    moved = x @ expm(angle * leptons.beam_rotation(kind))
    kept = [0, 3, 4, 7] if kind == "momenta" else [0, 1, 4, 5]
    np.testing.assert_allclose(moved[:, kept], x[:, kept], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), np.linalg.norm(x, axis=1), rtol=1e-12)
    if kind == "momenta":
        pairs = moved.reshape(-1, 2, 4)
        np.testing.assert_allclose(product(pairs, pairs), product(sampler, sampler), atol=1e-9)
