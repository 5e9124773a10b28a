"""The 17 groups: axioms, asymmetric units, and images invariant under them and under no more."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symlens.wallpaper.cell import (
    blurred,
    grid_size,
    invariant,
    orbits,
    representatives,
    spectrum,
    unfold,
    unit_points,
)
from symlens.wallpaper.exact.reduction import reduced
from symlens.wallpaper.exact.settings import parents, settings
from symlens.wallpaper.groups import (
    GROUPS,
    LARGER_CELLS,
    MAXIMAL_SUBGROUPS,
    NAMES,
    related,
    subgroups,
)
from symlens.wallpaper.lattices import SHAPES, draw_basis
from symlens.wallpaper.pseudosymmetry import excess
from symlens.wallpaper.rendering import interpolate, render

ORDERS = dict(zip(NAMES, (1, 2, 2, 2, 4, 4, 4, 4, 8, 4, 8, 8, 3, 6, 6, 6, 12), strict=True))


def key(W, t):
    return tuple(W.ravel().tolist()), tuple((np.round(12 * (t % 1)) % 12).astype(int).tolist())


def noisy(group, rng, area=2000.0, shape=None):
    shape = shape or SHAPES[group.system][0]
    basis = draw_basis(group, area, shape, rng)
    grid = grid_size(group, basis, 1.0)
    values = rng.random((len(unit_points(group, basis, grid)), 2))
    waves = blurred(spectrum(unfold(group, values, grid)), basis, 0.6)
    return invariant(group, waves), basis


@pytest.mark.parametrize("name", NAMES)
def test_general_positions_are_a_group_of_the_right_order(name):
    group = GROUPS[name]
    elements = {key(W, t) for W, t in group.operations}
    assert len(elements) == group.order == ORDERS[name]
    for W, t in group.operations:
        for V, s in group.operations:
            assert key(W @ V, W @ s + t) in elements


@pytest.mark.parametrize("name", NAMES)
def test_the_unit_holds_every_point_once(name):
    group = GROUPS[name]
    corners = np.array([[float(x), float(y)] for x, y in group.unit])
    x, y = corners.T
    area = 0.5 * (x * np.roll(y, -1) - y * np.roll(x, -1)).sum()
    assert area * group.order == pytest.approx(1.0)
    points = np.random.default_rng(0).random((4000, 2))
    hits = np.zeros(len(points), dtype=int)
    sides = np.roll(corners, -1, axis=0) - corners
    for W, t in group.operations:
        for step in np.ndindex(2, 2):
            offsets = ((points @ W.T + t) % 1 + step)[:, None] - corners
            hits += (sides[:, 0] * offsets[..., 1] > sides[:, 1] * offsets[..., 0]).all(axis=1)
    assert set(hits) == {1}


@pytest.mark.parametrize("name", NAMES)
def test_the_grid_is_invariant_without_any_error(name):
    group = GROUPS[name]
    n1, n2 = (24, 24) if group.system in ("square", "hexagonal") else (24, 36)
    unit, member = representatives(name, n1, n2)
    cell = np.random.default_rng(1).random(len(unit))[member]
    for moved in orbits(group, n1, n2):
        assert sorted(moved) == list(range(n1 * n2))
        assert np.array_equal(cell[moved], cell)


@pytest.mark.parametrize("name", NAMES)
def test_the_image_is_invariant_under_every_element_to_rounding(name):
    group, rng = GROUPS[name], np.random.default_rng(2)
    for shape in SHAPES[group.system]:
        cell, _ = noisy(group, rng, shape=shape)
        f = rng.normal(scale=5, size=(2000, 2))
        triangles = group.system == "hexagonal"
        value = interpolate(cell, *f.T, triangles=triangles)
        for W, t in group.operations:
            whole = rng.integers(-3, 4, 2)
            again = interpolate(cell, *(f @ W.T + t + whole).T, triangles=triangles)
            assert np.abs(again - value).max() < 1e-11


@pytest.mark.parametrize("name", NAMES)
def test_the_image_is_invariant_under_no_other_element(name):
    """Content in general position correlates to far less than 1 under all other operations."""
    group, rng = GROUPS[name], np.random.default_rng(3)
    for shape in SHAPES[group.system]:
        cell, basis = noisy(group, rng, shape=shape)
        assert excess(group, spectrum(cell), basis) < 0.9


@pytest.mark.parametrize(
    ("name", "larger"),
    [(low, high) for high, lows in MAXIMAL_SUBGROUPS.items() for low in lows],
)
def test_content_with_more_symmetry_is_noticed(name, larger):
    """A cell of the supergroup, said to be of the subgroup on the same cell, is refused."""
    group, rng = GROUPS[name], np.random.default_rng(4)
    cell, basis = noisy(GROUPS[larger], rng)
    if group.centred == GROUPS[larger].centred:
        assert excess(group, spectrum(cell), basis) > 1 - 1e-6


def test_a_cell_that_repeats_within_is_noticed():
    cell, basis = noisy(GROUPS["p1"], np.random.default_rng(5))
    doubled = spectrum(np.concatenate([cell, cell]))
    assert excess(GROUPS["p1"], doubled, basis @ np.diag([2.0, 1.0])) > 1 - 1e-9


@given(st.sampled_from(NAMES), st.integers(0, 2**31), st.sampled_from([(40, 64), (77, 33)]))
def test_pixels_a_lattice_vector_apart_are_alike(name, seed, size):
    """Rendered at another origin, moved by the same vector, the image is the same."""
    group, rng = GROUPS[name], np.random.default_rng(seed)
    cell, basis = noisy(group, rng, area=300.0)
    origin = rng.uniform(0, 50, 2)
    triangles = group.system == "hexagonal"
    one = render(cell, basis, origin, size, triangles=triangles)
    moved = origin + basis @ rng.integers(-4, 5, 2)
    other = render(cell, basis, moved, size, triangles=triangles)
    assert one.shape == (*size, 2)
    assert np.abs(one - other).max() < 1e-9


def test_subgroups_that_keep_translations_are_those_that_settings_show():
    """The table of subgroups is what inclusion of operations says, on all lattices together."""
    rng = np.random.default_rng(6)
    shown = set()
    for name in ("p2", "cmm", "p4m", "p6m", "pmm"):
        found = settings(
            np.linalg.qr(
                draw_basis(GROUPS[name], 900.0, SHAPES[GROUPS[name].system][0], rng)
                @ GROUPS[name].primitive
            )[1]
        )
        for upper, lower in zip(found, parents(found), strict=True):
            shown |= {(upper.name, found[k].name) for k in lower}
    for upper in NAMES:
        assert {low for high, low in shown if high == upper} | {upper} == subgroups(upper)


def sublattices(index):
    """Hermite normal forms: every lattice of an index in another, vectors as columns."""
    for d in range(1, index + 1):
        if index % d == 0:
            yield from (np.array([[d, 0], [shear, index // d]]) for shear in range(index // d))


def holds(upper, operations):
    """Whether a group holds operations W x + t about some origin, tried on a grid of the cell."""
    origins = np.stack(np.meshgrid(*[np.arange(24) / 24] * 2), axis=-1).reshape(-1, 2)
    everywhere = np.ones(len(origins), dtype=bool)
    for W, t in operations:
        moved = t + origins - origins @ W.T
        own = [s for V, s in upper.operations if np.allclose(V, W)]
        steps = [moved - s for s in own]
        same = [(np.abs(step - step.round()) < 1e-6).all(axis=1) for step in steps]
        everywhere &= np.any(same, axis=0) if own else False
    return bool(everywhere.any())


def held(upper, index):
    """Types of groups with the same point group that a group holds on lattices of an index."""
    rng = np.random.default_rng(8)
    basis = draw_basis(GROUPS[upper], 900.0, SHAPES[GROUPS[upper].system][0], rng)
    found = set()
    for part in sublattices(index):
        lattice = reduced(basis @ GROUPS[upper].primitive @ part)
        own = np.linalg.solve(basis, lattice)
        back = np.linalg.inv(own)
        for lower in settings(lattice):
            if len(lower.matrices) != GROUPS[upper].point_order or lower.name in found:
                continue
            operations = zip(lower.matrices, lower.shifts, strict=True)
            if holds(GROUPS[upper], [(own @ W @ back, own @ t) for W, t in operations]):
                found.add(lower.name)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_subgroups_with_larger_cells_are_those_that_are_found_by_trying(name):
    found = held(name, 2) | held(name, 3)
    assert found - {name} == set(LARGER_CELLS.get(name, ()))


def test_related_is_symmetric_and_holds_for_chains():
    assert related("p1", "p6m")
    assert related("p6m", "p1")
    assert related("p4m", "pgg"), "p4m, pmm, pmg, pgg"
    assert related("p3m1", "p31m")
    assert related("p31m", "p3m1")
    assert not related("p4", "p3")
    assert not related("p2", "pm")
    assert sum(related(one, other) for one, other in combinations(NAMES, 2)) == 82
