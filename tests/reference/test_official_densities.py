"""The estimators against naive loops over samples, pixels and kernels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symlens.lens.model.conditional import ConditionalMixture, densities_of_pairs
from symlens.lens.model.mixture import MarginalMixture

EPS = 1e-7
N, KERNELS, HIDDEN, SAMPLES = 4, 3, 10, 8


def naive_log_mixture(value, weights, centres, variances):
    """Formula of the official estimator, literally, with its floor and its maximum."""
    logs = [
        math.log(math.exp(-((value - c) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v) + EPS)
        for c, v in zip(centres, variances, strict=True)
    ]
    top = max(logs)
    total = sum(w * math.exp(each - top) for w, each in zip(weights, logs, strict=True))
    return math.log(total + EPS) + top


def softmax(values):
    powers = np.exp(values)
    return powers / powers.sum()


def leaky(values):
    return np.where(values > 0, values, 0.2 * values)


def randomised(layer, generator, spread=1.0):
    layer.set_weights([spread * generator.normal(size=each.shape) for each in layer.get_weights()])
    return layer


@pytest.fixture
def generator():
    return np.random.default_rng(5)


@pytest.fixture
def y(generator):
    return generator.normal(size=(SAMPLES, N)).astype(np.float32)


@pytest.mark.parametrize("spread", [1.0, 8.0])  # 8: beyond the clips, and far out in the tails
def test_marginal_mixtures(generator, y, spread):
    layer = randomised(MarginalMixture(N, kernels=KERNELS, seed=1), generator, spread)
    centres, logits, log_variances = layer.get_weights()

    def density(pixel, value):
        weights = softmax(np.clip(logits[:, pixel], -4.5, 4.5))
        variances = np.exp(np.clip(log_variances[:, pixel], -4.5, 4.5))
        return naive_log_mixture(value, weights, centres[:, pixel], variances)

    own, left, right = (np.asarray(each) for each in layer(y))
    for b in range(SAMPLES):
        for i in range(N):
            assert own[b, i] == pytest.approx(density(i, y[b, i]), abs=2e-4)
            if i > 0:
                assert left[b, i - 1] == pytest.approx(density(i - 1, y[b, i]), abs=2e-4)
            if i < N - 1:
                assert right[b, i] == pytest.approx(density(i + 1, y[b, i]), abs=2e-4)


def test_the_floor_bounds_a_density_in_the_far_tail(generator):
    layer = MarginalMixture(N, kernels=KERNELS, seed=1)
    own, _, _ = layer(np.full((1, N), 1e4, np.float32))
    np.testing.assert_allclose(np.asarray(own), math.log(EPS + EPS**2), rtol=1e-5)


def test_initial_marginals():
    layer = MarginalMixture(50, kernels=4, seed=3)
    centres, logits, log_variances = layer.get_weights()
    assert centres.shape == (4, 50)
    assert np.abs(centres).max() <= 0.05
    assert centres.std() == pytest.approx(0.1 / math.sqrt(12), rel=0.2)
    assert (logits == 1).all()
    assert (log_variances == 1).all()


class NaiveConditional:
    """Dense two-layer networks on masked samples, one output at a time."""

    def __init__(self, layer):
        self.networks = [each.get_weights() for each in layer.networks]

    def outputs(self, masked):
        found = []
        for first, first_bias, second, second_bias in self.networks:
            hidden = leaky(masked @ first + first_bias)
            found.append((hidden @ second + second_bias).reshape(KERNELS, N))
        return found

    def log_density(self, g, value, e, target):
        """``log p_{e|g}(target | value)``."""
        masked = np.zeros(N)
        masked[g] = value
        logits, centres, log_variances = (each[:, e] for each in self.outputs(masked))
        return naive_log_mixture(
            target,
            softmax(3.5 * np.tanh(logits)),
            leaky(centres),
            np.exp(3.5 * np.tanh(log_variances)),
        )


@pytest.fixture
def conditional(generator):
    layer = ConditionalMixture(N, hidden=HIDDEN, kernels=KERNELS, seed=2)
    for each in layer.networks:
        randomised(each, generator)
    return layer


@pytest.mark.parametrize("paired", [False, True])
def test_pairs_of_masked_conditionals(conditional, y, paired):
    naive = NaiveConditional(conditional)
    own, left, right = (
        np.asarray(each) for each in densities_of_pairs(conditional, y, paired=paired)
    )

    def mean(g, e, offset):
        """Mean of ``log p_{e+offset|g+offset}(y_e | y_g)`` over the samples that serve it."""
        serves = g if paired else g + offset
        rows = y[serves::N].astype(float)
        values = [naive.log_density(g + offset, row[g], e + offset, row[e]) for row in rows]
        return np.mean(values)

    for g in range(N):
        for e in range(N):
            assert own[g, e] == pytest.approx(mean(g, e, 0), abs=1e-4)
            if g > 0 and e > 0:
                assert left[g - 1, e - 1] == pytest.approx(mean(g, e, -1), abs=1e-4)
            if g < N - 1 and e < N - 1:
                assert right[g, e] == pytest.approx(mean(g, e, 1), abs=1e-4)


def test_rolling_the_representation_gives_the_same_unpaired_densities(conditional, y):
    """The official implementation: roll y by a pixel, evaluate, roll back."""
    _, left, right = densities_of_pairs(conditional, y, paired=False)
    rolled_left, _, _ = densities_of_pairs(conditional, np.roll(y, -1, axis=1), paired=False)
    rolled_right, _, _ = densities_of_pairs(conditional, np.roll(y, 1, axis=1), paired=False)
    np.testing.assert_allclose(left, np.asarray(rolled_left)[:-1, :-1], atol=1e-5)
    np.testing.assert_allclose(right, np.asarray(rolled_right)[1:, 1:], atol=1e-5)


def test_penalty_is_the_sum_of_the_norms_of_the_six_matrices(conditional):
    matrices = [each.get_weights()[index] for each in conditional.networks for index in (0, 2)]
    expected = sum(np.sqrt((matrix**2).sum()) for matrix in matrices)
    assert len(matrices) == 6
    assert float(conditional.penalty()) == pytest.approx(expected, rel=1e-5)


def test_networks_start_different_from_each_other():
    layer = ConditionalMixture(N, hidden=HIDDEN, kernels=KERNELS, seed=2)
    first = [each.get_weights()[0] for each in layer.networks]
    bound = math.sqrt(6 / (N + HIDDEN))
    assert all(0.5 * bound < np.abs(each).max() <= bound for each in first)
    assert not np.allclose(first[0], first[1])
    assert not np.allclose(first[1], first[2])
