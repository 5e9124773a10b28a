"""Atom images after the paper's generator: the right group, were it not for whole pixels."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from symlens.wallpaper.contents.published import (
    FRACTIONS,
    STEPS,
    TRIANGLE_OF_P2,
    apart,
    cell_of,
    filled,
    published_image,
    stamped,
    translated,
)
from symlens.wallpaper.contents.published_units import SHAPES, depth, draw_unit, touching
from symlens.wallpaper.groups import GROUPS

EACH = [(name, shape) for name, shapes in SHAPES.items() for shape in shapes]


@cache
def unit_of(name, shape, radius=200):
    """A large unit of a shape: rounding is small against it."""
    for seed in range(60):
        unit = draw_unit(name, radius, np.random.default_rng(seed))
        if unit.shape == shape:
            return unit
    raise AssertionError(shape)


def same(one, other, tolerance):
    """Whether sets of fractions agree modulo 1."""
    gaps = np.abs((one[:, None] - other + 0.5) % 1.0 - 0.5).max(axis=2)
    return gaps.min(axis=1).max() < tolerance and gaps.min(axis=0).max() < tolerance


@pytest.mark.parametrize(("name", "shape"), EACH)
def test_atoms_have_the_group_but_for_whole_pixels(name, shape):
    group, unit = GROUPS[name], unit_of(name, shape)
    inverse = np.linalg.inv(cell_of(name, unit))
    assert np.linalg.det(inverse) > 0
    for places in (unit.corners.astype(float), unit.atom[None].astype(float)):
        found = filled(STEPS[name](unit), places, exact=True) @ inverse.T
        if group.centred:
            found = np.concatenate([found, found + 0.5])
        known = TRIANGLE_OF_P2 if (name, shape) == ("p2", "triangle") else FRACTIONS[name]
        moved = found + np.array(known[0], dtype=float)  # the first corner lies at the pixel (0, 0)
        for W, t in group.operations:
            assert same(moved, moved @ W.T + t, 0.02), (name, shape)


@pytest.mark.parametrize(("name", "shape"), EACH)
def test_a_cell_holds_one_red_atom_per_operation(name, shape):
    group, unit = GROUPS[name], unit_of(name, shape)
    primitive = cell_of(name, unit) @ group.primitive
    atom = unit.atom[None].astype(float)
    assert (
        len(apart(filled(STEPS[name](unit), atom), primitive, unit.radii[1])) == group.point_order
    )
    area = abs(np.linalg.det(primitive)) / group.point_order
    assert area == pytest.approx(8 * unit.radii[0] ** 2, rel=0.02)


@pytest.mark.parametrize(("name", "shape"), EACH)
def test_the_second_atom_is_two_radii_from_a_corner_and_inside(name, shape):
    for seed in range(40):
        unit = draw_unit(name, 10, np.random.default_rng(seed))
        if unit.shape != shape:
            continue
        gaps = np.hypot(*(unit.corners - unit.atom).T)
        assert np.abs(gaps - 20).min() < 4
        polygon = unit.corners[: 3 if shape in ("triangle", "right") else 4]
        assert depth(unit.atom[None], polygon).min() > -1
        assert unit.radii[1] <= unit.radii[0] == 10


@pytest.mark.parametrize("both", [False, True])
def test_a_pair_touches_and_is_apart_along_the_axes(both):
    rng = np.random.default_rng(3)
    steps = touching(10, both, 300, rng)
    assert np.abs(steps[:, 1]).min() >= 10
    assert (np.abs(steps[:, 0]).min() >= 10) == both
    assert np.abs(np.hypot(*steps.T) - 20).max() < 3.5


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_pairs_are_turned_one_by_one_with_the_same_numbers(both, seed):
    radius, count, rng = 3 + seed % 10, 1 + 7 * seed, np.random.default_rng(seed)
    pairs, left = [[(-radius, 0), (radius, 0)] for _ in range(count)], list(range(count))
    while left:
        for index, degrees in zip(left, rng.integers(0, 360, len(left)), strict=True):
            angle = np.deg2rad(degrees)
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            pairs[index] = np.floor(np.array(pairs[index]) @ turn.T).astype(int).tolist()
        steps = [(q[0] - p[0], q[1] - p[1]) for p, q in pairs]
        left = [
            index
            for index, (x, y) in enumerate(steps)
            if abs(y) < radius or (both and abs(x) < radius)
        ]
        for index in left:
            if np.hypot(*steps[index]) < 2 * radius - 3:
                pairs[index] = [(-radius, 0), (radius, 0)]
    assert (
        touching(radius, both, count, np.random.default_rng(seed)).tolist()
        == np.array(steps).tolist()
    )


@pytest.mark.parametrize("seed", range(10))
def test_atoms_are_kept_in_turn_where_none_before_is_near(seed):
    rng = np.random.default_rng(seed)
    cell, places = np.array([[17.0, -5.0], [3.0, 14.0]]), rng.integers(-30, 30, (25, 2)) + 0.0
    kept = []
    for place in places:
        gaps = [np.linalg.solve(cell, place - other) for other in kept]
        if all(np.linalg.norm(cell @ ((gap + 0.5) % 1.0 - 0.5)) >= 4.5 for gap in gaps):
            kept.append(place)
    assert 1 < len(kept) < len(places)
    np.testing.assert_array_equal(apart(places, cell, 4.5), kept)


@pytest.mark.parametrize("turned", [False, True])
def test_translations_between_bounds_are_all_found(turned):
    cell = np.array([[13.0, -4.0], [2.0, 11.0]])
    cell = cell[:, ::-1] if turned else cell
    places = np.array([[5.0, 7.0], [-20.0, 90.0]])
    naive = {
        tuple((place + cell @ (i, j)).astype(int).tolist())
        for place in places
        for i in range(-40, 41)
        for j in range(-40, 41)
    }
    found = translated(places, cell, -3, 43).T.tolist()
    assert len(found) == len({tuple(each) for each in found})
    assert {tuple(each) for each in found} == {
        (x, y) for x, y in naive if -3 < x < 43 and -3 < y < 43
    }


@pytest.mark.parametrize("name", list(GROUPS))
def test_an_image_repeats_exactly_with_its_cell(name):
    group = GROUPS[name]
    image, cell = published_image(group, 160, np.random.default_rng(5))
    assert image.shape == (160, 160, 3)
    assert image.max() <= 1
    for x, y in np.rint(cell @ group.primitive).astype(int).T:
        a = image[max(0, y) : 160 + min(0, y), max(0, x) : 160 + min(0, x)]
        b = image[max(0, -y) : 160 + min(0, -y), max(0, -x) : 160 + min(0, -x)]
        np.testing.assert_array_equal(a, b)


def test_spots_are_stamped_at_all_translations():
    cell, radius, size = np.array([[13.0, -4.0], [2.0, 11.0]]), 3, 40
    line = np.exp(-(np.linspace(-1, 1, 6) ** 2) / (2 * 0.38**2))
    naive = np.zeros((size, size))
    for i in range(-20, 21):
        for j in range(-20, 21):
            x, y = (np.array([5.0, 7.0]) + cell @ (i, j)).astype(int)
            for dy, down in zip(range(-3, 3), line, strict=True):
                for dx, across in zip(range(-3, 3), line, strict=True):
                    if 0 <= y + dy < size and 0 <= x + dx < size:
                        naive[y + dy, x + dx] += down * across
    found = stamped(np.array([[5.0, 7.0]]), cell, radius, size)
    np.testing.assert_allclose(found, naive, atol=1e-12)
