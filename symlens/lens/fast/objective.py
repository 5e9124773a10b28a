r"""The one objective by which starts are compared and refined.

With white samples :math:`x_w`, canonical samples :math:`y = x_w Q^T`, energies
:math:`u = \log\cosh y` and the covariance :math:`K = Q C Q^T` of the canonical representation,

.. math:: J = w_g g + w_1 \log(1 + s_1) + w_2 s_2 - w_a a + w_d d

with the departures s of `symlens.lens.fast.departures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.departures import Energies, alignment, fourth_order, locality, second_order
from symlens.lens.fast.stationarity import separation, stationary_average
from symlens.lens.fast.whitening import Samples, Whitened

Array = NDArray[np.float64]

TERMS = ("locality", "stationarity_2", "stationarity_4", "alignment", "dispersion")
SELECTING = (0.1, 3.0, 10.0, 0.02, 0.02)
"""Weights (g, s1, s2, a, d) that compare starts: stationarity decides, the rest breaks ties."""
FINISHING = (1.0, 1.0, 3.0, 0.02, 0.02)
"""Weights of the last refinement, where locality sharpens the filters."""


def dispersion(covariance: Array, distance: Array) -> tuple[float, Array]:
    r"""Distance over which energies go together, :math:`d`, and its gradient by their covariance.

    :math:`\sum_{ij} \max(C_{u,ij}, 0) |i-j| / (n \langle C_{u,jj} \rangle)`, distances scaled to
    at most 1. It tells G from its powers.
    """
    trace = float(np.trace(covariance))
    together = float(np.sum(np.maximum(covariance, 0.0) * distance))
    slope = (covariance > 0) * distance / trace - together / trace**2 * np.eye(len(covariance))
    return together / trace, slope


@dataclass(frozen=True)
class LensObjective:
    """J on given samples, as `rotations.minimise` takes it.

    Parameters
    ----------
    white : Whitened
        Gives covariance and precision.
    samples : ndarray of float32, shape (n_samples, n)
        White samples that the expectation runs over.
    cyclic : bool
    weights : tuple of five floats
    """

    white: Whitened
    samples: Samples
    cyclic: bool
    weights: tuple[float, ...]

    def __call__(self, filters: Array) -> tuple[float, Array]:
        """Value of J and its Euclidean gradient at Q. Shapes (n, n) -> (), (n, n)."""
        local, second, fourth, aligned, dispersed = self.weights
        energies = Energies.of(self.samples, filters)
        s1, by_second = self._second_order(filters)
        s2, by_covariance, by_means = self._fourth_order(energies)
        a, by_alignment = self._alignment(filters)
        d, by_dispersion = self._dispersion(energies)
        slope = energies.slope(
            fourth * by_covariance + dispersed * by_dispersion,
            fourth * by_means + local / len(filters),
        )
        slope += second / (1 + s1) * by_second - aligned * by_alignment
        return self._weighted((locality(energies.means), s1, s2, a, d)), slope

    def terms(self, filters: Array) -> dict[str, float]:
        """The terms of J by name, with J itself as ``loss``."""
        energies = Energies.of(self.samples, filters)
        values = (
            locality(energies.means),
            self._second_order(filters)[0],
            self._fourth_order(energies)[0],
            self._alignment(filters)[0],
            self._dispersion(energies)[0],
        )
        return {"loss": self._weighted(values)} | dict(zip(TERMS, values, strict=True))

    def _weighted(self, values: tuple[float, float, float, float, float]) -> float:
        local, second, fourth, aligned, dispersed = values
        flexible = (local, np.log1p(max(second, 0.0)), fourth, -aligned, dispersed)
        return float(np.dot(self.weights, flexible))

    @cached_property
    def _neighbours(self) -> Array:
        near = separation(self.white.n_features, cyclic=self.cyclic) == 1
        return np.asarray(near / max(near.sum(), 1))

    @cached_property
    def _distance(self) -> Array:
        distance = separation(self.white.n_features, cyclic=self.cyclic)
        return np.asarray(distance / max(distance.max(), 1))

    def _average(self, matrix: Array) -> Array:
        return stationary_average(matrix, cyclic=self.cyclic)

    def _second_order(self, filters: Array) -> tuple[float, Array]:
        return second_order(filters, self.white.covariance, self.white.precision, self._average)

    def _fourth_order(self, energies: Energies) -> tuple[float, Array, Array]:
        return fourth_order(energies.covariance, energies.means, self._average)

    def _alignment(self, filters: Array) -> tuple[float, Array]:
        return alignment(filters, self.white.covariance, self._neighbours)

    def _dispersion(self, energies: Energies) -> tuple[float, Array]:
        return dispersion(energies.covariance, self._distance)
