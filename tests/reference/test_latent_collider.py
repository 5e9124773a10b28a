"""Samplers of lepton pairs against closed forms and independent integrals, at 10^5 events."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from symlens.config.latent_data import DrellYanData, LeptonPairData
from symlens.latent.data import electroweak, partons
from symlens.latent.data.drell_yan import Sampler
from symlens.latent.data.electron_positron import pairs

EVENTS = 100_000
SIGMAS = 4.0


def cosine(events):
    p = events[:, 0, 1:]
    return p[:, 2] / np.linalg.norm(p, axis=1)


def near(values, expected):
    """Whether the mean of values is within SIGMAS standard errors of a number."""
    error = values.std() / np.sqrt(len(values))
    return abs(values.mean() - expected) < SIGMAS * error


def angular_law(flat, ratio):
    """Distribution function of a density proportional to 1 + k c^2 + b c."""
    return lambda c: (c + 1 + flat * (c**3 + 1) / 3 + ratio * (c**2 - 1) / 2) / (2 + 2 * flat / 3)


def test_qed_angles(rng):
    events = pairs(LeptonPairData(), rng, EVENTS)
    c, r = cosine(events), 4 * electroweak.M_MU**2 / 100.0
    flat = (1 - r) / (1 + r)
    assert stats.kstest(c, angular_law(flat, 0.0)).pvalue > 1e-3
    assert near(c**2, (1 / 3 + flat / 5) / (1 + flat / 3))
    assert near(np.sign(c), 0.0)
    phi = np.arctan2(events[:, 0, 2], events[:, 0, 1])
    assert stats.kstest(phi, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3


def test_qed_near_threshold_is_isotropic(rng):
    c = cosine(pairs(LeptonPairData(sqrt_s=(0.25, 0.25)), rng, EVENTS))
    r = 4 * electroweak.M_MU**2 / 0.0625
    assert near(c**2, (1 / 3 + (1 - r) / (1 + r) / 5) / (1 + (1 - r) / (1 + r) / 3))


@pytest.mark.parametrize("energy", [60.0, 91.2, 200.0])
def test_z_angles_and_asymmetry(rng, energy):
    cfg = LeptonPairData(current="photon_z", sqrt_s=(energy, energy))
    c = cosine(pairs(cfg, rng, EVENTS))
    asymmetry = float(electroweak.asymmetry(np.array(energy**2)))
    assert near(np.sign(c), asymmetry)
    assert stats.kstest(c, angular_law(1.0, 8 * asymmetry / 3)).pvalue > 1e-3


def test_qed_cross_section_is_the_integral_of_its_angular_law():
    s, m = 4.0, electroweak.M_MU
    r = 4 * m**2 / s

    def density(c):
        front = electroweak.ALPHA_0**2 / (4 * s) * np.sqrt(1 - r)
        return 2 * np.pi * front * ((1 + r) + (1 - r) * c**2) * electroweak.PICOBARN

    assert electroweak.sigma_qed(np.array(s)) == pytest.approx(integrate.quad(density, -1, 1)[0])


@pytest.mark.parametrize(
    ("energy", "section", "asymmetry", "error"),
    [(91.2, 1998.0, 0.013, 0.007), (60.0, 29.3, -0.376, 0.007), (200.0, 3.05, 0.544, 0.007)],
)
def test_z_agrees_with_pythia_within_its_couplings(energy, section, asymmetry, error):
    # Pythia 8 at leading order, 2 x 10^4 events; its couplings run, ours do not: 2 %.
    s = np.array(energy**2)
    assert float(electroweak.sigma_lepton_pair(s)) == pytest.approx(section, rel=0.02)
    assert abs(float(electroweak.asymmetry(s)) - asymmetry) < 2.5 * error


def test_without_the_z_the_photon_is_left():
    s = np.array([1.0, 100.0])
    a, b = electroweak.coefficients(s, electroweak.UP, z=False)
    np.testing.assert_allclose(a, 4 / 9)
    np.testing.assert_array_equal(b, 0.0)
    far, odd = electroweak.coefficients(np.array([1e-4]), electroweak.UP)
    assert far[0] == pytest.approx(4 / 9, rel=1e-4)
    assert abs(odd[0]) < 1e-4


def naive_section(cfg):
    """Total cross-section by quadrature in M^2 and y, one quark at a time, in pb."""
    root = cfg.sqrt_s

    def density(y, mass):
        square = mass**2
        total = 0.0
        for quark, couplings in partons.QUARKS.items():
            a, _ = electroweak.coefficients(np.array(square), couplings)
            x1, x2 = mass / root * np.exp(y), mass / root * np.exp(-y)
            one, two = (partons.toy(np.array(x), np.array(square)) for x in (x1, x2))
            flux = one[quark] * two[-quark] + one[-quark] * two[quark]
            total += flux * a * 4 * np.pi * electroweak.ALPHA**2 / (9 * square**2)
        return 2 * mass * float(total)

    value, _ = integrate.dblquad(
        density,
        *cfg.mass,
        lambda m: -np.log(root / m),
        lambda m: np.log(root / m),
        epsrel=1e-4,
    )
    return value * electroweak.PICOBARN


def test_drell_yan_cross_section_by_quadrature(rng):
    cfg = DrellYanData(mass=(30.0, 50.0))
    value, error = Sampler.of(cfg).cross_section(rng, EVENTS)
    assert abs(value - naive_section(cfg)) < SIGMAS * error
    assert error < 0.01 * value


def test_drell_yan_events_follow_their_weights(rng):
    sampler = Sampler.of(DrellYanData())
    events = sampler.pairs(rng, EVENTS)
    total = events.sum(axis=1)
    mass = np.sqrt(total[:, 0] ** 2 - np.sum(total[:, 1:] ** 2, axis=1))
    rapidity = np.arctanh(total[:, 3] / total[:, 0])
    square, y, weights, _ = sampler.proposals(rng, EVENTS)
    share = weights.sum(axis=0) / weights.sum()
    for drawn, proposed in ((mass, np.sqrt(square)), (np.abs(rapidity), np.abs(y))):
        expected = np.sum(share * proposed)
        spread = np.sqrt(np.sum(share * (proposed - expected) ** 2))
        weighted = spread * np.sqrt(np.sum(share**2))
        error = np.hypot(drawn.std() / np.sqrt(EVENTS), weighted)
        assert abs(drawn.mean() - expected) < SIGMAS * error
    assert (weights.sum(axis=0) > sampler.highest).mean() < 1e-4
    assert near(np.sign(rapidity), 0.0)


def test_toy_valence_numbers():
    for quark, number in ((1, 1.0), (2, 2.0)):
        value, _ = integrate.quad(
            lambda x, q=quark: float(
                (
                    partons.toy(np.array(x), np.array(1.0))[q]
                    - partons.toy(np.array(x), np.array(1.0))[-q]
                )
                / x
            ),
            0,
            1,
        )
        assert value == pytest.approx(number, rel=1e-6)


def test_table_of_densities_is_what_it_was_made_from(rng):
    densities = partons.tabulated(
        lambda number, x, q2: number * np.log(x) * np.log(q2), 1e-4, (10.0, 1e4)
    )
    x, q2 = np.exp(rng.uniform(np.log(1e-4), np.log(0.9), 50)), rng.uniform(10.0, 1e4, 50)
    found = densities(x, q2)
    for number in (1, -1, 5, -5):
        np.testing.assert_allclose(found[number], number * np.log(x) * np.log(q2), rtol=1e-6)


@pytest.fixture
def rng():
    return np.random.default_rng(3)
