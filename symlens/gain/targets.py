"""Targets of a given smoothness, and what a predictor needs to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symlens.gain.symmetry import Symmetry

if TYPE_CHECKING:
    from symlens.gain.bases import Basis

EDGE = 0.05
"""By how much targets are smoother than the edge of their space, in powers of 1 + lam."""


@dataclass(frozen=True)
class Spectrum:
    """Kernel and target of one arm, eigenvalue by eigenvalue.

    Parameters
    ----------
    weights : ndarray of shape (shells,)
        mu = (1 + lam)^-s.
    multiplicity : ndarray of shape (shells,)
        Eigenfunctions of the arm; 0 where an eigenvalue has none.
    signal : ndarray of shape (shells,)
        Sum of the target's squared coefficients that the arm can reach.
    unreachable : float
        Sum of those that it cannot.
    """

    weights: NDArray[np.float64]
    multiplicity: NDArray[np.float64]
    signal: NDArray[np.float64]
    unreachable: float = 0.0


def decay(eigenvalues: NDArray[np.int64], dim: int, smoothness: float) -> NDArray[np.float64]:
    """Squared coefficients (1 + lam)^-(s + d/2 + 0.05), not normalised: just barely in H^s."""
    return np.asarray((1.0 + eigenvalues) ** -(smoothness + dim / 2 + EDGE))


def spectra(
    symmetry: Symmetry, smoothness: float, theta: float, lam: int
) -> tuple[Spectrum, Spectrum]:
    """Give the plain and the invariant arm for an invariant target in H^(s theta), of unit norm.

    Parameters
    ----------
    symmetry : Symmetry
    smoothness : float
        s of the kernel.
    theta : float
        Smoothness of the target over that of the kernel.
    lam : int
        Cutoff.
    """
    plain, own = symmetry.plain.multiplicities(lam), symmetry.multiplicities(lam)
    shells = np.flatnonzero(plain)
    many, few = plain[shells].astype(float), own[shells].astype(float)
    signal = few * decay(shells, symmetry.quotient_dim, theta * smoothness)
    signal[0] = 0.0
    signal /= signal.sum()
    mu: NDArray[np.float64] = np.asarray((1.0 + shells) ** -smoothness)
    return Spectrum(mu, many, signal), Spectrum(mu, few, signal)


def draw_target(
    basis: Basis, smoothness: float, theta: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Coefficients of an invariant target on the invariant eigenfunctions, (q,): random signs.

    Zero mean and unit norm; sizes as in `spectra`.
    """
    values = basis.invariant_eigenvalues
    size = np.sqrt(decay(values, basis.symmetry.quotient_dim, theta * smoothness))
    size[values == 0] = 0.0
    signs = rng.choice([-1.0, 1.0], size=len(values))
    return np.asarray(signs * size / np.linalg.norm(size))


def sobolev_norm(
    coefficients: NDArray[np.float64], eigenvalues: NDArray[np.int64], smoothness: float
) -> float:
    """Squared norm of H^s: the sum of (1 + lam)^s c^2."""
    return float(np.sum((1.0 + eigenvalues) ** smoothness * coefficients**2))
