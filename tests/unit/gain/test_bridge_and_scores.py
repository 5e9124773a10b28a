"""What an evaluation is made of: scores, floors, gains of curves, and the kernels of a pool."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from symlens.gain.bridge import Bridge, Pool, eigenfunctions, gaussian_gram, grams
from symlens.gain.evaluate import all_rules, gains, predictions
from symlens.gain.problem import Setting, draw_problem
from symlens.gain.scores import FLOORS, SCORES, worst
from symlens.gain.symmetry import symmetry
from symlens.gain.tables import statistic_of
from symlens.gain.targets import Spectrum

RNG = np.random.default_rng


def ring_pool(n=60, pixels=6):
    """Samples of a stationary ring, with its shift as learned and true generator."""
    rng = RNG(8)
    place = np.arange(pixels) * 2 * np.pi / pixels
    x = np.cos(place + rng.uniform(0, 2 * np.pi, (n, 1))) * rng.uniform(0.5, 1.5, (n, 1))
    shift = np.roll(np.eye(pixels), 1, axis=1)
    return Pool(x - x.mean(axis=0), shift, shift)


def test_worst_of_the_seeds():
    assert worst("sample_gain", np.array([4.0, 3.0, np.nan]), 4.0) == 3.0
    assert worst("exponent_plain", np.array([-0.7, -0.5, -0.8]), -0.7) == -0.5
    assert np.isnan(worst("risk_gain", np.array([np.nan]), 1.0))
    assert len(FLOORS) == len(SCORES)


def test_statistics_of_an_evaluation_without_a_number():
    found = xr.Dataset(
        {
            "value": (("score", "seed"), np.full((4, 2), np.nan)),
            "predicted_value": (("score",), np.full(4, np.nan)),
            "floor": (("score",), np.array(FLOORS)),
        },
        coords={"score": list(SCORES)},
    )
    assert statistic_of(found, "sample_gain", "worst") is None
    assert statistic_of(found, "sample_gain", "predicted") is None
    assert statistic_of(found, "sample_gain", "floor") == 1.0


def test_the_oracle_is_best_in_the_mean_of_the_seeds_not_for_each():
    paths = np.array([[1.0, 2.0, 9.0], [5.0, 2.0, 1.0]])  # seed, penalty
    runs = [
        xr.Dataset(
            {
                "risk_path": (("epsilon", "arm", "size", "penalty"), path.reshape(1, 1, 1, 3)),
                "risk": (("rule", "epsilon", "arm", "size"), np.full((1, 1, 1, 1), 7.0)),
            }
        )
        for path in paths
    ]
    found = all_rules(runs)
    assert found.shape == (2, 1, 1, 1, 2)
    assert found[0].ravel().tolist() == [2.0, 2.0]
    assert found[1].ravel().tolist() == [7.0, 7.0]


def test_gains_of_every_seed_and_of_the_mean():
    sizes = (10, 20, 40)
    plain = np.array([4.0, 2.0, 1.0])
    risk = np.stack([np.stack([plain, plain / 2]), np.stack([plain * 2, plain])], axis=-1)
    found = gains(sizes, risk[None, None])
    assert found["sample_gain"][0, 0, 1, :2] == pytest.approx([2, 2])
    assert found["sample_gain_seed"][0, 0, 1, :2] == pytest.approx(np.full((2, 2), 2))
    assert np.isnan(found["sample_gain"][0, 0, 1, 2])


def test_predictions_of_an_arm_that_is_the_plain_one():
    arm = Spectrum(np.array([1.0, 0.1]), np.array([1.0, 5.0]), np.array([0.5, 0.5]))
    found = predictions([[arm, arm]], (20, 40, 80), 0.5)
    assert found["predicted_risk_gain"] == pytest.approx(1)
    assert found["predicted_sample_gain"] == pytest.approx(1, rel=1e-3)
    gone = Spectrum(arm.weights, arm.multiplicity, arm.signal, 0.2)
    out = predictions([[gone, arm]], (20, 4000), 0.5)["predicted_sample_gain"]
    assert np.isnan(out[0, 1, 1]), "the plain arm never gets so good"


def test_eigenfunctions_of_a_pool():
    gram = gaussian_gram(*(RNG(1).standard_normal((2, 30, 3))[0],) * 2, 1.0)
    values, functions = eigenfunctions(gram)
    assert (np.diff(values) <= 0).all()
    assert functions.T @ functions / 30 == pytest.approx(np.eye(len(values)), abs=1e-10)
    assert (functions * values) @ functions.T == pytest.approx(gram, abs=1e-9)


def test_the_averaged_kernel_keeps_less_of_the_same_trace():
    plain, learned, true = grams(ring_pool())
    assert learned == pytest.approx(true)
    assert np.trace(true) < np.trace(plain)
    assert np.linalg.eigvalsh(true).min() > -1e-10


def test_targets_on_a_pool_are_what_is_expected_of_them():
    bridge = Bridge.of(ring_pool(), 1.5, 0.5)
    expected = bridge.expected()
    assert [float(s.signal.sum() + s.unreachable) for s in expected] == pytest.approx([1, 1, 1])
    assert expected[2].signal[0] == pytest.approx(0, abs=1e-20)
    problem = bridge.problem(RNG(3))
    assert problem.arms[2].truth[0] ** 2 == pytest.approx(expected[2].signal, abs=1e-9)
    features, clean = problem.draw(RNG(4), 25)
    assert clean.shape == (1, 25)
    for arm, values in zip(problem.arms, features, strict=True):
        assert values @ arm.truth[0] == pytest.approx(clean[0], abs=1e-4)


def test_expected_spectra_are_means_over_targets():
    """Squared coefficients of many targets, shell by shell, against what a data file holds."""
    from symlens.gain.bases import Basis

    setting = Setting(symmetry("T2", "Z2xZ2"), 2.0, 1.0, 0.5, 13, (0.0, 0.6))
    basis = Basis(setting.symmetry, 13)
    shells = np.flatnonzero(setting.symmetry.plain.multiplicities(13))
    total = np.zeros((2, 14))
    for seed in range(300):
        plain = draw_problem(setting, basis, RNG(seed)).arms[0]
        for row, truth in enumerate(plain.truth):
            total[row] += np.bincount(basis.eigenvalues, truth**2, minlength=14) / 300
    for row, (plain, own) in enumerate(setting.spectra()):
        assert total[row][shells] == pytest.approx(plain.signal, abs=0.03)
        assert own.unreachable == pytest.approx(setting.epsilon[row] ** 2)
