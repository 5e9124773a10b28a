"""Regression, cross-validation and predictions against slow, direct versions of the same."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

from symlens.gain.bases import Basis
from symlens.gain.curves import ETAS, Sampling, measure
from symlens.gain.estimator import InvariantRidge
from symlens.gain.fits import sample_gain
from symlens.gain.kernels import SobolevKernel
from symlens.gain.predictor import best_ridge, predicted_risk, samples_for
from symlens.gain.problem import Arm, Setting, draw_problem
from symlens.gain.ridge import decompose, least, streamed_path
from symlens.gain.risks import Distances
from symlens.gain.specavg import spec_avg
from symlens.gain.symmetry import symmetry
from symlens.gain.targets import Spectrum, spectra

RNG = np.random.default_rng
PAIRS = [
    ("T2", "translations(4,4)", 40),
    ("T2", "signs", 20),
    ("T3", "circle(1,1,0)", 6),
    ("S2", "antipode", 30),
    ("S2", "so(2)", 30),
    ("S3", "hopf", 24),
    ("T1xS2", "Z2xantipode", 8),
]


def regression(manifold, group, lam, n=30):
    """Points, noisy outputs and the kernel of a pair."""
    rng = RNG(2)
    found = symmetry(manifold, group)
    kernel = SobolevKernel(found, found.dim / 2 + 1, lam)
    x = found.sample(rng, n)
    truth = rng.standard_normal(len(kernel.basis.invariant_eigenvalues))
    y = kernel.basis.invariant_features(x) @ truth + 0.3 * rng.standard_normal(n)
    return kernel, x, y


@pytest.mark.parametrize(("manifold", "group", "lam"), PAIRS)
@pytest.mark.parametrize("eta", [1e-4, 1e-2, 1.0])
def test_estimator_is_kernel_ridge_of_scikit_learn(manifold, group, lam, eta):
    kernel, x, y = regression(manifold, group, lam)
    new = kernel.symmetry.sample(RNG(3), 8)
    theirs = KernelRidge(alpha=len(x) * eta, kernel="precomputed").fit(kernel.dual(x, x), y)
    own = InvariantRidge(manifold, group, smoothness=kernel.smoothness, eta=eta, cutoff=lam)
    expected = theirs.predict(kernel.dual(new, x))
    assert own.fit(x, y).predict(new) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(("manifold", "group", "lam"), PAIRS)
def test_paths_are_ridge_of_scikit_learn_on_weighted_features(manifold, group, lam):
    kernel, x, y = regression(manifold, group, lam)
    weights = kernel.weights(kernel.basis.invariant_eigenvalues)
    features = kernel.basis.invariant_features(x) * np.sqrt(weights)
    etas = np.array([1e-3, 0.1])
    for path in (
        decompose(features).path(y),
        streamed_path([(features[:9], y[:9]), (features[9:], y[9:])]),
    ):
        for column, eta in zip(path.coefficients(etas).T, etas, strict=True):
            theirs = Ridge(alpha=len(x) * eta, fit_intercept=False, solver="svd").fit(features, y)
            assert column == pytest.approx(theirs.coef_, abs=1e-8)


@pytest.mark.parametrize("shape", [(25, 8), (25, 60)])
def test_many_outputs_are_one_after_the_other(shape):
    rng = RNG(4)
    features, y = rng.standard_normal(shape), rng.standard_normal((3, 2, shape[0]))
    parts = decompose(features)
    path = parts.path(y)
    assert path.coefficients(ETAS).shape == (3, 2, shape[1], len(ETAS))
    for place in np.ndindex(3, 2):
        single = parts.path(y[place])
        assert path.coefficients(ETAS)[place] == pytest.approx(single.coefficients(ETAS), abs=1e-10)
        assert path.gcv(ETAS)[place] == pytest.approx(single.gcv(ETAS))


@pytest.mark.parametrize("shape", [(20, 6), (20, 45)])
@pytest.mark.parametrize("eta", [1e-2, 1.0])
def test_cross_validation_leaves_samples_out_one_by_one(shape, eta):
    """GCV is leave-one-out with every leverage replaced by their mean.

    The leave-one-out errors, by fitting n times, are residual / (1 - leverage); with the mean
    leverage in its place their mean square is GCV.
    """
    rng = RNG(5)
    features, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    n = len(y)
    path = decompose(features).path(y)

    def fitted(rows):
        f, own = features[rows], y[rows]
        return np.linalg.solve(f.T @ f + n * eta * np.eye(shape[1]), f.T @ own)

    everything = fitted(np.arange(n))
    residual = y - features @ everything
    left_out = np.array([y[i] - features[i] @ fitted(np.delete(np.arange(n), i)) for i in range(n)])
    leverage = 1 - residual / left_out
    assert leverage.sum() == pytest.approx(path.degrees_of_freedom(np.array([eta]))[0], rel=1e-8)
    naive = np.mean((residual / (1 - leverage.mean())) ** 2)
    assert path.gcv(np.array([eta]))[0] == pytest.approx(naive, rel=1e-8)


def test_cross_validation_chooses_nearly_what_leaving_out_chooses():
    kernel, x, y = regression("T2", "signs", 20, n=60)
    gram = kernel.dual(x, x)
    errors = []
    for eta in ETAS:
        smoother = gram @ np.linalg.inv(gram + len(y) * eta * np.eye(len(y)))
        errors.append(np.mean(((y - smoother @ y) / (1 - np.diag(smoother))) ** 2))
    features = kernel.basis.invariant_features(x)
    weighted = features * np.sqrt(kernel.weights(kernel.basis.invariant_eigenvalues))
    chosen = least(decompose(weighted).path(y).gcv, ETAS)
    own = np.interp(np.log(chosen), np.log(ETAS), errors)
    assert own < 1.1 * min(errors)


def test_excess_risk_is_the_mean_over_the_manifold():
    """Parseval against new points: the squared distance to the target, within sampling error."""
    setting = Setting(symmetry("S2", "antipode"), 2.0, 1.0, 0.5, 30, (0.4,))
    problem = draw_problem(setting, Basis(setting.symmetry, 30), RNG(6))
    rng = RNG(7)
    features, clean = problem.draw(rng, 80)
    y = clean[0] + 0.5 * rng.standard_normal(80)
    etas = np.array([1e-3, 1e-1])
    new, there = problem.draw(RNG(8), 20_000)
    for arm, own, others in zip(problem.arms, features, new, strict=True):
        scale = np.sqrt(arm.weights)
        path = decompose(own * scale).path(np.stack([y, y]))
        predicted = (others * scale) @ path.coefficients(etas)[0]
        squares = (predicted - there[0][:, None]) ** 2
        error = squares.std(axis=0) / np.sqrt(len(squares))
        found = Distances.of(arm, path.back).each(0, path, etas)
        assert (np.abs(found - squares.mean(axis=0)) < 4 * error).all()


def test_measured_curves_are_means_of_single_regressions():
    """The same sets and noise drawn by hand, each fitted by solving its equations."""
    setting = Setting(symmetry("T2", "translations(2,2)"), 2.0, 1.0, 0.5, 9, (0.0, 0.5))
    problem = draw_problem(setting, Basis(setting.symmetry, 9), RNG(1))
    plan = Sampling((12, 24), 48, 3, 2)
    curves = measure(problem, plan, RNG(9))
    rng = RNG(9)
    for place, (n, sets) in enumerate([(12, 3), (24, 2)]):
        assert plan.sets(n) == sets
        total = np.zeros((2, 2, len(ETAS)))
        for _ in range(sets):
            features, clean = problem.draw(rng, n)
            noise = 0.5 * rng.standard_normal((2, n))
            for index, (arm, own) in enumerate(zip(problem.arms, features, strict=True)):
                weighted = own * np.sqrt(arm.weights)
                gram = weighted @ weighted.T
                for target, row in np.ndindex(2, 2):
                    for column, eta in enumerate(ETAS):
                        alpha = np.linalg.solve(
                            gram + n * eta * np.eye(n), clean[target] + noise[row]
                        )
                        found = np.sqrt(arm.weights) * (weighted.T @ alpha)
                        risk = ((found - arm.truth[target]) ** 2).sum() + arm.unreachable[target]
                        total[target, index, column] += risk / (2 * sets)
        assert curves.risk_path[:, :, place] == pytest.approx(total, rel=1e-6)


def naive_prediction(spectrum, eta, n, noise):
    """The deterministic equivalent by iterating its equation, eigenfunction by eigenfunction."""
    mu = np.repeat(spectrum.weights, spectrum.multiplicity.astype(int))
    kappa = eta + mu.sum() / n
    for _ in range(5000):
        kappa = eta + kappa / n * sum(m / (m + kappa) for m in mu)
    df2 = sum((m / (m + kappa)) ** 2 for m in mu)
    pairs = zip(spectrum.weights, spectrum.signal, strict=True)
    bias = sum(kappa**2 / (m + kappa) ** 2 * c for m, c in pairs) + spectrum.unreachable
    return (bias + noise**2) / (1 - df2 / n) - noise**2


@pytest.mark.parametrize(("eta", "n"), [(1e-3, 30), (0.1, 30), (1e-2, 500)])
def test_predictions_solve_their_equation_by_iteration(eta, n):
    for arm in spectra(symmetry("T2", "signs"), 2.0, 1.0, 9):
        assert predicted_risk(arm, eta, n, 0.5) == pytest.approx(
            naive_prediction(arm, eta, n, 0.5), rel=1e-6
        )


@pytest.mark.parametrize("n", [40, 400, 4000])
def test_the_best_penalty_is_that_of_a_fine_grid(n):
    arm = spectra(symmetry("S2", "so(2)"), 2.0, 1.0, 72)[0]
    grid = np.logspace(-9, 1, 2001)
    naive = min(predicted_risk(arm, float(eta), n, 0.5) for eta in grid)
    assert best_ridge(arm, n, 0.5)[1] == pytest.approx(naive, rel=1e-3)


def test_samples_for_a_risk_by_bisection():
    arm = spectra(symmetry("T2", "signs"), 2.0, 1.0, 50)[1]

    def off(log_n):
        return abs(np.log(best_ridge(arm, float(np.exp(log_n)), 0.5)[1] / 0.03))

    naive = np.exp(minimize_scalar(off, bounds=(2, 9), method="bounded").x)
    assert samples_for(arm, 0.03, 0.5) == pytest.approx(naive, rel=0.01)


def test_predictions_are_exact_for_features_without_structure():
    """Gaussian features of one size: risks of many fits have the predicted mean."""
    q, n, noise, eta = 40, 120, 0.5, 0.05
    rng = RNG(10)
    truth = rng.standard_normal(q)
    truth /= np.linalg.norm(truth)
    arm = Arm("own", np.ones(q), truth[None], np.zeros(1))
    risks = []
    for _ in range(300):
        features = rng.standard_normal((n, q))
        y = features @ truth + noise * rng.standard_normal(n)
        path = decompose(features).path(y[None])
        risks.append(float(Distances.of(arm, path.back).mean(0, path, np.array([eta]))[0]))
    spectrum = Spectrum(np.ones(1), np.array([float(q)]), np.ones(1))
    error = np.std(risks) / np.sqrt(len(risks))
    expected = predicted_risk(spectrum, eta, n, noise)
    assert np.mean(risks) == pytest.approx(expected, abs=4 * error + 0.01 * expected)


def test_sample_gain_of_power_laws_is_their_shift():
    sizes = (50, 100, 200, 400, 800)
    n = np.array(sizes, dtype=float)
    for order, rate in ((4.0, 2 / 3), (2.5, 4 / 5)):
        found = sample_gain(sizes, n**-rate, (order * n) ** -rate)
        known = np.isfinite(found)
        assert known.tolist() == [order * size <= 800 for size in sizes]
        assert found[known] == pytest.approx(order)


def test_spec_avg_is_least_squares_in_the_invariant_functions():
    """With the least-squares variant: the same as regressing on the invariant eigenfunctions."""
    rng = RNG(11)
    found = symmetry("S2", "permutations")
    basis = Basis(found, 20)
    x = found.sample(rng, 80)
    y = rng.standard_normal(80)
    weights = spec_avg(basis, x, y, len(basis.eigenvalues), fit="least_squares")
    theirs = np.linalg.lstsq(basis.invariant_features(x), y, rcond=None)[0]
    assert basis.features(x) @ weights == pytest.approx(basis.invariant_features(x) @ theirs)


def test_spec_avg_is_the_published_projection_of_the_moments():
    """f - B^T (B B^T)^+ B f, B the stack of D(g) - 1, as it stands in the paper."""
    rng = RNG(12)
    found = symmetry("S2", "permutations")
    basis = Basis(found, 12)
    x, y = found.sample(rng, 60), rng.standard_normal(60)
    moments = basis.features(x).T @ y / 60
    size = len(moments)
    stack = np.vstack([basis.representation(0, g).toarray().T - np.eye(size) for g in range(2)])
    naive = moments - stack.T @ np.linalg.pinv(stack @ stack.T, rcond=1e-10) @ stack @ moments
    assert spec_avg(basis, x, y, size) == pytest.approx(naive, abs=1e-8)
