"""Every way in which one of the 17 groups can lie on a given lattice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.groups import GROUPS, PlaneGroup

TOLERANCE = 0.08
"""How far the metric of a cell may be from that of its system: in the logarithm of a ratio of
lengths and in the cosine of an angle. Images may be sheared a little; the content decides."""

CORNERS = tuple(
    np.array(entries).reshape(2, 2) for entries in product((-2, -1, 0, 1, 2), repeat=4)
)
CHOICES = tuple(P for P in CORNERS if round(np.linalg.det(P)) in (1, 2))


@dataclass(frozen=True)
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
    """

    name: str
    cell: NDArray[np.int64]
    matrices: NDArray[np.int64]
    shifts: NDArray[np.float64]


def settings(basis: NDArray[np.float64]) -> list[Setting]:
    """All settings whose metric the lattice has, about.

    Parameters
    ----------
    basis : ndarray, shape (2, 2)
        Reduced: shortest vectors as columns.
    """
    gram = basis.T @ basis
    found: list[Setting] = []
    cells = {system: _cells(gram, system) for system in ("rectangular", "square", "hexagonal")}
    for group in GROUPS.values():
        if group.system == "oblique":
            found.append(_setting(group.name, (1, 0, 0, 1)))
            continue
        found += [_setting(group.name, cell) for cell in cells[group.system] if _fits(group, cell)]
    return _distinct(found)


def _cells(gram: NDArray[np.float64], system: str) -> list[tuple[int, int, int, int]]:
    """Cells of a system: with both orders of the axes where they may differ, else the first."""
    kept: list[tuple[int, int, int, int]] = []
    for P in CHOICES:
        metric = P.T @ gram @ P
        ratio = 0.5 * np.log(metric[0, 0] / metric[1, 1])
        cosine = metric[0, 1] / np.sqrt(metric[0, 0] * metric[1, 1])
        right = 0.5 * (system == "hexagonal")
        alike = system == "rectangular" or abs(ratio) < TOLERANCE
        if alike and abs(cosine + right) < TOLERANCE:
            kept.append((int(P[0, 0]), int(P[0, 1]), int(P[1, 0]), int(P[1, 1])))
    return kept


def _fits(group: PlaneGroup, cell: tuple[int, int, int, int]) -> bool:
    """Whether a cell is primitive or, for a centred group, has a lattice point in its middle."""
    a, b, c, d = cell
    centred = (a + b) % 2 == 0 and (c + d) % 2 == 0
    return a * d - b * c == (2 if group.centred else 1) and centred == group.centred


def _distinct(found: list[Setting]) -> list[Setting]:
    """Settings that differ: not those that only turn or invert the same cell."""
    kept: dict[object, Setting] = {}
    for setting in found:
        axes = frozenset((kind, W.tobytes()) for kind, W in _kinds(setting))
        kept.setdefault((setting.name, axes), setting)
    return list(kept.values())


def _kinds(setting: Setting) -> list[tuple[bool, NDArray[np.int64]]]:
    """Every operation's matrix, and whether it moves along its own axis (a glide)."""
    kinds = []
    for W, t in zip(setting.matrices, setting.shifts, strict=True):
        own = (W + np.eye(2)) @ t / 2 if round(np.linalg.det(W)) == -1 else np.zeros(2)
        kinds.append((bool(np.abs(own - np.round(own)).max() > 0.2), W))
    return kinds


@lru_cache(maxsize=4096)
def _setting(name: str, cell: tuple[int, int, int, int]) -> Setting:
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
    return Setting(name, P, np.array(matrices), np.array(shifts))
