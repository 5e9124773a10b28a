"""What a baseline takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Record = Callable[[int, Mapping[str, float]], None]
"""Receives the terms of a step; steps arrive in increasing order."""


@dataclass(frozen=True)
class Estimate:
    """An element of the Lie algebra and the way to it.

    Parameters
    ----------
    log_generator : ndarray, shape (n, n)
        :math:`S`; samples, as rows, move by ``x expm(t S)``.
    steps : ndarray of int, shape (n_records,)
    terms : tuple of str
        Names of what was recorded.
    values : ndarray, shape (n_records, n_terms)
    """

    log_generator: Array
    steps: NDArray[np.int64]
    terms: tuple[str, ...]
    values: Array


def skew(matrix: Array) -> Array:
    """Skew part ``(A - A^T) / 2``, which generates a rotation."""
    part: Array = (matrix - matrix.T) / 2
    return part


def principal(log_generator: Array) -> Array:
    r"""Principal logarithm of ``expm(S)``, shape (n, n).

    :math:`S = V \mathrm{diag}(\mu) V^{-1}` with the imaginary parts of :math:`\mu` taken modulo
    :math:`2 \pi` to (-pi, pi]: whole turns do not show in the element.
    """
    values, vectors = np.linalg.eig(log_generator)
    turns = np.round(values.imag / (2 * np.pi))
    inverse = np.linalg.inv(vectors)
    whole: Array = ((vectors * (2j * np.pi * turns)) @ inverse).real
    return log_generator - whole


def unit_speed(log_generator: Array) -> Array:
    r"""The same direction at the speed of a shift by one pixel, shape (n, n).

    A method that finds a direction of the algebra does not say how far one step is. The cyclic
    shift of n pixels turns its fastest wave by :math:`\pi (n - 1) / n`; the largest modulus of an
    eigenvalue is set to that (our convention). A zero matrix stays zero.
    """
    n = len(log_generator)
    fastest = float(np.abs(np.linalg.eigvals(log_generator)).max())
    if fastest <= np.finfo(np.float64).tiny:
        return log_generator
    scaled: Array = log_generator * (np.pi * (n - 1) / n / fastest)
    return scaled
