"""A trained autoencoder on plain arrays: what evaluation needs, without Keras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symlens.latent.posterior import kl_fisher, kl_normal, kl_wrapped, resultant
from symlens.latent.spaces import LOG_SPREAD, LOG_VARIANCE, Shapes

Array = NDArray[np.float64]
Layers = list[tuple[Array, Array]]


@dataclass(frozen=True)
class Posterior:
    """The posterior q(z|x) of samples.

    Parameters
    ----------
    mode : ndarray, shape (m, codes)
        Code at the middle of the posterior: mu of a real latent, a unit vector of a curved one.
    mean : ndarray, shape (m, codes)
        Mean of the code: the unit vector of a curved latent times its mean resultant length.
    variance : ndarray, shape (m, latents)
        Mean squared distance of a latent's code from its mean: s^2, or 1 - resultant^2.
    kl : ndarray, shape (m, latents)
        KL to the prior, in nats.
    """

    mode: Array
    mean: Array
    variance: Array
    kl: Array


@dataclass(frozen=True)
class Network:
    """One trained autoencoder.

    Parameters
    ----------
    shapes : Shapes
    parameters : ndarray, shape (parameters,)
    mask : ndarray, shape (latents,)
        1 for the latents that it has.
    mean, scale : ndarray, shape (features,)
        Features x go in as (x - mean)/scale.
    """

    shapes: Shapes
    parameters: Array
    mask: Array
    mean: Array
    scale: Array

    @cached_property
    def _layers(self) -> Layers:
        layers, first = [], 0
        values = np.asarray(self.parameters, np.float64)
        for inputs, outputs in self.shapes.layers():
            size = inputs * outputs
            weight = values[first : first + size].reshape(inputs, outputs)
            layers.append((weight, values[first + size : first + size + outputs]))
            first += size + outputs
        return layers

    @property
    def _encoder(self) -> Layers:
        return self._layers[: self.shapes.encoder_layers]

    @property
    def _decoder(self) -> Layers:
        return self._layers[self.shapes.encoder_layers :]

    def standard(self, x: Array) -> Array:
        """Features as the network takes them."""
        return (np.asarray(x, np.float64) - self.mean) / self.scale

    def posterior(self, x: Array) -> Posterior:
        """The posterior of samples in their own units. Shape of x: (m, features)."""
        heads = _dense(self.standard(x), self._encoder)
        layout = self.shapes.layout
        modes, means, variances, kls = [], [], [], []
        first, real_mask = 0, self.mask
        if layout.curved:
            raw = heads[:, : layout.direction]
            unit = _unit(raw)
            spread = np.clip(heads[:, layout.direction], *LOG_SPREAD)
            length = resultant(layout.curved, spread)
            modes.append(unit)
            means.append(unit * length[:, None])
            variances.append(1.0 - length[:, None] ** 2)
            kl = kl_wrapped(spread) if layout.curved == 1 else kl_fisher(spread)
            kls.append(kl[:, None])
            first, real_mask = layout.direction + 1, self.mask[1:]
        mu = heads[:, first : first + layout.real]
        log_variance = np.clip(heads[:, first + layout.real :], *LOG_VARIANCE)
        modes.append(mu * real_mask)
        means.append(mu * real_mask)
        # A latent that a network does not have is as one that is not used: its prior.
        variances.append(np.where(real_mask > 0, np.exp(log_variance), 1.0))
        kls.append(kl_normal(mu, log_variance) * real_mask)
        return Posterior(
            *(np.concatenate(parts, axis=1) for parts in (modes, means, variances, kls))
        )

    def decode(self, code: Array) -> Array:
        """Reconstructions in standardised features, of codes of shape (m, codes)."""
        return _dense(code, self._decoder)

    def reconstruct(self, x: Array) -> Array:
        """Samples, their own units, decoded from the middle of their posterior."""
        return self.decode(self.posterior(x).mode) * self.scale + self.mean

    def sensitivity(self, code: Array) -> Array:
        """Squared length of the decoder's derivative by every latent. Shape (m, latents).

        Of a curved latent, along an orthonormal frame of its tangent space: an angle's is the
        derivative by the angle in radians. Exact: tangents go through the ReLUs that are open.
        """
        layout = self.shapes.layout
        found = np.zeros((len(code), layout.latents))
        first = 1 if layout.curved else 0
        open_units = self._open(code)
        for number in range(layout.curved):
            tangent = np.zeros_like(code)
            tangent[:, : layout.direction] = frame(code[:, : layout.direction])[number]
            found[:, 0] += np.sum(self._moved(open_units, tangent) ** 2, axis=1)
        for column in range(layout.direction, layout.codes):
            latent = first + column - layout.direction
            if self.mask[latent] > 0:
                tangent = np.zeros_like(code)
                tangent[:, column] = 1.0
                found[:, latent] = np.sum(self._moved(open_units, tangent) ** 2, axis=1)
        return found

    def _open(self, code: Array) -> list[Array]:
        """1 where a ReLU of the decoder lets its input through, for every hidden layer."""
        found = []
        for weight, offset in self._decoder[:-1]:
            code = code @ weight + offset
            found.append((code > 0).astype(np.float64))
            code = np.maximum(code, 0.0)
        return found

    def _moved(self, open_units: Sequence[Array], tangent: Array) -> Array:
        """Derivative of the decoder along tangents. Shape (m, features)."""
        for (weight, _), passes in zip(self._decoder[:-1], open_units, strict=True):
            tangent = tangent @ weight
            tangent *= passes
        found: Array = tangent @ self._decoder[-1][0]
        return found


def _unit(raw: Array) -> Array:
    """Vectors at length 1; where they have none (an encoder whose units are shut), the axis."""
    square = np.sum(raw**2, axis=1, keepdims=True)
    axis = np.zeros(raw.shape[1])
    axis[-1] = 1.0
    return np.where(square > 0, raw / np.sqrt(square + 1e-12), axis)


def frame(unit: Array) -> Sequence[Array]:
    """Orthonormal tangents to the circle or sphere at unit vectors: one, or two."""
    if unit.shape[1] == 2:
        return [np.stack([-unit[:, 1], unit[:, 0]], axis=1)]
    axis = np.zeros_like(unit)
    axis[np.arange(len(unit)), np.argmin(np.abs(unit), axis=1)] = 1.0
    one = np.cross(unit, axis)
    one /= np.linalg.norm(one, axis=1, keepdims=True)
    return [one, np.cross(unit, one)]


def _dense(x: Array, layers: Layers) -> Array:
    for index, (weight, offset) in enumerate(layers):
        x = x @ weight + offset
        if index < len(layers) - 1:
            x = np.maximum(x, 0.0)
    return x
