"""Places in a cell: orbits, the moves that a group keeps, spots at them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symlens.wallpaper.exact.fourier import indices
from symlens.wallpaper.exact.settings import settings
from symlens.wallpaper.groups import GROUPS, NAMES
from symlens.wallpaper.hybrid.points import (
    gaps,
    images,
    kept_moves,
    orbit,
    peaks,
    spot_coefficients,
)

SHAPES = {
    "square": np.eye(2),
    "hexagonal": np.array([[1, -0.5], [0, np.sqrt(0.75)]]),
    "rectangular": np.array([[1, 0], [0, 1.4]]),
    "oblique": np.array([[1, 0.2], [0, 1.3]]),
}


def lattice(name):
    """Reduced primitive cell of a group and its setting on it."""
    group = GROUPS[name]
    basis = 40 * SHAPES[group.system] @ group.primitive
    if group.centred:
        basis = np.stack([basis[:, 0], basis[:, 1]], axis=1)
    return basis, next(each for each in settings(basis) if each.name == name)


@given(st.integers(0, 10_000))
def test_gaps_are_those_to_the_nearest_of_many_translations(seed):
    rng = np.random.default_rng(seed)
    basis = 30 * SHAPES["hexagonal"]
    step = rng.uniform(-3, 3, 2)
    naive = min(
        np.hypot(*(basis @ (step + np.array([i, j])))) for i in range(-5, 6) for j in range(-5, 6)
    )
    assert gaps(step, basis) == pytest.approx(naive)


@pytest.mark.parametrize("name", NAMES)
def test_an_orbit_in_general_position_has_one_place_for_every_operation(name):
    basis, setting = lattice(name)
    origin = np.array([0.13, 0.29])
    found = orbit(np.array([0.213, 0.371]), setting, origin, basis, 1e-6)
    assert len(found) == len(setting.matrices)
    for place in found:  # closed under the group
        there = images(place, setting, origin)
        assert gaps(there[:, None] - found, basis).min(axis=1).max() < 1e-9


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 10_000))
def test_a_group_keeps_its_moves(name, seed):
    """u(g p) = W_g u(p) wherever it maps places to places, special ones too."""
    basis, setting = lattice(name)
    rng = np.random.default_rng(seed)
    origin = rng.random(2)
    special = origin + rng.integers(0, 2, 2) / 2
    places = np.concatenate(
        [orbit(place, setting, origin, basis, 1e-6) for place in (rng.random(2), special)]
    )
    moves = kept_moves(places, setting, origin, basis, 3.0, rng)
    for place, move in zip(places, moves, strict=True):
        there = images(place, setting, origin)
        hit = gaps(there[:, None] - places, basis).argmin(axis=1)
        assert moves[hit] == pytest.approx(setting.matrices @ move, abs=1e-9)
    count = len(setting.matrices)
    assert np.hypot(*(basis @ moves[0])) == pytest.approx(3.0), "in general position all of it"
    assert len(places) > count


def test_spots_and_peaks_are_inverse():
    """The coefficients are those of a sum of spots; its peaks are the places."""
    basis = 50 * SHAPES["oblique"]
    h = indices(basis, 0.3)
    frequency = np.linalg.norm(h @ np.linalg.inv(basis), axis=1)
    places = np.array([[0.1, 0.2], [0.6, 0.7]])
    values = spot_coefficients(h, frequency, places, 3.0)
    points = np.random.default_rng(0).random((40, 2))
    view = np.exp(2j * np.pi * points @ h.T) @ values
    steps = points[:, None] - places
    # gaps beyond the nearest translation add nothing: the cell is sixteen widths wide
    spots = np.exp(-(gaps(steps, basis) ** 2) / (2 * 3.0**2)).sum(axis=1)
    scale = abs(np.linalg.det(basis)) / (2 * np.pi)
    wanted = scale * (spots - 2 * 2 * np.pi * 9.0 / abs(np.linalg.det(basis)))
    assert view.imag == pytest.approx(np.zeros(40), abs=1e-9)
    assert view.real == pytest.approx(wanted, abs=1e-3 * scale)
    found = peaks(h, values)[:2]
    assert gaps(found[:, None] - places, basis).min(axis=1).max() < 2.5


def test_a_place_close_to_a_special_one_becomes_it():
    """One and a half pixels from a centre of p4: one place instead of four."""
    basis, setting = lattice("p4")
    origin = np.array([0.2, 0.7])
    beside = origin + np.linalg.solve(basis, [1.0, 1.1])
    assert orbit(beside, setting, origin, basis, 4.0) == pytest.approx(origin[None])
    assert len(orbit(beside, setting, origin, basis, 1.0)) == 4
