"""Minimisation over orthogonal matrices: limited-memory BFGS along the rotation group."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.groups import orthogonal_factor

Array = NDArray[np.float64]
Objective = Callable[[Array], tuple[float, Array]]

MEMORY = 12
LARGEST_STEP = 1.5
"""Largest rotation angle of one trial step, in radians."""
SUFFICIENT_DECREASE = 1e-4
SHRINK = 0.4
TRIALS = 12


@dataclass(frozen=True)
class Minimum:
    """Where a descent ended.

    Parameters
    ----------
    point : ndarray, shape (n, n)
        Orthogonal matrix.
    value : float
    iterations : int
    """

    point: Array
    value: float
    iterations: int


def minimise(
    objective: Objective,
    start: Array,
    *,
    iterations: int,
    tolerance: float = 1e-7,
    observe: Callable[[Array], None] | None = None,
) -> Minimum:
    r"""Minimise over O(n) by steps :math:`Q \leftarrow (1 - D/2)^{-1} (1 + D/2) Q`, D skew.

    The Cayley transform of D is a rotation that agrees with :math:`e^D` to second order. The
    gradient in the Lie algebra is the skew part of :math:`(\partial J/\partial Q) Q^T`;
    directions come from the BFGS two-loop recursion on skew matrices, step lengths from
    Armijo's rule.

    Parameters
    ----------
    objective : callable
        ``objective(Q) -> (value, euclidean gradient)``, the gradient of shape (n, n).
    start : ndarray, shape (n, n)
        Orthogonal matrix; its determinant is kept.
    iterations : int
        At most so many steps.
    tolerance : float
        Stop when a step gains less than this times ``max(1, |J|)``.
    observe : callable, optional
        Called with the point after every step.

    Returns
    -------
    Minimum
    """
    point = start
    value, slope = objective(point)
    gradient = _skew(slope @ point.T)
    history: deque[tuple[Array, Array]] = deque(maxlen=MEMORY)
    for iteration in range(iterations):
        direction, descent = _direction(gradient, history)
        length = 1.0
        for _ in range(TRIALS):
            trial = _rotated(point, length * direction)
            trial_value, slope = objective(trial)
            if trial_value <= value + SUFFICIENT_DECREASE * length * descent:
                break
            length *= SHRINK
        else:
            return Minimum(orthogonal_factor(point), value, iteration)
        point = trial
        trial_gradient = _skew(slope @ point.T)
        step, change = length * direction, trial_gradient - gradient
        if np.vdot(step, change) > 0:
            history.append((step, change))
        gain, value, gradient = value - trial_value, trial_value, trial_gradient
        if observe is not None:
            observe(point)
        if gain < tolerance * max(1.0, abs(value)):
            return Minimum(orthogonal_factor(point), value, iteration + 1)
    return Minimum(orthogonal_factor(point), value, iterations)


def _rotated(point: Array, direction: Array) -> Array:
    half = direction / 2
    eye = np.eye(len(point))
    return np.asarray(np.linalg.solve(eye - half, point + half @ point), np.float64)


def _skew(matrix: Array) -> Array:
    skew: Array = (matrix - matrix.T) / 2
    return skew


def _direction(gradient: Array, history: deque[tuple[Array, Array]]) -> tuple[Array, float]:
    """Bounded BFGS direction and the slope along it; steepest descent where BFGS climbs."""
    direction = _bounded(-_two_loops(gradient, history))
    descent = float(np.vdot(direction, gradient))
    if descent < 0:
        return direction, descent
    history.clear()
    direction = _bounded(-gradient)
    return direction, float(np.vdot(direction, gradient))


def _two_loops(gradient: Array, history: deque[tuple[Array, Array]]) -> Array:
    """Inverse Hessian times gradient (Nocedal & Wright, algorithm 7.4)."""
    result = gradient.copy()
    weights: list[float] = []
    for step, change in reversed(history):
        weight = float(np.vdot(step, result) / np.vdot(step, change))
        weights.append(weight)
        result -= weight * change
    if history:
        step, change = history[-1]
        result *= float(np.vdot(step, change) / np.vdot(change, change))
    else:
        result *= min(1.0, 0.3 / max(float(np.abs(result).max()), 1e-300))
    for (step, change), weight in zip(history, reversed(weights), strict=True):
        result += (weight - float(np.vdot(change, result) / np.vdot(step, change))) * step
    return result


def _bounded(direction: Array) -> Array:
    # A skew matrix has its eigenvalues in pairs, so this bounds its largest rotation angle.
    largest = float(np.linalg.norm(direction) / np.sqrt(2))
    bounded: Array = direction * min(1.0, LARGEST_STEP / max(largest, 1e-300))
    return bounded
