"""Density of every pixel of the canonical representation: a Gaussian mixture per pixel."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

Tensor = Any

FLOOR = 1.0e-7  # added to every kernel's density, and again inside the logarithm
CLIP = 4.5  # of logits and log-variances
INITIAL_SPREAD = 0.05  # the centres start uniform within +- this


def log_mixture(values: Tensor, weights: Tensor, centres: Tensor, log_variances: Tensor) -> Tensor:
    r"""Log-density of a mixture of one-dimensional Gaussians, floored.

    .. math::
        \log p(y) = \log\Big(\sum_k w_k e^{l_k - m} + \epsilon\Big) + m, \quad
        l_k = \log\big(N(y; c_k, \sigma_k^2) + \epsilon\big), \; m = \max_k l_k,

    computed in the equal form
    :math:`\log(\sum_k w_k (N_k + \epsilon) + \epsilon \max_k (N_k + \epsilon))`, one logarithm
    in all. The gradient through the maximum (a relative :math:`\epsilon`) is left out.

    Parameters
    ----------
    values : tensor, shape (..., n)
    weights, centres, log_variances : tensor, shape (..., n_kernels, n)
        Weights sum to one over the kernels.

    Returns
    -------
    tensor, shape (..., n)
        In nats.
    """
    distances = values[..., None, :] - centres
    exponents = ops.square(distances) * ops.exp(-log_variances) + log_variances
    densities = ops.exp(-0.5 * (exponents + math.log(2 * math.pi))) + FLOOR
    largest = ops.stop_gradient(ops.max(densities, axis=-2))
    return ops.log(ops.sum(weights * densities, axis=-2) + FLOOR * largest)


class MarginalMixture(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """One Gaussian mixture per pixel.

    Parameters
    ----------
    n : int
        Number of pixels.
    kernels : int
    seed : int
        Of the initial centres.
    """

    def __init__(self, n: int, *, kernels: int, seed: int) -> None:
        super().__init__(name="marginal")
        spread = keras.initializers.RandomUniform(-INITIAL_SPREAD, INITIAL_SPREAD, seed=seed)
        shape = (kernels, n)
        self.centres = self.add_weight(shape=shape, initializer=spread, name="centres")
        self.logits = self.add_weight(shape=shape, initializer="ones", name="logits")
        self.log_variances = self.add_weight(shape=shape, initializer="ones", name="log_variances")

    def call(self, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        r"""Log-densities of every pixel under its own mixture and under its neighbours'.

        Parameters
        ----------
        y : tensor, shape (n_samples, n)

        Returns
        -------
        own : tensor, shape (n_samples, n)
            ``log p_i(y_i)``
        left : tensor, shape (n_samples, n - 1)
            ``log p_{i-1}(y_i)`` for i = 1 .. n - 1
        right : tensor, shape (n_samples, n - 1)
            ``log p_{i+1}(y_i)`` for i = 0 .. n - 2
        """
        weights = ops.softmax(ops.clip(self.logits, -CLIP, CLIP), axis=0)
        centres, log_variances = self.centres, ops.clip(self.log_variances, -CLIP, CLIP)
        own = log_mixture(y, weights, centres, log_variances)
        left = log_mixture(y[:, 1:], weights[:, :-1], centres[:, :-1], log_variances[:, :-1])
        right = log_mixture(y[:, :-1], weights[:, 1:], centres[:, 1:], log_variances[:, 1:])
        return own, left, right
