"""Eigenfunctions of a torus: waves, how isometries move them, and the invariant combinations.

The orthonormal real waves are 1, sqrt(2) cos(k . x) and sqrt(2) sin(k . x), k in half of the
lattice, for the uniform probability measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from symlens.gain.actions import Action, Circle, Isometry, Subtorus
from symlens.gain.manifolds import Points, Torus

Wave = tuple[int, ...]


@dataclass(frozen=True)
class TorusBasis:
    """Waves of a torus with |k|^2 up to a bound, ordered by it.

    Parameters
    ----------
    manifold : Torus
    lam : int
        Largest |k|^2.
    """

    manifold: Torus
    lam: int

    @property
    def half(self) -> NDArray[np.int64]:
        """Half of the lattice without 0, (waves, D): first entry that is not 0 is positive."""
        return _half(self.manifold.dim, self.lam)

    @property
    def eigenvalues(self) -> NDArray[np.int64]:
        """|k|^2 of every real wave, (p,)."""
        return np.concatenate([[0], np.repeat((self.half**2).sum(axis=1), 2)])

    def features(self, x: Points, chosen: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Real waves at points, (n, p); of the columns ``chosen`` only, where given.

        Waves are products of powers of exp(i x_j): one exponential per coordinate.
        """
        columns = np.arange(1 + 2 * len(self.half)) if chosen is None else chosen
        waves, place = np.unique((columns + 1) // 2, return_inverse=True)
        k = np.vstack([np.zeros((1, self.manifold.dim), int), self.half])[waves]
        reach = max(1, int(np.abs(k).max(initial=0)))
        steps = np.arange(-reach, reach + 1)
        value = np.ones((len(x), len(waves)), dtype=complex)
        for axis in range(self.manifold.dim):
            value *= np.exp(1j * x[:, axis, None] * steps)[:, k[:, axis] + reach]
        value *= np.where(waves == 0, 1.0, np.sqrt(2))
        found = value.real[:, place]
        sines = (columns % 2 == 0) & (columns > 0)
        found[:, sines] = value.imag[:, place[sines]]
        return np.asarray(found)

    def representation(self, move: Isometry) -> sparse.csr_matrix:
        """Matrix D with phi(g x) = D^T phi(x): column j holds the moved wave j, (p, p)."""
        half, index = self.half, self._index()
        moved = half @ np.rint(move.array).astype(int)
        phase = 2 * np.pi * (half @ np.array([float(t) for t in move.turns]))
        target = np.array([index[tuple(k)] for k in moved.tolist()], dtype=int).reshape(-1)
        sign, column = np.sign(target), 2 * np.arange(len(half)) + 1
        row = 2 * np.abs(target) - 1
        cos, sin = np.cos(phase), np.sin(phase)
        entries = [
            (row, column, cos),
            (row + 1, column, -sign * sin),
            (row, column + 1, sin),
            (row + 1, column + 1, sign * cos),
        ]
        rows, columns, values = (
            np.concatenate([[first], *(entry[i] for entry in entries)])
            for i, first in ((0, 0), (1, 0), (2, 1.0))
        )
        size = 1 + 2 * len(half)
        return sparse.csr_matrix((values, (rows.astype(int), columns.astype(int))), (size, size))

    def invariant(self, action: Action) -> sparse.csc_matrix:
        """Orthonormal invariant combinations as columns, (p, q), ordered by eigenvalue."""
        if isinstance(action, Circle | Subtorus):
            along = action.fields(np.zeros((1, self.manifold.dim)))[0]
            still = np.flatnonzero(~(self.half @ along).any(axis=1))
            kept = np.concatenate([[0], np.stack([2 * still + 1, 2 * still + 2], 1).ravel()])
            unit = sparse.identity(1 + 2 * len(self.half), format="csc")
            return unit[:, kept.astype(int)]
        columns = [{0: 1.0}]
        columns += [column for orbit in self._orbits(action) for column in self._real(orbit)]
        rows = np.concatenate([np.fromiter(column, int) for column in columns])
        values = np.concatenate([np.fromiter(column.values(), float) for column in columns])
        places = np.repeat(np.arange(len(columns)), [len(column) for column in columns])
        return sparse.csc_matrix((values, (rows, places)), (1 + 2 * len(self.half), len(columns)))

    def _orbits(self, action: Action) -> list[dict[Wave, Fraction]]:
        """Orbits of waves with their phases in turns: c_(A^T k) = c_k exp(2 pi i k . t).

        Only generators are used; an orbit whose phases contradict each other carries no invariant.
        """
        moves = [(np.rint(g.array).astype(int).T.tolist(), g.turns) for g in action.generators()]
        seen: set[Wave] = set()
        found = []
        for start in self.half.tolist():
            wave = tuple(start)
            if wave in seen:
                continue
            orbit, fresh, sound = {wave: Fraction(0)}, [wave], True
            while fresh:
                k = fresh.pop()
                for matrix, turns in moves:
                    image = tuple(sum(a * b for a, b in zip(row, k, strict=True)) for row in matrix)
                    phase = orbit[k] + sum(t * v for t, v in zip(turns, k, strict=True) if t)
                    if image not in orbit:
                        orbit[image] = phase % 1
                        fresh.append(image)
                    sound = sound and orbit[image] == phase % 1
            seen.update(orbit)
            seen.update(tuple(-v for v in k) for k in orbit)
            if sound:
                found.append(orbit)
        return found

    def _real(self, orbit: dict[Wave, Fraction]) -> list[dict[int, float]]:
        """Real functions of an orbit and its mirror image, in the real waves."""
        index = self._index()
        first = next(iter(orbit))
        mirror = orbit.get(tuple(-v for v in first))
        # conj(u) = exp(-2 pi i a) u: half of a turns u real.
        turns = [-mirror / 2] if mirror is not None else [Fraction(0), Fraction(-1, 4)]
        scale = np.sqrt((1 if mirror is not None else 2) / len(orbit))
        found = []
        for turn in turns:
            column: dict[int, float] = {}
            for k, phase in orbit.items():
                place = index[k]
                angle = 2 * np.pi * float(phase + turn)
                row, part = 2 * abs(place) - 1, scale / np.sqrt(2)
                column[row] = column.get(row, 0.0) + part * np.cos(angle)
                sine = -part * np.sin(angle) * np.sign(place)
                column[row + 1] = column.get(row + 1, 0.0) + sine
            found.append(column)
        return found

    def _index(self) -> dict[Wave, int]:
        """Wave to its place in the half lattice from 1, negative for those of the other half."""
        return _places(self.manifold.dim, self.lam)


@lru_cache(maxsize=8)
def _half(dim: int, lam: int) -> NDArray[np.int64]:
    reach = Torus(dim).frequency(lam)
    found = np.zeros((1, 0), dtype=np.int64)
    for _ in range(dim):
        steps = np.arange(-reach, reach + 1)
        found = np.hstack(
            [np.repeat(found, len(steps), axis=0), np.tile(steps, len(found))[:, None]]
        )
        found = found[(found**2).sum(axis=1) <= lam]
    norms = (found**2).sum(axis=1)
    leading = found[np.arange(len(found)), (found != 0).argmax(axis=1)]
    found, norms = found[leading > 0], norms[leading > 0]
    ordered: NDArray[np.int64] = found[np.argsort(norms, kind="stable")]
    ordered.setflags(write=False)
    return ordered


@lru_cache(maxsize=8)
def _places(dim: int, lam: int) -> dict[Wave, int]:
    half = _half(dim, lam).tolist()
    places = {tuple(k): place for place, k in enumerate(half, 1)}
    return places | {tuple(-v for v in k): -place for k, place in places.items()}
