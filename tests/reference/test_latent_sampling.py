"""Binned laws of the samplers against closed forms, by chi-square at 10^5 events.

Seeds are fixed. A chi-square test fails here where its probability is below LEVEL: with some thirty
tests one false alarm in three hundred choices of seeds.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special, stats

from symlens.config.latent_data import DrellYanData, LeptonPairData
from symlens.latent import posterior
from symlens.latent.data import electroweak, partons, plane
from symlens.latent.data.drell_yan import COLOURS, Sampler
from symlens.latent.data.electron_positron import pairs

EVENTS = 100_000
LEVEL = 1e-4
BINS = 25


def fits(values, edges, law):
    """Whether counts in bins are those of a distribution function, chi-square at LEVEL."""
    counts = np.histogram(values, edges)[0]
    share = np.diff(law(edges))
    expected = share / share.sum() * counts.sum()
    return stats.chisquare(counts, expected).pvalue > LEVEL


def fits_table(counts, expected):
    expected = expected / expected.sum() * counts.sum()
    return stats.chisquare(counts.ravel(), expected.ravel()).pvalue > LEVEL


def direction(events):
    p = events[:, 0, 1:]
    return p[:, 2] / np.linalg.norm(p, axis=1), np.arctan2(p[:, 1], p[:, 0])


def cosine_law(flat, odd):
    """Distribution function of 1 + k c^2 + b c, up to a factor."""
    return lambda c: c + flat * c**3 / 3 + odd * c**2 / 2


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("energy", [0.25, 0.5, 10.0, 200.0])
def test_qed_directions(energy, seed):
    cfg = LeptonPairData(sqrt_s=(energy, energy))
    c, phi = direction(pairs(cfg, np.random.default_rng(seed), EVENTS))
    r = 4 * electroweak.M_MU**2 / energy**2
    edges = np.linspace(-1, 1, BINS + 1)
    law = cosine_law((1 - r) / (1 + r), 0.0)
    assert fits(c, edges, law)
    counts = np.histogram2d(c, phi, [edges, np.linspace(-np.pi, np.pi, 9)])[0]
    assert fits_table(counts, np.repeat(np.diff(law(edges))[:, None], 8, axis=1))


@pytest.mark.parametrize("energy", [30.0, 60.0, 91.1876, 130.0, 500.0])
def test_directions_with_the_z(energy):
    cfg = LeptonPairData(current="photon_z", sqrt_s=(energy, energy))
    c, _ = direction(pairs(cfg, np.random.default_rng(4), EVENTS))
    a, b = electroweak.coefficients(np.array(energy**2), electroweak.LEPTON)
    edges = np.linspace(-1, 1, BINS + 1)
    assert fits(c, edges, cosine_law(1.0, float(b / a)))
    assert not fits(c, edges, cosine_law(1.0, float(b / a) + 0.1))  # the test can fail


def test_the_wrong_law_is_refused():
    c, _ = direction(pairs(LeptonPairData(), np.random.default_rng(1), EVENTS))
    edges = np.linspace(-1, 1, BINS + 1)
    assert not fits(c, edges, cosine_law(0.7, 0.0))
    assert not fits(c, edges, cosine_law(1.0, 0.1))


def test_energies_of_a_range_are_uniform_and_a_spread_normal():
    rng = np.random.default_rng(2)
    energy = pairs(LeptonPairData(sqrt_s=(10.0, 20.0)), rng, EVENTS).sum(axis=1)[:, 0]
    assert fits(energy, np.linspace(10, 20, BINS + 1), lambda e: e)
    cfg = LeptonPairData(sqrt_s=(10.0, 10.0), beam_spread=0.01)
    energy = pairs(cfg, rng, EVENTS).sum(axis=1)[:, 0]
    edges = np.concatenate([[-np.inf], np.linspace(9.75, 10.25, 20), [np.inf]])
    assert fits(energy, edges, lambda e: stats.norm.cdf(e, 10.0, 0.1))


def density(cfg, mass, y):
    """Even and odd part of dsigma/(dM dy) along +z, one quark at a time, up to a constant."""
    even = odd = 0.0
    s = np.asarray(mass) ** 2
    one, two = (partons.toy(mass / cfg.sqrt_s * np.exp(sign * y), s) for sign in (1, -1))
    for quark, couplings in partons.QUARKS.items():
        a, b = electroweak.coefficients(s, couplings)
        forward, backward = one[quark] * two[-quark], one[-quark] * two[quark]
        front = 2 * mass * np.pi * electroweak.ALPHA**2 / (2 * COLOURS * s**2)
        even = even + front * a * (forward + backward)
        odd = odd + front * b * (forward - backward)
    return even, odd


def gauss(low, high, order=24):
    nodes, weights = special.roots_legendre(order)
    return (low + high) / 2 + (high - low) / 2 * nodes, (high - low) / 2 * weights


def table(cfg, masses, rapidities, part):
    """Integral of a part of the density over every bin of mass and rapidity."""
    found = np.zeros((len(masses) - 1, len(rapidities) - 1))
    for i in range(len(masses) - 1):
        m, wm = gauss(masses[i], masses[i + 1])
        for j in range(len(rapidities) - 1):
            y, wy = gauss(rapidities[j], rapidities[j + 1])
            grid = density(cfg, m[:, None], y[None, :])[part]
            found[i, j] = wm @ grid @ wy
    return found


@pytest.fixture(scope="module")
def drell_yan():
    cfg = DrellYanData()
    events = Sampler.of(cfg).pairs(np.random.default_rng(5), EVENTS)
    total = events.sum(axis=1)
    mass = np.sqrt(total[:, 0] ** 2 - np.sum(total[:, 1:] ** 2, axis=1))
    y = np.arctanh(total[:, 3] / total[:, 0])
    along = events[:, 0, 3] * np.cosh(y) - events[:, 0, 0] * np.sinh(y)
    return cfg, mass, y, along / (mass / 2)


MASSES = np.array([60.0, 75.0, 85.0, 89.0, 90.5, 91.2, 91.9, 93.5, 98.0, 120.0])
RAPIDITIES = np.array([-4.0, -2.5, -1.5, -0.7, 0.0, 0.7, 1.5, 2.5, 4.0])


def test_drell_yan_mass_and_rapidity(drell_yan):
    cfg, mass, y, _ = drell_yan
    counts = np.histogram2d(mass, y, [MASSES, RAPIDITIES])[0]
    assert counts.sum() > 0.95 * EVENTS
    assert fits_table(counts, table(cfg, MASSES, RAPIDITIES, 0))


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("window", [(60.0, 85.0), (89.0, 93.5), (95.0, 120.0)])
def test_drell_yan_angles_in_the_frame_of_the_pair(drell_yan, window, side):
    cfg, mass, y, cosine = drell_yan
    ends = (0.7, 3.0) if side > 0 else (-3.0, -0.7)
    inside = (mass > window[0]) & (mass < window[1]) & (y > ends[0]) & (y < ends[1])
    bins = [np.linspace(*window, 6), np.linspace(*ends, 3)]
    even, odd = (table(cfg, *bins, part).sum() for part in (0, 1))
    edges = np.linspace(-1, 1, 13)
    assert inside.sum() > 500
    assert fits(cosine[inside], edges, cosine_law(1.0, odd / even))


def test_drell_yan_cross_section_of_a_fixed_mass():
    cfg = DrellYanData(mass=(91.1876, 91.1876))
    value, error = Sampler.of(cfg).cross_section(np.random.default_rng(6), EVENTS)
    mass, reach = 91.1876, np.log(cfg.sqrt_s / 91.1876)
    y, weights = gauss(-reach, reach, 200)
    even, _ = density(cfg, np.array(mass), y)
    # dsigma/dM^2 = dsigma/dM/(2 M); the even part carries the integral of 1 + c^2, which is 8/3.
    expected = weights @ even * 8 / 3 / (2 * mass) * electroweak.PICOBARN
    assert abs(value - expected) < 4 * error
    assert error < 0.01 * value


@pytest.mark.parametrize("sigma", [0.05, 0.5, 1.0, 3.0])
def test_wrapped_normal_by_sampling(sigma):
    """E ln(2 pi p) over draws, with the density as a sum over turns, normalised by quadrature."""
    rng = np.random.default_rng(7)
    turns = 2 * np.pi * np.arange(-30, 31)

    def law(t):
        return stats.norm.pdf(np.asarray(t)[..., None] + turns, scale=sigma).sum(axis=-1)

    points = [-3 * sigma, 0.0, 3 * sigma] if sigma < 1 else None
    assert integrate.quad(law, -np.pi, np.pi, points=points)[0] == pytest.approx(1.0, abs=1e-7)
    drawn = np.angle(np.exp(1j * sigma * rng.standard_normal(40_000)))
    terms = np.log(2 * np.pi * law(drawn))
    found = float(posterior.kl_wrapped(np.array([2 * np.log(sigma)]))[0])
    assert abs(terms.mean() - found) < 5 * terms.std() / np.sqrt(len(terms)) + 1e-4


@pytest.mark.parametrize("kappa", [0.1, 1.0, 10.0, 200.0])
def test_fisher_law_by_sampling(kappa):
    """Normalisation 4 pi sinh(kappa)/kappa by quadrature; KL as a mean over draws of w."""
    rng = np.random.default_rng(8)
    front = kappa / (2 * np.pi * -np.expm1(-2 * kappa))

    def law(w):
        return front * np.exp(kappa * (w - 1))

    whole = integrate.quad(lambda w: 2 * np.pi * law(w), -1, 1, points=[1 - 1 / (1 + kappa)])[0]
    assert whole == pytest.approx(1.0, abs=1e-8)
    u = rng.uniform(size=200_000)
    w = 1 + np.log(u + (1 - u) * np.exp(-2 * kappa)) / kappa
    terms = np.log(4 * np.pi * law(w))
    found = float(posterior.kl_fisher(np.array([-np.log(kappa)]))[0])
    assert abs(terms.mean() - found) < 5 * terms.std() / np.sqrt(len(terms))
    length = float(posterior.resultant(2, np.array(-np.log(kappa))))
    assert abs(w.mean() - length) < 5 * w.std() / np.sqrt(len(w))


@pytest.mark.parametrize(("mean", "spread"), [(0.0, 0.3), (1.5, 0.1), (-2.0, 1.7)])
def test_kl_of_a_normal_by_sampling(mean, spread):
    z = mean + spread * np.random.default_rng(9).standard_normal(200_000)
    terms = stats.norm.logpdf(z, mean, spread) - stats.norm.logpdf(z)
    found = float(posterior.kl_normal(np.array(mean), np.array(2 * np.log(spread))))
    assert abs(terms.mean() - found) < 5 * terms.std() / np.sqrt(len(terms))


@pytest.mark.parametrize("name", ["disc", "circle", "square"])
def test_points_of_the_plane_are_uniform(name):
    x = getattr(plane, name)().draw(np.random.default_rng(10), EVENTS)
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    if name == "square":
        counts = np.histogram2d(*x.T, bins=10, range=[[-1, 1], [-1, 1]])[0]
        assert fits_table(counts, np.ones_like(counts))
        return
    assert fits(angle, np.linspace(-np.pi, np.pi, BINS + 1), lambda t: t)
    if name == "disc":
        assert fits(radius, np.linspace(0, 1, BINS + 1), lambda r: r**2)
    else:
        np.testing.assert_allclose(radius, 1.0)


def test_normal_samples_have_their_spectrum_and_are_normal():
    spectrum = (4.0, 1.0, 0.25, 0.0)
    x = plane.normal(spectrum, seed=3).draw(np.random.default_rng(11), EVENTS)
    found = np.sort(np.linalg.eigvalsh(np.cov(x, rowvar=False)))[::-1]
    np.testing.assert_allclose(found, spectrum, rtol=0.03, atol=1e-9)
    _, vectors = np.linalg.eigh(np.cov(x, rowvar=False))
    leading = x @ vectors[:, -1]
    edges = np.concatenate([[-np.inf], np.linspace(-5, 5, 20), [np.inf]])
    assert fits(leading, edges, lambda v: stats.norm.cdf(v, scale=2.0 * leading.std() / 2.0))
