"""Many variational autoencoders in one graph, on ``keras.ops``.

The dense layers of all networks of a sweep are stacked along a leading axis, and so a step trains
all of them at once on the same samples. Objective of one network, per sample:
||x - decoder(code)||^2 (sum over features) + beta sum_i KL_i, which is minus the evidence lower
bound for a decoder of variance beta/2, times beta, up to a constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from symlens.latent.posterior import wrapped_powers
from symlens.latent.spaces import LOG_SPREAD, LOG_VARIANCE, Shapes

Tensor = Any

# Python floats: double-precision numpy numbers would widen the graph.
LOG_TURN = float(np.log(2 * np.pi))
SWITCH = 0.8
"""Spread, in radians, from which the entropy of a wrapped normal is summed as a series."""
LOG_SWITCH = float(2 * np.log(SWITCH))
POWERS = tuple(wrapped_powers(24).tolist())
"""For q = exp(-sigma^2) <= exp(-0.64), whose 24th power is 2e-7."""


def unpack(parameters: Tensor, shapes: Shapes) -> list[tuple[Tensor, Tensor]]:
    """Weights (nets, inputs, outputs) and offsets (nets, 1, outputs) of every layer."""
    layers, first = [], 0
    for inputs, outputs in shapes.layers():
        size = inputs * outputs
        weight = ops.reshape(parameters[:, first : first + size], (-1, inputs, outputs))
        offset = parameters[:, first + size : first + size + outputs]
        layers.append((weight, ops.expand_dims(offset, 1)))
        first += size + outputs
    return layers


def dense(x: Tensor, layers: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """Dense layers with ReLU between them. Shape (nets, samples, outputs)."""
    for index, (weight, offset) in enumerate(layers):
        x = ops.matmul(x, weight) + offset
        if index < len(layers) - 1:
            x = ops.relu(x)
    return x


def kl_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mu, s^2) || N(0, 1)) = (mu^2 + s^2 - 1 - ln s^2)/2, in nats."""
    return 0.5 * (mean**2 + ops.exp(log_variance) - 1.0 - log_variance)


def kl_wrapped(log_spread: Tensor) -> Tensor:
    """KL of a wrapped normal of variance sigma^2 to the uniform law on the circle, in nats.

    ln 2 pi minus its entropy. That is ln(sigma sqrt(2 pi e)) where no tail goes round, below
    SWITCH; else a series in powers of q = exp(-sigma^2), of `posterior.wrapped_powers`, which
    costs a tenth of the sum over n (theta function identity; Mardia and Jupp, Directional
    Statistics, 3.5.7).
    """
    narrow = 0.5 * (LOG_TURN - 1.0 - log_spread)
    q = ops.exp(-ops.exp(ops.maximum(log_spread, LOG_SWITCH - 0.1)))
    wide = POWERS[-1] * q
    for power in POWERS[-2::-1]:
        wide = (wide + power) * q
    return ops.where(log_spread < LOG_SWITCH, narrow, wide)


def kl_fisher(log_spread: Tensor) -> Tensor:
    """KL of a von Mises-Fisher law on S^2, kappa = exp(-log_spread), to the uniform one, in nats.

    kappa coth(kappa) - 1 + ln(kappa/sinh(kappa)), with 2 sinh = exp(kappa)(1 - exp(-2 kappa)).
    """
    kappa = ops.exp(-log_spread)
    small = -ops.expm1(-2.0 * kappa)
    coth = 2.0 / small - 1.0
    return kappa * (coth - 1.0) - 1.0 + ops.log(2.0 * kappa) - ops.log(small)


def turned(direction: Tensor, angle: Tensor) -> Tensor:
    """Unit vectors of the plane, turned by angles. Shape (..., 2)."""
    cosine, sine = ops.cos(angle), ops.sin(angle)
    x, y = direction[..., 0], direction[..., 1]
    return ops.stack([x * cosine - y * sine, y * cosine + x * sine], axis=-1)


def fisher_sample(direction: Tensor, log_spread: Tensor, uniform: Tensor) -> Tensor:
    """A draw of a von Mises-Fisher law on S^2 by inversion, exact and differentiable.

    w = 1 + ln(u + (1 - u) exp(-2 kappa))/kappa along the mean direction (Ulrich 1984, for three
    dimensions), the rest at a uniform angle; the frame is the reflection that takes e_3 to the
    mean direction.
    """
    kappa = ops.exp(-log_spread)
    u, turn = uniform[..., 0], 2 * float(np.pi) * uniform[..., 1]
    u = ops.maximum(u, 1e-7)
    w = 1.0 + ops.log(u + (1.0 - u) * ops.exp(-2.0 * kappa)) / kappa
    w = ops.clip(w, -1.0, 1.0)
    across = ops.sqrt(ops.maximum(1.0 - w * w, 1e-12))
    turn = ops.broadcast_to(turn, ops.shape(w))
    local = ops.stack([across * ops.cos(turn), across * ops.sin(turn), w], axis=-1)
    mirror = np.array([0.0, 0.0, 1.0], np.float32) - direction
    mirror = mirror / ops.sqrt(ops.sum(mirror**2, axis=-1, keepdims=True) + 1e-12)
    along = ops.sum(local * mirror, axis=-1, keepdims=True)
    return local - 2.0 * along * mirror


@dataclass(frozen=True)
class Family:
    """Networks of one shape.

    Parameters
    ----------
    shapes : Shapes
    """

    shapes: Shapes

    def losses(
        self, parameters: Tensor, x: Tensor, noise: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Squared error of the reconstruction, and KL of every latent; means over samples.

        Parameters
        ----------
        parameters : tensor, shape (nets, parameters)
        x : tensor, shape (nets, samples, features) or (1, samples, features)
            Of every network, or of all alike.
        noise : tensor, shape (samples, noise)
        mask : tensor, shape (nets, latents)
            0 for latents that a network does not have.

        Returns
        -------
        error : tensor, shape (nets,)
        kl : tensor, shape (nets, latents)
        """
        layers = unpack(parameters, self.shapes)
        encoder, decoder = (
            layers[: self.shapes.encoder_layers],
            layers[self.shapes.encoder_layers :],
        )
        heads = dense(x, encoder)
        code, kl = self.latents(heads, ops.expand_dims(noise, 0), ops.expand_dims(mask, 1))
        error = ops.sum((x - dense(code, decoder)) ** 2, axis=-1)
        return ops.mean(error, axis=1), ops.mean(kl, axis=1)

    def latents(self, heads: Tensor, noise: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """A draw of the code, (nets, samples, codes), and the KL of every latent."""
        layout = self.shapes.layout
        codes, kls = [], []
        first, drawn, real_mask = 0, 0, mask
        if layout.curved:
            raw = heads[..., : layout.direction]
            unit = raw / ops.sqrt(ops.sum(raw**2, axis=-1, keepdims=True) + 1e-12)
            spread = ops.clip(heads[..., layout.direction], *LOG_SPREAD)
            if layout.curved == 1:
                codes.append(turned(unit, ops.exp(0.5 * spread) * noise[..., 0]))
                kls.append(ops.expand_dims(kl_wrapped(spread), -1))
            else:
                codes.append(fisher_sample(unit, spread, noise[..., :2]))
                kls.append(ops.expand_dims(kl_fisher(spread), -1))
            first, drawn, real_mask = layout.direction + 1, layout.curved, mask[..., 1:]
        if layout.real:
            mean = heads[..., first : first + layout.real]
            log_variance = ops.clip(heads[..., first + layout.real :], *LOG_VARIANCE)
            real = mean + ops.exp(0.5 * log_variance) * noise[..., drawn:]
            codes.append(real * real_mask)
            kls.append(kl_normal(mean, log_variance) * real_mask)
        return ops.concatenate(codes, axis=-1), ops.concatenate(kls, axis=-1)
