"""The whole official loss against a second implementation, in double precision, as it is described.

Complex eigenvectors for the powers of the generator, dense networks on masked inputs, the
representation rolled by a pixel for the neighbours' densities, singular values for the entropy.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from keras import ops

from symlens.backend import compiled, tensor
from symlens.lens.model.objective import TERMS, LensModel, Weighting

EPS = 1e-7
KERNELS = 4
WEIGHTING = Weighting(
    alignment=1.1, uniformity=2.2, resolution=0.9, information=0.6, window_gain=50.0, paired=False
)


def leaky(values):
    return np.maximum(values, 0.2 * values)


def softmax(values, axis):
    powers = np.exp(values - values.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def log_mixture(values, weights, centres, variances):
    """Kernels on the last axis."""
    densities = np.exp(-((values - centres) ** 2) / (2 * variances)) / np.sqrt(
        2 * math.pi * variances
    )
    logs = np.log(densities + EPS)
    top = logs.max(axis=-1)
    return np.log((weights * np.exp(logs - top[..., None])).sum(axis=-1) + EPS) + top


def canonical(x, parameters, resolving, noise):
    """``y_j = <x, f G^(p_j)>`` by the spectrum of the Hermitian iS."""
    n, size = x.shape[1], len(parameters)
    pad = (size - n) // 2
    values, vectors = np.linalg.eigh(1j * (parameters - parameters.T) / 2)
    phases = -1j * values
    noisy = resolving + noise
    unit = np.pad(noisy / (np.linalg.norm(noisy) + EPS), pad)
    columns = []
    for j in range(n):
        power = np.exp((j - (n - 1) / 2) * phases)
        columns.append((((unit @ vectors) * power) @ vectors.conj().T).real[pad : pad + n])
    return x @ np.stack(columns, axis=1)


def marginals(y, centres, logits, log_variances):
    """Log-densities of every pixel under its own mixture, shape (n_samples, n)."""
    weights = softmax(np.clip(logits, -4.5, 4.5), axis=0)
    variances = np.exp(np.clip(log_variances, -4.5, 4.5))
    return log_mixture(y[:, :, None], weights.T, centres.T, variances.T)


def conditionals(y, networks):
    """Mean of ``log p_{e|g}`` where sample b serves the given pixel b mod n, shape (g, e)."""
    samples, n = y.shape
    mask = np.tile(np.eye(n), (samples // n, 1))
    outputs = []
    for first, first_bias, second, second_bias in networks:
        hidden = leaky((y * mask) @ first + first_bias)
        outputs.append((hidden @ second + second_bias).reshape(samples, KERNELS, n))
    logits, centres, spreads = (each.transpose(0, 2, 1) for each in outputs)
    found = log_mixture(
        y[:, :, None],
        softmax(3.5 * np.tanh(logits), axis=-1),
        leaky(centres),
        np.exp(3.5 * np.tanh(spreads)),
    )
    return found.reshape(samples // n, n, n).mean(axis=0)


def neighbours(own, left, right, available):
    """Mean over the neighbours that exist of ``max(0, own - theirs)``."""
    to_left, to_right = np.maximum(own - left, 0), np.maximum(own - right, 0)
    has_left, has_right = (each.astype(float) for each in available)
    return (to_left * has_left + to_right * has_right) / (has_left + has_right + EPS)


def rolled(density, y, by):
    """Densities of the neighbours: roll the pixels, evaluate, roll back."""
    return density(np.roll(y, by, axis=1))


def naive_terms(x, noise, time, model, estimator):
    n = x.shape[1]
    y = canonical(x, *model, noise)
    centres, logits, spreads = estimator[:3]
    networks = [estimator[k : k + 4] for k in (3, 7, 11)]

    def marginal(values):
        return marginals(values, centres, logits, spreads).mean(axis=0)

    own = marginal(y)
    left = np.roll(rolled(marginal, y, -1), 1)  # own pixel i, density of pixel i - 1
    right = np.roll(rolled(marginal, y, 1), -1)
    inside = np.arange(n) > 0, np.arange(n) < n - 1
    first = neighbours(own, left, right, inside).mean()

    def conditional(values):
        return conditionals(values, networks)

    pairs = conditional(y)
    left = np.roll(rolled(conditional, y, -1), (1, 1), axis=(0, 1))
    right = np.roll(rolled(conditional, y, 1), (-1, -1), axis=(0, 1))
    both = np.logical_and.outer(inside[0], inside[0]), np.logical_and.outer(inside[1], inside[1])
    others = ~np.eye(n, dtype=bool)
    second = neighbours(pairs, left, right, both)[others].mean()

    rho = np.corrcoef(y.T)
    alignment = -(np.trace(rho, 1) + np.trace(rho, -1)) / (2 * (n - 1))
    centred = y - y.mean(axis=0)
    singular = np.linalg.svd(centred.T @ centred / len(y), compute_uv=False)
    entropies = (np.log(2 * math.pi * singular + EPS) + 1) / 2
    window = 1 / (1 + np.exp(np.clip(50 * (np.arange(n) / (n - 1) - time), -50, 50)))
    joint = (window * entropies).sum() / window.sum()
    uniformity, marginal_entropy = (first + second) / 2, -own.mean()
    total = (
        WEIGHTING.alignment * alignment
        + WEIGHTING.uniformity * uniformity
        + WEIGHTING.resolution * marginal_entropy
        - (WEIGHTING.resolution + WEIGHTING.information) * joint
    )
    nll = -pairs[others].mean()
    norms = sum(np.linalg.norm(each[k]) for each in networks for k in (0, 2))
    terms = (total, alignment, uniformity, marginal_entropy, joint, nll, window.sum())
    return terms, marginal_entropy + nll + 1e-5 * norms


@pytest.mark.parametrize(
    ("n", "cyclic", "time"), [(5, True, 0.3), (6, False, 1.0), (7, False, 0.7)]
)
def test_every_term_is_that_of_the_second_implementation(n, cyclic, time):
    model = LensModel(n, cyclic=cyclic, kernels=KERNELS, hidden=3 * n, seed=4)
    rng = np.random.default_rng(n)

    def drawn(variables, spread):
        shapes = [tuple(each.shape) for each in variables]
        return [(spread * rng.normal(size=shape)).astype(np.float32) for shape in shapes]

    first, second = drawn(model.model_variables, 0.4), drawn(model.estimator_variables, 0.7)
    x = (rng.laplace(size=(12 * n, n)) @ rng.normal(size=(n, n))).astype(np.float32)
    noise = (0.1 * rng.normal(size=n)).astype(np.float32)
    data = tensor(x), tensor(noise), tensor(np.array(time, np.float32))
    call = compiled(lambda a, b: model.losses(a, b, data, WEIGHTING)[1:])
    loss, terms = call([tensor(each) for each in first], [tensor(each) for each in second])

    double = [[each.astype(np.float64) for each in group] for group in (first, second)]
    expected, expected_loss = naive_terms(x.astype(np.float64), noise, time, *double)
    found = dict(zip(TERMS, ops.convert_to_numpy(terms).tolist(), strict=True))
    wanted = dict(zip(TERMS, map(float, expected), strict=True))
    assert found == pytest.approx(wanted, rel=2e-4, abs=2e-4)
    assert float(loss) == pytest.approx(float(expected_loss), rel=2e-4)
    assert found["uniformity"] > 0.01
