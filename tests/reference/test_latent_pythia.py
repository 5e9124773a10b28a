"""Our leading-order samplers against Pythia 8, where it is installed (extra ``pythia``).

Both are given the same couplings, so that nothing but statistics is between them: alpha and the
mixing angle fixed at the Z, one mass of the Z, and the width that Pythia computes from these.
10^5 events each; homogeneity of binned laws is tested by chi-square at the level 10^-4, means and
cross-sections at four standard errors.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from symlens.config.latent_data import DrellYanData, LeptonPairData, PythiaData
from symlens.latent.data import electroweak, synthesize, system_of
from symlens.latent.data import pythia as pythia_source
from symlens.latent.data.drell_yan import Sampler
from symlens.latent.data.electron_positron import pairs as our_pairs

pythia8mc = pytest.importorskip(
    "pythia8mc", reason="not compared with Pythia: the optional extra pythia is not installed"
)

EVENTS = 100_000
LEVEL = 1e-4
SIGMAS = 4.0
SAME = (
    "SigmaProcess:alphaEMorder = -1",
    f"StandardModel:alphaEMmZ = {electroweak.ALPHA}",
    f"StandardModel:sin2thetaW = {electroweak.SIN2}",
    f"StandardModel:sin2thetaWbar = {electroweak.SIN2}",
    f"23:m0 = {electroweak.MZ}",
    "13:m0 = 0.0",
)


@pytest.fixture
def drawn(monkeypatch):
    """Events of Pythia, (m, 2, 4), and its cross-section in pb with error; ours takes its width."""

    def draw(cfg, *extra):
        engine = pythia_source.started([*pythia_source.settings(cfg, 7), *SAME, *extra])
        width = engine.particleData.mWidth(23)
        assert width == pytest.approx(electroweak.WIDTH_Z, rel=0.01)
        monkeypatch.setattr(electroweak, "WIDTH_Z", width)
        return _events(engine, EVENTS)

    return draw


def _events(engine, events):
    found = np.empty((events, 2, 4))
    for row in found:
        assert engine.next()
        row[:] = pythia_source._muons(engine.process)
    info = engine.infoPython()
    return found, 1e9 * info.sigmaGen(), 1e9 * info.sigmaErr()


def homogeneous(one, other, bins=40):
    """Whether two samples follow one law: chi-square over bins of equal content, at LEVEL."""
    edges = np.quantile(np.concatenate([one, other]), np.linspace(0, 1, bins + 1)[1:-1])
    table = [np.bincount(np.searchsorted(edges, v), minlength=bins) for v in (one, other)]
    return stats.chi2_contingency(table).pvalue > LEVEL


def near(one, other):
    """Whether two means agree within SIGMAS."""
    error = np.hypot(one.std() / np.sqrt(len(one)), other.std() / np.sqrt(len(other)))
    return abs(one.mean() - other.mean()) < SIGMAS * error


def cosine(events):
    p = events[:, 0, 1:]
    return p[:, 2] / np.linalg.norm(p, axis=1)


@pytest.mark.parametrize("energy", [60.0, 91.1876, 200.0])
def test_lepton_pairs_with_the_z(drawn, rng, energy):
    theirs, sigma, error = drawn(PythiaData(process="electron_positron", sqrt_s=energy))
    ours = our_pairs(LeptonPairData(current="photon_z", sqrt_s=(energy, energy)), rng, EVENTS)
    assert homogeneous(cosine(theirs), cosine(ours))
    assert near(np.sign(cosine(theirs)), np.sign(cosine(ours)))
    expected = float(electroweak.sigma_lepton_pair(np.array(energy**2)))
    assert abs(sigma - expected) < SIGMAS * error + 1e-3 * expected
    np.testing.assert_allclose(theirs.sum(axis=1)[:, 1:], 0.0, atol=1e-6 * energy)


def test_lepton_pairs_of_the_photon_alone(drawn, rng):
    cfg = PythiaData(process="electron_positron", sqrt_s=10.0)
    theirs, _, _ = drawn(cfg, "WeakZ0:gmZmode = 1", "23:mMin = 5")
    ours = our_pairs(LeptonPairData(massless=True), rng, EVENTS)
    assert homogeneous(cosine(theirs), cosine(ours))
    np.testing.assert_allclose(theirs[:, 0, 0], 5.0, rtol=1e-6)


def test_drell_yan_with_the_same_densities(drawn, rng):
    theirs, sigma, error = drawn(PythiaData())
    sampler = Sampler.of(DrellYanData(pdf="pythia"))
    ours = sampler.pairs(rng, EVENTS)
    value, ours_error = sampler.cross_section(rng, EVENTS)
    assert abs(value - sigma) < SIGMAS * np.hypot(error, ours_error) + 2e-3 * sigma
    laws = []
    for events in (theirs, ours):
        total = events.sum(axis=1)
        mass = np.sqrt(total[:, 0] ** 2 - np.sum(total[:, 1:] ** 2, axis=1))
        rapidity = np.arctanh(total[:, 3] / total[:, 0])
        pt = np.hypot(events[:, 0, 1], events[:, 0, 2])
        pz = events[:, 0, 3] * np.cosh(rapidity) - events[:, 0, 0] * np.sinh(rapidity)
        laws.append((mass, np.abs(rapidity), pt, np.sign(rapidity) * pz / (mass / 2)))
    for one, other in zip(*laws, strict=True):
        assert homogeneous(one, other)
        assert near(one, other)
    for constraint in system_of(PythiaData()).constraints:
        assert np.abs(constraint.residual(theirs.reshape(-1, 8))).max() < 1e-6


def test_full_events_have_pairs_with_transverse_momentum(rng):
    x = system_of(PythiaData(level="full", sqrt_s=200.0)).draw(rng, 20)
    assert x.shape == (20, 8)
    assert np.hypot(x[:, 1] + x[:, 5], x[:, 2] + x[:, 6]).max() > 0.1


def test_same_seed_same_events():
    cfg = PythiaData(samples=30)
    np.testing.assert_array_equal(synthesize(cfg)["x"], synthesize(cfg)["x"])
    assert not np.array_equal(synthesize(cfg)["x"], synthesize(cfg, seed=4)["x"])


@pytest.fixture
def rng():
    return np.random.default_rng(3)
