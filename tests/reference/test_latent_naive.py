"""Objective, gradients, training and networks against plain loops over samples."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from symlens.latent import theory
from symlens.latent.network import Network
from symlens.latent.optimise import BETA_1, BETA_2, EPSILON, Sweep, schedule, train
from symlens.latent.relevance import DEFINITIONS, relevances
from symlens.latent.spaces import LOG_VARIANCE, Layout, Shapes


@pytest.fixture
def rng():
    return np.random.default_rng(17)


def layers_of(shapes, parameters):
    """Weights and offsets one after the other, as lists of lists."""
    found, first = [], 0
    for inputs, outputs in shapes.layers():
        weight = [
            [parameters[first + i * outputs + j] for j in range(outputs)] for i in range(inputs)
        ]
        first += inputs * outputs
        found.append((weight, list(parameters[first : first + outputs])))
        first += outputs
    return found


def run(values, layers):
    """One sample through dense layers, neuron by neuron."""
    for depth, (weight, offset) in enumerate(layers):
        values = [
            offset[j] + sum(values[i] * weight[i][j] for i in range(len(values)))
            for j in range(len(offset))
        ]
        if depth < len(layers) - 1:
            values = [max(v, 0.0) for v in values]
    return values


def naive_losses(shapes, parameters, x, noise, mask):
    """Mean error and KLs of an ordinary VAE, sample by sample."""
    layers = layers_of(shapes, parameters)
    encoder, decoder = layers[: shapes.encoder_layers], layers[shapes.encoder_layers :]
    latents = shapes.layout.latents
    errors, kls = [], []
    for sample, drawn in zip(x, noise, strict=True):
        heads = run(list(sample), encoder)
        means = heads[:latents]
        logs = [min(max(v, LOG_VARIANCE[0]), LOG_VARIANCE[1]) for v in heads[latents:]]
        code = [
            m * (mu + np.exp(lv / 2) * e)
            for m, mu, lv, e in zip(mask, means, logs, drawn, strict=True)
        ]
        kls.append(
            [
                m * 0.5 * (mu**2 + np.exp(lv) - 1 - lv)
                for m, mu, lv in zip(mask, means, logs, strict=True)
            ]
        )
        out = run(code, decoder)
        errors.append(sum((a - b) ** 2 for a, b in zip(sample, out, strict=True)))
    return np.mean(errors), np.mean(kls, axis=0)


@pytest.mark.parametrize("hidden", [(), (5,), (6, 4)])
def test_losses_are_those_of_a_loop(hidden, rng):
    from symlens.latent.model import Family

    shapes = Shapes(3, hidden, Layout.of("gaussian", 2))
    parameters = shapes.initial(rng, 3) + 0.2 * rng.standard_normal((3, shapes.parameters))
    parameters = parameters.astype(np.float32)
    x = rng.standard_normal((1, 40, 3)).astype(np.float32)
    noise = shapes.layout.draw(rng, 40)
    mask = np.array([[1, 1], [1, 0], [1, 1]], np.float32)
    error, kl = (np.asarray(v) for v in Family(shapes).losses(parameters, x, noise, mask))
    for net in range(3):
        expected = naive_losses(shapes, parameters[net], x[0], noise, mask[net])
        assert error[net] == pytest.approx(expected[0], rel=1e-4)
        np.testing.assert_allclose(kl[net], expected[1], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("method", ["gaussian", "linear", "circular", "spherical"])
def test_gradients_are_differences(method, rng):
    """Directional derivatives in float32: central differences along random directions."""
    from symlens.backend import compiled, driver, tensor
    from symlens.latent.model import Family

    hidden = () if method == "linear" else (8,)
    shapes = Shapes(3, hidden, Layout.of(method, 2))
    family = Family(shapes)
    start = shapes.initial(rng, 1)
    x = tensor(rng.standard_normal((1, 500, 3)).astype(np.float32))
    noise, mask = tensor(shapes.layout.draw(rng, 500)), tensor(np.ones((1, 2), np.float32))

    def objective(parameters):
        error, kl = family.losses(parameters, x, noise, mask)
        return error[0] + 0.3 * (kl[0, 0] + kl[0, 1])

    both = compiled(lambda p: driver().gradients(objective, [p], []))
    _, (slope,) = both(tensor(start))
    slope = np.asarray(slope, np.float64)[0]
    assert np.isfinite(slope).all()
    assert np.linalg.norm(slope) > 0.01
    for _ in range(3):
        along = slope / np.linalg.norm(slope) + 0.1 * rng.standard_normal(len(slope)) / np.sqrt(
            len(slope)
        )
        step = 2e-3
        up, down = (
            float(both(tensor((start + sign * step * along).astype(np.float32)))[0])
            for sign in (1, -1)
        )
        assert (up - down) / (2 * step) == pytest.approx(slope @ along, rel=0.03)


def fitted(x, beta, *, nets=1, epochs=2, batch=20, seed=3, sources=None, warmup=0.0, told=None):
    """A training of linear networks; the result and what it was given."""
    shapes = Shapes(x.shape[2], (), Layout.of("linear", 2))
    source = np.zeros(nets, np.int32) if sources is None else np.array(sources, np.int32)
    sweep = Sweep(
        shapes,
        np.full(nets, beta, np.float32),
        np.ones((nets, 2), np.float32),
        source,
        np.arange(nets),
    )
    found = train(
        sweep,
        x,
        x[:, :20],
        epochs=epochs,
        batch=batch,
        rate=0.01,
        warmup=warmup,
        rng=np.random.default_rng(seed),
        record=(lambda *_: None) if told is None else lambda e, v: told.append((e, v)),
    )
    return sweep, found


def test_training_is_adam_on_the_gradient_of_the_objective(rng):
    """The same draws, with the gradient of a linear VAE written out and Adam as in its paper."""
    x = rng.standard_normal((1, 100, 3)).astype(np.float32)
    beta, epochs, batch, seed = 0.4, 3, 20, 3
    sweep, found = fitted(x, beta, epochs=epochs, batch=batch, seed=seed)
    shapes, layout = sweep.shapes, sweep.shapes.layout
    again = np.random.default_rng(seed)
    layout.draw(again, 4 * 20)  # of the held-out samples
    p = shapes.initial(again, 1)[0].astype(np.float64)
    m, v, count = np.zeros_like(p), np.zeros_like(p), 0
    rates, _ = schedule(epochs * 5, 0.01, 0.0, layout, np.zeros(1, np.int64))
    for _ in range(epochs):
        order = again.permutation(100)
        noise = layout.draw(again, 5, batch)
        for step in range(5):
            g = linear_gradient(
                p, x[0, order[step * batch : (step + 1) * batch]], noise[step], beta
            )
            count += 1
            m = BETA_1 * m + (1 - BETA_1) * g
            v = BETA_2 * v + (1 - BETA_2) * g**2
            # Adam's own order of things: moments without their bias, then the step.
            unbiased_m, unbiased_v = m / (1 - BETA_1**count), v / (1 - BETA_2**count)
            p = p - rates[count - 1] * unbiased_m / (np.sqrt(unbiased_v) + EPSILON)
    np.testing.assert_allclose(found.parameters[0], p, atol=2e-4)


def linear_gradient(p, x, noise, beta):
    """Gradient of mean ||x - d(z)||^2 + beta KL of a linear VAE of 3 features and 2 latents."""
    x, noise = x.astype(np.float64), noise.astype(np.float64)
    we, be = p[:12].reshape(3, 4), p[12:16]
    wd, bd = p[16:22].reshape(2, 3), p[22:]
    heads = x @ we + be
    mu, lv = heads[:, :2], heads[:, 2:]
    s = np.exp(lv / 2)
    z = mu + s * noise
    out = z @ wd + bd
    d_out = 2 * (out - x) / len(x)
    d_z = d_out @ wd.T
    d_mu = d_z + beta * mu / len(x)
    d_lv = d_z * noise * s / 2 + beta * 0.5 * (np.exp(lv) - 1) / len(x)
    d_heads = np.hstack([d_mu, d_lv])
    parts = [x.T @ d_heads, d_heads.sum(0), z.T @ d_out, d_out.sum(0)]
    return np.concatenate([part.ravel() for part in parts])


def test_networks_of_a_sweep_do_not_disturb_each_other(rng):
    """A network learns the same alone and beside others with the same start."""
    x = rng.standard_normal((1, 100, 3)).astype(np.float32)
    other = np.stack([x[0], 5 * rng.standard_normal((100, 3)).astype(np.float32)])
    _, beside = fitted(x, 0.3, nets=2)
    _, mixed = fitted(other, 0.3, nets=2, sources=[0, 1])
    np.testing.assert_allclose(beside.parameters[0], mixed.parameters[0], atol=1e-5)
    assert np.abs(beside.parameters[1] - mixed.parameters[1]).max() > 1e-3
    assert mixed.error[1] > 5 * mixed.error[0]


def test_parts_of_a_training(rng):
    x = rng.standard_normal((1, 100, 3)).astype(np.float32)
    _, found = fitted(x, 0.3, nets=3)
    part = found.part(np.array([True, False, True]))
    np.testing.assert_array_equal(part.parameters, found.parameters[[0, 2]])
    np.testing.assert_array_equal(part.kl, found.kl[[0, 2]])
    np.testing.assert_array_equal(part.history, found.history[:, [0, 2]])
    assert part.epochs is found.epochs


def test_history_is_told_as_it_is_kept(rng):
    told = []
    x = rng.standard_normal((1, 60, 3)).astype(np.float32)
    _, found = fitted(x, 0.3, nets=2, epochs=4, told=told)
    assert [epoch for epoch, _ in told] == found.epochs.tolist() == [1, 2, 3, 4]
    np.testing.assert_array_equal(np.array([v for _, v in told]), found.history)
    np.testing.assert_allclose(
        found.history[-1], found.error + 0.3 * found.kl.sum(axis=1), rtol=1e-6
    )


def test_warmup_lets_latents_in(rng):
    """While the KL costs nothing the posterior narrows further than at its price."""
    x = rng.standard_normal((1, 400, 3)).astype(np.float32)
    _, dear = fitted(x, 2.0, epochs=6)
    _, cheap = fitted(x, 2.0, epochs=6, warmup=1.0)
    assert cheap.kl.sum() > dear.kl.sum()


def test_held_out_error_is_a_mean_over_draws(rng):
    """E||x - d(z)||^2 of a linear network in closed form: bias^2 plus variance of the draw."""
    x = rng.standard_normal((1, 4000, 3)).astype(np.float32)
    sweep, found = fitted(x, 0.3, epochs=2)
    net = Network(sweep.shapes, found.parameters[0], np.ones(2), np.zeros(3), np.ones(3))
    held = x[0, :20].astype(np.float64)
    posterior = net.posterior(held)
    weight = net.decode(np.eye(2)) - net.decode(np.zeros((2, 2)))
    expected = np.sum((held - net.decode(posterior.mean)) ** 2, axis=1).mean()
    expected += np.mean(posterior.variance @ np.sum(weight**2, axis=1))
    assert found.error[0] == pytest.approx(expected, rel=0.25)  # 80 draws
    np.testing.assert_allclose(found.kl[0], posterior.kl.mean(axis=0), rtol=1e-3)


@pytest.mark.parametrize("beta", [0.05, 0.2, 1.0])
def test_a_trained_linear_network_reaches_the_optimum_of_the_theory(rng, beta):
    spectrum = np.array([3.0, 0.8])
    x = (rng.standard_normal((1, 4000, 2)) * np.sqrt(spectrum)).astype(np.float32)
    shapes = Shapes(2, (), Layout.of("linear", 2))
    sweep = Sweep(
        shapes,
        np.array([beta], np.float32),
        np.ones((1, 2), np.float32),
        np.zeros(1, np.int32),
        np.zeros(1, np.int64),
    )
    found = train(
        sweep,
        x,
        x,
        epochs=60,
        batch=200,
        rate=0.05,
        warmup=0.0,
        rng=rng,
        record=lambda *_: None,
    )
    eigenvalues = np.sort(np.linalg.eigvalsh(np.cov(x[0].T, bias=True)))[::-1]
    kl = np.sort(found.kl[0])[::-1]
    predicted = theory.linear_kl(eigenvalues, beta)
    assert kl.sum() == pytest.approx(predicted.sum(), abs=0.05)
    if beta > 0.1:  # at a small beta the axes take longer to turn than the cost to be lowest
        np.testing.assert_allclose(kl, predicted, atol=0.05)
    cost = found.error[0] + beta * kl.sum()
    assert cost == pytest.approx(theory.linear_cost(eigenvalues, beta), rel=0.03)


def test_network_is_a_loop_over_neurons(rng):
    shapes = Shapes(4, (5, 3), Layout.of("gaussian", 3))
    parameters = shapes.initial(rng, 1)[0].astype(np.float64)
    mean, scale = rng.standard_normal(4), rng.uniform(0.5, 2.0, 4)
    net = Network(shapes, parameters, np.ones(3), mean, scale)
    x = rng.standard_normal((15, 4))
    layers = layers_of(shapes, parameters)
    for row, kl, back in zip(x, net.posterior(x).kl, net.reconstruct(x), strict=True):
        heads = run(list((row - mean) / scale), layers[:3])
        for i in range(3):
            mu, sigma = heads[i], np.exp(heads[3 + i] / 2)
            entropy = stats.norm(mu, sigma).entropy()
            cross = 0.5 * np.log(2 * np.pi) + 0.5 * (mu**2 + sigma**2)
            assert kl[i] == pytest.approx(cross - entropy, abs=1e-9)
        np.testing.assert_allclose(back, np.array(run(heads[:3], layers[3:])) * scale + mean)


def naive_relevances(net, x):
    """All six definitions by their formulas, latent by latent, derivatives as differences."""
    found = {name: [] for name in DEFINITIONS}
    q = net.posterior(x)
    target = (x - net.mean) / net.scale
    base = np.mean([np.sum((t - r) ** 2) for t, r in zip(target, net.decode(q.mode), strict=True)])
    for i in range(net.shapes.layout.latents):
        mu, s2 = q.mean[:, i], q.variance[:, i]
        found["kl"].append(np.mean(0.5 * (mu**2 + s2 - 1 - np.log(s2))))
        found["active"].append(np.mean(mu**2) - np.mean(mu) ** 2)
        found["snr"].append((np.mean(mu**2) - np.mean(mu) ** 2) / np.mean(s2))
        found["precision"].append(1 / np.mean(s2) - 1)
        step = np.zeros(net.shapes.layout.latents)
        step[i] = 1e-6
        slope = (net.decode(q.mode + step) - net.decode(q.mode - step)) / 2e-6
        found["jacobian"].append(np.mean(np.sum(slope**2, axis=1)))
        ablated = q.mode.copy()
        ablated[:, i] = np.mean(ablated[:, i])
        found["ablation"].append(
            np.mean(np.sum((target - net.decode(ablated)) ** 2, axis=1)) - base
        )
    return {name: np.array(values) for name, values in found.items()}


def test_relevances_are_their_formulas(rng):
    shapes = Shapes(3, (7,), Layout.of("gaussian", 4))
    net = Network(
        shapes,
        shapes.initial(rng, 1)[0].astype(float),
        np.ones(4),
        rng.standard_normal(3),
        np.ones(3),
    )
    x = rng.standard_normal((300, 3))
    found, expected = relevances(x, net), naive_relevances(net, x)
    for name in DEFINITIONS:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=1e-9, err_msg=name)
