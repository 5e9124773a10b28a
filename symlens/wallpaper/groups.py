"""The 17 plane groups as data: general positions, lattice system, asymmetric unit.

General positions are those of the International Tables for Crystallography, volume A, chapter 2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

System = Literal["oblique", "rectangular", "square", "hexagonal"]
Point = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class PlaneGroup:
    """A plane group in its standard setting.

    Parameters
    ----------
    name : str
        Short Hermann-Mauguin symbol, of two to four letters.
    system : str
        The metric that its lattice must have at least.
    positions : str
        General positions, separated by semicolons.
    unit : tuple of points
        Vertices of a convex asymmetric unit, in fractions of the cell, counter-clockwise.
    centred : bool
        Whether the cell holds two lattice points.
    """

    name: str
    system: System
    positions: str
    unit: tuple[Point, ...]
    centred: bool = False

    @cached_property
    def operations(self) -> tuple[tuple[NDArray[np.int64], NDArray[np.float64]], ...]:
        """Matrix W and shift t of every general position, x -> W x + t, in fractions."""
        return tuple(_operation(text) for text in self.positions.split(";"))

    @cached_property
    def matrices(self) -> NDArray[np.int64]:
        """Matrices of all general positions; shape (order, 2, 2)."""
        return np.array([W for W, _ in self.operations])

    @cached_property
    def shifts(self) -> NDArray[np.float64]:
        """Shifts of all general positions; shape (order, 2)."""
        return np.array([t for _, t in self.operations])

    @property
    def order(self) -> int:
        """Number of general positions in the cell."""
        return len(self.operations)

    @property
    def point_order(self) -> int:
        """Order of the point group: general positions per primitive cell."""
        return self.order // 2 if self.centred else self.order

    @cached_property
    def primitive(self) -> NDArray[np.float64]:
        """Primitive basis, as columns, in fractions of the cell."""
        if self.centred:
            return np.array([[0.5, 0.5], [-0.5, 0.5]])
        return np.eye(2)


def _operation(text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """A general position such as ``-y, x-y+1/2`` as matrix and shift."""
    matrix, shift = np.zeros((2, 2), dtype=np.int64), np.zeros(2)
    for row, expression in enumerate(text.replace(" ", "").split(",")):
        for term in expression.replace("-", "+-").split("+"):
            if term in ("x", "-x", "y", "-y"):
                matrix[row, "xy".index(term[-1])] = -1 if term[0] == "-" else 1
            elif term:
                shift[row] = float(Fraction(term))
    return matrix, shift


def _polygon(text: str) -> tuple[Point, ...]:
    """Vertices such as ``0,0 1/2,0 0,1/2``."""
    corners = [corner.split(",") for corner in text.split()]
    return tuple((Fraction(x), Fraction(y)) for x, y in corners)


_SQUARE = "0,0 1/2,0 1/2,1/2 0,1/2"
_P4 = "x,y; -x,-y; -y,x; y,-x"
_P3 = "x,y; -y,x-y; -x+y,-x"
_P6 = f"{_P3}; -x,-y; y,-x+y; x-y,x"
_PM = "x,y; -x,y"
_PMM = "x,y; -x,-y; -x,y; x,-y"


def _centred(positions: str) -> str:
    """Positions and the same moved by half of both cell vectors."""
    moved = "; ".join(
        ",".join(f"{part.strip()}+1/2" for part in position.split(","))
        for position in positions.split(";")
    )
    return f"{positions}; {moved}"


_ALL = (
    PlaneGroup("p1", "oblique", "x,y", _polygon("0,0 1,0 1,1 0,1")),
    PlaneGroup("p2", "oblique", "x,y; -x,-y", _polygon("0,0 1/2,0 1/2,1 0,1")),
    PlaneGroup("pm", "rectangular", _PM, _polygon("0,0 1/2,0 1/2,1 0,1")),
    PlaneGroup("pg", "rectangular", "x,y; -x,y+1/2", _polygon("0,0 1,0 1,1/2 0,1/2")),
    PlaneGroup("cm", "rectangular", _centred(_PM), _polygon(_SQUARE), centred=True),
    PlaneGroup("pmm", "rectangular", _PMM, _polygon(_SQUARE)),
    PlaneGroup(
        "pmg",
        "rectangular",
        "x,y; -x,-y; -x+1/2,y; x+1/2,-y",
        _polygon("0,0 1/4,0 1/4,1 0,1"),
    ),
    PlaneGroup(
        "pgg",
        "rectangular",
        "x,y; -x,-y; -x+1/2,y+1/2; x+1/2,-y+1/2",
        _polygon(_SQUARE),
    ),
    PlaneGroup(
        "cmm", "rectangular", _centred(_PMM), _polygon("0,0 1/4,0 1/4,1/2 0,1/2"), centred=True
    ),
    PlaneGroup("p4", "square", _P4, _polygon(_SQUARE)),
    PlaneGroup("p4m", "square", f"{_P4}; -x,y; x,-y; y,x; -y,-x", _polygon("0,0 1/2,1/2 0,1/2")),
    PlaneGroup(
        "p4g",
        "square",
        f"{_P4}; -x+1/2,y+1/2; x+1/2,-y+1/2; y+1/2,x+1/2; -y+1/2,-x+1/2",
        _polygon("0,0 1/2,0 0,1/2"),
    ),
    PlaneGroup("p3", "hexagonal", _P3, _polygon("0,0 2/3,1/3 1,1 1/3,2/3")),
    PlaneGroup(
        "p3m1", "hexagonal", f"{_P3}; -y,-x; -x+y,y; x,x-y", _polygon("0,0 2/3,1/3 1/3,2/3")
    ),
    PlaneGroup("p31m", "hexagonal", f"{_P3}; y,x; x-y,-y; -x,-x+y", _polygon("0,0 1,0 2/3,1/3")),
    PlaneGroup("p6", "hexagonal", _P6, _polygon("0,0 1,0 2/3,1/3")),
    PlaneGroup(
        "p6m",
        "hexagonal",
        f"{_P6}; -y,-x; -x+y,y; x,x-y; y,x; x-y,-y; -x,-x+y",
        _polygon("0,0 1/2,0 2/3,1/3"),
    ),
)

GROUPS: Mapping[str, PlaneGroup] = {group.name: group for group in _ALL}
"""The 17 plane groups by name, in the order of the International Tables."""

NAMES = tuple(GROUPS)
"""Class order: a label is an index into these."""

MAXIMAL_SUBGROUPS: Mapping[str, tuple[str, ...]] = {
    "p1": (),
    "p2": ("p1",),
    "pm": ("p1",),
    "pg": ("p1",),
    "cm": ("p1",),
    "pmm": ("p2", "pm"),
    "pmg": ("p2", "pm", "pg"),
    "pgg": ("p2", "pg"),
    "cmm": ("p2", "cm"),
    "p4": ("p2",),
    "p4m": ("p4", "pmm", "cmm"),
    "p4g": ("p4", "pgg", "cmm"),
    "p3": ("p1",),
    "p3m1": ("p3", "cm"),
    "p31m": ("p3", "cm"),
    "p6": ("p3", "p2"),
    "p6m": ("p6", "p3m1", "p31m", "cmm"),
}
"""Maximal subgroups that keep all translations (translationengleiche), by type."""


def subgroups(name: str) -> frozenset[str]:
    """Types of all subgroups that keep the translations, the group itself among them."""
    return _reached(name, MAXIMAL_SUBGROUPS)


LARGER_CELLS: Mapping[str, tuple[str, ...]] = {
    "pm": ("pg", "cm"),
    "cm": ("pm", "pg"),
    "pmm": ("pmg", "cmm"),
    "pmg": ("pgg",),
    "cmm": ("pmm", "pmg", "pgg"),
    "p4m": ("p4g",),
    "p3m1": ("p31m",),
    "p31m": ("p3m1",),
}
"""Maximal subgroups that keep the point group and lose translations (klassengleiche), by type,
those of the group's own type left out: cells of two or three times the area."""


def related(one: str, other: str) -> bool:
    """Whether one of two types of groups holds the other as a subgroup."""
    tables = MAXIMAL_SUBGROUPS, LARGER_CELLS
    return one in _reached(other, *tables) or other in _reached(one, *tables)


def _reached(name: str, *tables: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Types at the end of all chains of the tables' steps, the first among them."""
    found, left = {name}, [name]
    while left:
        own = left.pop()
        new = {lower for table in tables for lower in table.get(own, ())} - found
        found |= new
        left += new
    return frozenset(found)
