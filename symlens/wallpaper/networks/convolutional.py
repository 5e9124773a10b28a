"""Convolutional networks: from images to scores of the 17 groups, any size of image.

ResNet50 and DenseNet121 are those of Keras, from random weights; DenseNet161, which Keras lacks,
and the feature pyramid are put together here. The heads are those of the paper's code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from symlens.wallpaper.groups import NAMES

Tensor = Any
Model = Any

GROUPS = len(NAMES)

WIDTHS = (32, 64, 96, 128)
"""Channels of the small network."""

DROPPED = 0.5
MOMENTUM = 0.9
"""Of the running averages in batch normalisation: what PyTorch calls 0.1, its default."""

PYRAMID = ("conv2_block3_out", "conv3_block4_out", "conv4_block6_out", "conv5_block3_out")
"""Ends of the four stages of Keras's ResNet50."""

PYRAMID_WIDTH = 256

DENSE_161: tuple[int, int, tuple[int, ...]] = (48, 96, (6, 12, 36, 24))
"""Growth, first channels and blocks of DenseNet161 (Huang et al., CVPR 2017)."""


def cnn(channels: int, classes: int = GROUPS) -> Model:
    """A small network: four convolutions with batch normalisation, halved after each; 0.19 M."""
    image = keras.Input((None, None, channels))
    x = image
    for width in WIDTHS:
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(normalised(x))
        x = layers.MaxPooling2D(2)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(classes)(x))


def resnet50(channels: int, classes: int = GROUPS) -> Model:
    """ResNet50 (He et al., CVPR 2016) with three dense layers."""
    base = keras.applications.ResNet50(
        include_top=False, weights=None, input_shape=(None, None, channels), pooling="avg"
    )
    return paced(keras.Model(base.input, head(base.output, (512, 64), classes)))


def densenet121(channels: int, classes: int = GROUPS) -> Model:
    """DenseNet121 (Huang et al., CVPR 2017) with three dense layers."""
    base = keras.applications.DenseNet121(
        include_top=False, weights=None, input_shape=(None, None, channels), pooling="avg"
    )
    return paced(keras.Model(base.input, head(base.output, (512, 64), classes)))


def densenet161(channels: int, classes: int = GROUPS) -> Model:
    """DenseNet161 with three dense layers, the paper's best."""
    image = keras.Input((None, None, channels))
    return keras.Model(image, head(dense_features(image, *DENSE_161), (512, 64), classes))


def fpn(channels: int, classes: int = GROUPS) -> Model:
    """A feature pyramid on ResNet50 (Lin et al., CVPR 2017), its four levels averaged and joined.

    As in the paper's code: ReLU before a level is added to the one below, no 3 x 3 smoothing.
    """
    base = keras.applications.ResNet50(
        include_top=False, weights=None, input_shape=(None, None, channels)
    )
    stages = [base.get_layer(name).output for name in PYRAMID]
    level = layers.Conv2D(PYRAMID_WIDTH, 1)(stages[-1])
    levels = [level]
    for stage in stages[-2::-1]:
        level = Enlarged()([level, layers.ReLU()(layers.Conv2D(PYRAMID_WIDTH, 1)(stage))])
        levels.append(level)
    joined = layers.Concatenate()([layers.GlobalAveragePooling2D()(x) for x in levels[::-1]])
    return paced(keras.Model(base.input, head(joined, (64,), classes)))


class Enlarged(layers.Layer):  # type: ignore[misc]
    """The first of two maps, enlarged bilinearly to the size of the second, plus the second."""

    def call(self, maps: Sequence[Tensor]) -> Tensor:
        """Maps (batch, h, w, c) and (batch, H, W, c) to (batch, H, W, c)."""
        small, large = maps
        size = keras.ops.shape(large)[1:3]
        return keras.ops.image.resize(small, size, interpolation="bilinear") + large

    def compute_output_shape(self, shapes: Sequence[tuple[int | None, ...]]) -> Any:
        """That of the second map."""
        return shapes[1]


def dense_features(image: Tensor, growth: int, first: int, blocks: Sequence[int]) -> Tensor:
    """Features of a DenseNet, averaged over the image; shape (batch, features).

    Every layer sees all before it: normalise, 1 x 1 to 4 growth channels, normalise, 3 x 3 to
    growth channels, and append. Between blocks half of the channels are kept and the map is halved.
    """
    x = layers.Conv2D(first, 7, strides=2, padding="same", use_bias=False)(image)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(layers.ReLU()(normalised(x)))
    for number, count in enumerate(blocks):
        for _ in range(count):
            y = layers.ReLU()(normalised(x))
            y = layers.Conv2D(4 * growth, 1, use_bias=False)(y)
            y = layers.ReLU()(normalised(y))
            y = layers.Conv2D(growth, 3, padding="same", use_bias=False)(y)
            x = layers.Concatenate()([x, y])
        if number < len(blocks) - 1:
            x = layers.ReLU()(normalised(x))
            x = layers.Conv2D(x.shape[-1] // 2, 1, use_bias=False)(x)
            x = layers.AveragePooling2D(2)(x)
    return layers.GlobalAveragePooling2D()(layers.ReLU()(normalised(x)))


def head(x: Tensor, hidden: Sequence[int], classes: int = GROUPS) -> Tensor:
    """Scores of the classes: normalised, half dropped, dense and ReLU, as often as asked for."""
    for width in hidden:
        x = layers.Dropout(DROPPED)(normalised(x))
        x = layers.ReLU()(layers.Dense(width, use_bias=False)(x))
    return layers.Dense(classes)(layers.Dropout(DROPPED)(normalised(x)))


def normalised(x: Tensor) -> Tensor:
    """Batch normalisation at the pace of PyTorch."""
    return layers.BatchNormalization(momentum=MOMENTUM, epsilon=1e-5)(x)


def paced(model: Model) -> Model:
    """The same network with all its running averages at the pace of PyTorch."""
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = MOMENTUM
    return model
