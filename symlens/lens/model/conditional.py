"""Densities of every pixel given another one: masked mixture-density networks.

One network serves all given pixels. Sample b of a batch has the given pixel ``b mod n``; all its
other entries are masked, so that the first layer multiplies one number by one row of its matrix.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from symlens.lens.model.mixture import log_mixture

Tensor = Any

SLOPE = 0.2  # of the leaky rectifiers
RANGE = 3.5  # logits and log-variances are RANGE * tanh(output)


def leaky(values: Tensor) -> Tensor:
    """Leaky rectifier ``max(v, 0.2 v)``."""
    return ops.leaky_relu(values, negative_slope=SLOPE)


class MaskedNetwork(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Two layers, n -> hidden -> kernels * n, of inputs with a single entry left.

    Parameters
    ----------
    n, hidden, kernels : int
    name : str
    generator : SeedGenerator
        Draws the Glorot-uniform matrices.
    """

    def __init__(self, n: int, *, hidden: int, kernels: int, name: str, generator: Any) -> None:
        super().__init__(name=name)
        self.shape = (kernels, n)
        width = kernels * n
        glorot = keras.initializers.GlorotUniform(seed=generator)
        self.first = self.add_weight(shape=(n, hidden), initializer=glorot, name="first")
        self.first_bias = self.add_weight(shape=(hidden,), initializer="zeros", name="first_bias")
        glorot = keras.initializers.GlorotUniform(seed=generator)
        self.second = self.add_weight(shape=(hidden, width), initializer=glorot, name="second")
        self.second_bias = self.add_weight(shape=(width,), initializer="zeros", name="second_bias")

    def call(self, values: Tensor, *, start: int) -> Tensor:
        """Outputs for given values ``y_g``, g = start, start + 1, ...

        Parameters
        ----------
        values : tensor, shape (n_samples, n_given)
        start : int
            First given pixel.

        Returns
        -------
        tensor, shape (n_samples, n_given, kernels, n)
        """
        samples, given = values.shape
        rows = self.first[start : start + given]
        hidden = leaky(values[:, :, None] * rows + self.first_bias)
        flat = ops.reshape(hidden, (samples * given, -1))
        outputs = ops.matmul(flat, self.second) + self.second_bias
        return ops.reshape(outputs, (samples, given, *self.shape))


class ConditionalMixture(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Gaussian mixtures ``p_{e|g}`` of every pixel e given every pixel g.

    Parameters
    ----------
    n, hidden, kernels : int
    seed : int
    """

    def __init__(self, n: int, *, hidden: int, kernels: int, seed: int) -> None:
        super().__init__(name="conditional")
        generator = keras.random.SeedGenerator(seed)
        self.networks = [
            MaskedNetwork(n, hidden=hidden, kernels=kernels, name=name, generator=generator)
            for name in ("weights", "centres", "log_variances")
        ]

    def call(self, values: Tensor, targets: Tensor, *, start: int = 0) -> Tensor:
        """Log-densities ``log p_{e|g}(target_e | value_g)``, g = start, start + 1, ...

        Parameters
        ----------
        values : tensor, shape (n_samples, n_given)
        targets : tensor, shape (n_samples, n_given, n)
        start : int

        Returns
        -------
        tensor, shape (n_samples, n_given, n)
            In nats.
        """
        logits, centres, log_variances = (network(values, start=start) for network in self.networks)
        weights = ops.softmax(RANGE * ops.tanh(logits), axis=-2)
        return log_mixture(targets, weights, leaky(centres), RANGE * ops.tanh(log_variances))

    def penalty(self) -> Tensor:
        """Sum of the Frobenius norms of the six weight matrices."""
        matrices = [matrix for each in self.networks for matrix in (each.first, each.second)]
        return sum(ops.norm(matrix) for matrix in matrices)


def densities_of_pairs(
    conditional: ConditionalMixture, y: Tensor, *, paired: bool
) -> tuple[Tensor, Tensor, Tensor]:
    r"""Mean log-densities of all pairs (g, e) under their own and both neighbouring conditionals.

    Sample ``b = k n + g`` of the batch serves the given pixel g. The official algorithm rolls the
    whole representation by one pixel, so that the shifted conditional of (g, e) is evaluated on
    samples ``k n + g -+ 1``; ``paired`` evaluates it on the samples ``k n + g`` of its own one.

    Parameters
    ----------
    conditional : ConditionalMixture
    y : tensor, shape (n_samples, n)
        n divides n_samples.
    paired : bool

    Returns
    -------
    own : tensor, shape (n, n)
        Mean of ``log p_{e|g}(y_e | y_g)``.
    left : tensor, shape (n - 1, n - 1)
        Mean of ``log p_{e-1|g-1}(y_e | y_g)`` for g, e = 1 .. n - 1.
    right : tensor, shape (n - 1, n - 1)
        Mean of ``log p_{e+1|g+1}(y_e | y_g)`` for g, e = 0 .. n - 2.
    """
    samples, n = y.shape
    groups = ops.reshape(y, (samples // n, n, n))  # [k, served pixel, pixel]
    own = conditional(ops.diagonal(groups, axis1=1, axis2=2), groups)
    # Row r of `left` is network r given pixel r + 1, row r of `right` network r + 1 given pixel r.
    first, last = groups[:, :-1], groups[:, 1:]
    for_left, for_right = (last, first) if paired else (first, last)
    left_targets = ops.pad(for_left[:, :, 1:], ((0, 0), (0, 0), (0, 1)))
    right_targets = ops.pad(for_right[:, :, :-1], ((0, 0), (0, 0), (1, 0)))
    left_values = ops.diagonal(left_targets, axis1=1, axis2=2)
    right_values = ops.diagonal(right_targets, 1, axis1=1, axis2=2)
    left = conditional(left_values, left_targets)
    right = conditional(right_values, right_targets, start=1)
    return (
        ops.mean(own, axis=0),
        ops.mean(left, axis=0)[:, :-1],
        ops.mean(right, axis=0)[:, 1:],
    )
