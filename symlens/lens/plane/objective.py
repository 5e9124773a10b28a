r"""The objective on samples by which answers are compared: is everything the same everywhere?

That of the lens (`symlens.lens.fast.objective`) on a grid, with white samples :math:`x_w`,
canonical samples :math:`y = x_w Q^T` and energies :math:`u = \log\cosh y`:

.. math:: J = w_g g + w_1 \log(1 + s_1) + w_2 s_2 - w_a a
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.whitening import Samples, Whitened
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.stationarity import Departure

Array = NDArray[np.float64]

TERMS = ("locality", "stationarity_2", "stationarity_4", "alignment")
WEIGHTS = (0.1, 3.0, 10.0, 0.02)
"""Weights (g, s1, s2, a): stationarity decides, the rest breaks ties."""


@dataclass(frozen=True)
class PlaneObjective:
    """J on given samples, as `rotations.minimise` takes it.

    Parameters
    ----------
    white : Whitened
        Gives covariance and precision.
    samples : ndarray of float32, shape (n_samples, n)
        White samples that the expectation runs over.
    grid : Grid
    """

    white: Whitened
    samples: Samples
    grid: Grid
    departure: Departure = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the departure of the covariance."""
        object.__setattr__(self, "departure", Departure(self.white, self.grid))

    def terms(self, filters: Array) -> dict[str, float]:
        """The terms of J by name, with J itself as ``loss``."""
        (local, fourth), _ = self._energies(filters)
        second, aligned, _, _ = self.departure(filters)
        values = (local, second, fourth, aligned)
        return {"loss": _weighted(values)} | dict(zip(TERMS, values, strict=True))

    def __call__(self, filters: Array) -> tuple[float, Array]:
        """Value of J and its Euclidean gradient at Q. Shapes (n, n) -> (), (n, n)."""
        (local, fourth), slope = self._energies(filters)
        second, aligned, by_covariance, rise = self.departure(filters)
        slope = slope + WEIGHTS[1] / (1 + second) * by_covariance - WEIGHTS[3] * rise
        return _weighted((local, second, fourth, aligned)), slope

    def _energies(self, filters: Array) -> tuple[tuple[float, float], Array]:
        r"""Locality g and fourth-order departure s2, and the gradient of their weighted sum.

        :math:`s_2 = \|C_u - \bar C_u\|^2/\|\bar C_u\|^2 + var_j(E u_j)/\langle E u_j\rangle_j^2`
        with the covariance :math:`C_u` of the energies u.
        """
        x, n = self.samples, self.grid.n
        canonical = x @ filters.T.astype(np.float32)
        size = np.abs(canonical)
        energy = size + np.log1p(np.exp(-2 * size)) - np.float32(np.log(2.0))
        means = energy.mean(axis=0, dtype=np.float64)
        centred = energy - means.astype(np.float32)
        covariance = (centred.T @ centred).astype(np.float64) / len(x)
        average = self.grid.stationary_average(covariance)
        excess = covariance - average
        power, rest = float(np.sum(average**2)), float(np.sum(excess**2))
        level, spread = float(means.mean()), float(means.var())
        departure = rest / power + spread / level**2

        by_covariance = 2 / power * (excess - rest / power * average)
        by_means = 2 / n * ((means - level) / level**2 - spread / level**3)
        each = WEIGHTS[0] / n + WEIGHTS[2] * by_means
        by_energy = 2 * WEIGHTS[2] * (centred @ by_covariance.astype(np.float32))
        by_energy += each.astype(np.float32)
        slope = (by_energy * np.tanh(canonical)).T @ x / len(x)
        return (level, departure), slope.astype(np.float64)


def _weighted(values: tuple[float, float, float, float]) -> float:
    local, second, fourth, aligned = values
    flexible = (local, float(np.log1p(max(second, 0.0))), fourth, -aligned)
    return float(np.dot(WEIGHTS, flexible))
