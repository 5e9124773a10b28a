"""Symmetric samples whose symmetry is taken away: what is left of them looks much the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from symlens.config.lens_samples import Broken

Array = NDArray[np.float32]

CALIBRATION_ROWS = 20_000
"""Samples that the modes of the covariance are found from (our choice)."""
PATCHES = (2, 5)
"""Fewest and most pixels of a patch (our choice); patches of one size would be a symmetry."""


class Source(Protocol):
    """Draws samples on the natural pixels."""

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""


def wave(place: NDArray[np.float64], n: int, phase: float) -> NDArray[np.float64]:
    r"""Profile along the pixels, :math:`w(j) = \cos(2 \pi j / n + \phi)`."""
    return np.asarray(np.cos(2 * np.pi * place / n + phase))


def narrowing(place: NDArray[np.float64], n: int, strength: float, phase: float) -> Array:
    r"""Factor of the scale of a signal at a place, :math:`1 - 0.45 s (1 + w)`."""
    return np.asarray(1 - 0.45 * strength * (1 + wave(place, n, phase)), dtype=np.float32)


def unequal_patches(n: int, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Cut n pixels into neighbouring patches of two to five pixels, not all of one size.

    A last patch may be a single pixel.
    """
    low, high = PATCHES
    while True:
        sizes = rng.integers(low, high + 1, size=n)
        ends = np.append(np.cumsum(sizes)[np.cumsum(sizes) < n], n)
        lengths = np.diff(ends, prepend=0)
        if np.unique(lengths).size > 1 or n <= low:
            return np.split(np.arange(n), ends[:-1])


class Uneven:
    """Samples whose pixel j is multiplied by ``1 + strength w(j)``."""

    def __init__(self, source: Source, n: int, strength: float, phase: float) -> None:
        self._source = source
        gain = 1 + strength * wave(np.arange(float(n)), n, phase)
        self._gain = gain.astype(np.float32)

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        return self._source.draw(rng, count) * self._gain


class Mixed:
    """Samples whose parts, orthogonal to each other, are taken from independent samples.

    Parameters
    ----------
    source : Source
    parts : sequence of ndarray, each of shape (n, size)
        Bases of the parts as columns; together an orthogonal matrix.
    strength : float
        Probability that a sample is mixed.
    """

    def __init__(
        self, source: Source, parts: Sequence[NDArray[np.floating]], strength: float
    ) -> None:
        self._source = source
        self._parts = [part.astype(np.float32) for part in parts]
        self._strength = strength

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        x = np.array(self._source.draw(rng, count))
        (chosen,) = np.nonzero(rng.random(count) < self._strength)
        mixed = np.zeros_like(x[chosen])
        for part in self._parts:
            mixed += x[rng.permutation(chosen)] @ (part @ part.T)
        x[chosen] = mixed
        return x


def break_symmetry(source: Source, broken: Broken, n: int, rng: np.random.Generator) -> Source:
    """Wrap a source of natural samples; kind ``width`` is up to the signals themselves.

    Parameters
    ----------
    source : Source
    broken : Broken
    n : int
    rng : numpy.random.Generator
        Of what is fixed while samples are drawn.
    """
    if broken.kind == "amplitude":
        return Uneven(source, n, broken.strength, rng.uniform(0, 2 * np.pi))
    if broken.kind == "patches":
        identity = np.eye(n)
        return Mixed(source, [identity[:, p] for p in unequal_patches(n, rng)], broken.strength)
    if broken.kind == "modes":
        x = source.draw(rng, CALIBRATION_ROWS)
        _, modes = np.linalg.eigh(np.cov(x, rowvar=False))
        return Mixed(source, [modes[:, k : k + 1] for k in range(n)], broken.strength)
    return source
