r"""Waves of a window: those of a covariance with given powers, and a walk from one to the next.

The modes of the covariance of a stationary window are nearly waves, :math:`\cos(\pi k (j + 1/2)/n)`
for the frequencies k = 0 .. n-1, but where powers of frequencies cross: there they are mixtures of
a few. Between waves a cosine of position is a band matrix, :math:`Z_{k,k\pm1}`. So from the lowest
wave it leads to the next, and from there on: the operator tells which wave is meant, the modes of
like power how it is mixed. An order of the modes could not unmix them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from symlens.lens.fast.stationarity import cosine_basis, stationary_average

Array = NDArray[np.float64]

WAVE_STEPS = 30
LOST = 1e-8
"""Norm of a step along an operator of unit norm below which it leads nowhere."""


def window_waves(powers: Array) -> Array:
    """Modes of the Toeplitz matrix with given powers in the order of frequency, as columns.

    From cosines, by taking turns between the stationary average of ``E diag(w) E^T`` and its
    eigenvectors, each matched to the wave most like it. Shape (n,) -> (n, n).
    """
    waves = cosine_basis(len(powers)).T
    for _ in range(WAVE_STEPS):
        vectors = np.linalg.eigh(stationary_average((waves * powers) @ waves.T, cyclic=False))[1]
        overlap = waves.T @ vectors
        match = linear_sum_assignment(-(overlap**2))[1]
        signs = np.where(overlap[np.arange(len(powers)), match] < 0, -1.0, 1.0)
        waves = signs * vectors[:, match]
    return waves


def walk(operator: Array, powers: Array, width: float) -> Array:
    r"""Waves in the order of frequency, each from the one before (Lanczos, with powers).

    .. math:: q_{k+1} \propto P_k W_k P_k Z q_k, \quad
       (W_k)_{mm} = \exp\left(-\frac{(\log p_m - \log p_*)^2}{2 w^2}\right)

    with :math:`P_k` the projection away from all waves so far and :math:`p_*` the power of the mode
    that the step follows most. Signs come out right, but for those that no data tell.

    Parameters
    ----------
    operator : ndarray, shape (n, n)
        Z, symmetric, between modes in falling order of power, the first the lowest frequency.
    powers : ndarray, shape (n,)
        Of the modes.
    width : float
        w: modes whose powers differ by so much, in natural logarithms, are mixed.

    Returns
    -------
    ndarray, shape (n, n)
        A wave in every row, between modes; orthogonal.
    """
    n = len(operator)
    waves = np.eye(n)
    for k in range(1, n):
        waves[k] = onward(waves[:k], operator @ waves[k - 1], powers, width)
    return waves


def onward(known: Array, step: Array, powers: Array, width: float) -> Array:
    r"""Next wave of a walk, :math:`P W P s`, of unit length. Shapes (k, n), (n,), (n,) -> (n,).

    Where a step s leads nowhere, on from the mode that the waves so far hold least of.
    """
    step = _away(known, step)
    if np.linalg.norm(step) < LOST:
        step = _away(known, np.eye(len(step))[np.argmin(np.sum(known**2, axis=0))])
    logs = np.log(np.maximum(powers, np.finfo(float).tiny))
    leading = logs[np.argmax(np.abs(step))]
    step = _away(known, np.exp(-(((logs - leading) / width) ** 2) / 2) * step)
    found: Array = step / np.linalg.norm(step)
    return found


def _away(known: Array, step: Array) -> Array:
    """Remove from a step what leads back; twice, against rounding."""
    for _ in range(2):
        step = step - known.T @ (known @ step)
    return step
