"""Generating functions in exact integers against counting one by one."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from symlens.gain.series import (
    divided,
    lattice,
    multisets,
    one,
    orthogonal_lattice,
    shifted,
    spread,
)
from symlens.gain.series import product as times


def listed(points, length):
    """Points by squared norm."""
    found = [0] * length
    for k in points:
        norm = sum(v * v for v in k)
        if norm < length:
            found[norm] += 1
    return found


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_lattice(dim):
    values = [range(-3, 4)] * dim
    assert lattice(values, 10).tolist() == listed(product(*values), 10)


def test_lattice_with_values_of_its_own_for_every_coordinate():
    values = [range(-2, 3, 2), range(4), [1]]
    assert lattice(values, 14).tolist() == listed(product(*values), 14)


@pytest.mark.parametrize("values", [range(4), range(-3, 4)])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_multisets(values, size):
    naive = listed(combinations_with_replacement(values, size), 20)
    assert multisets(size, values, 20).tolist() == naive


@pytest.mark.parametrize("normal", [(1, 0), (0, 1), (1, 2), (3, -1, 2), (0, 0, 1), (1, 1, 1)])
def test_orthogonal_lattice(normal):
    points = [
        k
        for k in product(range(-4, 5), repeat=len(normal))
        if sum(a * b for a, b in zip(k, normal, strict=True)) == 0
    ]
    assert orthogonal_lattice(normal, 4, 17).tolist() == listed(points, 17)


def test_power_series():
    assert shifted(one(4), 2).tolist() == [0, 0, 1, 0]
    assert shifted(one(4), 9).tolist() == [0, 0, 0, 0]
    assert divided(one(7), 3).tolist() == [1, 0, 0, 1, 0, 0, 1]
    geometric = divided(one(6), 1)
    assert times(geometric, geometric).tolist() == [1, 2, 3, 4, 5, 6]
    assert spread([1, 3, 5], [0, 2, 6], 8).tolist() == [1, 0, 3, 0, 0, 0, 5, 0]


def test_counts_beyond_machine_integers_are_exact():
    """A 30-fold square of 1 / (1 - t) has coefficients that no 64-bit integer holds."""
    found = one(40)
    for _ in range(60):
        found = divided(found, 1)
    from math import comb

    assert found[39] == comb(39 + 59, 39)
    assert found[39] > np.iinfo(np.int64).max
