"""Conservation laws come out of samples as formulas, within 1 % of the features' scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space

from symlens.config.latent_data import DrellYanData, LeptonPairData, MechanicsData
from symlens.latent import constraints
from symlens.latent.constraints import TOLERANCE, Term, find
from symlens.latent.data import synthesize, system_of
from symlens.latent.formulas import mixed, recovered

ONE_PERCENT = 0.01
SEARCHED, TESTED = 2000, 2000


@pytest.fixture
def rng():
    return np.random.default_rng(29)


def rows(found, names, degree=1):
    """Coefficients of the linear formulas, features and then the constant."""
    matrix = []
    for each in found:
        if each.degree == degree:
            row = np.zeros(len(names) + 1)
            for value, term in zip(each.coefficients, each.terms, strict=True):
                row[term.columns[0] if term.columns else -1] = value
            matrix.append(row)
    return np.array(matrix)


def in_span(row, matrix):
    """Whether a row is a combination of the rows of a matrix, to ONE_PERCENT of its length."""
    weights, *_ = np.linalg.lstsq(matrix.T, row, rcond=None)
    return np.linalg.norm(matrix.T @ weights - row) < ONE_PERCENT * np.linalg.norm(row)


MOMENTUM = {"px": (1, 5), "py": (2, 6), "pz": (3, 7)}


@pytest.mark.parametrize("smearing", [0.0, 0.001, 0.003])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_momentum_conservation_of_muon_pairs(seed, smearing):
    """Every component, in the data and on samples that were not used to find it."""
    law = system_of(LeptonPairData(smearing=smearing))
    rng = np.random.default_rng(seed)
    found = find(law.draw(rng, SEARCHED), law.units)
    matrix = rows(found, law.features)
    for first, second in MOMENTUM.values():
        row = np.zeros(9)
        row[[first, second]] = 1.0
        assert in_span(row, matrix)
    fresh = law.draw(rng, TESTED)
    for each in found:
        assert each.rms(fresh) < ONE_PERCENT, each.formula(law.features)
        single = sum(bool(term.columns) for term in each.terms) == 1
        assert single or each.rms(mixed(fresh)) > 0.2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_fixed_energy_is_found_with_its_value(seed):
    law = system_of(LeptonPairData(sqrt_s=(14.0, 14.0)))
    found = find(law.draw(np.random.default_rng(seed), SEARCHED), law.units)
    text = {each.formula(law.features) for each in found}
    assert {"E1 = 7", "E2 = 7"} <= text


@pytest.mark.parametrize("mass", [20.0, 91.1876, 400.0])
def test_a_fixed_invariant_mass_is_found_in_boosted_pairs(mass, rng):
    """M^2 of both leptons from the found quadratic formulas, event by event."""
    law = system_of(DrellYanData(mass=(mass, mass)))
    found = find(law.draw(rng, SEARCHED), law.units)
    quadratic = [each for each in found if each.degree == 2]
    assert len(quadratic) == 3  # two mass shells and the mass of the pair
    fresh = law.draw(rng, TESTED)
    # Residuals are relative to the largest term, here products of momenta of boosted leptons,
    # which is more than M^2: those of another mass are the measure of what rounding leaves.
    other = system_of(DrellYanData(mass=(1.01 * mass, 1.01 * mass))).draw(rng, TESTED)
    missed = max(each.rms(other) for each in quadratic)
    for each in quadratic:
        assert each.rms(fresh) < ONE_PERCENT
        assert each.rms(fresh) < 1e-3 * missed


def test_the_mass_of_the_z_is_no_constraint(rng):
    """The line is narrow, but wider than one percent of the terms: no mass is claimed."""
    law = system_of(DrellYanData(mass=(60.0, 120.0)))
    found = find(law.draw(rng, SEARCHED), law.units)
    assert sorted(e.formula(law.features) for e in found if e.degree == 1) == [
        "px1 + px2 = 0",
        "py1 + py2 = 0",
    ]
    assert len([e for e in found if e.degree == 2]) == 2


@pytest.mark.parametrize("masses", [(1.0, 2.0), (1.0, 3.0)])
def test_a_collision_gives_momentum_and_relative_velocity(masses, rng):
    law = system_of(MechanicsData(source="collision", masses=masses))
    found = find(law.draw(rng, SEARCHED), law.units)
    matrix = rows(found, law.features)
    assert len(matrix) == 2
    m1, m2 = masses
    assert in_span(np.array([1.0, 1.0, -1.0, -1.0, 0.0]), matrix)
    assert in_span(np.array([1 / m1, -1 / m2, 1 / m1, -1 / m2, 0.0]), matrix)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6), st.integers(1, 3), st.integers(0, 2**16))
def test_linear_laws_span_the_null_space(n, removed, seed):
    """Against scipy's null space of the samples with a column of ones."""
    removed = min(removed, n - 1)
    rng = np.random.default_rng(seed)
    normal = rng.integers(-3, 4, (removed, n)).astype(float)
    if np.linalg.matrix_rank(normal) < removed:
        return
    free = null_space(normal)
    x = rng.standard_normal((400, free.shape[1])) @ free.T + 0.5 * free[:, 0]
    matrix = rows(find(x, ["1"] * n), range(n))
    expected = null_space(np.column_stack([x, np.ones(400)]), rcond=1e-10).T
    assert len(matrix) == len(expected)
    for row in expected:
        assert in_span(row, matrix)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**16), st.floats(0.01, 100.0))
def test_units_of_the_features_do_not_decide(seed, unit):
    """A law in other units is the same law: as many formulas, as small residuals."""
    rng = np.random.default_rng(seed)
    law = system_of(MechanicsData(source="decay"))
    x = law.draw(rng, 500) * unit
    found = find(x, law.units)
    assert [each.degree for each in found] == [1, 1, 2]
    assert all(each.rms(law.draw(rng, 200) * unit) < 1e-9 for each in found)


@pytest.mark.parametrize("noise", [0.001, 0.05, 0.3])
def test_noise_takes_a_law_away_when_it_is_larger_than_a_percent(noise, rng):
    law = system_of(MechanicsData(source="decay", noise=noise))
    found = find(law.draw(rng, 3000), law.units)
    # Squares of what is nearly 0 may still be below a percent: the laws themselves are linear.
    assert any(each.degree == 1 for each in found) == (noise < TOLERANCE)
    for each in found:
        assert each.rms(law.draw(rng, 1000)) < ONE_PERCENT


def test_residuals_are_of_rows_that_were_not_searched():
    """The second half obeys another law: its residual says so."""
    data = synthesize(LeptonPairData(samples=4000))
    x = data["x"].to_numpy().copy()
    x[2000:, 1] *= 1.5
    broken = data.assign(x=(("sample", "feature"), x))
    parts = recovered(broken, x[:500], [])
    worst = dict(zip(parts["formula"][1], parts["formula_residual"][1], strict=True))
    assert worst["px1 + px2 = 0"] > 0.2
    assert worst["py1 + py2 = 0"] < 1e-9


def test_a_library_is_no_larger_than_samples_can_bear(rng, monkeypatch):
    x = np.hstack([rng.standard_normal((40, 8)), np.zeros((40, 1))])
    assert [each.degree for each in find(x, ["1"] * 9)] == [1]
    monkeypatch.setattr(constraints, "LARGEST_LIBRARY", 5)
    circle = np.stack([np.cos(x[:, 0]), np.sin(x[:, 0])], axis=1)
    assert find(circle, ["1", "1"]) == []


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2**16))
def test_a_product_of_features_does_not_know_their_order(i, j, seed):
    x = np.random.default_rng(seed).standard_normal((20, 4))
    one, other = Term((i, j)), Term((j, i))
    np.testing.assert_allclose(one(x), other(x))
    np.testing.assert_allclose(one(x), x[:, i] * x[:, j])
