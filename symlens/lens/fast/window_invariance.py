r"""How far covariance and cumulants are from those of a stationary window, at given filters.

Pixels of a window of a stationary process have cumulants that depend on the differences of their
positions only. The second cumulants alone leave many answers (frequencies with a wrong sign, or
exchanged); the third and fourth tell them apart. All data enter through fixed tensors, so that an
evaluation costs ``10 n^5`` operations and no pass over the samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cumulants import Cumulants, Tensor, turn
from symlens.lens.fast.differences import Differences
from symlens.lens.fast.rotations import Objective
from symlens.lens.fast.whitening import Whitened
from symlens.lens.fast.window import stationarity

Array = NDArray[np.float64]

WEIGHTS = (30.0, 3.0, 0.5)
"""Of the cumulants' departure, one descent each: cumulants lead, since by the covariance alone
there are many wrong answers; the covariance, which is known better, has the last word. Answers
are compared by the middle one. Our choice."""
BORDER = 1
"""Pixels at either end whose cumulants are not looked at: whitening knows one of their
neighbours only, which is most of what it changes at the borders."""


@dataclass(frozen=True)
class WindowInvariance:
    r"""Misfit of a stationary model of the window, as a function of the filters Q.

    .. math:: J(Q) = \log(1 + s_1) - a + w D, \quad D = \frac
       {\tfrac{1}{3!} \|\kappa_3 - \bar\kappa_3\|^2 + \tfrac{1}{4!} \|\kappa_4 - \bar\kappa_4\|^2}
       {\tfrac{1}{3!} \|\kappa_3\|^2 + \tfrac{1}{4!} \|\kappa_4\|^2}

    The first two terms are those of `window.stationarity`; :math:`\kappa` are the cumulants of
    white samples at the inner pixels and :math:`\bar\kappa` their projections on stationary
    tensors.

    Parameters
    ----------
    white : Whitened
        Its covariance enters.
    cumulants : Cumulants
        Real, in the coordinates of ``white.modes``.

    Notes
    -----
    Samples are stationary, white samples only far from the borders. Without the outermost pixels
    D at the true filters of rows of photographs came down from 0.041 to 0.022, most of which is
    sampling noise; one wrong sign or two exchanged frequencies add 0.002 to 0.02.
    """

    white: Whitened
    cumulants: Cumulants

    @cached_property
    def _parts(self) -> list[tuple[Tensor, Differences, float]]:
        """Tensors, the classes of their inner entries and their weights."""
        inner = self.white.n_features - 2 * self.border
        tensors = ((self.cumulants.third, 6), (self.cumulants.fourth, 24))
        return [
            (tensor, Differences.of(inner, tensor.ndim), 1 / permutations)
            for tensor, permutations in tensors
        ]

    @cached_property
    def _gaussian(self) -> Objective:
        return stationarity(self.white)

    @property
    def border(self) -> int:
        """Pixels at either end that are left out; none of fewer than five."""
        return BORDER if self.white.n_features > 4 * BORDER else 0

    def departure(self, filters: Array) -> float:
        """D: the share, 0 to 1, of the cumulants' power that is not stationary."""
        left, power = self.powers(filters)
        return left / max(power, np.finfo(float).tiny)

    def powers(self, filters: Array) -> tuple[float, float]:
        """Power of the cumulants that is not stationary, and all of it."""
        rows, kept, power = self._inner(filters), 0.0, 0.0
        for tensor, differences, weight in self._parts:
            turned = turn(tensor, rows)
            power += weight * float(np.vdot(turned, turned))
            kept += weight * differences.stationary_power(turned)
        return power - kept, power

    def weighted(self, weight: float) -> Objective:
        """J with a weight w, as `rotations.minimise` takes it."""

        def objective(filters: Array) -> tuple[float, Array]:
            value, gradient = self._gaussian(filters)
            departure, slope = self._departure(filters)
            return value + weight * departure, gradient + weight * slope

        return objective

    def value(self, filters: Array) -> float:
        """J by which answers are compared."""
        return self._gaussian(filters)[0] + WEIGHTS[1] * self.departure(filters)

    def _departure(self, filters: Array) -> tuple[float, Array]:
        """D and its Euclidean gradient at orthogonal filters."""
        rows, left, power, turns = self._inner(filters), 0.0, 0.0, []
        for tensor, differences, weight in self._parts:
            partly = turn(tensor, rows, tensor.ndim - 1)
            turned = turn(partly, rows, 1)
            excess = turned - differences.project(turned)
            power += weight * float(np.vdot(turned, turned))
            left += weight * float(np.vdot(excess, excess))
            turns.append((partly, turned, excess, 2 * tensor.ndim * weight))
        power = max(power, np.finfo(float).tiny)
        departure = left / power
        slope = np.zeros_like(rows)
        for partly, turned, excess, weight in turns:
            # Each of the d indices turns alike, and the projection is orthogonal.
            together = (excess - departure * turned).reshape(len(rows), -1)
            slope += weight / power * (together @ partly.reshape(rows.shape[1], -1).T)
        gradient = np.zeros_like(filters)
        gradient[self.border : len(filters) - self.border] = slope @ self.white.modes.T
        return departure, gradient

    def _inner(self, filters: Array) -> Array:
        """Filters of the inner pixels, in coordinates of the modes."""
        rows: Array = filters[self.border : len(filters) - self.border] @ self.white.modes
        return rows
