"""The networks on the backend against plain arrays, quadrature and sampling."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from symlens.latent import posterior, theory
from symlens.latent.network import Network, frame
from symlens.latent.spaces import Layout, Shapes


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def quadrature_circle(sigma):
    """KL of a wrapped normal to the uniform law, by quadrature over one turn."""

    def density(t):
        return np.sum(stats.norm.pdf(t + 2 * np.pi * np.arange(-40, 41), scale=sigma))

    value, _ = integrate.quad(
        lambda t: density(t) * np.log(2 * np.pi * max(density(t), 1e-300)),
        -np.pi,
        np.pi,
        limit=400,
        points=[0.0],
    )
    return value


@pytest.mark.parametrize("sigma", [0.02, 0.3, 0.79, 0.81, 1.0, 2.0, 4.0])
def test_kl_of_a_wrapped_normal(sigma):
    found = posterior.kl_wrapped(np.array([2 * np.log(sigma)]))[0]
    assert found == pytest.approx(
        quadrature_circle(sigma), abs=1.5e-3 if 0.7 < sigma < 0.8 else 1e-4
    )


def test_kl_of_a_wrapped_normal_as_a_series_in_powers():
    """Products over n and powers of q are one function; its first terms by hand."""
    np.testing.assert_allclose(posterior.wrapped_powers(4)[:2], [1.0, 0.5], atol=1e-15)
    spread = np.linspace(0.8, 4.0, 60)
    q = np.exp(-(spread**2))
    powers = posterior.wrapped_powers(60)
    series = sum(a * q ** (k + 1) for k, a in enumerate(powers))
    np.testing.assert_allclose(series, posterior.kl_wrapped(2 * np.log(spread)), atol=1e-12)


@pytest.mark.parametrize("sigma", [0.02, 0.3, 0.79, 0.81, 1.0, 2.0, 4.0])
def test_kl_of_a_wrapped_normal_on_the_backend(sigma):
    from symlens.latent.model import kl_wrapped

    log_spread = np.array([2 * np.log(sigma)], np.float32)
    found = float(np.asarray(kl_wrapped(log_spread))[0])
    assert found == pytest.approx(float(posterior.kl_wrapped(log_spread)[0]), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("kappa", [0.05, 0.5, 2.0, 30.0, 1000.0])
def test_kl_of_a_fisher_law(kappa):
    # p(w) = kappa exp(kappa w)/(2 sinh kappa) along the mean direction; uniform: 1/2.
    front = kappa / -np.expm1(-2 * kappa)
    value, _ = integrate.quad(
        lambda w: front * np.exp(kappa * (w - 1)) * (np.log(2 * front) + kappa * (w - 1)),
        -1,
        1,
        limit=400,
        points=[1 - 1 / (1 + kappa)],
    )
    assert posterior.kl_fisher(np.array([-np.log(kappa)]))[0] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("sigma", [0.1, 0.9, 3.0])
def test_resultant_of_a_wrapped_normal(sigma, rng):
    drawn = np.cos(sigma * rng.standard_normal(400_000))
    found = posterior.resultant(1, np.array(2 * np.log(sigma)))
    assert abs(drawn.mean() - found) < 5 * drawn.std() / np.sqrt(len(drawn))


def test_fisher_samples_on_the_backend(rng):
    from symlens.latent.model import fisher_sample

    kappa, count = 4.0, 100_000
    mean = np.array([0.48, 0.6, 0.64], np.float32)
    direction = np.broadcast_to(mean, (count, 3))
    log_spread = np.full(count, -np.log(kappa), np.float32)
    noise = rng.random((count, 2)).astype(np.float32)
    drawn = np.asarray(fisher_sample(direction, log_spread, noise), np.float64)
    np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), 1.0, atol=1e-4)
    length = float(posterior.resultant(2, np.array(-np.log(kappa))))
    np.testing.assert_allclose(drawn.mean(axis=0), length * mean, atol=0.008)
    w = drawn @ mean
    law = lambda v: np.expm1(kappa * (v + 1)) / np.expm1(2 * kappa)  # noqa: E731
    assert stats.kstest(w, law).pvalue > 1e-3


@pytest.mark.parametrize("method", ["gaussian", "linear", "circular", "spherical"])
def test_backend_and_plain_arrays_agree(method, rng):
    from symlens.latent.model import Family

    hidden = () if method == "linear" else (7, 5)
    shapes = Shapes(4, hidden, Layout.of(method, 3))
    parameters = shapes.initial(rng, 2) + 0.1 * rng.standard_normal((2, shapes.parameters)).astype(
        np.float32
    )
    x = rng.standard_normal((2000, 4)).astype(np.float32)
    mask = np.array([[1, 1, 1], [1, 1, 0]], np.float32)
    noise = shapes.layout.draw(rng, len(x))
    _, kl = (np.asarray(v) for v in Family(shapes).losses(parameters, x[None], noise, mask))
    for net in range(2):
        plain = Network(shapes, parameters[net], mask[net], np.zeros(4), np.ones(4))
        np.testing.assert_allclose(
            kl[net], plain.posterior(x).kl.mean(axis=0), rtol=2e-3, atol=1e-4
        )


@pytest.mark.parametrize("method", ["gaussian", "circular", "spherical"])
def test_codes_on_the_backend_have_the_moments_of_the_posterior(method, rng):
    from symlens.latent.model import Family

    shapes = Shapes(3, (6,), Layout.of(method, 2))
    parameters = shapes.initial(rng, 1)
    x = np.repeat(rng.standard_normal((1, 3)).astype(np.float32), 60_000, axis=0)
    heads = rng.standard_normal((1, 1, shapes.layout.heads)).astype(np.float32)
    parameters[:] = 0.0  # heads are the offsets of the last encoder layer
    start = sum(i * o + o for i, o in shapes.layers()[:1]) + 6 * shapes.layout.heads
    parameters[0, start : start + shapes.layout.heads] = heads[0, 0]
    noise = shapes.layout.draw(rng, len(x))
    family = Family(shapes)
    code, _ = family.latents(
        np.broadcast_to(heads, (1, len(x), heads.shape[-1])),
        noise[None],
        np.ones((1, 1, 2), np.float32),
    )
    code = np.asarray(code, np.float64)[0]
    plain = Network(shapes, parameters[0], np.ones(2), np.zeros(3), np.ones(3)).posterior(x[:1])
    np.testing.assert_allclose(code.mean(axis=0), plain.mean[0], atol=0.03)
    spread = np.bincount(shapes.layout.owner(), weights=code.var(axis=0))
    np.testing.assert_allclose(spread, plain.variance[0], rtol=0.05)


@pytest.mark.parametrize("method", ["gaussian", "circular", "spherical"])
def test_sensitivity_is_the_derivative_of_the_decoder(method, rng):
    shapes = Shapes(4, (9,), Layout.of(method, 3))
    net = Network(shapes, shapes.initial(rng, 1)[0], np.ones(3), np.zeros(4), np.ones(4))
    code = net.posterior(rng.standard_normal((20, 4))).mode
    found, step, width = net.sensitivity(code), 1e-6, shapes.layout.direction
    first = 1 if width else 0
    for column in range(width, shapes.layout.codes):
        moved = np.zeros_like(code)
        moved[:, column] = step
        slope = (net.decode(code + moved) - net.decode(code - moved)) / (2 * step)
        np.testing.assert_allclose(
            found[:, first + column - width], np.sum(slope**2, axis=1), rtol=1e-4
        )
    if width:
        total = np.zeros(len(code))
        for tangent in frame(code[:, :width]):
            moved = np.zeros_like(code)
            moved[:, :width] = step * tangent
            slope = (net.decode(code + moved) - net.decode(code - moved)) / (2 * step)
            total += np.sum(slope**2, axis=1)
        np.testing.assert_allclose(found[:, 0], total, rtol=1e-4)


def expected_cost(decoder, log_variance, covariance, beta):
    """Expected objective of a linear VAE with the best encoder for its decoder and posterior."""
    n, k = decoder.shape
    variance = np.exp(log_variance)
    # Cost of an encoder E: tr(C) - 2 tr(E' C W) + tr(E' C E (W'W)) + beta/2 tr(E' C E) + ...
    encoder = decoder @ np.linalg.inv(decoder.T @ decoder + beta / 2 * np.eye(k))
    residual = np.eye(n) - encoder @ decoder.T
    error = np.trace(residual.T @ covariance @ residual) + np.sum(
        variance * np.sum(decoder**2, axis=0)
    )
    means = np.diag(encoder.T @ covariance @ encoder)
    return error + beta / 2 * np.sum(means + variance - 1 - log_variance)


@pytest.mark.parametrize("beta", [0.1, 0.7, 3.0])
def test_linear_theory_is_the_numerical_optimum(beta, rng):
    eigenvalues = np.array([2.0, 0.6, 0.1])
    basis = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    covariance = basis @ np.diag(eigenvalues) @ basis.T

    def cost(v):
        return expected_cost(v[:9].reshape(3, 3), v[9:], covariance, beta)

    start = [
        optimize.minimize(cost, 0.5 * rng.standard_normal(12), method="BFGS") for _ in range(6)
    ]
    best = min(result.fun for result in start)
    assert best == pytest.approx(theory.linear_cost(eigenvalues, beta), abs=2e-4)


def test_codes_of_the_circle_cross_where_the_note_says():
    assert theory.angle_cost(0.05) == pytest.approx(0.167, abs=5e-4)
    assert theory.plane_cost(0.05) == pytest.approx(0.200, abs=5e-4)
    assert theory.angle_cost(0.01) < theory.plane_cost(0.01)
    assert theory.angle_cost(0.5) > theory.plane_cost(0.5)
