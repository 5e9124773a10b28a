"""The group action of a learnable skew matrix, with matrix products of real matrices only.

A complex eigendecomposition would be shorter, but its gradient divides by differences of
eigenvalues, and near the identity all of them are nearly equal.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any

INITIAL_SPREAD = 1.0e-3  # standard deviation of the generator's parameters at the start
FILTER_FLOOR = 1.0e-7  # added to the filter's norm
SQUARINGS = 3  # of the Taylor polynomial of the half step
PHASE_LIMIT = 10.0  # rad; up to it the exponential is right to single precision


def embedding_size(n: int, *, cyclic: bool) -> int:
    """Size N of the generator: n for cyclic data, 3n for a zero-padded window."""
    return n if cyclic else 3 * n


def skew(parameters: Tensor) -> Tensor:
    """Skew part ``(A - A^T) / 2``, shape (N, N)."""
    return (parameters - ops.transpose(parameters)) / 2


def exponential(matrix: Tensor) -> Tensor:
    r"""Matrix exponential by scaling and squaring of a Taylor polynomial of fixed order.

    .. math:: e^{X} = \Big(\sum_{k=0}^{8} \frac{(X/2^s)^k}{k!}\Big)^{2^s}, \quad s = 3,

    evaluated in four products (Paterson-Stockmeyer). A fixed order has no data-dependent loop,
    which XLA could not differentiate.
    """
    scaled = matrix / 2**SQUARINGS
    identity = ops.eye(matrix.shape[0], dtype=matrix.dtype)
    second = ops.matmul(scaled, scaled)
    third = ops.matmul(second, scaled)
    fourth = ops.matmul(second, second)
    low = identity + scaled + second / 2 + third / 6
    high = identity / 24 + scaled / 120 + second / 720 + third / 5040 + fourth / 40320
    result = low + ops.matmul(fourth, high)
    for _ in range(SQUARINGS):
        result = ops.matmul(result, result)
    return result


def orbit(row: Tensor, element: Tensor, count: int) -> Tensor:
    """Rows ``row g^k`` for k = 0 .. count - 1, shape (count, N), by doubling.

    Parameters
    ----------
    row : tensor, shape (1, N)
    element : tensor, shape (N, N)
    count : int
    """
    rows = row
    while rows.shape[0] < count:
        rows = ops.concatenate([rows, ops.matmul(rows, element)])
        element = ops.matmul(element, element)
    return rows[:count]


def moved_filters(resolving_filter: Tensor, log_generator: Tensor) -> Tensor:
    """The filter moved to every pixel: rows ``f expm(p_j S)``, ``p_j = j - (n - 1) / 2``.

    Parameters
    ----------
    resolving_filter : tensor, shape (n,)
    log_generator : tensor, shape (N, N)
        N - n even; the filter sits in the middle of the N dimensions.

    Returns
    -------
    tensor, shape (n, n)
        Row j is the central part of the moved filter: the transpose of the group convolution
        matrix.
    """
    n, size = resolving_filter.shape[0], log_generator.shape[0]
    pad = (size - n) // 2
    centre = ops.pad(resolving_filter, (pad, pad))[None, :]
    half = exponential(log_generator / 2)
    right = ops.matmul(half, half)
    left = ops.transpose(right)  # the inverse: G is orthogonal
    if n % 2:
        rightwards = orbit(centre, right, n // 2 + 1)
        leftwards = orbit(centre, left, n // 2 + 1)[1:]
    else:
        rightwards = orbit(ops.matmul(centre, half), right, n // 2)
        leftwards = orbit(ops.matmul(centre, ops.transpose(half)), left, n // 2)
    rows = ops.concatenate([ops.flip(leftwards, axis=0), rightwards])
    return rows[:, pad : pad + n]


class GroupConvolution(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Canonical representation ``y = x M`` of a learnable generator and resolving filter.

    Parameters
    ----------
    n : int
        Number of features.
    cyclic : bool
    seed : int
        Of the generator's initial parameters.
    """

    def __init__(self, n: int, *, cyclic: bool, seed: int) -> None:
        super().__init__(name="group_convolution")
        size = embedding_size(n, cyclic=cyclic)
        spread = keras.initializers.RandomNormal(stddev=INITIAL_SPREAD, seed=seed)
        self.parameters = self.add_weight(shape=(size, size), initializer=spread, name="generator")
        self.filter = self.add_weight(shape=(n,), initializer="zeros", name="filter")

    def call(self, x: Tensor, noise: Tensor) -> Tensor:
        """Canonical representation with the normalised noisy filter.

        ``y_j = <x, f^ expm(p_j S)>``, ``f^ = (f + noise) / (|f + noise| + 1e-7)``.

        Parameters
        ----------
        x : tensor, shape (n_samples, n)
        noise : tensor, shape (n,)
        """
        noisy = self.filter + noise
        unit = noisy / (ops.norm(noisy) + FILTER_FLOOR)
        return ops.matmul(x, ops.transpose(moved_filters(unit, skew(self.parameters))))
