"""Networks whose answer does not change when the image is turned or mirrored.

Four convolutions like those of the small network `cnn`, about as many weights, on a point group of
4 or 6 rotations with mirrors. With quarter turns this is exact where sides can be halved four
times; with turns by 60° as good as kernels and maps on a square grid can be.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from symlens.wallpaper.networks.convolutional import GROUPS, MOMENTUM
from symlens.wallpaper.networks.group_layers import (
    GroupConvolution,
    GroupNormalization,
    GroupPooling,
    Halving,
    LiftingConvolution,
)
from symlens.wallpaper.networks.point_groups import point_group

Model = Any

WIDTHS = (8, 16, 32, 56)
"""Channels for every element of the group."""

FIRST_SIDE, SIDE = 5, 3
"""Of the kernels on the image, and of those on the group."""


def gcnn(name: str, channels: int, classes: int = GROUPS) -> Model:
    """A small network on a point group: convolutions, halved after each, largest over the group.

    Parameters
    ----------
    name : str
        Of the point group, e.g. ``d4``.
    channels : int
        Of the images.
    classes : int
    """
    group = point_group(name)
    image = keras.Input((None, None, channels))
    x = LiftingConvolution(group, WIDTHS[0], FIRST_SIDE)(image)
    for width in (*WIDTHS[1:], None):
        x = Halving()(layers.ReLU()(GroupNormalization(group, MOMENTUM)(x)))
        if width is not None:
            x = GroupConvolution(group, width, SIDE)(x)
    x = layers.GlobalAveragePooling2D()(GroupPooling(group)(x))
    return keras.Model(image, layers.Dense(classes)(x))
