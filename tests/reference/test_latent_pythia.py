"""Our leading-order samplers against Pythia 8, where it is installed (extra ``pythia``)."""

from __future__ import annotations

import numpy as np
import pytest

from symlens.config.latent_data import DrellYanData, LeptonPairData, PythiaData
from symlens.latent.data import electroweak, synthesize, system_of
from symlens.latent.data.pythia import settings, started

pytest.importorskip("pythia8mc", reason="the optional extra pythia is not installed")

EVENTS = 4000


def mean_and_error(values):
    return values.mean(), values.std() / np.sqrt(len(values))


def agree(one, other, sigmas=4.0, slack=0.0):
    (a, da), (b, db) = mean_and_error(one), mean_and_error(other)
    assert abs(a - b) < sigmas * np.hypot(da, db) + slack * abs(b)


def lepton_sum(x):
    return x[:, :4] + x[:, 4:]


def test_drell_yan_with_the_same_densities(rng):
    # Pythia runs alpha and the scale of its densities: 3 % on the means of momenta.
    ours = system_of(DrellYanData(pdf="pythia")).draw(rng, EVENTS)
    theirs = system_of(PythiaData(seed=5)).draw(rng, EVENTS)
    for law in (system_of(PythiaData()),):
        for constraint in law.constraints:
            assert np.abs(constraint.residual(theirs)).max() < 1e-6
    mass = [
        np.sqrt(t[:, 0] ** 2 - np.sum(t[:, 1:] ** 2, axis=1))
        for t in map(lepton_sum, (ours, theirs))
    ]
    agree(*mass, slack=0.005)
    agree(
        *(np.abs(np.arctanh(t[:, 3] / t[:, 0])) for t in map(lepton_sum, (ours, theirs))),
        slack=0.02,
    )
    agree(*(np.hypot(x[:, 1], x[:, 2]) for x in (ours, theirs)), slack=0.01)


def test_drell_yan_cross_section(rng):
    from symlens.latent.data.drell_yan import Sampler

    value, _ = Sampler.of(DrellYanData(pdf="pythia")).cross_section(rng, 100_000)
    pythia = started(settings(PythiaData(), 3))
    for _ in range(EVENTS):
        pythia.next()
    assert value == pytest.approx(pythia.infoPython().sigmaGen() * 1e9, rel=0.04)


@pytest.mark.parametrize("energy", [60.0, 200.0])
def test_lepton_pairs_have_the_same_asymmetry(rng, energy):
    cfg = PythiaData(process="electron_positron", sqrt_s=energy)
    theirs = system_of(cfg).draw(rng, EVENTS)
    ours = system_of(LeptonPairData(current="photon_z", sqrt_s=(energy, energy))).draw(rng, EVENTS)
    agree(np.sign(theirs[:, 3]), np.sign(ours[:, 3]), slack=0.03)
    expected = float(electroweak.asymmetry(np.array(energy**2)))
    assert np.sign(theirs[:, 3]).mean() == pytest.approx(expected, abs=0.06)
    np.testing.assert_allclose(theirs[:, 0], energy / 2, rtol=1e-6)


def test_same_seed_same_events():
    cfg = PythiaData(samples=30)
    np.testing.assert_array_equal(synthesize(cfg)["x"], synthesize(cfg)["x"])
    assert not np.array_equal(synthesize(cfg)["x"], synthesize(cfg, seed=4)["x"])


@pytest.fixture
def rng():
    return np.random.default_rng(3)
