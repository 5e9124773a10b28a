"""Invariant planes of a cyclic shift: pairs of modes of equal power."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.groups import fourier_basis, random_orthogonal

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Planes:
    """A split of all modes into single ones and planes, in descending order of power.

    Parameters
    ----------
    basis : ndarray, shape (n, n)
        Orthonormal rows: the constant; for even n the alternating mode; then two rows per plane.
    powers : ndarray, shape (number of planes,)
        Mean power of a plane.
    """

    basis: Array
    powers: Array

    @property
    def singles(self) -> int:
        """Number of single modes: the constant and, for even n, the alternating one."""
        return 2 - len(self.basis) % 2

    def fourier(self) -> NDArray[np.complex128]:
        r"""Rows of the single modes, then of :math:`X_k = (a_k + i b_k)/\sqrt 2` and its conjugate.

        A shift multiplies :math:`X_k` by a phase; unitary, shape (n, n).
        """
        rows: NDArray[np.complex128] = self.basis.astype(np.complex128)
        real, imaginary = self.basis[self.singles :: 2], self.basis[self.singles + 1 :: 2]
        rows[self.singles :: 2] = (real + 1j * imaginary) / np.sqrt(2)
        rows[self.singles + 1 :: 2] = (real - 1j * imaginary) / np.sqrt(2)
        return rows


def eigenplanes(powers: Array, count: int) -> list[Planes]:
    r"""The splits of the covariance's modes that pair the most equal powers, best first.

    A shift commutes with the covariance, so its planes are pairs of modes of equal power and the
    rest is single: one mode for odd n, two for even n, in either role. The cost of a split is
    :math:`\sum_k (\log w_{2k} - \log w_{2k+1})^2` over the modes that are left, in order.

    Parameters
    ----------
    powers : ndarray, shape (n,)
        Descending and positive.
    count : int
        How many splits at most.

    Returns
    -------
    list of Planes
        In coordinates of the modes.
    """
    n = len(powers)
    logs = np.log(powers)

    def cost(single: tuple[int, ...]) -> float:
        rest = np.delete(logs, single)
        return float(np.sum((rest[::2] - rest[1::2]) ** 2))

    choices = sorted(permutations(range(n), 2 - n % 2), key=cost)[:count]
    splits = []
    for single in choices:
        rest = np.delete(np.arange(n), single)
        order = np.concatenate([np.array(single, dtype=np.intp), rest])
        splits.append(Planes(np.eye(n)[order], powers[rest].reshape(-1, 2).mean(axis=1)))
    return splits


def mixed_ties(powers: Array, samples: int, rng: np.random.Generator) -> Array:
    """Random rotation among modes whose powers sampling noise cannot tell apart.

    Within such a group the modes of the covariance are arbitrary: this draws others. Neighbours
    are tied where their logarithms differ by less than four standard errors of a power,
    ``sqrt(2 / samples)``. Pairs stay as they are, since the rotation of a plane changes nothing.

    Returns
    -------
    ndarray, shape (n, n)
        Orthogonal; the identity where there are no ties but in pairs.
    """
    apart = np.flatnonzero(-np.diff(np.log(powers)) > 4 * np.sqrt(2 / samples)) + 1
    groups = np.split(np.arange(len(powers)), apart)
    mixed = np.eye(len(powers))
    for group in groups:
        if len(group) > 2:
            mixed[np.ix_(group, group)] = random_orthogonal(len(group), rng)
    return mixed


def planes_of(filters: Array, covariance: Array) -> tuple[Planes, Integers]:
    """Planes that the cyclic shift of given filters turns, and their labels 1, 2, ....

    Parameters
    ----------
    filters : ndarray, shape (n, n)
        Orthogonal; row j is the filter at pixel j.
    covariance : ndarray, shape (n, n)
        In the coordinates of the filters; orders the planes.

    Returns
    -------
    planes : Planes
    labels : ndarray, shape (number of planes,)
        Multiples of ``2 pi / n`` by which the shift turns a plane.
    """
    n = len(filters)
    rows = ring_basis(n) @ filters
    powers = np.einsum("ai,ij,aj->a", rows, covariance, rows)
    singles = 2 - n % 2
    power = powers[singles:].reshape(-1, 2).mean(axis=1)
    order = np.argsort(-power, kind="stable")
    index = singles + 2 * order[:, None] + np.arange(2)
    rows = np.concatenate([rows[:singles], rows[index.ravel()]])
    return Planes(rows, power[order]), (order + 1).astype(np.int64)


def ring_basis(n: int) -> Array:
    """Real Fourier functions of a ring of n pixels: constant, (alternating), cos, sin pairs.

    For odd n that of `symlens.groups.fourier_basis`, whose even case is anti-periodic; for even n
    the true, periodic one.
    """
    if n % 2:
        return fourier_basis(n)[0]
    pixels = np.arange(n)
    waves = 2 * np.pi / n * np.outer(np.arange(1, n // 2), pixels)
    pairs = np.sqrt(2 / n) * np.stack([np.cos(waves), np.sin(waves)], axis=1).reshape(-1, n)
    single = np.stack([np.ones(n), (-1.0) ** pixels]) / np.sqrt(n)
    return np.concatenate([single, pairs])


def ring_labels(labels: Integers, n: int) -> Integers:
    """Label of every row of `Planes.fourier`, modulo n: singles, then k and -k per plane."""
    singles = np.array([0] if n % 2 else [0, n // 2], dtype=np.int64)
    together: Any = np.concatenate([singles, np.stack([labels, -labels], axis=1).ravel()])
    modulo: Integers = together % n
    return modulo
