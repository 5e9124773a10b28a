"""Lattices: short vectors, coarser lattices and peaks, against plain searches."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symlens.wallpaper.exact.autocorrelation import autocorrelation
from symlens.wallpaper.exact.cells import spectrum
from symlens.wallpaper.exact.lattice import find_lattice
from symlens.wallpaper.exact.peaks import Peaks, highest
from symlens.wallpaper.exact.reduction import SHORTEST, different, reduced, shortest
from symlens.wallpaper.exact.sublattices import LARGEST, SUBLATTICES, members

entries = st.floats(-40, 40).map(lambda x: round(x, 3))


def same_lattice(one, other, tolerance=0.02):
    """Whether the vectors of either are whole combinations of the other's."""
    n = np.linalg.solve(one, other)
    return np.abs(n - np.rint(n)).max() < tolerance and round(abs(np.linalg.det(n))) == 1


def waves(basis, size, rng, count=3):
    """An image of general content on a lattice: all frequencies up to ``count``."""
    y, x = np.indices(size)
    inverse = np.linalg.inv(basis)
    image = np.zeros(size)
    for h in product(range(-count, count + 1), repeat=2):
        k = np.array(h) @ inverse
        if np.hypot(*k) < 0.3:
            image += rng.normal() * np.cos(2 * np.pi * (k[0] * x + k[1] * y) + rng.uniform(0, 6.3))
    return image


@given(st.tuples(entries, entries, entries, entries))
def test_reduced_vectors_are_the_shortest_there_are(values):
    basis = np.array(values).reshape(2, 2)
    size = np.linalg.norm(basis, axis=0).prod()
    if abs(np.linalg.det(basis)) < 0.05 * max(size, 1.0):
        return
    found = reduced(basis)
    assert same_lattice(basis, found)
    assert np.linalg.det(found) > 0
    lengths = np.sort(np.linalg.norm(found, axis=0))
    grid = np.array([n for n in product(range(-30, 31), repeat=2) if n != (0, 0)])
    every = np.linalg.norm(grid @ basis.T, axis=1)
    assert lengths[0] == pytest.approx(every.min(), rel=1e-9)
    assert shortest(found) == pytest.approx(every.min(), rel=1e-9)
    cosine = found[:, 0] @ found[:, 1] / lengths.prod()
    assert -1e-9 <= cosine <= 0.5 + 1e-9


def test_there_are_as_many_coarser_lattices_as_divisors_say():
    """σ(m), the sum of the divisors of m, of every index m; no two alike."""
    index = np.rint(np.linalg.det(SUBLATTICES)).astype(int)
    for m in range(2, LARGEST + 1):
        assert (index == m).sum() == sum(d for d in range(1, m + 1) if m % d == 0)
    for one, other in product(range(0, len(SUBLATTICES), 9), range(len(SUBLATTICES))):
        assert same_lattice(SUBLATTICES[one], SUBLATTICES[other], 1e-9) == (one == other)


def test_members_are_whole_combinations():
    n = np.array(list(product(range(-6, 7), repeat=2))).T
    found = members(n)
    for own, basis in zip(found, SUBLATTICES, strict=True):
        parts = np.linalg.solve(basis, n)
        assert np.array_equal(own, (np.abs(parts - np.rint(parts)) < 1e-9).all(axis=0))


def test_equal_lattices_count_once():
    basis = np.array([[20.0, 3.0], [-2.0, 25.0]])
    others = [basis @ P for P in (((1, 1), (0, 1)), ((0, -1), (1, 0)), ((2, 0), (0, 1)))]
    kept = different(np.array([basis, *others]), 9)
    assert len(kept) == 2
    assert round(np.linalg.det(kept[1]) / np.linalg.det(kept[0])) == 2
    assert len(different(np.array([basis, others[2]]), 1)) == 1


@pytest.mark.parametrize("angle", [90, 120, 77])
@pytest.mark.parametrize("ratio", [1.0, 1.4])
def test_the_lattice_of_waves_is_found(angle, ratio):
    rng = np.random.default_rng([angle, round(10 * ratio)])
    gamma, turn = np.deg2rad(angle), rng.uniform(0, np.pi)
    directions = turn, turn + gamma
    basis = np.array([[np.cos(d) for d in directions], [np.sin(d) for d in directions]])
    basis = basis * (19.3, 19.3 * ratio)
    image = waves(basis, (150, 170), rng)
    found = find_lattice(image)
    index = abs(np.linalg.det(found.basis) / np.linalg.det(basis))
    assert round(index) in (1, 2)  # a cell of two is divided where its coefficients are known
    assert found.peak > 0.97
    assert same_lattice(basis, spectrum(image[..., None], found).basis, 1e-3)
    noisy = image + image.std() * rng.normal(size=image.shape)
    assert same_lattice(basis, spectrum(noisy[..., None], find_lattice(noisy)).basis, 0.02)


@pytest.mark.parametrize("index", [2, 3, 5, 7])
def test_content_that_nearly_repeats_more_often_keeps_its_cell(index):
    """Most of the content has a lattice that is finer by an index, the rest has not."""
    rng = np.random.default_rng(index)
    fine = np.array([[13.0, 2.0], [-3.0, 14.0]])
    coarse = fine @ np.diag([index, 1])
    size = (200, 200)
    image = waves(fine, size, rng)
    rest = waves(coarse, size, rng, 4)
    image = image / image.std() + 0.5 * rest / rest.std()
    assert same_lattice(coarse, find_lattice(image).basis, 0.05)


def test_stripes_and_constants_have_no_lattice():
    y, x = np.indices((80, 80))
    assert find_lattice(np.zeros((80, 80))) is None
    found = find_lattice(np.cos(2 * np.pi * (x + 0.37 * y) / 9.0))
    assert found is None or found.peak > 0.5  # along stripes everything repeats


def test_autocorrelation_is_one_at_lattice_vectors_and_does_not_see_contrast():
    basis = np.array([[16.0, 5.0], [-4.0, 18.0]])
    image = waves(basis, (90, 100), np.random.default_rng(3))
    r, columns = autocorrelation(image)
    for n in ((1, 0), (0, 1), (1, 1), (2, 1)):
        x, y = (basis @ n).astype(int)
        x, y = (x, y) if y >= 0 else (-x, -y)
        assert r[y, columns - 1 + x] == pytest.approx(1, abs=1e-6)
    assert np.abs(r).max() <= 1 + 1e-6
    again, _ = autocorrelation(-3.0 * image + 11.0)
    assert np.abs(again - r).max() < 1e-9


def test_summits_lie_between_pixels():
    """A smooth hill with its top between lags is found to a few hundredths of a lag."""
    rows, columns = 60, 61
    dy, dx = np.arange(rows)[:, None], np.arange(1 - columns, columns)[None, :]
    top = np.array([17.3, 20.6])
    r = np.exp(-((dx - top[0]) ** 2 + (dy - top[1]) ** 2) / 50.0)
    map_ = Peaks(r, columns, (rows, columns))
    basis = np.stack([np.round(top), [-25.0, 9.0]], axis=1)
    heights, n = map_.at(basis, 1.0)
    own = int(np.flatnonzero((n == [[1], [0]]).all(axis=0))[0])
    assert heights[own] == pytest.approx(1.0, abs=2e-3)
    assert highest(r, columns)[0] == pytest.approx(top, abs=0.05)


def test_scores_of_many_lattices_are_those_of_each():
    image = np.random.default_rng(5).normal(size=(70, 80))
    r, columns = autocorrelation(image)
    map_ = Peaks(r, columns, image.shape)
    bases = np.random.default_rng(6).uniform(-30, 30, (7, 2, 2))
    together = map_.scores(bases, 3)
    for basis, score in zip(bases, together, strict=True):
        total = weights = 0.0
        for n in product(range(-3, 4), repeat=2):
            x, y = basis @ n
            inside = abs(x) <= columns - 3 and y <= len(r) - 3
            if inside and (y > 0.5 or (y > -0.5 and x > 0.5)):
                part = max((1 - abs(y) / 70) * (1 - abs(x) / 80), 1e-3)
                total += part * r[round(y), round(x) + columns - 1]
                weights += part
        assert score == pytest.approx(total / np.sqrt(weights + 1e-9))


def test_a_lattice_needs_points_within_lags():
    r, columns = autocorrelation(np.random.default_rng(7).normal(size=(40, 40)))
    map_ = Peaks(r, columns, (40, 40))
    assert map_.holds(np.diag([8.0, 9.0]))
    assert not map_.holds(np.diag([8.0, 500.0]))
    assert not map_.holds(np.diag([0.5 * SHORTEST, 9.0]))
