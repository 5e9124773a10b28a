"""Properties of regression, predictions and savings that hold for any problem."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symlens.gain.fits import bootstrap_slope, sample_gain
from symlens.gain.predictor import best_risk, effective_ridge, predicted_risk, slope
from symlens.gain.problem import Arm
from symlens.gain.ridge import decompose
from symlens.gain.risks import Distances
from symlens.gain.targets import Spectrum

QUICK = settings(max_examples=30, deadline=None)
ETAS = np.logspace(-5, 1, 13)

seeds = st.integers(0, 2**31)
shapes = st.tuples(st.integers(3, 25), st.integers(1, 25))


@st.composite
def spectra(draw):
    """Kernels with falling eigenvalues, and targets of norm 1 on them."""
    rng = np.random.default_rng(draw(seeds))
    size = draw(st.integers(1, 12))
    weights = np.sort(10 ** rng.uniform(-6, 0, size))[::-1]
    signal = rng.uniform(0, 1, size)
    return Spectrum(weights, rng.integers(1, 20, size).astype(float), signal / signal.sum())


@QUICK
@given(shapes, seeds)
def test_a_larger_penalty_learns_a_smaller_function(shape, seed):
    rng = np.random.default_rng(seed)
    path = decompose(rng.standard_normal(shape)).path(rng.standard_normal(shape[0]))
    norms = (path.coefficients(ETAS) ** 2).sum(axis=0)
    assert (np.diff(norms) <= 1e-9 * norms[0]).all()
    freedom = path.degrees_of_freedom(ETAS)
    assert (np.diff(freedom) < 1e-12).all()
    assert freedom[0] <= min(shape) + 1e-9


@QUICK
@given(shapes, seeds, st.floats(0.01, 100))
def test_outputs_and_units_scale_what_is_learned(shape, seed, factor):
    rng = np.random.default_rng(seed)
    features, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    plain = decompose(features).path(y)
    assert decompose(features).path(factor * y).coefficients(ETAS) == pytest.approx(
        factor * plain.coefficients(ETAS), rel=1e-6, abs=1e-9
    )
    scaled = decompose(factor * features).path(y)
    assert factor * scaled.coefficients(factor**2 * ETAS) == pytest.approx(
        plain.coefficients(ETAS), rel=1e-6, abs=1e-8
    )


@QUICK
@given(shapes, seeds)
def test_another_basis_learns_the_same_function(shape, seed):
    """Rotated features: rotated coefficients, the same cross-validation."""
    rng = np.random.default_rng(seed)
    features, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    turn, _ = np.linalg.qr(rng.standard_normal((shape[1], shape[1])))
    one, two = decompose(features).path(y), decompose(features @ turn).path(y)
    assert turn @ two.coefficients(ETAS) == pytest.approx(one.coefficients(ETAS), abs=1e-6)
    assert two.gcv(ETAS[4:]) == pytest.approx(one.gcv(ETAS[4:]), rel=1e-5)


@QUICK
@given(shapes, seeds, st.integers(1, 4))
def test_distances_are_those_of_the_coefficients(shape, seed, outputs):
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.1, 1, shape[1])
    truth = rng.standard_normal((2, shape[1]))
    arm = Arm("own", weights, truth, np.array([0.0, 0.3]))
    parts = decompose(rng.standard_normal(shape) * np.sqrt(weights))
    path = parts.path(rng.standard_normal((outputs, shape[0])))
    apart = Distances.of(arm, parts.back)
    for target in range(2):
        learned = np.sqrt(weights)[:, None] * path.coefficients(ETAS)
        naive = ((learned - truth[target][:, None]) ** 2).sum(axis=1) + arm.unreachable[target]
        assert apart.mean(target, path, ETAS) == pytest.approx(naive.mean(axis=0), rel=1e-6)
        chosen = rng.integers(len(ETAS), size=outputs)
        own = apart.each(target, path, ETAS[chosen])
        assert own == pytest.approx(naive[np.arange(outputs), chosen], rel=1e-6)


@QUICK
@given(spectra(), st.floats(1e-8, 10), st.integers(2, 10**6))
def test_the_effective_penalty_is_between_its_bounds(spectrum, eta, n):
    kappa = effective_ridge(spectrum, eta, n)
    trace = float(spectrum.multiplicity @ spectrum.weights)
    assert eta * (1 - 1e-9) <= kappa <= (eta + trace / n) * (1 + 1e-9)
    assert effective_ridge(spectrum, eta, 2 * n) <= kappa * (1 + 1e-9)
    assert effective_ridge(spectrum, 2 * eta, n) >= kappa * (1 - 1e-9)


@QUICK
@given(spectra(), st.integers(5, 5000), st.floats(0.05, 2), st.floats(1.1, 5))
def test_noise_hurts_and_samples_help(spectrum, n, noise, factor):
    own = best_risk(spectrum, n, noise)
    assert best_risk(spectrum, n, factor * noise) >= own * (1 - 1e-3)
    assert best_risk(spectrum, factor * n, noise) <= own * (1 + 1e-3)
    assert own <= 1 + 1e-3, "learning nothing has the risk 1"


@QUICK
@given(spectra(), st.floats(1e-4, 1), st.integers(50, 5000), st.floats(0.1, 10))
def test_predictions_know_no_units(spectrum, eta, n, factor):
    """Target and noise times a factor: risk times its square."""
    scaled = Spectrum(spectrum.weights, spectrum.multiplicity, factor**2 * spectrum.signal)
    assert predicted_risk(scaled, eta, n, 0.5 * factor) == pytest.approx(
        factor**2 * predicted_risk(spectrum, eta, n, 0.5), rel=1e-6
    )


@QUICK
@given(spectra(), st.integers(20, 2000), st.floats(1e-6, 0.5))
def test_what_is_out_of_reach_adds_to_the_risk(spectrum, n, missed):
    other = Spectrum(spectrum.weights, spectrum.multiplicity, spectrum.signal, missed)
    more = predicted_risk(other, 0.1, n, 0.5) - predicted_risk(spectrum, 0.1, n, 0.5)
    assert more >= missed * (1 - 1e-6) - 1e-12


@QUICK
@given(st.floats(0.2, 2), st.floats(0.1, 10), st.floats(0.5, 8))
def test_power_laws_are_read_off_exactly(rate, constant, shift):
    sizes = np.array([32, 64, 128, 256, 512])
    plain = constant * sizes**-rate
    assert slope(sizes, plain) == pytest.approx(-rate)
    found = sample_gain(sizes, plain, constant * (shift * sizes) ** -rate)
    known = found[np.isfinite(found)]
    assert known == pytest.approx(np.full(len(known), shift))
    value, low, high = bootstrap_slope(sizes, plain[:, None] * [1, 2], np.random.default_rng(0))
    assert (low, value, high) == pytest.approx((-rate,) * 3)


@QUICK
@given(seeds, st.floats(0.1, 10))
def test_savings_do_not_depend_on_the_unit_of_the_risk(seed, factor):
    rng = np.random.default_rng(seed)
    sizes = (10, 30, 90, 270)
    plain = np.sort(rng.uniform(0.1, 1, 4))[::-1]
    assume((np.diff(plain) < -1e-6).all())
    own = plain * rng.uniform(0.3, 1, 4)
    one, two = sample_gain(sizes, plain, own), sample_gain(sizes, factor * plain, factor * own)
    assert (np.isnan(one) == np.isnan(two)).all()
    assert one[~np.isnan(one)] == pytest.approx(two[~np.isnan(two)])
    assert (one[~np.isnan(one)] >= 1 - 1e-9).all(), "a lower risk is never worth less than one"
