"""How nearly a cell has more symmetry than its group."""

from __future__ import annotations

from functools import lru_cache
from math import hypot
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from symlens.wallpaper.cell import grid_of
from symlens.wallpaper.exact.reduction import reduced
from symlens.wallpaper.exact.settings import Setting, settings
from symlens.wallpaper.exact.weights import weights_of
from symlens.wallpaper.groups import GROUPS, PlaneGroup
from symlens.wallpaper.pairs import Box, Matrix, pairs, partners, places

REACH: Final = 0.2
"""Highest spatial frequency that is looked at, in cycles per pixel (our choice)."""


def excess(
    group: PlaneGroup,
    waves: NDArray[np.complex128],
    basis: NDArray[np.float64],
    above: float = -1.0,
) -> float:
    """The highest correlation of a cell with itself under an operation that its group lacks.

    Looked at are all operations that map the lattice to itself, with every shift, and translations
    by halves, thirds and fifths of it; weighted as they are and by their noise (see `weights_of`).

    Parameters
    ----------
    group : PlaneGroup
    waves : ndarray of complex, shape (channel, n1, n2 // 2 + 1)
        The cell's spectrum.
    basis : ndarray, shape (2, 2)
    above : float
        Operations that cannot correlate higher than this are passed over.

    Returns
    -------
    float
        From -1 to 1; 1 where the group is larger than it is said to be. Exact where it is higher
        than ``above``; where not, it is not higher either.
    """
    lattice = reduced(basis @ group.primitive)
    change = whole_change(lattice, basis)
    box, square, values = coefficients(waves, lattice, change)
    power = (values.real**2 + values.imag**2).sum(axis=0)
    if 2 * power.sum() < 1e-12 * max(1.0, _mean_square(waves)):
        return 1.0
    inside = square <= REACH**2
    weights = np.zeros((2, len(power)))
    frequency = np.sqrt(square[inside])
    weights[:, inside] = weights_of(frequency, power[inside], np.zeros(len(frequency)))
    found = _repeated(box, weights * power)
    foreign = _foreign(settings(lattice), group.name, change)
    if foreign:
        found = _operated(box, foreign, values, weights, inside, max(found, above))
    return found


def whole_change(lattice: NDArray[np.float64], basis: NDArray[np.float64]) -> Matrix:
    """Vectors of a cell in those of its lattice, A_cell = A_lattice M; rows of M."""
    (a, b), (c, d) = lattice.tolist()
    (p, q), (r, s) = basis.tolist()
    area = a * d - b * c
    terms = d * p - b * r, d * q - b * s, a * r - c * p, a * s - c * q
    return tuple(round(term / area) for term in terms)


def _mean_square(waves: NDArray[np.complex128]) -> float:
    """Mean square of a cell's values, or up to twice that: with one of every pair h and -h."""
    n1, n2 = grid_of(waves)
    return 2 * float(np.vdot(waves, waves).real) / (len(waves) * (n1 * n2) ** 2)


def coefficients(
    waves: NDArray[np.complex128], lattice: NDArray[np.float64], change: Matrix
) -> tuple[Box, NDArray[np.float64], NDArray[np.complex128]]:
    """Fourier coefficients of a cell on its reduced primitive lattice, one of every pair h and -h.

    Parameters
    ----------
    waves : ndarray of complex, shape (channel, n1, n2 // 2 + 1)
        The cell's spectrum.
    lattice : ndarray, shape (2, 2)
    change : tuple of int
        See `whole_change`.

    Returns
    -------
    box : tuple of int
        The indices, see `pairs`: |h_i| = |k·a_i| <= |k| |a_i|, so that it holds all of them.
    square : ndarray, shape (m,)
        |k|², in cycles per pixel; infinite for those that the cell's grid does not resolve.
    values : ndarray of complex, shape (channel, m)
        0 for frequencies above `REACH`.
    """
    (a0, b0), (a1, b1) = lattice.tolist()
    box = int(REACH * hypot(a0, a1)), int(REACH * hypot(b0, b1))
    n1, n2 = grid_of(waves)
    place, sign, there = places(box, change, (n1, n2))
    # |k|² = (|b|² h1² - 2 a·b h1 h2 + |a|² h2²) / area²
    form = np.array([b0 * b0 + b1 * b1, -(a0 * b0 + a1 * b1), a0 * a0 + a1 * a1])
    square = pairs(box).squares @ (form / (a0 * b1 - a1 * b0) ** 2) + there
    values = waves.reshape(len(waves), -1).take(place, axis=1)
    kept = (square <= REACH**2) / (n1 * n2)
    values.real *= kept
    values.imag *= kept * sign
    return box, square, values


def _repeated(box: Box, signal: NDArray[np.float64]) -> float:
    """The highest correlation of a cell with itself moved by a part of a lattice vector.

    Σ s_h cos(2π h·n / p) / Σ s_h, as in `symlens.wallpaper.exact.weights.repeats`, for signals of
    shape (kind, m).
    """
    return float(((signal @ pairs(box).waves) / signal.sum(axis=1, keepdims=True)).max())


def _operated(
    box: Box,
    matrices: tuple[Matrix, ...],
    values: NDArray[np.complex128],
    weights: NDArray[np.float64],
    inside: NDArray[np.bool_],
    found: float,
) -> float:
    """The highest correlation of a cell with itself under matrices, with any shift, or ``found``.

    As in `symlens.wallpaper.exact.matching`: R(t) = Re Σ w_h p_h exp(2πi h·t) / E with the products
    p_h = Σ_channel conj(c_{W^T h}) c_h and the energy E = Σ w_h (|c_h|² + |c_{W^T h}|²) / 2, over
    those h of which both are known. A shift can but turn the terms, so that R <= Σ w_h |p_h| / E:
    where this is not higher than what is found, no transform is needed.
    """
    place, sign = partners(box, matrices)
    channels, m = values.shape
    padded = np.zeros((channels, m + 1), dtype=np.complex128)
    padded[:, :m] = values
    other = padded.take(place, axis=1)
    power = (padded.real**2 + padded.imag**2).sum(axis=0)
    known = np.zeros(m + 1, dtype=bool)
    known[:m] = inside
    energy = weights @ (0.5 * (power[:m] + power.take(place)) * known.take(place) * inside).T
    other.imag *= -sign
    product = (other * values[:, None]).sum(axis=0)
    bound = weights @ np.abs(product).T / np.maximum(energy, 1e-300)
    for kind, index in zip(*np.nonzero(bound > found), strict=True):
        if bound[kind, index] > found:
            terms = weights[kind] * product[index] / energy[kind, index]
            found = max(found, _shifted(box, inside, terms[inside]))
    return found


def _shifted(box: Box, inside: NDArray[np.bool_], terms: NDArray[np.complex128]) -> float:
    """The highest value of Re Σ a_h exp(2πi h·t) on a grid of shifts t, for indices in a box."""
    h1, h2 = pairs(box).h[inside].T
    n = 2 * fft.next_fast_len(2 * int(pairs(box).largest[inside].max()) + 2)
    grid = np.zeros((n, n // 2 + 1), dtype=np.complex128)
    grid[h1, h2] = terms
    grid[:, 0] *= 2  # those of -h are not there, but the transform takes real parts
    return float(fft.irfft2(grid, (n, n), norm="forward").max()) / 2


@lru_cache(maxsize=1024)
def _foreign(found: tuple[Setting, ...], name: str, change: Matrix) -> tuple[Matrix, ...]:
    """Matrices of the lattice that a group lacks, one of those that correlate alike.

    With c∘g = c for all g of the group, f, its inverse and all g∘f∘g' have the same correlations.
    """
    matrices = _own(GROUPS[name], np.array(change).reshape(2, 2))
    seen = {W.tobytes() for W in matrices}
    kept = []
    for setting in found:
        for W in setting.matrices:
            if W.tobytes() in seen:
                continue
            kept.append(W)
            inverse = np.rint(np.linalg.inv(W)).astype(np.int64)
            seen |= {
                (one @ middle @ other).tobytes()
                for middle in (W, inverse)
                for one in matrices
                for other in matrices
            }
    return tuple(tuple(W.ravel().tolist()) for W in kept)


def _own(group: PlaneGroup, change: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The group's matrices on a lattice: W -> M W M^{-1}."""
    inverse = np.linalg.inv(change)
    return [
        np.ascontiguousarray(np.rint(change @ W @ inverse), dtype=np.int64)
        for W, _ in group.operations
    ]
