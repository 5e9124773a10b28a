"""Laws of samples: constraints, symmetries, dimensions and refusals."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy.linalg import expm

from symlens.config.latent_data import (
    DrellYanData,
    GaussianData,
    LatentData,
    LeptonPairData,
    MechanicsData,
    PlaneData,
    PythiaData,
)
from symlens.errors import DataError
from symlens.latent.data import leptons, synthesize, system_of
from symlens.latent.data.mechanics import eccentric_anomaly
from symlens.latent.dimension import linear_rank, spectrum

MECHANICS = ("oscillator", "pendulum", "collision", "decay", "kepler")
CLEAN = [
    PlaneData(source="circle"),
    PlaneData(source="disc"),
    PlaneData(source="square"),
    GaussianData(),
    *(MechanicsData(source=s, energy=e) for s in MECHANICS for e in ("fixed", "free")),
    LeptonPairData(),
    LeptonPairData(current="photon_z", sqrt_s=(60.0, 120.0)),
    LeptonPairData(features="angular", eta_max=2.5),
    DrellYanData(),
    DrellYanData(mass=(91.0, 91.0)),
    DrellYanData(features="angular", eta_max=2.5, pt_min=20.0),
]


def label(cfg):
    return "-".join(str(value) for value in cfg.model_dump().values() if isinstance(value, str))


@pytest.mark.parametrize("cfg", CLEAN, ids=label)
def test_clean_samples_obey_every_known_constraint(cfg, rng):
    law = system_of(cfg)
    x = law.draw(rng, 400)
    assert x.shape == (400, len(law.features)) == (400, len(law.units))
    assert np.isfinite(x).all()
    for constraint in law.constraints:
        assert np.abs(constraint.residual(x)).max() < 1e-9, constraint.name


@pytest.mark.parametrize("cfg", CLEAN, ids=label)
def test_a_constraint_is_none_of_unrelated_features(cfg, rng):
    law = system_of(cfg)
    x = law.draw(rng, 400)
    mixed = np.stack([rng.permutation(column) for column in x.T], axis=1)
    for constraint in law.constraints:
        terms = constraint.name.startswith(("energy 1", "energy 2"))  # of one feature alone
        if not terms:
            assert np.sqrt(np.mean(constraint.residual(mixed) ** 2)) > 0.01, constraint.name


@pytest.mark.parametrize("cfg", CLEAN, ids=label)
def test_the_symmetry_keeps_constraints_and_covariance(cfg, rng):
    law = system_of(cfg)
    if law.generator is None:
        return
    np.testing.assert_array_equal(law.generator, -law.generator.T)
    x = law.draw(rng, 20_000)
    moved = x @ expm(0.7 * law.generator)
    for constraint in law.constraints:
        assert np.abs(constraint.residual(moved)).max() < 1e-9, constraint.name
    scale = np.sqrt(np.outer(x.var(axis=0), x.var(axis=0))) + 1e-12
    difference = np.cov(moved, rowvar=False) - np.cov(x, rowvar=False)
    assert np.abs(difference / scale)[scale > 1e-6].max() < 0.06


@pytest.mark.parametrize("cfg", CLEAN, ids=label)
def test_dimension_is_no_more_than_embedding_and_rank(cfg, rng):
    law = system_of(cfg)
    rank = linear_rank(spectrum(law.draw(rng, 2000)))
    assert 1 <= law.intrinsic <= rank
    if law.embedding is not None:
        assert law.intrinsic <= law.embedding <= law.intrinsic + 1


def test_kepler_equation_is_solved():
    mean = np.linspace(-np.pi, np.pi, 501)
    for e in (0.0, 0.3, 0.95, 0.985):
        u = eccentric_anomaly(mean, np.full_like(mean, e))
        np.testing.assert_allclose(u - e * np.sin(u), mean, atol=1e-12)


def test_same_seed_same_samples_and_other_seed_others():
    cfg = LeptonPairData(samples=50)
    np.testing.assert_array_equal(synthesize(cfg)["x"], synthesize(cfg)["x"])
    assert not np.array_equal(synthesize(cfg)["x"], synthesize(cfg, seed=2)["x"])


def test_noise_and_smearing_soften_constraints(rng):
    noisy = system_of(PlaneData(source="circle", noise=0.05))
    residual = noisy.constraints[0].residual(noisy.draw(rng, 5000))
    assert residual.std() == pytest.approx(2 * 0.05 / np.sqrt(2), rel=0.1)
    smeared = system_of(LeptonPairData(smearing=0.02))
    x = smeared.draw(rng, 5000)
    named = {c.name: np.std(c.residual(x)) for c in smeared.constraints}
    assert 0.005 < named["momentum x"] < 0.03
    assert named["mass shell 1"] < 1e-9  # every lepton stays on its shell
    assert smeared.intrinsic is None


def test_cuts_are_kept_and_hopeless_ones_refused(rng):
    cfg = DrellYanData(features="angular", eta_max=2.0, pt_min=25.0)
    x = system_of(cfg).draw(rng, 500)
    assert np.abs(x[:, [1, 5]]).max() <= 2.0
    assert np.exp(x[:, [0, 4]]).min() >= 25.0 * (1 - 1e-12)
    hopeless = leptons.detected(
        lambda _, count: leptons.back_to_back(
            np.full(count, 10.0), 0.0, np.zeros(count), np.zeros(count)
        ),
        LeptonPairData(pt_min=6.0),
    )
    with pytest.raises(DataError, match="widen the cuts"):
        hopeless(rng, 5)


def test_a_boost_keeps_the_mass_and_adds_rapidity(rng):
    pairs = leptons.back_to_back(np.full(20, 90.0), 0.1, rng.uniform(-1, 1, 20), np.zeros(20))
    total = leptons.boosted(pairs, np.full(20, 1.3)).sum(axis=1)
    mass = np.sqrt(total[:, 0] ** 2 - np.sum(total[:, 1:] ** 2, axis=1))
    np.testing.assert_allclose(mass, 90.0)
    np.testing.assert_allclose(np.arctanh(total[:, 3] / total[:, 0]), 1.3)


def test_pythia_that_is_not_there_is_one_clear_line(monkeypatch, rng):
    monkeypatch.setitem(sys.modules, "pythia8mc", None)
    for draw in (
        lambda: system_of(PythiaData()).draw(rng, 1),
        lambda: system_of(DrellYanData(pdf="pythia")),
    ):
        with pytest.raises(DataError, match=r"not installed: pip install 'symlens\[pythia\]'") as e:
            draw()
        assert "\n" not in str(e.value)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"source": "electron_positron", "sqrt_s": [20.0, 10.0]}, "low <= high"),
        ({"source": "electron_positron", "sqrt_s": [0.1, 10.0]}, "0.25 <= low"),
        ({"source": "drell_yan", "mass": [60.0, 20_000.0]}, "high < sqrt_s"),
        ({"source": "spectrum", "spectrum": [1.0, -0.1]}, "no eigenvalue below 0"),
        ({"source": "collision", "masses": [0.0, 1.0]}, "masses: above 0"),
        ({"source": "triangle"}, "triangle"),
        ({"source": "circle", "radius": 2.0}, "radius"),
    ],
)
def test_bad_blocks_are_refused(block, said):
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(LatentData).validate_python(block)
