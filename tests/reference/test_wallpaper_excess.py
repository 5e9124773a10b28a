"""The search for more symmetry, and drawing until accepted, against the plain way of doing them."""

import numpy as np
import pytest
from scipy import fft

from symlens.wallpaper.cell import blurred, grid_size, invariant, spectrum, unfold, unit_points
from symlens.wallpaper.contents.canvases import by_channel
from symlens.wallpaper.contents.cut import lookup
from symlens.wallpaper.contents.tries import first_accepted
from symlens.wallpaper.exact.matching import Matcher
from symlens.wallpaper.exact.reduction import reduced
from symlens.wallpaper.exact.settings import settings
from symlens.wallpaper.exact.weights import repeats, weights_of
from symlens.wallpaper.groups import GROUPS, NAMES
from symlens.wallpaper.lattices import SHAPES, draw_basis
from symlens.wallpaper.pairs import PRIMES, pairs, partners, places
from symlens.wallpaper.pseudosymmetry import REACH, excess, whole_change


def drawn(name, seed, shape=None, channels=3):
    """A smooth cell of noise, some channels louder than others."""
    group, rng = GROUPS[name], np.random.default_rng(seed)
    basis = draw_basis(group, 500.0, shape or SHAPES[group.system][0], rng)
    grid = grid_size(group, basis, 1.0)
    values = rng.random((len(unit_points(group, basis, grid)), channels)) * rng.random(channels)
    waves = blurred(spectrum(unfold(group, values, grid)), basis, 2.5)
    return group, invariant(group, waves), basis


def plain_excess(group, cell, basis):
    """All coefficients, every operation, every shift: nothing is left out or kept for later."""
    n1, n2 = cell.shape[:2]
    lattice = reduced(basis @ group.primitive)
    whole = np.indices((n1 - 1, n2 - 1)).reshape(2, -1).T - ((n1 - 1) // 2, (n2 - 1) // 2)
    k = whole @ np.linalg.inv(basis)
    kept = (np.linalg.norm(k, axis=1) <= REACH) & whole.any(axis=1)
    if group.centred:
        kept &= whole.sum(axis=1) % 2 == 0
    values = fft.fft2(cell, axes=(0, 1), norm="forward")[whole[kept, 0], whole[kept, 1]]
    h = np.rint(k[kept] @ lattice).astype(int)
    power, none = (np.abs(values) ** 2).sum(axis=1), np.zeros(len(h))
    weights = weights_of(np.linalg.norm(k[kept], axis=1), power, none)
    found = [repeats(h, each * power, p).ravel()[1:].max() for each in weights for p in PRIMES]
    matcher = Matcher(h, values, weights, none)
    change = np.linalg.solve(lattice, basis)
    own = [np.rint(change @ W @ np.linalg.inv(change)) for W, _ in group.operations]
    for setting in settings(lattice):
        for W in setting.matrices:
            foreign = not any(np.array_equal(W, each) for each in own)
            found += [matcher.maps(W, 2).max()] if foreign else []
    return max(found)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", NAMES)
def test_the_excess_is_the_highest_of_all_correlations(name, channels):
    for seed, shape in enumerate(SHAPES[GROUPS[name].system]):
        group, cell, basis = drawn(name, seed, shape, channels)
        found = excess(group, spectrum(cell), basis)
        assert found == pytest.approx(plain_excess(group, cell, basis))


@pytest.mark.parametrize("name", ["p1", "pg", "cm", "p4", "p3"])
def test_what_cannot_be_higher_is_passed_over_only(name):
    """Above a limit the excess is exact, below it stays below: decisions are the same."""
    group, cell, basis = drawn(name, 5)
    waves = spectrum(cell)
    exact = excess(group, waves, basis)
    for limit in np.linspace(exact - 0.3, exact + 0.3, 13):
        found = excess(group, waves, basis, above=limit)
        assert (found > limit) == (exact > limit)
        assert exact <= limit or found == exact


def test_a_cell_without_content_has_all_symmetries():
    basis = np.diag([20.0, 17.0])
    assert excess(GROUPS["p1"], spectrum(np.full((24, 24, 3), 0.3)), basis) == 1.0


@pytest.mark.parametrize("name", NAMES)
def test_coefficients_are_found_in_the_real_transform(name):
    group, cell, basis = drawn(name, 7)
    change = whole_change(reduced(basis @ group.primitive), basis)
    whole = fft.fft2(cell[..., 0])
    half = fft.rfft2(cell[..., 0]).ravel()
    place, sign, there = places((3, 4), change, cell.shape[:2])
    h = pairs((3, 4)).h @ np.array(change).reshape(2, 2)
    found = np.where(sign > 0, half[place], half[place].conj())
    size = np.array(cell.shape[:2])
    assert np.array_equal(np.isfinite(there), (2 * np.abs(h) < size).all(axis=1))
    h, found = h[there == 0], found[there == 0]
    assert len(h) > 10
    assert found == pytest.approx(whole[h[:, 0], h[:, 1]], abs=1e-9)


def test_a_box_has_one_of_every_pair():
    h = {tuple(each) for each in pairs((2, 3)).h.tolist()}
    assert len(h) == (5 * 7 - 1) / 2
    assert not h & {(-i, -j) for i, j in h}
    assert len(pairs((0, 0)).h) == 0


def test_partners_are_where_matrices_take_indices():
    box, matrices = (3, 2), ((0, -1, 1, 0), (1, 1, 0, -1), (-1, 0, 0, -1))
    h = pairs(box).h
    place, sign = partners(box, matrices)
    for W, own, signs in zip(matrices, place, sign, strict=True):
        for index, there, one in zip(h, own, signs, strict=True):
            moved = np.array(W).reshape(2, 2).T @ index
            if there == len(h):
                assert (np.abs(moved) > box).any()
            else:
                assert np.array_equal(one * h[there], moved)


@pytest.mark.parametrize("seed", range(6))
def test_many_at_once_are_as_one_at_a_time(seed):
    """The same number is accepted, and what is drawn next is the same."""
    rng, other = np.random.default_rng(seed), np.random.default_rng(seed)
    rng.integers(7), other.integers(7)  # half of a random word waits
    ends = np.tile([3, 360], 40)
    found = first_accepted(
        rng,
        lambda count: rng.integers(0, ends[: 2 * count]).reshape(count, 2),
        lambda pairs: pairs[:, 1] < 20,
        40,
    )
    plain = None
    for _ in range(40):
        one = (int(other.integers(3)), int(other.integers(0, 360)))
        if one[1] < 20:
            plain = one
            break
    assert (found is None) == (plain is None)
    assert found is None or tuple(found) == plain
    assert rng.integers(0, 9, 5).tolist() == other.integers(0, 9, 5).tolist()
    assert rng.random() == other.random()


def test_none_is_accepted_and_all_are_used_up():
    rng, other = np.random.default_rng(1), np.random.default_rng(1)
    assert first_accepted(rng, rng.random, lambda x: x > 2, 9) is None
    other.random(9)
    assert rng.random() == other.random()


def test_the_order_in_memory_does_not_matter():
    rng = np.random.default_rng(3)
    canvas = rng.random((20, 30, 3)).astype(np.float32)
    points = rng.uniform(0, 18, (50, 2))
    other = by_channel(canvas)
    assert np.array_equal(canvas, other)
    assert np.array_equal(lookup(canvas, points), lookup(other, points))
