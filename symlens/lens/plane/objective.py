r"""The objective on samples by which answers are compared: is everything the same everywhere?

That of the lens (`symlens.lens.fast.objective`) on a grid, with white samples :math:`x_w`,
canonical samples :math:`y = x_w Q^T` and energies :math:`u = \log\cosh y`:

.. math:: J = w_g g + w_1 \log(1 + s_1) + w_2 s_2 - w_a a
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.departures import Energies, fourth_order, locality
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
        energies = Energies.of(self.samples, filters)
        fourth, _, _ = self._fourth_order(energies)
        second, aligned, _, _ = self.departure(filters)
        values = (locality(energies.means), second, fourth, aligned)
        return {"loss": _weighted(values)} | dict(zip(TERMS, values, strict=True))

    def __call__(self, filters: Array) -> tuple[float, Array]:
        """Value of J and its Euclidean gradient at Q. Shapes (n, n) -> (), (n, n)."""
        energies = Energies.of(self.samples, filters)
        fourth, by_energies, by_means = self._fourth_order(energies)
        second, aligned, by_covariance, rise = self.departure(filters)
        each = WEIGHTS[0] / len(filters) + WEIGHTS[2] * by_means
        slope = energies.slope(WEIGHTS[2] * by_energies, each)
        slope += WEIGHTS[1] / (1 + second) * by_covariance - WEIGHTS[3] * rise
        return _weighted((locality(energies.means), second, fourth, aligned)), slope

    def _fourth_order(self, energies: Energies) -> tuple[float, Array, Array]:
        return fourth_order(energies.covariance, energies.means, self.grid.stationary_average)


def _weighted(values: tuple[float, float, float, float]) -> float:
    local, second, fourth, aligned = values
    flexible = (local, float(np.log1p(max(second, 0.0))), fourth, -aligned)
    return float(np.dot(WEIGHTS, flexible))
