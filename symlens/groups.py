"""Representations of one-parameter groups and their ideal generators.

Row convention: a natural sample transforms as ``x -> x T``; an observed one is ``x R`` with an
orthogonal change of basis ``R``, so that its generator is ``R^T T R``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def shift(n: int, *, cyclic: bool) -> Array:
    """One-pixel right shift, ``T[i, i+1] = 1``; cyclic also ``T[n-1, 0] = 1``. Shape (n, n)."""
    matrix = np.eye(n, k=1)
    if cyclic:
        matrix[n - 1, 0] = 1.0
    return matrix


def fourier_basis(n: int) -> tuple[Array, Array]:
    r"""Real orthonormal Fourier basis in pairs and the shift's phase of every row.

    Returns
    -------
    basis : ndarray, shape (n, n)
        Rows; for odd n the constant, then ``sqrt(2/n) cos, sin(2 pi k j / n)`` for k = 1, 2, ...;
        for even n the anti-periodic functions of phase ``pi (2k + 1) / n``, which make the
        determinant of the shift +1, so that it has a real skew logarithm.
    phases : ndarray, shape (number of planes,)
        Phase by which the one-pixel shift turns each (cos, sin) plane, in radians.
    """
    pixels = np.arange(n)
    odd = n % 2
    phases = 2 * np.pi * (np.arange(1, n // 2 + 1) - (0.0 if odd else 0.5)) / n
    waves = phases[:, None] * pixels[None, :]
    planes = np.sqrt(2 / n) * np.stack([np.cos(waves), np.sin(waves)], axis=1).reshape(-1, n)
    constant = np.full((odd, n), 1 / np.sqrt(n))
    return np.concatenate([constant, planes]), phases


def cyclic_log_generator(n: int) -> Array:
    """Real skew logarithm of the cyclic right shift (anti-periodic for even n). Shape (n, n)."""
    basis, phases = fourier_basis(n)
    rotation = np.zeros((n, n))
    for plane, phase in enumerate(phases):
        first = plane * 2 + n % 2
        rotation[first, first + 1] = phase
        rotation[first + 1, first] = -phase
    return basis.T @ rotation @ basis


def group_action(log_generator: Array, t: float) -> Array:
    r"""Group element ``expm(t S)`` of a skew matrix, by the spectrum of the Hermitian ``i S``."""
    values, vectors = np.linalg.eigh(1j * log_generator)
    action: Array = ((vectors * np.exp(-1j * t * values)) @ vectors.conj().T).real
    return action


def central_block(matrix: Array, n: int) -> Array:
    """Central n x n block of an N x N matrix (N - n even)."""
    first = (matrix.shape[0] - n) // 2
    return matrix[first : first + n, first : first + n]


def orthogonal_factor(matrix: Array) -> Array:
    """Orthogonal polar factor: the orthogonal matrix nearest to ``matrix``."""
    left, _, right = np.linalg.svd(matrix)
    factor: Array = left @ right
    return factor
