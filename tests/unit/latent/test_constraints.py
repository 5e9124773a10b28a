"""Constraints come out as the formulas that a person would write."""

from __future__ import annotations

import numpy as np
import pytest

from symlens.config.latent_data import DrellYanData, LeptonPairData, MechanicsData, PlaneData
from symlens.latent.constraints import Found, Term, find
from symlens.latent.data import synthesize, system_of
from symlens.latent.formulas import known_constraints, mixed, recovered

EXPECTED = [
    (PlaneData(source="circle"), {"x1^2 + x2^2 = 1"}),
    (PlaneData(source="square"), set()),
    (PlaneData(source="disc"), set()),
    (MechanicsData(source="oscillator"), {"q^2 + p^2 = 1"}),
    (MechanicsData(source="oscillator", energy="free"), set()),
    (MechanicsData(source="pendulum"), {"p^2 - 2 cos(angle) = 1"}),
    (MechanicsData(source="pendulum", energy="free"), set()),
    (
        MechanicsData(source="decay"),
        {"p1x + p2x = 0", "p1y + p2y = 0", "p1x^2 + p1y^2 = 1"},
    ),
    (MechanicsData(source="kepler"), {"x vy - y vx = 0.866025"}),
    (
        LeptonPairData(),
        {
            "px1 + px2 = 0",
            "py1 + py2 = 0",
            "pz1 + pz2 = 0",
            "E1 = 5",
            "E2 = 5",
            "px1^2 + py1^2 + pz1^2 = 24.9888",
        },
    ),
    (
        LeptonPairData(features="angular", eta_max=2.5),
        {
            "lnpt1 - lnpt2 = 0",
            "eta1 + eta2 = 0",
            "cos1 + cos2 = 0",
            "sin1 + sin2 = 0",
            "cos1^2 + sin1^2 = 1",
        },
    ),
]


@pytest.mark.parametrize(("cfg", "expected"), EXPECTED, ids=lambda v: getattr(v, "source", ""))
def test_formulas(cfg, expected, rng):
    law = system_of(cfg)
    found = find(law.draw(rng, 1500), law.units)
    assert {f.formula(law.features) for f in found} == expected
    fresh = law.draw(rng, 500)
    assert all(f.rms(fresh) < 1e-9 for f in found)


def test_a_fixed_invariant_mass_is_found_in_boosted_pairs(rng):
    law = system_of(DrellYanData(mass=(90.0, 90.0)))
    found = find(law.draw(rng, 2000), law.units)
    text = [f.formula(law.features) for f in found]
    assert sorted(text[:2]) == ["px1 + px2 = 0", "py1 + py2 = 0"]
    assert "E1 E2 + px1^2 + py1^2 - pz1 pz2 = 4050" in text
    assert len(found) == 5  # two balances, two mass shells, the mass
    fresh = law.draw(rng, 1000)
    chance = mixed(fresh)
    for f in found:
        assert f.rms(fresh) < 1e-9
        assert f.rms(chance) > 0.5


@pytest.mark.parametrize("resolution", [0.001, 0.003])
def test_smeared_pairs_still_show_their_constraints(rng, resolution):
    law = system_of(LeptonPairData(smearing=resolution))
    found = find(law.draw(rng, 3000), law.units)
    text = {f.formula(law.features) for f in found}
    assert {"px1 + px2 = 0", "py1 + py2 = 0", "pz1 + pz2 = 0"} <= text
    fresh = law.draw(rng, 1000)
    assert max(f.rms(fresh) for f in found) < 0.01


def test_a_badly_smeared_pair_has_none_within_a_percent(rng):
    law = system_of(LeptonPairData(smearing=0.2))
    found = find(law.draw(rng, 3000), law.units)
    assert [f for f in found if f.degree == 1] == []


def test_terms():
    x = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 0.0]])
    names = ("a", "b", "c")
    for term, values, text in (
        (Term(()), [1.0, 1.0], ""),
        (Term((1,)), [2.0, -1.0], "b"),
        (Term((0, 2)), [3.0, 0.0], "a c"),
        (Term((1, 1)), [4.0, 1.0], "b^2"),
        (Term((0,), "cos"), np.cos([1.0, 0.5]), "cos(a)"),
        (Term((0,), "sin"), np.sin([1.0, 0.5]), "sin(a)"),
    ):
        np.testing.assert_allclose(term(x), values)
        assert term.text(names) == text


@pytest.mark.parametrize(
    ("coefficients", "expected"),
    [
        ([1.0, 1.0, 0.0], "a + b = 0"),
        ([1.0, -1.0, -2.0], "a - b = 2"),
        ([1 / 3, -2 / 3, 0.0], "a - 2 b = 0"),
        ([-0.5, 1.0, 0.25], "-a + 2 b = -0.5"),
        ([1.0, 0.123456, 0.0], "a + 0.123456 b = 0"),
    ],
)
def test_formulas_have_whole_numbers_where_there_are_some(coefficients, expected):
    terms = (Term((0,)), Term((1,)), Term(()))
    assert Found(terms, np.array(coefficients), 1.0, 1).formula(["a", "b"]) == expected


def test_digits_that_are_not_known_are_not_written():
    terms = (Term((0,)), Term((1,)))
    blurred = Found(terms, np.array([1.0, 1.0004]), 1.0, 1, blur=0.002)
    assert blurred.formula(["a", "b"]) == "a + b = 0"
    exact = Found(terms, np.array([1.0, 1.0004]), 1.0, 1)
    assert exact.formula(["a", "b"]) == "a + 1.0004 b = 0"


def test_a_feature_that_is_always_zero_is_a_constraint(rng):
    x = np.column_stack([rng.standard_normal(300), np.zeros(300)])
    (found,) = find(x, ["1", "1"])
    assert found.formula(["a", "b"]) == "b = 0"


def test_recovered_constraints_are_tested_on_other_rows(rng):
    data = synthesize(PlaneData(source="circle", samples=900))
    held_out = data["x"].to_numpy()[:100]
    parts = recovered(data, held_out, [held_out, 2 * held_out])
    assert parts["formula_residual"][1][0] < 1e-9
    kept = parts["formula_kept"][1]
    assert kept.shape == (2, 1)
    assert kept[0, 0] < 1e-9
    assert kept[1, 0] == pytest.approx(3.0)  # radius 2: 4 - 1
    assert parts["formula_chance"][1][0] > 0.2
    assert recovered(synthesize(PlaneData(source="square", samples=900)), held_out, []) == {}


def test_known_constraints_of_samples_and_of_strangers(rng):
    law = system_of(LeptonPairData())
    x = law.draw(rng, 400)
    parts = known_constraints(law.constraints, [x[:200], x[200:]], [x, 1.1 * x])
    assert len(parts["constraint"][1]) == len(law.constraints) == 8
    np.testing.assert_allclose(parts["known_residual"][1], 0.0, atol=1e-9)
    kept = dict(zip(parts["constraint"][1], parts["known_kept"][1].T, strict=True))
    np.testing.assert_allclose(kept["energy 1: E1 = 5"], [0.0, 0.1], atol=1e-9)
    mass = kept["invariant mass: (E1 + E2)^2 - (p1 + p2)^2 = 10^2"]
    np.testing.assert_allclose(mass, [0.0, 0.21], atol=1e-9)
    assert known_constraints((), [x], [x]) == {}
