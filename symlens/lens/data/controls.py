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
    """Distributions of independent sources: skewness, tail weight and scale, shape (n,) each.

    Parameters
    ----------
    skewness : ndarray
        epsilon, between 0.3 and 1 in size: no source is symmetric.
    tail : ndarray
        delta, between 0.6 (heavy) and 3 (light).
    scale : ndarray
        Standard deviation, in units of the data.
    """

    skewness: NDArray[np.float64]
    tail: NDArray[np.float64]
    scale: NDArray[np.float64]


def spread_laws(n: int, scale: tuple[float, float], rng: np.random.Generator) -> Laws:
    """Draw n laws spread evenly over (skewness, tail, scale), so that no two are alike.

    Independent sources of the same law would be stationary in any order, and sources whose laws
    can be ordered along a line are so from neighbour to neighbour. Here the laws fill a
    three-dimensional box by an additive sequence with a random start. None is normal, so that by
    the uniqueness of independent components no rotation makes them stationary.

    Parameters
    ----------
    n : int
    scale : (float, float)
        Range of the standard deviations, in units of the data, evenly filled in the logarithm.
    rng : numpy.random.Generator
    """
    steps = _EVEN ** -np.arange(1, 4)
    first, second, third = ((rng.random(3) + np.arange(n)[:, None] * steps) % 1).T
    signed = 2 * first - 1
    low, high = np.log(scale)
    return Laws(
        skewness=np.where(signed < 0, -1, 1) * (0.3 + 0.7 * np.abs(signed)),
        tail=np.exp(np.log(0.6) + second * np.log(3 / 0.6)),
        scale=np.exp(low + third * (high - low)),
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
        self._skewness = laws.skewness.astype(np.float32)
        self._tail = laws.tail.astype(np.float32)
        self._gain = (laws.scale / deviation).astype(np.float32)
        self._offset = (mean * laws.scale / deviation).astype(np.float32)

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        x: Array = rng.standard_normal((count, self._tail.size), dtype=np.float32)
        np.arcsinh(x, out=x)
        x += self._skewness
        x /= self._tail
        np.sinh(x, out=x)
        x *= self._gain
        x -= self._offset
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
