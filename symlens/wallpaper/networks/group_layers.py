"""Convolutions that a point group moves through: turn the image, and their maps turn with it.

After T. Cohen and M. Welling, Group Equivariant Convolutional Networks, ICML 2016. Maps on the
group G are (batch, y, x, |G| c) with the channels of each element together, those of the identity
first; u in G acts on them as (u F)(v, g) = F(u⁻¹ v, u⁻¹ g). What treats all channels alike, such
as ReLU, needs no layer of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from symlens.wallpaper.networks.point_groups import PointGroup, harmonics, pixels, turned

Tensor = Any
Shape = tuple[int | None, ...]


def kernels(group: PointGroup, side: int) -> NDArray[np.float32]:
    """Functions that kernels are made of, turned by every element; (|G|, side², functions).

    Pixels where every element permutes them, circular harmonics elsewhere.
    """
    whole = np.allclose(group.matrices, group.matrices.round())
    basis = pixels(side) if whole else harmonics(side)
    return turned(group, basis, side).astype(np.float32)


class _Convolution(layers.Layer):  # type: ignore[misc]
    """What both convolutions share: weights, and one plain convolution with all kernels."""

    def __init__(self, group: PointGroup, filters: int, side: int = 3) -> None:
        super().__init__()
        self.group, self.filters, self.side = group, filters, side
        self.turned = kernels(group, side)

    def _weights(self, channels: int, elements: int) -> None:
        """Weights (functions, channel, element, filter), as He et al. (ICCV 2015) start them."""
        shape = (self.turned.shape[2], channels, elements, self.filters)
        self.weight = self.add_weight(shape=shape, initializer="he_normal", name="weight")

    def _convolved(self, x: Tensor, kernel: Tensor) -> Tensor:
        """Maps under kernels (side², channels, |G| filters), as large as before: 0 outside."""
        kernel = ops.reshape(kernel, (self.side, self.side, x.shape[-1], -1))
        return ops.conv(x, kernel, padding="same", data_format="channels_last")

    def compute_output_shape(self, shape: Shape) -> Shape:
        """As many channels as filters for every element."""
        return (*shape[:-1], len(self.group) * self.filters)


class LiftingConvolution(_Convolution):
    """From an image to maps on the group: (f * ψ)(v, g) = Σ_w Σ_c f_c(w) ψ_c(g⁻¹ (w - v)).

    Parameters
    ----------
    group : PointGroup
    filters : int
        Channels for every element.
    side : int
        Of the kernels, odd.
    """

    def build(self, shape: Shape) -> None:
        """Make the weights."""
        self._weights(int(shape[-1] or 0), 1)

    def call(self, x: Tensor) -> Tensor:
        """Maps (batch, y, x, channel) to (batch, y, x, |G| filters)."""
        kernel = ops.einsum("gvn,nco->vcgo", self.turned, self.weight[:, :, 0])
        return self._convolved(x, kernel)


class GroupConvolution(_Convolution):
    """Between maps on the group: (f * ψ)(v, g) = Σ_w Σ_h Σ_c f_c(w, h) ψ_c(g⁻¹ (w - v), g⁻¹ h).

    Parameters
    ----------
    group : PointGroup
    filters : int
        Channels for every element.
    side : int
        Of the kernels, odd.
    """

    def build(self, shape: Shape) -> None:
        """Make the weights."""
        self._weights(int(shape[-1] or 0) // len(self.group), len(self.group))

    def call(self, x: Tensor) -> Tensor:
        """Maps (batch, y, x, |G| channels) to (batch, y, x, |G| filters)."""
        count = len(self.group)
        left = self.group.product[self.group.inverse]  # g⁻¹ h at place (g, h)
        moved = ops.take(self.weight, left.ravel(), axis=2)
        moved = ops.reshape(moved, (*self.weight.shape[:2], count, count, self.filters))
        return self._convolved(x, ops.einsum("gvn,ncgho->vhcgo", self.turned, moved))


class GroupNormalization(layers.Layer):  # type: ignore[misc]
    """Batch normalisation with the same statistics and weights for all elements.

    Parameters
    ----------
    group : PointGroup
    momentum : float
        Of the running averages.
    """

    def __init__(self, group: PointGroup, momentum: float) -> None:
        super().__init__()
        self.group = group
        self.normalise = layers.BatchNormalization(momentum=momentum, epsilon=1e-5)

    def build(self, shape: Shape) -> None:
        """Make the weights."""
        self.normalise.build((None, int(shape[-1] or 0) // len(self.group)))

    def call(self, x: Tensor, *, training: bool = False) -> Tensor:
        """Maps on the group to such maps of the same shape."""
        flat = ops.reshape(x, (-1, x.shape[-1] // len(self.group)))
        return ops.reshape(self.normalise(flat, training=training), ops.shape(x))

    def compute_output_shape(self, shape: Shape) -> Shape:
        """The same."""
        return shape


class Halving(layers.Layer):  # type: ignore[misc]
    """Every second place of a map that was smoothed by 1, 3, 3, 1 along both axes.

    Smoothed, because what the coarse grid cannot show would appear on it as something else, which
    does not turn with the image (Zhang, Making Convolutional Networks Shift-Invariant Again, ICML
    2019). Even in length, so that new places lie alike on both sides of the middle of an even map.
    """

    def call(self, x: Tensor) -> Tensor:
        """Maps (batch, y, x, channel) to maps of half the sides; outside of them is 0."""
        line = np.array([1, 3, 3, 1], np.float32) / 8
        kernel = np.repeat(np.outer(line, line)[:, :, None, None], x.shape[-1], axis=2)
        return ops.depthwise_conv(x, kernel, strides=2, padding="same", data_format="channels_last")

    def compute_output_shape(self, shape: Shape) -> Shape:
        """Half the sides, rounded up."""
        batch, height, width, channels = shape
        return (batch, height and -(-height // 2), width and -(-width // 2), channels)


class GroupPooling(layers.Layer):  # type: ignore[misc]
    """The largest over the elements: from maps on the group to maps that turn like an image.

    Parameters
    ----------
    group : PointGroup
    """

    def __init__(self, group: PointGroup) -> None:
        super().__init__()
        self.group = group

    def call(self, x: Tensor) -> Tensor:
        """Maps (batch, y, x, |G| channels) to (batch, y, x, channel)."""
        count = len(self.group)
        split = ops.reshape(x, (*ops.shape(x)[:-1], count, x.shape[-1] // count))
        return ops.max(split, axis=-2)

    def compute_output_shape(self, shape: Shape) -> Shape:
        """As many channels as for one element."""
        return (*shape[:-1], int(shape[-1] or 0) // len(self.group))
