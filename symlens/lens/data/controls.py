"""Controls: samples without a symmetry, and samples that every rotation leaves alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import kve

Array = NDArray[np.float32]

# Root of x^4 = x + 1: its powers give the most even additive sequence in three dimensions.
_EVEN = 1.2207440846057596


def _moment(q: float) -> float:
    r""":math:`P_q = e^{1/4} (8 \pi)^{-1/2} [K_{(q+1)/2}(1/4) + K_{(q-1)/2}(1/4)]`."""
    # kve is the Bessel function times e^{1/4}.
    return float((kve((q + 1) / 2, 0.25) + kve((q - 1) / 2, 0.25)) / np.sqrt(8 * np.pi))


def sinh_arcsinh_moments(skewness: float, tail: float) -> tuple[float, float]:
    r"""Mean and standard deviation of :math:`\sinh((\sinh^{-1} Z + \epsilon) / \delta)`.

    :math:`E X = \sinh(\epsilon / \delta) P_{1/\delta}`,
    :math:`E X^2 = [\cosh(2 \epsilon / \delta) P_{2/\delta} - 1] / 2`.

    Notes
    -----
    Jones and Pewsey, Sinh-arcsinh distributions, Biometrika 96 (2009).
    """
    mean = np.sinh(skewness / tail) * _moment(1 / tail)
    square = (np.cosh(2 * skewness / tail) * _moment(2 / tail) - 1) / 2
    return float(mean), float(np.sqrt(square - mean**2))


@dataclass(frozen=True)
class Laws:
    r"""Distributions of n independent sources of mean zero: two kinds in turn.

    The sources 0, 2, ... are two-peaked, :math:`\sqrt{1 - w^2} B_p + w Z` with :math:`B_p` a
    standardised coin of probability p and Z normal; the others are standardised
    :math:`\sinh((\sinh^{-1} Z + \epsilon) / \delta)`.

    Parameters
    ----------
    scale : ndarray, shape (n,)
        Standard deviations, in units of the data.
    probability, width : ndarray, shape ((n + 1) // 2,)
        p and w of the two-peaked sources.
    skewness, tail : ndarray, shape (n // 2,)
        epsilon and delta of the others.
    """

    scale: NDArray[np.float64]
    probability: NDArray[np.float64]
    width: NDArray[np.float64]
    skewness: NDArray[np.float64]
    tail: NDArray[np.float64]


def spread_laws(n: int, scale: tuple[float, float], rng: np.random.Generator) -> Laws:
    """Draw n laws spread evenly over two families of shapes, so that no two are alike.

    Independent sources of the same law would be stationary in any order, and sources whose laws
    can be ordered along a line nearly so, from neighbour to neighbour. Here the laws of either
    family fill a three-dimensional box (two parameters of shape, scale) by an additive sequence
    with a random start. None is normal, so that by the uniqueness of independent components no
    rotation makes them stationary. The ranges are our choice.

    Parameters
    ----------
    n : int
    scale : (float, float)
        Range of the standard deviations, in units of the data, evenly filled in the logarithm.
    rng : numpy.random.Generator
    """
    steps = _EVEN ** -np.arange(1, 4)
    first, second, third = ((rng.random(3) + np.arange(n)[:, None] * steps) % 1).T
    signed = 2 * first[1::2] - 1
    low, high = np.log(scale)
    return Laws(
        scale=np.exp(low + third * (high - low)),
        # The other half of the probabilities would be the mirror images of these.
        probability=0.08 + 0.42 * first[::2],
        width=0.1 + 0.5 * second[::2],
        skewness=np.where(signed < 0, -1, 1) * (0.3 + 1.2 * np.abs(signed)),
        tail=np.exp(np.log(0.5) + second[1::2] * np.log(3 / 0.5)),
    )


class Independent:
    """Independent sources, each of its own law, of mean zero.

    Parameters
    ----------
    laws : Laws
    """

    def __init__(self, laws: Laws) -> None:
        moments = [sinh_arcsinh_moments(*law) for law in zip(laws.skewness, laws.tail, strict=True)]
        mean, deviation = np.array(moments).T
        coin = np.sqrt(laws.probability * (1 - laws.probability))
        jump = np.sqrt(1 - laws.width**2) / coin
        self._scale = laws.scale.astype(np.float32)
        self._probability = laws.probability.astype(np.float32)
        self._width = laws.width.astype(np.float32)
        self._jump = jump.astype(np.float32)
        self._below = (jump * laws.probability).astype(np.float32)
        self._skewness = laws.skewness.astype(np.float32)
        self._tail = laws.tail.astype(np.float32)
        self._mean = mean.astype(np.float32)
        self._deviation = deviation.astype(np.float32)

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        x: Array = rng.standard_normal((count, self._scale.size), dtype=np.float32)
        coins = rng.random((count, self._probability.size), dtype=np.float32) < self._probability
        x[:, ::2] = coins * self._jump - self._below + x[:, ::2] * self._width
        smooth = np.sinh((np.arcsinh(x[:, 1::2]) + self._skewness) / self._tail)
        x[:, 1::2] = (smooth - self._mean) / self._deviation
        x *= self._scale
        return x


class WhiteNoise:
    """Independent standard normal features.

    Parameters
    ----------
    n : int
        Number of features.
    """

    def __init__(self, n: int) -> None:
        self._n = n

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        x: Array = rng.standard_normal((count, self._n), dtype=np.float32)
        return x
