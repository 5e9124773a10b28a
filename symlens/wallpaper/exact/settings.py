"""Every way in which one of the 17 groups can lie on a given lattice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.groups import GROUPS, PlaneGroup, subgroups

TOLERANCE = 0.08
"""How far the metric of a cell may be from that of its system: in the logarithm of a ratio of
lengths and in the cosine of an angle. Images may be sheared a little; the content decides."""

CORNERS = np.array(list(product((-2, -1, 0, 1, 2), repeat=4))).reshape(-1, 2, 2)
CHOICES = CORNERS[np.isin(np.rint(np.linalg.det(CORNERS)), (1, 2))]
"""Cells of up to twice the area, vectors as columns."""


def _forms(one: int, other: int) -> NDArray[np.float64]:
    """Coefficients of |a|², a·b and |b|² of the lattice in the product of two cell vectors."""
    (p, q), (r, s) = (CHOICES[:, :, index].T for index in (one, other))
    return np.stack([p * r, p * s + q * r, q * s], axis=1).astype(float)


FORMS = np.stack([_forms(0, 0), _forms(1, 1), _forms(0, 1)])
"""|a|², |b|² and a·b of the cells are this times those of the lattice."""

METRIC = ("rectangular", "square", "hexagonal")
Cell = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Setting:
    """A plane group on a lattice.

    Parameters
    ----------
    name : str
        The group.
    cell : ndarray of int, shape (2, 2)
        Vectors of its standard cell as columns, in those of the lattice.
    matrices : ndarray of int, shape (n, 2, 2)
        Operations on fractions of the lattice's primitive cell, the identity first.
    shifts : ndarray, shape (n, 2)
    kinds : frozenset
        Of the operations, to tell settings apart and to find subgroups, see `kinds`.
    """

    name: str
    cell: NDArray[np.int64]
    matrices: NDArray[np.int64]
    shifts: NDArray[np.float64]
    kinds: frozenset[tuple[bool, bytes]]


def settings(basis: NDArray[np.float64]) -> tuple[Setting, ...]:
    """All settings whose metric the lattice has, about; subgroups before their supergroups.

    Parameters
    ----------
    basis : ndarray, shape (2, 2)
        Reduced: shortest vectors as columns.
    """
    return _settings(_metrics(basis).tobytes())


@lru_cache(maxsize=1024)
def _settings(metrics: bytes) -> tuple[Setting, ...]:
    """Settings of all groups on the cells that `_metrics` gives every system."""
    cells = _cells(np.frombuffer(metrics, dtype=bool).reshape(len(METRIC), -1))
    found: dict[object, Setting] = {}
    for group in GROUPS.values():
        own = ((1, 0, 0, 1),) if group.system == "oblique" else cells[METRIC.index(group.system)]
        for cell in own:
            if _fits(group, cell):
                setting = _setting(group.name, cell)
                found.setdefault((group.name, setting.kinds), setting)
    return tuple(sorted(found.values(), key=lambda setting: len(setting.matrices)))


@lru_cache(maxsize=1024)
def parents(found: tuple[Setting, ...]) -> tuple[tuple[int, ...], ...]:
    """For every setting the positions of those whose group it holds, the trivial one among them."""
    return tuple(
        tuple(
            index
            for index, lower in enumerate(found)
            if lower is not upper
            and lower.name in subgroups(upper.name)
            and lower.kinds <= upper.kinds
        )
        for upper in found
    )


def _metrics(basis: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which choices of a cell have the metric of every system, about; shape (system, choice)."""
    square = basis.T @ basis
    one, other, product = FORMS @ square[[0, 0, 1], [0, 1, 1]]
    alike = np.abs(0.5 * np.log(one / other)) < TOLERANCE
    cosine = product / np.sqrt(one * other)
    right, obtuse = np.abs(cosine) < TOLERANCE, np.abs(cosine + 0.5) < TOLERANCE
    return np.array([right, right & alike, obtuse & alike])


def _cells(kept: NDArray[np.bool_]) -> tuple[tuple[Cell, ...], ...]:
    """Cells of every system: with both orders of the axes where they may differ, else the first."""
    return tuple(
        tuple((int(p), int(q), int(r), int(s)) for (p, q), (r, s) in CHOICES[own]) for own in kept
    )


def _fits(group: PlaneGroup, cell: Cell) -> bool:
    """Whether a cell is primitive or, for a centred group, has a lattice point in its middle."""
    a, b, c, d = cell
    centred = (a + b) % 2 == 0 and (c + d) % 2 == 0
    return a * d - b * c == (2 if group.centred else 1) and centred == group.centred


def kinds(
    matrices: NDArray[np.int64], shifts: NDArray[np.float64]
) -> frozenset[tuple[bool, bytes]]:
    """Every operation's matrix, and whether it is a glide that is no mirror too.

    A reflection that swaps the cell vectors or the like, I + W with an odd entry, is both at once.
    """
    found = []
    for W, t in zip(matrices, shifts, strict=True):
        glide = False
        both = W + np.eye(2, dtype=np.int64)
        if round(np.linalg.det(W)) == -1 and not (both % 2).any():
            own = both @ t / 2
            glide = bool(np.abs(own - np.round(own)).max() > 0.2)
        found.append((glide, W.tobytes()))
    return frozenset(found)


@lru_cache(maxsize=4096)
def _setting(name: str, cell: Cell) -> Setting:
    """A group with its standard cell in terms of a lattice: W -> P W P^{-1}, t -> P t."""
    group: PlaneGroup = GROUPS[name]
    P = np.array(cell).reshape(2, 2)
    inverse = np.linalg.inv(P)
    matrices: list[NDArray[np.int64]] = []
    shifts: list[NDArray[np.float64]] = []
    for W, t in group.operations:
        matrix = np.round(P @ W @ inverse).astype(np.int64)
        if not any(np.array_equal(matrix, other) for other in matrices):
            matrices.append(matrix)
            shifts.append(P @ t % 1.0)
    found = np.array(matrices), np.array(shifts)
    return Setting(name, P, *found, kinds(*found))
