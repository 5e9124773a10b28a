"""Controls: samples without a symmetry, and samples that every rotation leaves alike.

Without a symmetry means: no orthogonal matrix whose powers move n canonical pixels leaves the law
of the samples as it is. It would have to leave the covariance alone and, after whitening, the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import kve

from symlens.config.lens_controls import ClustersData, EllipticalData, FactorsData
from symlens.groups import random_orthogonal

Array = NDArray[np.float32]
Matrix = NDArray[np.float64]

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


TAPS = 5
"""Length of the filters that change along the pixels (our choice)."""


def mixing_matrix(cfg: FactorsData, rng: np.random.Generator) -> Matrix:
    r"""Matrix A of the samples x = z A of sources z. Shape (sources, n).

    scales: diagonal, in even steps of the logarithm from 1/2 to 2, in random order. dense: normal
    numbers of variance 1/sources. filter: :math:`x_j = \sum_k h_k(j / n) z_{j + k}`, the five taps
    being polynomials of second degree with normal coefficients; as many sources as the taps reach.
    """
    n = cfg.n
    count = n if cfg.sources is None else cfg.sources
    if cfg.mixing == "scales":
        return np.diag(rng.permutation(np.geomspace(0.5, 2.0, n)))
    if cfg.mixing == "dense":
        return np.asarray(rng.standard_normal((count, n)) / np.sqrt(count))
    place = np.linspace(-1.0, 1.0, n)
    taps = rng.standard_normal((TAPS, 3)) @ np.stack([np.ones(n), place, place**2])
    matrix = np.zeros((n + TAPS - 1, n))
    pixel = np.arange(n)
    for k in range(TAPS):
        matrix[pixel + k, pixel] = taps[k]
    return matrix


class Factors:
    """Linear mixtures x = z A of independent sources of mean zero.

    Parameters
    ----------
    cfg : FactorsData
    rng : numpy.random.Generator
        Of the laws and the mixture.
    """

    def __init__(self, cfg: FactorsData, rng: np.random.Generator) -> None:
        matrix = mixing_matrix(cfg, rng)
        self._count = len(matrix)
        self._sources = (
            None if cfg.alike else Independent(spread_laws(self._count, (1.0, 1.0), rng))
        )
        self._matrix = matrix.astype(np.float32)

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        if self._sources is None:
            z = rng.standard_exponential((count, self._count), dtype=np.float32) - np.float32(1)
        else:
            z = self._sources.draw(rng, count)
        return np.asarray(z @ self._matrix, dtype=np.float32)


class Clusters:
    """Normal clusters around normal centres, with uniform random weights that sum to one.

    Parameters
    ----------
    cfg : ClustersData
    rng : numpy.random.Generator
        Of centres and weights.
    """

    def __init__(self, cfg: ClustersData, rng: np.random.Generator) -> None:
        self._centres = rng.standard_normal((cfg.clusters, cfg.n), dtype=np.float32)
        self._weights = rng.dirichlet(np.ones(cfg.clusters))
        self._width = np.float32(cfg.width)

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        cluster = rng.choice(len(self._weights), size=count, p=self._weights)
        spread = rng.standard_normal((count, self._centres.shape[1]), dtype=np.float32)
        return np.asarray(self._centres[cluster] + self._width * spread, dtype=np.float32)


class Elliptical:
    r"""Elliptical samples :math:`x = r g C^{1/2}`, g standard normal.

    ``r = 1``, or :math:`r = \sqrt{\nu / \chi^2_\nu}` for a t law of :math:`\nu` degrees of freedom.
    C has eigenvalues :math:`k^{-\text{decay}}` and random modes.

    Parameters
    ----------
    cfg : EllipticalData
    rng : numpy.random.Generator
        Of the modes.
    """

    def __init__(self, cfg: EllipticalData, rng: np.random.Generator) -> None:
        powers = np.arange(1.0, cfg.n + 1) ** -cfg.decay
        self._root = (np.sqrt(powers)[:, None] * random_orthogonal(cfg.n, rng)).astype(np.float32)
        self._freedom = cfg.freedom

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        x: Array = rng.standard_normal((count, len(self._root)), dtype=np.float32) @ self._root
        if self._freedom is not None:
            radius = np.sqrt(self._freedom / rng.chisquare(self._freedom, size=(count, 1)))
            x *= radius.astype(np.float32)
        return x
