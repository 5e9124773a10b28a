"""Gradients and compilation on the active Keras backend."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from symlens.backend import (
    compiled,
    driver,
    split_gradients,
    tensor,
    value_and_gradient,
)
from symlens.errors import ConfigError


def energy(q, x):
    """Mean of the fourth power of x q."""
    return ops.mean(ops.power(ops.matmul(x, q), 4))


def naive_energy(q, x):
    y = x @ q
    gradient = 4 * x.T @ y**3 / y.size
    return np.mean(y**4), gradient


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(10, 3), (21, 4), (5, 7)])
def test_value_and_gradient_of_a_polynomial(shape, dtype):
    generator = np.random.default_rng(1)
    x = generator.normal(size=shape).astype(dtype)
    q = generator.normal(size=(shape[1], shape[1])).astype(dtype)
    value, (gradient,) = value_and_gradient(energy)(q, x)
    expected_value, expected_gradient = naive_energy(q.astype(float), x.astype(float))
    # On JAX some of Keras' own operations are in single precision whatever they are given.
    single = dtype == np.float32 or keras.backend.backend() == "jax"
    tolerance = 1e-5 if single else 1e-13
    assert isinstance(value, float)
    assert gradient.dtype == dtype
    assert value == pytest.approx(expected_value, rel=tolerance)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=tolerance, atol=tolerance)


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX compiles every shape anew")
def test_a_new_shape_does_not_trace_again():
    traces = []

    def counted(q, x):
        traces.append(None)
        return energy(q, x)

    call = value_and_gradient(counted)
    generator = np.random.default_rng(2)
    for samples, n in ((10, 3), (20, 3), (20, 5), (8, 2)):
        q, x = generator.normal(size=(n, n)), generator.normal(size=(samples, n))
        value, (gradient,) = call(q, x)
        expected_value, expected_gradient = naive_energy(q, x)
        assert value == pytest.approx(expected_value)
        np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-12)
    assert len(traces) == 1


def test_several_variables_and_one_the_value_does_not_depend_on():
    call = value_and_gradient(lambda a, b, _, c: ops.sum(a * b * c), n_variables=3)
    a, b, c = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])
    value, gradients = call(a, b, np.ones(4), c)
    assert value == pytest.approx(63.0)
    for found, expected in zip(gradients, (b * c, a * c, np.zeros(4)), strict=True):
        np.testing.assert_allclose(found, expected)


def test_split_gradients_take_each_loss_by_its_own_variables():
    def losses(first, second):
        product = ops.sum(first[0] * second[0])
        return product**2, 3.0 * product, {"product": product}

    step = compiled(lambda first, second: split_gradients(losses, first, second))
    a, b = np.array([1.0, 2.0], np.float32), np.array([3.0, -1.0], np.float32)
    extra, (by_a,), (by_b,) = step([tensor(a)], [tensor(b)])
    assert float(extra["product"]) == pytest.approx(1.0)
    np.testing.assert_allclose(np.asarray(by_a), 2 * 1.0 * b)
    np.testing.assert_allclose(np.asarray(by_b), 3.0 * a)


def test_an_unsupported_backend_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(ConfigError, match=r"'torch' is not supported.*tensorflow or jax"):
        driver()
