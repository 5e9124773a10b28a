r"""The one objective by which starts are compared and refined, on the active Keras backend.

With white samples :math:`x_w`, canonical samples :math:`y = x_w Q^T`, energies
:math:`u = \log\cosh y` and the covariance :math:`K = Q C Q^T` of the canonical representation,

.. math:: J = w_g g + w_1 \log(1 + s_1) + w_2 s_2 - w_a a + w_d d.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from symlens.backend import driver, tensor, value_and_gradient
from symlens.lens.fast.stationarity import lag_indicator, separation
from symlens.lens.fast.whitening import Samples, Whitened

Array = NDArray[np.float64]
Tensor = Any

TERMS = ("locality", "stationarity_2", "stationarity_4", "alignment", "dispersion")
SELECTING = (0.1, 3.0, 10.0, 0.02, 0.02)
"""Weights (g, s1, s2, a, d) that compare starts: stationarity decides, the rest breaks ties."""
FINISHING = (1.0, 1.0, 3.0, 0.02, 0.02)
"""Weights of the last refinement, where locality sharpens the filters."""


def locality(energy: Tensor) -> Tensor:
    r"""Mean energy :math:`g = \langle E\,u_j \rangle_j`; smaller is sparser (Gaussian: 0.3746)."""
    return ops.mean(energy)


def second_order(covariance: Tensor, precision: Tensor, excess: Tensor) -> Tensor:
    r"""Departure from second-order stationarity, :math:`s_1 = tr[(K^{-1} E)^2] / n`.

    :math:`E = K - \bar K` is what the stationary average leaves; to second order this is four
    times the Kullback-Leibler divergence per pixel between the two Gaussians.
    """
    relative = ops.matmul(precision, excess)
    size = ops.cast(ops.shape(covariance)[0], covariance.dtype)
    return ops.sum(relative * ops.transpose(relative)) / size


def fourth_order(energies: Tensor, averaged: Tensor, means: Tensor) -> Tensor:
    r"""Departure of energies from stationarity, :math:`s_2`.

    :math:`\|C_u - \bar C_u\|^2/\|\bar C_u\|^2 + var_j(E u_j)/\langle E u_j\rangle_j^2` with the
    covariance :math:`C_u` of :math:`u`.
    """
    spread = ops.sum(ops.square(energies - averaged)) / ops.sum(ops.square(averaged))
    return spread + ops.var(means) / ops.square(ops.mean(means))


def alignment(covariance: Tensor, neighbours: Tensor) -> Tensor:
    """Mean covariance of neighbours over mean variance, ``a``."""
    return ops.sum(covariance * neighbours) / ops.mean(ops.diagonal(covariance))


def dispersion(energies: Tensor, distance: Tensor) -> Tensor:
    r"""Distance over which energies go together, :math:`d`: it tells G from its powers.

    :math:`\sum_{ij} \max(C_{u,ij}, 0) |i-j| / (n \langle C_{u,jj} \rangle)`, distances scaled to
    at most 1.
    """
    size = ops.cast(ops.shape(energies)[0], energies.dtype)
    together = ops.sum(ops.maximum(energies, 0.0) * distance)
    return together / (size * ops.mean(ops.diagonal(energies)))


def terms(
    filters: Tensor,
    white: Tensor,
    covariance: Tensor,
    precision: Tensor,
    indicator: Tensor,
    neighbours: Tensor,
    distance: Tensor,
) -> Tensor:
    """The five terms at ``filters`` Q (n, n) on white samples (n_samples, n). Shape (5,)."""
    canonical = ops.matmul(white, ops.transpose(filters))
    size = ops.abs(canonical)
    energy = size + ops.log1p(ops.exp(-2.0 * size)) - np.log(2.0).astype(np.float32)
    means = ops.mean(energy, axis=0)
    centred = energy - means
    count = ops.cast(ops.shape(white)[0], white.dtype)
    energies = ops.matmul(ops.transpose(centred), centred) / count
    turned = _turned(filters, covariance)
    return ops.stack(
        [
            locality(energy),
            second_order(
                turned, _turned(filters, precision), turned - _stationary(turned, indicator)
            ),
            fourth_order(energies, _stationary(energies, indicator), means),
            alignment(turned, neighbours),
            dispersion(energies, distance),
        ]
    )


def _turned(filters: Tensor, matrix: Tensor) -> Tensor:
    return ops.matmul(ops.matmul(filters, matrix), ops.transpose(filters))


def _stationary(matrix: Tensor, indicator: Tensor) -> Tensor:
    """`stationary_average` by the indicator of separations."""
    flat = ops.reshape(matrix, (1, -1))
    sums = ops.matmul(flat, ops.transpose(indicator))
    average = ops.matmul(sums / ops.sum(indicator, axis=1), indicator)
    return ops.reshape(average, ops.shape(matrix))


def _weighted(filters: Tensor, weights: Tensor, *constants: Tensor) -> Tensor:
    found = terms(filters, *constants)
    flexible = ops.stack(
        [found[0], ops.log1p(ops.maximum(found[1], 0.0)), found[2], -found[3], found[4]]
    )
    return ops.sum(weights * flexible)


@cache
def _compiled() -> Callable[..., tuple[float, tuple[NDArray[Any], ...]]]:
    return value_and_gradient(_weighted)


@cache
def _forward() -> Callable[..., Tensor]:
    return driver().compiled_any_shape(terms, xla=False)


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
    constants: tuple[Tensor, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Convert to tensors once what every evaluation needs."""
        n = self.white.n_features
        distance = separation(n, cyclic=self.cyclic)
        near = (distance == 1).astype(np.float32)
        arrays = (
            self.samples,
            self.white.covariance,
            self.white.precision,
            lag_indicator(n, cyclic=self.cyclic),
            near / max(near.sum(), 1.0),
            distance / max(distance.max(), 1),
        )
        constants = tuple(tensor(np.asarray(array, np.float32)) for array in arrays)
        object.__setattr__(self, "constants", constants)

    def __call__(self, filters: Array) -> tuple[float, Array]:
        """Value of J and its Euclidean gradient at Q. Shapes (n, n) -> (), (n, n)."""
        weights = np.asarray(self.weights, np.float32)
        value, (gradient,) = _compiled()(filters.astype(np.float32), weights, *self.constants)
        return value, gradient.astype(np.float64)

    def terms(self, filters: Array) -> dict[str, float]:
        """The terms of J by name, with J itself as ``loss``."""
        found = _forward()(filters.astype(np.float32), *self.constants)
        values = np.asarray(ops.convert_to_numpy(found), np.float64)
        flexible = values * (1, 1, 1, -1, 1)
        flexible[1] = np.log1p(max(values[1], 0.0))
        loss = float(np.dot(self.weights, flexible))
        return {"loss": loss} | dict(zip(TERMS, map(float, values), strict=True))
