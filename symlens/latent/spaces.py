"""What a latent is: a number, an angle or a direction, and where it stands in arrays.

The first latent of a `circular` (`spherical`) posterior lives on the circle S^1 (sphere S^2); all
others, and all of `gaussian` and `linear`, are real numbers. The decoder sees the *code*: a real
latent as it is, an angle as the unit vector (cos, sin), a direction as a unit vector of space.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

CURVED: Final = {"gaussian": 0, "linear": 0, "circular": 1, "spherical": 2}
"""Method -> dimension of its curved latent; 0: it has none."""

LOG_VARIANCE: Final = (-12.0, 6.0)
"""Clamp of log s^2 of a real latent."""

LOG_SPREAD: Final = (-12.0, 3.0)
"""Clamp of log sigma^2 of an angle and of log 1/kappa of a direction: beyond it all is uniform."""


@dataclass(frozen=True)
class Layout:
    """Columns of encoder heads, noise and codes.

    Parameters
    ----------
    curved : {0, 1, 2}
        Dimension of the sphere that the first latent lives on; 0: it is real as the others.
    latents : int
        Latents in all, the curved one included.
    """

    curved: int
    latents: int

    @classmethod
    def of(cls, method: str, latents: int) -> Layout:
        """The layout of a method."""
        return cls(CURVED[method], latents)

    @property
    def direction(self) -> int:
        """Numbers in the unit vector of the curved latent: 0, 2 or 3."""
        return self.curved + 1 if self.curved else 0

    @property
    def real(self) -> int:
        """Real latents."""
        return self.latents - (1 if self.curved else 0)

    @property
    def heads(self) -> int:
        """Encoder outputs: vector and log spread of the curved latent, mu and log s^2 of others."""
        return self.direction + (1 if self.curved else 0) + 2 * self.real

    @property
    def noise(self) -> int:
        """Random numbers that a sample's latents take: an angle 1, a direction 2, a real one 1."""
        return self.curved + self.real

    @property
    def codes(self) -> int:
        """Numbers that the decoder sees."""
        return self.direction + self.real

    def owner(self) -> NDArray[np.int64]:
        """Number of the latent that each column of the code belongs to. Shape (codes,)."""
        first = 1 if self.curved else 0
        return np.concatenate(
            [np.zeros(self.direction, np.int64), first + np.arange(self.real, dtype=np.int64)]
        )

    def dimensions(self) -> NDArray[np.int64]:
        """Dimension of every latent: 1, and 2 for a direction. Shape (latents,)."""
        found = np.ones(self.latents, np.int64)
        if self.curved:
            found[0] = self.curved
        return found

    def draw(self, rng: np.random.Generator, *shape: int) -> NDArray[np.float32]:
        """Noise of the posterior: normal numbers, for a direction two uniform ones first."""
        found = rng.standard_normal((*shape, self.noise), dtype=np.float32)
        if self.curved == 2:
            found[..., :2] = rng.random((*shape, 2), dtype=np.float32)
        return found


@dataclass(frozen=True)
class Shapes:
    """Sizes of the dense layers of encoder and decoder, and where they stand in one vector.

    Parameters
    ----------
    features : int
    hidden : tuple of int
        Widths of the encoder's hidden layers; the decoder has them in reverse.
    layout : Layout
    """

    features: int
    hidden: tuple[int, ...]
    layout: Layout

    def widths(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Numbers between the layers of the encoder and of the decoder, ends included."""
        encoder = (self.features, *self.hidden, self.layout.heads)
        decoder = (self.layout.codes, *self.hidden[::-1], self.features)
        return encoder, decoder

    def layers(self) -> list[tuple[int, int]]:
        """Inputs and outputs of every dense layer, encoder first."""
        return [pair for widths in self.widths() for pair in pairwise(widths)]

    @property
    def encoder_layers(self) -> int:
        """How many of the layers are the encoder's."""
        return len(self.hidden) + 1

    @property
    def parameters(self) -> int:
        """Weights and offsets in all."""
        return sum(inputs * outputs + outputs for inputs, outputs in self.layers())

    def initial(self, rng: np.random.Generator, nets: int) -> NDArray[np.float32]:
        """Random weights of several networks, offsets 0. Shape (nets, parameters).

        He's scale sqrt(2/inputs) before a ReLU, sqrt(1/inputs) before an output.
        """
        parts = []
        for index, (inputs, outputs) in enumerate(self.layers()):
            last = index in {self.encoder_layers - 1, len(self.layers()) - 1}
            scale = np.sqrt((1.0 if last else 2.0) / inputs)
            parts.append(scale * rng.standard_normal((nets, inputs * outputs)))
            parts.append(np.zeros((nets, outputs)))
        return np.concatenate(parts, axis=1).astype(np.float32)
