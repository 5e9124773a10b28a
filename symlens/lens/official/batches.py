"""Batches and filter noise as pure functions of seed and step: there is no shuffle state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def statistics(x: NDArray[np.float32]) -> tuple[float, float]:
    """Mean and standard deviation of all entries, in the units of the data."""
    return float(x.mean(dtype=np.float64)), float(x.std(dtype=np.float64))


@dataclass(frozen=True)
class Batches:
    """Normalised batches of a sample.

    Parameters
    ----------
    x : ndarray, shape (n_samples, n)
    size : int
        Samples in a batch.
    statistics : tuple of float
        Mean and scale of the normalisation.
    seed : int
    """

    x: NDArray[np.float32]
    size: int
    statistics: tuple[float, float]
    seed: int

    def at(self, step: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Batch (size, n) without repetitions, and standard normal noise (n,), of a step."""
        generator = np.random.default_rng([self.seed, step])
        rows = generator.choice(len(self.x), self.size, replace=False)
        mean, scale = self.statistics
        batch = (self.x[rows] - np.float32(mean)) / np.float32(scale)
        noise = generator.standard_normal(self.x.shape[1:], dtype=np.float32)
        return batch.astype(np.float32, copy=False), noise
