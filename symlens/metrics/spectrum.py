"""Eigenphases of a learned action in the eigenvectors of the ideal one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import schur

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Modes:
    r"""Eigenvectors :math:`v_k` of an orthogonal action, :math:`G v_k = e^{i \theta_k} v_k`.

    Parameters
    ----------
    phases : ndarray, shape (n,)
        :math:`\theta_k`, ascending, radians in (-pi, pi].
    vectors : complex ndarray, shape (n, n)
        Orthonormal columns.
    """

    phases: Array
    vectors: NDArray[np.complex128]


@dataclass(frozen=True)
class Eigenphases:
    r"""Phases of :math:`z_k = v_k^\dagger G v_k` in the ideal eigenvectors :math:`v_k`.

    Parameters
    ----------
    ideal : ndarray, shape (n,)
        Ideal phases, ascending, radians in (-pi, pi].
    learned : ndarray, shape (n,)
        Phases of the learned action, or of its inverse where that is nearer; radians.
    magnitude : ndarray, shape (n,)
        :math:`|z_k| \le 1`; 1 where :math:`v_k` is an eigenvector of the learned action too.
    """

    ideal: Array
    learned: Array
    magnitude: Array

    @property
    def deviation(self) -> Array:
        """Learned minus ideal phase, wrapped to (-pi, pi], radians, shape (n,)."""
        return wrapped(self.learned - self.ideal)

    @property
    def error(self) -> float:
        """Root mean square deviation in radians; about pi / sqrt(3) = 1.81 for random phases."""
        return float(np.sqrt(np.mean(self.deviation**2)))


def wrapped(angle: Array) -> Array:
    """Angle in (-pi, pi], radians."""
    turned: Array = np.pi - (np.pi - angle) % (2 * np.pi)
    return turned


def modes(action: Array) -> Modes:
    """Eigenvectors and phases of an orthogonal matrix, shape (n, n).

    By the complex Schur form, which is diagonal for a normal matrix and whose vectors stay
    orthonormal where phases coincide.
    """
    triangular, vectors = schur(action, output="complex")
    phases = np.angle(np.diagonal(triangular))
    order = np.argsort(phases)
    return Modes(phases[order], vectors[:, order])


def eigenphases(action: Array, ideal: Modes) -> Eigenphases:
    """Compare a learned action with the modes of the ideal one, modulo inverse.

    Parameters
    ----------
    action : ndarray, shape (n, n)
        Learned action that closes on the n features, ``expm(S)``.
    ideal : Modes
        Of the ideal action that closes on the n features, ``R^T P R`` with the cyclic shift P,
        whose phases are distinct: its eigenvectors are defined up to a phase, which cancels.

    Returns
    -------
    Eigenphases
        Of the action or of its inverse, whichever errs less.
    """
    overlaps = np.sum(ideal.vectors.conj() * (action @ ideal.vectors), axis=0)
    candidates = [
        Eigenphases(ideal.phases, np.angle(z), np.abs(z)) for z in (overlaps, overlaps.conj())
    ]
    return min(candidates, key=lambda candidate: candidate.error)
