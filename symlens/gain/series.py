"""Generating functions in exact integers: lattice points, multisets and power series.

A series is an array of Python integers, entry i the coefficient of t^i.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.object_]


def one(length: int) -> Series:
    """Series 1."""
    found = np.zeros(length, dtype=object)
    found[0] = 1
    return found


def lattice(values: Sequence[Iterable[int]], length: int) -> Series:
    """Points of a product set by squared norm: coefficient i counts k with |k|^2 = i.

    Parameters
    ----------
    values : sequence of iterables of int
        What every coordinate may be.
    length : int
    """
    found = one(length)
    for allowed in values:
        grown: Series = np.zeros(length, dtype=object)
        for value in allowed:
            grown = grown + shifted(found, value**2)
        found = grown
    return found


def multisets(size: int, values: Iterable[int], length: int) -> Series:
    """Multisets of ``size`` integers by the sum of their squares: orbits of permutations."""
    table = [one(length), *(np.zeros(length, dtype=object) for _ in range(size))]
    for value in values:
        for count in range(1, size + 1):
            table[count] = table[count] + shifted(table[count - 1], value**2)
    return table[size]


def orthogonal_lattice(normal: Sequence[int], reach: int, length: int) -> Series:
    """Integer vectors k with k . normal = 0, by squared norm; |k_i| <= reach."""
    *others, last = sorted(normal, key=abs)
    table: dict[int, Series] = {0: one(length)}
    for weight in others:
        grown: dict[int, Series] = {}
        for dot, found in table.items():
            for value in range(-reach, reach + 1):
                key, more = dot + weight * value, shifted(found, value**2)
                grown[key] = grown[key] + more if key in grown else more
        table = grown
    # The last coordinate follows from the others: its weight is not 0.
    total: Series = np.zeros(length, dtype=object)
    for dot, found in table.items():
        if dot % last == 0:
            total = total + shifted(found, (dot // last) ** 2)
    return total


def shifted(series: Series, by: int) -> Series:
    """Series times t^by, cut at its length."""
    found: Series = np.zeros(len(series), dtype=object)
    if by < len(series):
        found[by:] = series[: len(series) - by]
    return found


def divided(series: Series, period: int) -> Series:
    """Series over (1 - t^period)."""
    found = series.copy()
    for index in range(period, len(found)):
        found[index] += found[index - period]
    return found


def product(first: Series, second: Series) -> Series:
    """Product of two series, cut at their length."""
    found: Series = np.zeros(len(first), dtype=object)
    for index in np.flatnonzero(first):
        found = found + first[index] * shifted(second, int(index))
    return found


def spread(by_degree: Sequence[Any], places: Sequence[int], length: int) -> Series:
    """Series whose entry ``places[l]`` is ``by_degree[l]``."""
    found: Series = np.zeros(length, dtype=object)
    for count, place in zip(by_degree, places, strict=True):
        found[place] += count
    return found
