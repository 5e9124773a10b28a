"""XCiT: a transformer whose attention is between channels, not between places.

El-Nouby et al., XCiT: Cross-Covariance Image Transformers, NeurIPS 2021. Features stay maps
(batch, y, x, channel) up to the class attention of the last two layers.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from symlens.wallpaper.networks.convolutional import GROUPS, normalised

Tensor = Any

CLASS_LAYERS = 2
EXPANSION = 4
"""Hidden units of a perceptron over its inputs."""

SCALE = 1.0
"""First weight of every branch; that of the paper for up to 12 layers."""

WAVES, LONGEST = 16, 10_000.0
"""Waves along each axis in the code of a place, and their longest period over the shortest."""


def xcit(channels: int, width: int, depth: int, heads: int, classes: int = GROUPS) -> Any:
    """XCiT with patches of 8 x 8 pixels.

    Parameters
    ----------
    channels : int
        Of the images.
    width : int
        Channels inside; a multiple of 4 and of ``heads``.
    depth : int
        Layers of cross-covariance attention; two of class attention follow.
    heads : int
    classes : int
    """
    image = keras.Input((None, None, channels))
    x = image
    for last, part in ((False, width // 4), (False, width // 2), (True, width)):
        x = layers.Conv2D(part, 3, strides=2, padding="same", use_bias=False)(x)
        x = normalised(x) if last else _gelu(normalised(x))
    x = Places(width)(x)
    for _ in range(depth):
        x = Weighted()(x, CrossCovariance(heads)(_normed(x)))
        x = Weighted()(x, _local(_normed(x)))
        x = Weighted()(x, _perceptron(_normed(x), width))
    tokens = layers.Reshape((-1, width))(x)
    seen = ClassToken()(tokens)
    for _ in range(CLASS_LAYERS):
        joined = layers.Concatenate(axis=1)([seen, tokens])
        seen = Weighted()(seen, ClassAttention(heads)(_normed(joined)))
        seen = Weighted()(seen, _perceptron(_normed(seen), width))
    scores = layers.Dense(classes)(layers.Flatten()(_normed(seen)))
    return keras.Model(image, scores)


def places(height: Tensor, width: Tensor) -> Tensor:
    """Sines and cosines of the place in the map, relative to its size; (1, height, width, 4 WAVES).

    sin and cos of 2π (i / n) / T^(k / K), along each axis, k = 0 .. K - 1: from the whole map as
    one period to T of them as one.
    """
    rate = (LONGEST ** -(np.arange(WAVES) / WAVES)).astype(np.float32)
    parts = []
    for count, shape in ((height, (-1, 1, WAVES)), (width, (1, -1, WAVES))):
        along = ops.cast(ops.arange(1, count + 1), "float32") / ops.cast(count, "float32")
        angle = ops.reshape(2 * float(np.pi) * along[:, None] * rate, shape)
        angle = ops.broadcast_to(angle, (height, width, WAVES))
        parts += [ops.sin(angle), ops.cos(angle)]
    return ops.concatenate(parts, axis=-1)[None]


class Places(layers.Layer):  # type: ignore[misc]
    """Adds a learned linear map of the code of every place."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.code = layers.Dense(width)

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        del shape
        self.code.build((None, None, None, 4 * WAVES))

    def call(self, x: Tensor) -> Tensor:
        """Maps to maps of the same shape."""
        shape = ops.shape(x)
        return x + self.code(places(shape[1], shape[2]))


class Weighted(layers.Layer):  # type: ignore[misc]
    """x + γ y with a learned weight γ for every channel."""

    def build(self, x_shape: tuple[int | None, ...], branch_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        del branch_shape
        self.gamma = self.add_weight(
            shape=(x_shape[-1],), initializer=keras.initializers.Constant(SCALE), name="gamma"
        )

    def call(self, x: Tensor, branch: Tensor) -> Tensor:
        """Two tensors to one of the same shape."""
        return x + self.gamma * branch


class CrossCovariance(layers.Layer):  # type: ignore[misc]
    """Attention between channels: softmax(τ Q̂ K̂ᵀ) V, Q̂ and K̂ of length 1 over the places.

    Equation 2 of the paper; τ is learned for every head.
    """

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        width = int(shape[-1] or 0)
        self.inputs_, self.outputs_ = layers.Dense(3 * width), layers.Dense(width)
        self.inputs_.build(shape)
        self.outputs_.build(shape)
        self.temperature = self.add_weight(
            shape=(self.heads, 1, 1), initializer="ones", name="temperature"
        )

    def call(self, x: Tensor) -> Tensor:
        """Maps (batch, y, x, channel) to maps of the same shape."""
        batch, height, width, count = ops.shape(x)
        each = count // self.heads
        split = ops.reshape(self.inputs_(x), (batch, height * width, 3, self.heads, each))
        q, k, v = ops.unstack(ops.transpose(split, (2, 0, 3, 4, 1)), 3)  # (batch, head, each, n)
        q, k = (part / (ops.norm(part, axis=-1, keepdims=True) + 1e-6) for part in (q, k))
        weight = ops.softmax(ops.matmul(q, ops.swapaxes(k, -1, -2)) * self.temperature)
        found = ops.transpose(ops.matmul(weight, v), (0, 3, 1, 2))
        return self.outputs_(ops.reshape(found, (batch, height, width, count)))


class ClassToken(layers.Layer):  # type: ignore[misc]
    """A learned token, the same for every image."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        start = keras.initializers.TruncatedNormal(stddev=0.02)
        self.token = self.add_weight(shape=(1, 1, shape[-1]), initializer=start, name="token")

    def call(self, tokens: Tensor) -> Tensor:
        """Tokens (batch, n, channel) to the learned one (batch, 1, channel)."""
        return ops.broadcast_to(self.token, (ops.shape(tokens)[0], 1, tokens.shape[-1]))


class ClassAttention(layers.Layer):  # type: ignore[misc]
    """What the first token takes from all: softmax(q Kᵀ / √d) V (Touvron et al., ICCV 2021)."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        width = int(shape[-1] or 0)
        self.query, self.rest = layers.Dense(width), layers.Dense(2 * width)
        self.outputs_ = layers.Dense(width)
        for layer in (self.query, self.rest, self.outputs_):
            layer.build(shape)

    def call(self, tokens: Tensor) -> Tensor:
        """Tokens (batch, n, channel) to (batch, 1, channel)."""
        batch, count, width = ops.shape(tokens)
        each = width // self.heads
        q = ops.reshape(self.query(tokens[:, :1]), (batch, 1, self.heads, each))
        k, v = ops.unstack(
            ops.reshape(self.rest(tokens), (batch, count, 2, self.heads, each)), 2, axis=2
        )
        q, k, v = (ops.transpose(part, (0, 2, 1, 3)) for part in (q, k, v))
        weight = ops.softmax(ops.matmul(q, ops.swapaxes(k, -1, -2)) / float(each) ** 0.5)
        found = ops.transpose(ops.matmul(weight, v), (0, 2, 1, 3))
        return self.outputs_(ops.reshape(found, (batch, 1, width)))


def _normed(x: Tensor) -> Tensor:
    return layers.LayerNormalization(epsilon=1e-6)(x)


def _gelu(x: Tensor) -> Tensor:
    return ops.gelu(x, approximate=False)


def _local(x: Tensor) -> Tensor:
    """Local patch interaction: 3 x 3 by channel, GELU, normalised, 3 x 3 by channel."""
    x = _gelu(layers.DepthwiseConv2D(3, padding="same")(x))
    return layers.DepthwiseConv2D(3, padding="same")(normalised(x))


def _perceptron(x: Tensor, width: int) -> Tensor:
    return layers.Dense(width)(_gelu(layers.Dense(EXPANSION * width)(x)))
