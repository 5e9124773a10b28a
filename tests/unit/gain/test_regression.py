"""Ridge regression: closed forms, two routes, penalties, the estimator, Spec-Avg, the predictor."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.utils.estimator_checks import check_estimator

from symlens.errors import DataError
from symlens.gain.bases import Basis
from symlens.gain.curves import ETAS, Sampling, measure
from symlens.gain.estimator import InvariantRidge
from symlens.gain.fits import bootstrap_slope, sample_gain
from symlens.gain.kernels import SobolevKernel
from symlens.gain.predictor import (
    best_ridge,
    best_risk,
    effective_ridge,
    predicted_multiplier,
    predicted_risk,
    samples_for,
    slope,
)
from symlens.gain.problem import Setting, draw_problem
from symlens.gain.ridge import decompose, least, streamed_path
from symlens.gain.specavg import cutoff, dimension, spec_avg
from symlens.gain.symmetry import symmetry
from symlens.gain.targets import Spectrum, draw_target, sobolev_norm, spectra

RNG = np.random.default_rng


@pytest.mark.parametrize("shape", [(30, 12), (12, 30), (20, 20)])
def test_path_is_the_closed_form(shape):
    rng = RNG(1)
    features, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    path = decompose(features).path(y)
    etas = np.array([1e-3, 0.1, 2.0])
    found = path.coefficients(etas)
    for place, eta in enumerate(etas):
        normal = features.T @ features + shape[0] * eta * np.eye(shape[1])
        exact = np.linalg.solve(normal, features.T @ y)
        assert found[:, place] == pytest.approx(exact, abs=1e-9)
        smoother = features @ np.linalg.solve(normal, features.T)
        assert path.degrees_of_freedom(etas)[place] == pytest.approx(np.trace(smoother))
        residual = ((y - smoother @ y) ** 2).mean()
        gcv = residual / (1 - np.trace(smoother) / shape[0]) ** 2
        assert path.gcv(etas)[place] == pytest.approx(gcv)


def test_streamed_path_is_the_whole_one():
    rng = RNG(2)
    features, y = rng.standard_normal((50, 7)), rng.standard_normal(50)
    whole = decompose(features).path(y)
    parts = streamed_path((features[i : i + 11], y[i : i + 11]) for i in range(0, 50, 11))
    assert parts.coefficients(ETAS) == pytest.approx(whole.coefficients(ETAS), abs=1e-9)
    assert parts.gcv(ETAS) == pytest.approx(whole.gcv(ETAS))
    with pytest.raises(ValueError, match="at least one part"):
        streamed_path(iter(()))


def test_gcv_nearly_finds_the_best_penalty():
    rng = RNG(3)
    features = rng.standard_normal((400, 50)) * np.arange(1, 51) ** -1.0
    truth = rng.standard_normal(50)
    path = decompose(features).path(features @ truth + rng.standard_normal(400))
    risk = (
        (path.coefficients(ETAS) - truth[:, None]) ** 2 * np.arange(1.0, 51)[:, None] ** -2
    ).sum(0)
    chosen = risk[np.argmin(np.abs(ETAS - least(path.gcv, ETAS)))]
    assert chosen < 1.5 * risk.min()


def test_estimator_is_kernel_ridge_with_the_averaged_kernel():
    rng = RNG(4)
    found = symmetry("S2", "antipode")
    x, new = found.sample(rng, 40), found.sample(rng, 10)
    y = x[:, 0] ** 2 + 0.1 * rng.standard_normal(40)
    kernel = SobolevKernel(found, 2, 56)
    model = KernelRidge(alpha=40 * 0.01, kernel="precomputed").fit(kernel.dual(x, x), y)
    own = InvariantRidge("S2", "antipode", smoothness=2, eta=0.01, cutoff=56).fit(x, y)
    assert own.predict(new) == pytest.approx(model.predict(kernel.dual(new, x)), abs=1e-10)
    assert own.predict(-new) == pytest.approx(own.predict(new), abs=1e-10)


def test_estimator_passes_the_checks_of_its_library():
    check_estimator(InvariantRidge(max_features=80), on_skip=None)


def test_estimator_takes_many_samples_part_by_part():
    rng = RNG(5)
    x = rng.uniform(0, 2 * np.pi, (9000, 2))
    y = np.cos(4 * x[:, 0]) + 0.5 * rng.standard_normal(9000)
    model = InvariantRidge("T2", "Z4xZ4", smoothness=2, cutoff=256).fit(x, y)
    new = rng.uniform(0, 2 * np.pi, (500, 2))
    assert np.mean((model.predict(new) - np.cos(4 * new[:, 0])) ** 2) < 2e-3


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"manifold": "T3"}, "3 coordinates expected for T3, found 2"),
        ({"manifold": "S1"}, "points of length 1"),
        ({"group": "hopf"}, "does not act"),
        ({"smoothness": 1}, "smoothness"),
        ({"eta": -1}, "eta"),
        ({"eta": "best"}, "eta"),
    ],
)
def test_estimator_refuses_nonsense(parameters, words):
    x = RNG(1).uniform(2, 3, (20, 2))
    with pytest.raises(DataError, match=words):
        InvariantRidge(**parameters).fit(x, x[:, 0])


def test_spec_avg_is_exactly_invariant_and_learns():
    rng = RNG(6)
    found = symmetry("T3", "hyperoctahedral")
    basis = Basis(found, 6)
    x = found.sample(rng, 4000)
    y = np.cos(x).sum(1) + 0.3 * rng.standard_normal(4000)
    for fit, most in (("moments", 0.02), ("least_squares", 0.002)):
        weights = spec_avg(basis, x, y, 30, fit=fit)
        here = basis.features(x[:50]) @ weights
        for generator in found.actions[0].generators():
            assert basis.features(generator(x[:50])) @ weights == pytest.approx(here, abs=1e-10)
        assert np.mean((here - np.cos(x[:50]).sum(1)) ** 2) < most


def test_spec_avg_in_ten_dimensions_uses_generators_only():
    """The published size: D = 176 of the invariant modes; here the whole spaces up to 2."""
    rng = RNG(7)
    found = symmetry("T10", "signs")
    basis = Basis(found, 2)
    x = found.sample(rng, 300)
    weights = spec_avg(basis, x, np.cos(x[:, 0]), 300)
    assert basis.invariant.shape == (201, 1 + 10 + 45)
    assert np.abs(weights - basis.invariant @ (basis.invariant.T @ weights)).max() < 1e-10


def test_spec_avg_keeps_eigenspaces_whole():
    basis = Basis(symmetry("T2", "signs"), 10)
    assert [cutoff(basis, size) for size in (0, 1, 4, 5, 8, 9, 1000)] == [1, 1, 1, 5, 5, 9, 37]
    assert dimension(1000, 2, 2) == 10
    with pytest.raises(DataError, match="at least 13 samples"):
        spec_avg(basis, np.zeros((3, 2)), np.zeros(3), 37, fit="least_squares")


def test_effective_ridge_solves_its_equation():
    spectrum = Spectrum(np.array([1.0, 0.1, 0.01]), np.array([1.0, 4.0, 20.0]), np.ones(3))
    for eta, n in ((1e-3, 10), (0.5, 100), (1e-9, 3)):
        kappa = effective_ridge(spectrum, eta, n)
        right = eta + kappa / n * np.sum(
            spectrum.multiplicity * spectrum.weights / (spectrum.weights + kappa)
        )
        assert kappa == pytest.approx(right, rel=1e-9)


def test_predicted_risk_of_a_single_mode():
    """One feature, no penalty to speak of: variance sigma^2 / n."""
    spectrum = Spectrum(np.array([1.0]), np.array([1.0]), np.array([1.0]))
    assert predicted_risk(spectrum, 1e-9, 10_000, 0.5) == pytest.approx(0.25 / 10_000, rel=1e-3)
    assert predicted_risk(spectrum, 1e9, 100, 0.5) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize(
    ("group", "n", "own", "n_plain", "plain"),
    [
        ("Z2xZ2", 64, 0.08245, 256, 0.08244),
        ("Z4xZ4", 64, 0.07202, 1024, 0.07194),
        ("Z4xZ4", 128, 0.04279, 2048, 0.04280),
        ("signs", 64, 0.0518, 256, 0.0389),
    ],
)
def test_predictor_gives_the_reference_values(group, n, own, n_plain, plain):
    arms = spectra(symmetry("T2", group), 2, 1, 1024)
    assert best_risk(arms[1], n, 0.5) == pytest.approx(own, rel=0.02)
    assert best_risk(arms[0], n_plain, 0.5) == pytest.approx(plain, rel=0.02)


@pytest.mark.parametrize("manifold", ["T2", "S2"])
def test_predicted_exponents_settle_at_the_theory(manifold):
    group = "circle(1,0)" if manifold == "T2" else "so(2)"
    plain, own = spectra(symmetry(manifold, group), 2, 1, 6000)
    sizes = (4096, 8192, 16384)
    for arm, rate in ((plain, 2 / 3), (own, 4 / 5)):
        assert slope(sizes, [best_risk(arm, n, 0.5) for n in sizes]) == pytest.approx(
            -rate, abs=0.03
        )


def test_samples_for_is_the_inverse_of_best_risk():
    plain, own = spectra(symmetry("T2", "signs"), 2, 1, 256)
    risk = best_ridge(plain, 300, 0.5)[1]
    assert samples_for(plain, risk, 0.5) == pytest.approx(300, rel=1e-3)
    assert predicted_multiplier(plain, own, 100, 0.5) > 1
    assert samples_for(plain, 0.99999, 0.5) < 5
    with pytest.raises(DataError, match="out of reach"):
        samples_for(Spectrum(plain.weights, plain.multiplicity, plain.signal, 0.5), 0.1, 0.5)


def test_targets_are_invariant_of_unit_norm_and_just_smooth_enough():
    found = symmetry("T2", "signs")
    basis = Basis(found, 400)
    target = draw_target(basis, 2, 1.0, RNG(1))
    assert np.linalg.norm(target) == pytest.approx(1)
    assert target[basis.invariant_eigenvalues == 0] == 0
    values = basis.invariant_eigenvalues
    by_shell = np.bincount(values, target**2, minlength=401)
    expected = spectra(found, 2, 1.0, 400)[1]
    shells = np.flatnonzero(found.plain.multiplicities(400))
    assert by_shell[shells] == pytest.approx(expected.signal)
    assert sobolev_norm(target, values, 0) == pytest.approx(1)


def test_simulation_agrees_with_the_predictor():
    setting = Setting(symmetry("S2", "antipode"), 2, 1.0, 0.5, 90, (0.0, 0.5))
    problem = draw_problem(setting, Basis(setting.symmetry, 90), RNG(101))
    seen = []
    curves = measure(
        problem, Sampling((64, 256), 8192, 64, 1), RNG(102), lambda n, r: seen.append((n, r.shape))
    )
    assert seen == [(64, (2, 2)), (256, (2, 2))]
    for target, row in enumerate(setting.spectra()):
        for arm, spectrum in enumerate(row):
            for place, n in enumerate((64, 256)):
                expected = best_risk(spectrum, n, 0.5)
                assert curves.risk_path[target, arm, place].min() == pytest.approx(
                    expected, rel=0.15
                )
    assert np.isfinite(curves.risk).all()
    assert (curves.risk[0] >= curves.risk_path.min(axis=-1) * 0.999).all()


def test_averaging_cannot_reach_what_is_not_invariant():
    setting = Setting(symmetry("T2", "Z2xZ2"), 2, 1.0, 0.5, 40, (0.0, 0.7))
    basis = Basis(setting.symmetry, 40)
    problem = draw_problem(setting, basis, RNG(1))
    plain, own = problem.arms
    rest = plain.truth[1] - plain.truth[0]
    assert np.linalg.norm(rest) == pytest.approx(0.7)
    assert np.abs(basis.invariant.T @ rest).max() < 1e-12
    assert own.unreachable == pytest.approx([0, 0.49])


def test_sample_gain_reads_the_plain_curve():
    sizes = (10, 20, 40, 80)
    plain = np.array([8.0, 4.0, 2.0, 1.0])
    found = sample_gain(sizes, plain, plain / 2)
    assert found[:3] == pytest.approx([2, 2, 2])
    assert np.isnan(found[3]), "beyond the last size"
    prolonged = sample_gain(sizes, plain, plain / 2.1)
    assert prolonged[:3] == pytest.approx(2.1), "also just beyond the end"
    assert np.isnan(sample_gain(sizes, plain, plain / 2.3)[2]), "not further"
    flat = np.array([8.0, 4.0, 2.0, 2.0])
    assert np.isnan(sample_gain(sizes, flat, flat / 1.01)[2:]).all(), "a curve that does not fall"
    assert np.isnan(sample_gain(sizes, plain, plain * 2)[0]), "before the first"


def test_exponents_and_their_intervals():
    sizes = (10, 100, 1000)
    risks = np.array([[n**-0.5 * c for c in (1, 2, 3)] for n in sizes])
    value, low, high = bootstrap_slope(sizes, risks, RNG(1))
    assert value == pytest.approx(-0.5)
    assert low == pytest.approx(high)
    noisy = risks * np.array([[1, 1, 1], [1, 1.2, 1], [1, 1, 1.5]])
    value, low, high = bootstrap_slope(sizes, noisy, RNG(1))
    assert low < value < high
