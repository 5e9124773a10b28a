"""The configuration that judges: what it asks, what is predicted for it, and a small run of it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from symlens.config import load
from symlens.gain.bases import Basis
from symlens.gain.curves import Sampling, measure
from symlens.gain.data import setting_of
from symlens.gain.fits import sample_gain
from symlens.gain.predictor import best_ridge, best_risk, predicted_multiplier, slope
from symlens.gain.problem import draw_problem
from symlens.plan import Plan

FILE = Path(__file__).parents[3] / "config" / "gain.yaml"
PLAN = Plan(load(yaml.safe_load(FILE.read_text(encoding="utf-8"))))
EXPERIMENTS = PLAN.experiments("gain")
FREE = {"shifts_4": 4, "shifts_16": 16, "antipode": 2}
CIRCLES = ("circle", "rotations")


def settings_of(name):
    """Problem and settings of an experiment."""
    found = PLAN.parameters("train", "gain", name, "krr")
    return setting_of(found["data"]), found["settings"]


def predicted(name):
    """Predicted risks of both arms at the sizes of an experiment."""
    setting, own = settings_of(name)
    return own["sizes"], [
        [best_risk(arm, n, setting.noise) for n in own["sizes"]] for arm in setting.spectra()[0]
    ]


def test_it_asks_for_what_judges():
    assert {*FREE, *CIRCLES, "reflections"} == set(EXPERIMENTS)
    for name, block in EXPERIMENTS.items():
        assert tuple(block.seeds) == (1, 2, 3, 4, 5)
        _, own = settings_of(name)
        assert len(own["sizes"]) == 6
        assert own["sizes"][-1] == 2048


@pytest.mark.parametrize(("name", "order"), FREE.items())
def test_free_groups_are_predicted_to_be_worth_their_size(name, order):
    setting, own = settings_of(name)
    assert setting.symmetry.order == order
    assert setting.symmetry.free
    plain, invariant = setting.spectra()[0]
    for n in own["sizes"]:
        found = predicted_multiplier(plain, invariant, n, setting.noise)
        assert found == pytest.approx(order, rel=0.01)


@pytest.mark.parametrize("name", CIRCLES)
def test_circles_are_predicted_to_change_the_exponent(name):
    sizes, (plain, invariant) = predicted(name)
    assert slope(sizes, plain) - slope(sizes, invariant) > 0.08
    setting, _ = settings_of(name)
    assert setting.symmetry.quotient_dim == 1


def test_reflections_are_predicted_to_fall_short():
    setting, own = settings_of("reflections")
    plain, invariant = setting.spectra()[0]
    found = [predicted_multiplier(plain, invariant, n, setting.noise) for n in own["sizes"]]
    assert (np.diff(found) > 0).all()
    assert 2 < found[0] < found[-1] < 0.85 * 4


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_cutoff_is_beyond_what_is_learned(name):
    """What is cut off is weighted by less than half of the smallest best penalty."""
    setting, own = settings_of(name)
    smallest = (1.0 + setting.cutoff) ** -setting.smoothness
    for arm in setting.spectra()[0]:
        assert smallest < 0.5 * best_ridge(arm, own["sizes"][-1], setting.noise)[0]


def simulated(name, sizes, seed):
    """Least risks of both arms at a few sizes, of a seed that does not judge."""
    setting, _ = settings_of(name)
    target, samples = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    problem = draw_problem(setting, Basis(setting.symmetry, setting.cutoff), target)
    curves = measure(problem, Sampling(sizes, 1024, 16, 16), samples)
    return setting, curves.risk_path[0].min(axis=-1)


def test_four_shifts_are_worth_four_times_the_samples():
    sizes = (64, 256)
    _, (plain, own) = simulated("shifts_4", sizes, 104)
    assert plain[1] == pytest.approx(own[0], rel=0.15)
    assert sample_gain((64, 256, 1024), [*plain, 1e-3], [*own, 1e-3])[0] == pytest.approx(
        4, rel=0.15
    )


def test_rotations_of_the_sphere_change_the_exponent():
    sizes = (64, 128, 256, 512)
    setting, risks = simulated("rotations", sizes, 105)
    found = [slope(sizes, risk) for risk in risks]
    expected = [
        slope(sizes, [best_risk(arm, n, setting.noise) for n in sizes])
        for arm in setting.spectra()[0]
    ]
    assert found == pytest.approx(expected, abs=0.1)
    assert found[0] - found[1] > 0.04


def documented():
    """Rows of the table of measurements: group with manifold to the numbers beside it."""
    text = (FILE.parents[1] / "docs" / "gain.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` on (\w+) \|(.*)\|$", text, re.MULTILINE)
    return {
        (group, manifold): [float(v.replace("\N{MINUS SIGN}", "-")) for v in rest.split("|")]
        for group, manifold, rest in rows
    }


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_documented_measurements_stand_beside_their_predictions(name):
    setting, _ = settings_of(name)
    found = documented()[setting.symmetry.group, setting.symmetry.manifold]
    gain, expected_gain, plain, expected_plain, own, expected_own = found
    sizes, risks = predicted(name)
    assert [expected_plain, expected_own] == pytest.approx(
        [slope(sizes, risk) for risk in risks], abs=6e-4
    )
    assert plain == pytest.approx(expected_plain, abs=0.05)
    assert own == pytest.approx(expected_own, abs=0.06 if name in CIRCLES else 0.05)
    assert gain == pytest.approx(expected_gain, rel=0.15)
    if name in FREE:
        assert gain == pytest.approx(FREE[name], rel=0.15)
