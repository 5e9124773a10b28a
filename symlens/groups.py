"""Representations of one-parameter groups and their ideal generators.

Row convention: a natural sample transforms as ``x -> x T``; an observed one is ``x R`` with an
orthogonal change of basis ``R``, so that its generator is ``R^T T R``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Basis = Literal["translation", "permuted_translation", "frequency_shift", "random_basis"]

SKEW = 1e-9
"""Largest entry of ``S + S^T``, in units of the largest of S, of what counts as skew."""


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


def plane_log_generator(n: int, phases: Array) -> Array:
    r"""Skew matrix that turns every plane of :func:`fourier_basis` by its phase.

    :math:`S = B^T \mathrm{diag}_k \begin{pmatrix} 0 & \theta_k \\ -\theta_k & 0
    \end{pmatrix} B` with the basis functions in the rows of :math:`B`; for odd n the constant is
    left alone.

    Parameters
    ----------
    n : int
    phases : ndarray, shape (n // 2,)
        In radians.

    Returns
    -------
    ndarray, shape (n, n)
    """
    basis, _ = fourier_basis(n)
    cosines, sines = basis[n % 2 :: 2], basis[n % 2 + 1 :: 2]
    turned = cosines.T @ (phases[:, None] * sines)
    skew: Array = turned - turned.T
    return skew


def cyclic_log_generator(n: int) -> Array:
    """Real skew logarithm of the cyclic right shift (anti-periodic for even n). Shape (n, n)."""
    return plane_log_generator(n, fourier_basis(n)[1])


def dispersed_phases(n: int, coefficients: Sequence[float]) -> Array:
    r"""Phases :math:`2 \pi k / (n u_k)` by which a dispersed translation turns Fourier plane k.

    The phase velocity is :math:`u(f) = \sum_i c_i (|f| / f_\mathrm{Nyquist})^i`, in pixels per
    unit of the group parameter; :math:`c = [1]` is plain translation.

    Parameters
    ----------
    n : int
        Odd, in pixels: the unpaired Nyquist wave of an even ring cannot turn.
    coefficients : sequence of float
        :math:`c_i`.

    Returns
    -------
    ndarray, shape (n // 2,)
        In radians per unit of the group parameter, for k = 1, 2, ...

    Notes
    -----
    After the dispersed Gaussian signals of the official SymmetryLens code's history.
    """
    if n % 2 == 0:
        raise ValueError(f"a dispersed translation needs an odd number of pixels, got {n}")
    k = np.arange(1, n // 2 + 1)
    velocity = np.polynomial.polynomial.polyval(2 * k / n, np.asarray(coefficients, dtype=float))
    if np.any(velocity <= 0):
        raise ValueError(f"the phase velocity must be positive, got {velocity.min():g}")
    phases: Array = 2 * np.pi * k / (n * velocity)
    return phases


def group_action(log_generator: Array, t: float) -> Array:
    r"""Group element ``expm(t S)``, for a skew matrix by the spectrum of the Hermitian ``i S``."""
    asymmetry = np.abs(log_generator + log_generator.T).max()
    if asymmetry > SKEW * np.abs(log_generator).max():
        from scipy.linalg import expm

        general: Array = expm(t * log_generator)
        return general
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


def permutation(n: int, rng: np.random.Generator) -> Array:
    """Random permutation matrix ``P[i, perm[i]] = 1``: ``(x P)[perm[i]] = x[i]``. Shape (n, n)."""
    matrix = np.zeros((n, n))
    matrix[np.arange(n), rng.permutation(n)] = 1.0
    return matrix


def sine_transform(n: int) -> Array:
    r"""Orthonormal DST-I, symmetric and its own inverse. Shape (n, n).

    :math:`D_{ab} = \sqrt{2 / (n + 1)} \, \sin(\pi a b / (n + 1))`, a, b = 1, ..., n.
    """
    index = np.arange(1, n + 1)
    # The product is reduced modulo the period in integers: exact symmetry and full precision.
    waves = np.sin(np.pi * (np.outer(index, index) % (2 * (n + 1))) / (n + 1))
    matrix: Array = np.sqrt(2 / (n + 1)) * waves
    return matrix


def random_orthogonal(n: int, rng: np.random.Generator) -> Array:
    """Orthogonal matrix of Haar's law: QR of a normal matrix, diagonal of R made positive."""
    factor, triangle = np.linalg.qr(rng.standard_normal((n, n)))
    matrix: Array = factor * np.sign(np.diagonal(triangle))
    return matrix


def representation(basis: Basis, n: int, seed: int) -> Array:
    """Orthogonal change of basis R, ``x_observed = x_natural R``, of a group family.

    Parameters
    ----------
    basis : {"translation", "permuted_translation", "frequency_shift", "random_basis"}
    n : int
        In pixels.
    seed : int
        Of the permutation or the random basis; the other two do not depend on it.

    Returns
    -------
    ndarray, shape (n, n)
    """
    match basis:
        case "translation":
            return np.eye(n)
        case "permuted_translation":
            return permutation(n, np.random.default_rng(seed))
        case "frequency_shift":
            return sine_transform(n)
        case "random_basis":
            return random_orthogonal(n, np.random.default_rng(seed))


def ideal_generator(basis: Array, *, cyclic: bool) -> Array:
    """Generator ``G = R^T T R`` of the one-pixel shift seen through R. Shape (n, n).

    On a window T is the central block of the embedded shift and not invertible.
    """
    generator: Array = basis.T @ shift(basis.shape[0], cyclic=cyclic) @ basis
    return generator
