"""Orthonormal eigenfunctions of a manifold with a group, and the invariant ones among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from symlens.errors import DataError
from symlens.gain.actions import Action
from symlens.gain.bases.sphere import SphereBasis, gegenbauer, harmonics
from symlens.gain.bases.torus import TorusBasis
from symlens.gain.manifolds import Points, Sphere, Torus
from symlens.gain.symmetry import Symmetry

__all__ = ["Basis", "gegenbauer", "harmonics"]

CHUNK = 4096
"""Points whose features are made at once."""


@dataclass(frozen=True)
class Basis:
    """Eigenfunctions of a manifold up to an eigenvalue, and the invariant ones in terms of them.

    Parameters
    ----------
    symmetry : Symmetry
    lam : int
        Largest eigenvalue; no eigenspace is cut.
    """

    symmetry: Symmetry
    lam: int

    @cached_property
    def factors(self) -> list[TorusBasis | SphereBasis]:
        """Bases of the factors of the manifold."""
        return [_basis(action, self.lam) for action in self.symmetry.actions]

    @cached_property
    def _table(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Columns of the factors, (p, factors), that make an eigenfunction, and eigenvalues."""
        return _products([basis.eigenvalues for basis in self.factors], self.lam)

    @property
    def eigenvalues(self) -> NDArray[np.int64]:
        """Eigenvalue of every eigenfunction, (p,)."""
        return self._table[1]

    @cached_property
    def invariant(self) -> sparse.csr_matrix:
        """Orthonormal invariant eigenfunctions as columns of coefficients, (p, q).

        Raises
        ------
        DataError
            Where their number is not the exact count, for eigenvalues beyond double precision.
        """
        return self._invariant[0]

    @property
    def invariant_eigenvalues(self) -> NDArray[np.int64]:
        """Eigenvalue of every invariant eigenfunction, (q,)."""
        return self._invariant[1]

    @cached_property
    def _invariant(self) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
        pairs = zip(self.factors, self.symmetry.actions, strict=True)
        parts = [basis.invariant(action) for basis, action in pairs]
        found = parts[0]
        if len(parts) > 1:
            rows = [b.eigenvalues for b in self.factors]
            columns = [_column_values(p, r) for p, r in zip(parts, rows, strict=True)]
            full = reduce(lambda a, b: sparse.kron(a, b, format="csr"), parts)
            found = full[self._flat(rows)][:, _flat(*_products(columns, self.lam), columns)]
        found = sparse.csr_matrix(found)
        values = _column_values(found, self.eigenvalues)
        expected = self.symmetry.multiplicities(self.lam)
        if (np.bincount(values, minlength=self.lam + 1) != expected).any():
            raise DataError(
                f"{self.symmetry.group} on {self.symmetry.manifold}: invariant eigenfunctions up "
                f"to {self.lam} are not found accurately; a smaller cutoff is expected"
            )
        return found, values

    def _flat(self, values: list[NDArray[np.int64]]) -> NDArray[np.int64]:
        return _flat(*self._table, values)

    def features(self, x: Points) -> NDArray[np.float64]:
        """All eigenfunctions at points, (n, p)."""
        return self._columns(x, np.arange(len(self.eigenvalues)))

    def invariant_features(self, x: Points) -> NDArray[np.float64]:
        """Invariant eigenfunctions at points, (n, q), of few points at a time."""
        used = np.flatnonzero(np.diff(self.invariant.indptr))
        weights = self.invariant[used].T.tocsr()
        found = np.empty((len(x), weights.shape[0]))
        for start in range(0, len(x), CHUNK):
            part = slice(start, start + CHUNK)
            found[part] = (weights @ self._columns(x[part], used).T).T
        return found

    def representation(self, move_of: int, generator: int) -> sparse.csr_matrix:
        """Matrix D with phi(g x) = D^T phi(x) of one generator of one factor's group, (p, p)."""
        action = self.symmetry.actions[move_of]
        moved = self.factors[move_of].representation(action.generators()[generator])
        if len(self.factors) == 1:
            return moved
        parts = [sparse.identity(len(basis.eigenvalues)) for basis in self.factors]
        parts[move_of] = moved
        places = self._flat([basis.eigenvalues for basis in self.factors])
        full = reduce(lambda a, b: sparse.kron(a, b, format="csr"), parts)
        return sparse.csr_matrix(full[places][:, places])

    def _columns(self, x: Points, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        found = np.ones((len(x), len(chosen)))
        split = self.symmetry.split(x)
        for factor, (basis, part) in enumerate(zip(self.factors, split, strict=True)):
            own, place = np.unique(self._table[0][chosen, factor], return_inverse=True)
            values = basis.features(part, own)
            found = values[:, place] if len(split) == 1 else found * values[:, place]
        return found


def _basis(action: Action, lam: int) -> TorusBasis | SphereBasis:
    manifold: Torus | Sphere = action.manifold
    if isinstance(manifold, Torus):
        return TorusBasis(manifold, lam)
    return SphereBasis(manifold, lam)


def _products(
    values: list[NDArray[np.int64]], lam: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Combinations of columns whose eigenvalues add up to at most ``lam``, ordered by the sum."""
    table, total = np.zeros((1, 0), dtype=np.int64), np.zeros(1, dtype=np.int64)
    for own in values:
        more = np.tile(np.arange(len(own)), len(table))[:, None]
        table = np.hstack([np.repeat(table, len(own), axis=0), more])
        total = (total[:, None] + own).ravel()
        table, total = table[total <= lam], total[total <= lam]
    order = np.argsort(total, kind="stable")
    return table[order], total[order]


def _flat(
    table: NDArray[np.int64], _: NDArray[np.int64], values: list[NDArray[np.int64]]
) -> NDArray[np.int64]:
    """Place of combinations of columns in a Kronecker product."""
    shape = tuple(len(own) for own in values)
    return np.asarray(np.ravel_multi_index(tuple(table.T), shape), dtype=np.int64)


def _column_values(matrix: sparse.spmatrix, eigenvalues: NDArray[np.int64]) -> NDArray[np.int64]:
    """Eigenvalue of every column: that of the largest entry in it."""
    columns = sparse.csc_matrix(matrix)
    first = columns.indices[columns.indptr[:-1]]
    return np.asarray(eigenvalues[first])
