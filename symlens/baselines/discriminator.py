"""The opponent of the games: a small network that tells real samples from moved ones."""

from __future__ import annotations

from dataclasses import dataclass

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
        for entering, leaving in zip(sizes, sizes[1:], strict=False):
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

    def gradients(self, way: Pass, upstream: Array) -> tuple[list[Array], Array]:
        """Gradients of a function of the logits.

        Parameters
        ----------
        way : Pass
        upstream : ndarray, shape (samples,)
            Derivative by the logits.

        Returns
        -------
        by_parameters : list of ndarray
            In the order and shapes of ``parameters``.
        by_samples : ndarray, shape (samples, n)
        """
        back = upstream[:, None]
        by_parameters: list[Array] = []
        for layer in (2, 1, 0):
            entered = way.inputs[layer]
            by_parameters = [entered.T @ back, back.sum(axis=0), *by_parameters]
            back = back @ self.parameters[2 * layer].T
            if layer:
                back = back * (entered > 0)
        return by_parameters, back


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
