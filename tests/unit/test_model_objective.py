"""The whole model: what is trained, by which loss, and what the loss is made of."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from keras import ops

from symlens.backend import compiled, split_gradients, tensor
from symlens.lens.model.objective import TERMS, LensModel, Weighting

WEIGHTING = Weighting(
    alignment=1.0, uniformity=2.0, resolution=1.0, information=0.75, window_gain=50.0, paired=False
)
N = 5


def count(variables):
    return sum(int(np.prod(each.shape)) for each in variables)


def lens(n=N, *, cyclic=True, hidden=20, seed=1):
    return LensModel(n, cyclic=cyclic, kernels=4, hidden=hidden, seed=seed)


def batch(n=N, samples=40, time=0.4):
    generator = np.random.default_rng(2)
    x = generator.normal(size=(samples, n)) @ generator.normal(size=(n, n))
    noise = generator.normal(size=n)
    return tuple(tensor(each.astype(np.float32)) for each in (x, noise, np.array(time)))


def values(variables, seed=None):
    arrays = [np.asarray(ops.convert_to_tensor(each)) for each in variables]
    if seed is not None:  # somewhere in the middle of a training
        generator = np.random.default_rng(seed)
        arrays = [
            (each + 0.3 * generator.normal(size=each.shape)).astype(np.float32) for each in arrays
        ]
    return arrays


def evaluate(model, weighting, data, seed=3):
    step = compiled(
        lambda first, second: split_gradients(
            lambda a, b: model.losses(a, b, data, weighting), first, second
        )
    )
    first, second = values(model.model_variables, seed), values(model.estimator_variables, seed)
    terms, by_first, by_second = step(
        [tensor(each) for each in first], [tensor(each) for each in second]
    )
    return (
        dict(zip(TERMS, ops.convert_to_numpy(terms).tolist(), strict=True)),
        [ops.convert_to_numpy(each) for each in by_first],
        [ops.convert_to_numpy(each) for each in by_second],
    )


@pytest.mark.parametrize(
    ("n", "cyclic", "parameters"),
    [(33, False, 273_570), (27, False, 183_492), (7, True, 12_320)],
)
def test_parameter_counts_of_the_official_models(n, cyclic, parameters):
    model = lens(n, cyclic=cyclic, hidden=16 * n)
    assert count(model.model_variables) + count(model.estimator_variables) == parameters


def test_every_weight_is_trainable_and_in_exactly_one_group():
    model = lens()
    assert len(model.model_variables) == 2
    assert len(model.estimator_variables) == 3 + 3 * 4
    layers = (model.group, model.marginal, model.conditional)
    trained = {id(each) for each in [*model.model_variables, *model.estimator_variables]}
    weights = list(itertools.chain.from_iterable(layer.weights for layer in layers))
    assert trained == {id(each) for each in weights if each.dtype == "float32"}
    assert len(trained) == 17


def test_every_variable_gets_a_gradient():
    _, by_first, by_second = evaluate(lens(cyclic=False), WEIGHTING, batch())
    for gradient in [*by_first, *by_second]:
        assert np.isfinite(gradient).all()
        assert np.abs(gradient).max() > 0


def test_total_loss_is_the_weighted_sum_of_its_terms():
    terms, _, _ = evaluate(lens(), WEIGHTING, batch())
    expected = (
        terms["alignment"]
        + 2 * terms["uniformity"]
        + (terms["marginal_entropy"] - terms["joint_entropy"])
        - 0.75 * terms["joint_entropy"]
    )
    assert terms["loss"] == pytest.approx(expected, rel=1e-5)
    assert terms["uniformity"] > 0
    assert 1 < terms["rank"] < N


def test_coefficients_of_the_model_do_not_move_the_estimators():
    other = dataclasses.replace(WEIGHTING, alignment=5.0, uniformity=0.0, resolution=3.0)
    _, by_first, by_second = evaluate(lens(), WEIGHTING, batch())
    _, other_first, other_second = evaluate(lens(), other, batch())
    assert not np.allclose(by_first[0], other_first[0])
    for one, two in zip(by_second, other_second, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("paired", [False, True])
def test_gradient_of_the_total_loss_by_the_model(paired):
    """Against central differences of the loss along a random direction."""
    weighting = dataclasses.replace(WEIGHTING, paired=paired)
    model, data, h = lens(), batch(samples=200), 1e-2
    first, second = values(model.model_variables, 3), values(model.estimator_variables, 3)
    _, gradients, _ = evaluate(model, weighting, data)
    loss = compiled(lambda a, b: model.losses(a, b, data, weighting)[0])
    generator = np.random.default_rng(9)
    direction = [generator.normal(size=each.shape).astype(np.float32) for each in first]
    length = np.sqrt(sum((each**2).sum() for each in direction))

    def at(offset):
        moved = [
            tensor(a + np.float32(offset / length) * d)
            for a, d in zip(first, direction, strict=True)
        ]
        return float(loss(moved, [tensor(each) for each in second]))

    slope = sum((g * d).sum() for g, d in zip(gradients, direction, strict=True)) / length
    assert slope == pytest.approx((at(h) - at(-h)) / (2 * h), rel=2e-2, abs=2e-3)


def test_at_the_start_all_outputs_are_alike():
    """The intended start: G is the identity, alignment -1, and one component."""
    model, data = lens(), batch(time=1e-3)
    terms, _, _ = evaluate(model, WEIGHTING, data, seed=None)
    assert terms["alignment"] == pytest.approx(-1, abs=1e-3)
    assert terms["rank"] == pytest.approx(0.5, abs=0.1)


def test_the_seed_decides_the_initial_weights():
    def weights(seed):
        model = lens(seed=seed)
        return values([*model.model_variables, *model.estimator_variables])

    for one, two in zip(weights(4), weights(4), strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(weights(4)[0], weights(5)[0])
