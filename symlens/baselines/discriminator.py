"""The opponent of the games: a small network that tells real samples from moved ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pass:
    """A forward pass: logits and what their gradients need.

    Parameters
    ----------
    inputs : list of ndarray
        What entered each layer: shapes (samples, n), (samples, h), (samples, h).
    logits : ndarray, shape (samples,)
    """

    inputs: list[Array]
    logits: Array


class Discriminator:
    """Two hidden layers of rectified units and one logit, positive for "real".

    The architecture of SymmetryGAN's comparison in the SymmetryLens code (25-25-1), with Glorot's
    uniform start and zero biases.

    Parameters
    ----------
    n : int
        Features of a sample.
    hidden : int
        Units of a hidden layer.
    rng : numpy.random.Generator
    """

    def __init__(self, n: int, hidden: int, rng: np.random.Generator) -> None:
        sizes = (n, hidden, hidden, 1)
        self.parameters: list[Array] = []
        for entering, leaving in pairwise(sizes):
            bound = np.sqrt(6 / (entering + leaving))
            self.parameters += [
                rng.uniform(-bound, bound, (entering, leaving)),
                np.zeros(leaving),
            ]

    def __call__(self, x: Array) -> Pass:
        """Judge samples of shape (samples, n)."""
        inputs = [x]
        for layer in (0, 2):
            weights, bias = self.parameters[layer : layer + 2]
            inputs.append(np.maximum(inputs[-1] @ weights + bias, 0.0))
        logits = inputs[-1] @ self.parameters[4] + self.parameters[5]
        return Pass(inputs, logits[:, 0])

    def gradients(self, way: Pass, upstream: Array) -> list[Array]:
        """Gradients, by the parameters, of a function of the logits.

        Parameters
        ----------
        way : Pass
        upstream : ndarray, shape (samples,)
            Derivative by the logits.

        Returns
        -------
        list of ndarray
            In the order and shapes of ``parameters``.
        """
        found: list[Array] = []
        for layer, back in self._backwards(way, upstream):
            found = [way.inputs[layer].T @ back, back.sum(axis=0), *found]
        return found

    def slope(self, way: Pass, upstream: Array) -> Array:
        """Gradient, by the samples, of a function of the logits; shapes as for `gradients`."""
        for _, back in self._backwards(way, upstream):
            entered = back
        slope: Array = entered @ self.parameters[0].T
        return slope

    def _backwards(self, way: Pass, upstream: Array) -> Iterator[tuple[int, Array]]:
        """The layers from the last to the first, with the derivative by what each gives out."""
        back = upstream[:, None]
        for layer in (2, 1):
            yield layer, back
            back = (back @ self.parameters[2 * layer].T) * (way.inputs[layer] > 0)
        yield 0, back


def surprise(logits: Array) -> tuple[float, Array]:
    r"""Mean :math:`-\log \mathrm{sigmoid}(\ell)` in nats and its derivative by the logits.

    Of logits: the surprise at "real"; of their negatives: at "moved".

    Returns
    -------
    value : float
    derivative : ndarray, shape (samples,)
    """
    value = float(np.mean(np.logaddexp(0.0, -logits)))
    derivative: Array = -1 / (1 + np.exp(np.clip(logits, -500, 500))) / len(logits)
    return value, derivative
