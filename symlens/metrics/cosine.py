"""Cosines between matrices, modulo what the data cannot fix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def frobenius_cosine(a: Array, b: Array) -> float:
    r"""Frobenius cosine :math:`\langle A, B\rangle_F / (\|A\|_F \|B\|_F)`; 0 if either is zero.

    Parameters
    ----------
    a, b : ndarray, same shape

    Returns
    -------
    float
        In [-1, 1].
    """
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.vdot(a, b)) / norms if norms > 0 else 0.0


def generator_cosine(learned: Array, ideal: Array) -> float:
    r"""Cosine modulo inverse, :math:`\max(\cos(G, G_*), \cos(G^\top, G_*))`.

    :math:`G^\top` is the (central block of the) inverse. An exactly cyclic shift scores
    :math:`\sqrt{(n-1)/n}` against the shift of a window.

    Parameters
    ----------
    learned, ideal : ndarray, shape (n, n)

    Returns
    -------
    float
        In [-1, 1]; 1 for the ideal generator or its inverse.
    """
    return max(frobenius_cosine(learned, ideal), frobenius_cosine(learned.T, ideal))


def is_inverted(learned: Array, ideal: Array) -> bool:
    """Whether the learned generator is nearer to the inverse of the ideal one, shapes (n, n)."""
    return frobenius_cosine(learned.T, ideal) > frobenius_cosine(learned, ideal)


def pairwise_agreement(generators: Array) -> Array:
    """Generator cosine modulo inverse between all pairs of seeds.

    Parameters
    ----------
    generators : ndarray, shape (seeds, n, n)

    Returns
    -------
    ndarray, shape (seeds, seeds)
        Symmetric; the diagonal is ``max(1, cos(G, G^T)) = 1`` for any non-zero generator.
    """
    return np.array([[generator_cosine(a, b) for b in generators] for a in generators])


@dataclass(frozen=True)
class ColumnAlignment:
    """The sign, reversal and roll that bring a group convolution matrix nearest to another.

    Parameters
    ----------
    cosine : float
        Frobenius cosine after the alignment.
    sign : int
        +1 or -1.
    reversed : bool
        Whether the columns are first reversed (the filter moved by the inverse generator).
    roll : int
        Columns are then rolled to the right by this many; 0 for a window.
    wrap : int
        Sign of the columns that a roll wraps round: -1 only for the anti-periodic group that
        represents cyclic data with even n.
    """

    cosine: float
    sign: int
    reversed: bool
    roll: int
    wrap: int

    def apply(self, matrix: Array) -> Array:
        """Align a matrix, shape (n, n), or samples in canonical coordinates, (samples, n)."""
        columns = matrix[:, ::-1] if self.reversed else matrix
        signs = np.full(matrix.shape[1], float(self.sign))
        signs[: self.roll] *= self.wrap
        aligned: Array = np.roll(columns, self.roll, axis=1) * signs
        return aligned


def wrap_signs(n: int) -> tuple[int, ...]:
    """Signs with which a cyclic group of n pixels may wrap.

    For even n the periodic shift has no real skew logarithm, so that a learned group may be the
    anti-periodic one.
    """
    return (1, -1) if n % 2 == 0 else (1,)


def align_columns(learned: Array, ideal: Array, *, cyclic: bool) -> ColumnAlignment:
    """Best alignment of the columns of a group convolution matrix to the ideal ones.

    Parameters
    ----------
    learned, ideal : ndarray, shape (n, n)
    cyclic : bool
        Whether the columns may be rolled.

    Returns
    -------
    ColumnAlignment
        Of the largest cosine over sign, reversal and, if cyclic, the n rolls.
    """
    n = learned.shape[1]
    norms = float(np.linalg.norm(learned) * np.linalg.norm(ideal))
    rolls = np.arange(n if cyclic else 1)
    source = (np.arange(n)[None, :] - rolls[:, None]) % n
    best = ColumnAlignment(-np.inf, 1, False, 0, 1)
    for backwards in (False, True):
        columns = learned[:, ::-1] if backwards else learned
        overlaps = (columns.T @ ideal)[source, np.arange(n)]
        for wrap in wrap_signs(n) if cyclic else (1,):
            wrapped = np.arange(n)[None, :] < rolls[:, None]
            totals = np.where(wrapped, wrap * overlaps, overlaps).sum(axis=1)
            roll = int(np.argmax(np.abs(totals)))
            cosine = float(abs(totals[roll])) / norms if norms > 0 else 0.0
            if cosine > best.cosine:
                sign = -1 if totals[roll] < 0 else 1
                best = ColumnAlignment(cosine, sign, backwards, roll, wrap)
    return best


def group_convolution_cosine(learned: Array, ideal: Array, *, cyclic: bool) -> float:
    """Cosine of group convolution matrices modulo sign, reversal and (cyclic) rolls, in [0, 1]."""
    return align_columns(learned, ideal, cyclic=cyclic).cosine
