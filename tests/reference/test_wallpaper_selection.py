"""Matching, choosing between groups and refusing pseudo-symmetry, against plain ways."""

import numpy as np
import pytest

from symlens.wallpaper.cell import blurred, grid_size, invariant, spectrum, unfold, unit_points
from symlens.wallpaper.exact.matching import Matcher
from symlens.wallpaper.exact.reduction import reduced
from symlens.wallpaper.exact.selection import (
    DEFAULT,
    Criterion,
    by_name,
    log_odds,
    posterior,
    residuals,
)
from symlens.wallpaper.exact.settings import parents, settings
from symlens.wallpaper.exact.weights import weights_of
from symlens.wallpaper.groups import GROUPS, NAMES, subgroups
from symlens.wallpaper.lattices import SHAPES, draw_basis
from symlens.wallpaper.pairs import pairs
from symlens.wallpaper.pseudosymmetry import (
    REACH,
    _foreign,
    _own,
    coefficients,
    excess,
    whole_change,
)


def drawn(name, seed, area=1500.0):
    """Spectrum of noise of a group."""
    group, rng = GROUPS[name], np.random.default_rng(seed)
    basis = draw_basis(group, area, SHAPES[group.system][0], rng)
    grid = grid_size(group, basis, 1.0)
    values = rng.random((len(unit_points(group, basis, grid)), 2))
    return group, blurred(spectrum(unfold(group, values, grid)), basis, 0.6), basis


def known(group, waves, basis):
    """Indices, both of every pair, their coefficients, and the lattice."""
    lattice = reduced(basis @ group.primitive)
    box, square, values = coefficients(waves, lattice, whole_change(lattice, basis))
    inside = square <= REACH**2
    assert not values[:, ~inside].any()
    h, values = pairs(box).h[inside], values[:, inside].T
    return np.concatenate([h, -h]), np.concatenate([values, values.conj()]), lattice


def matcher_of(name, seed):
    h, values, lattice = known(*drawn(name, seed))
    weights = np.stack([np.ones(len(h)), np.exp(-np.linalg.norm(h, axis=1) / 4)])
    return Matcher(h, values, weights, np.zeros(len(h))), lattice


@pytest.mark.parametrize("name", NAMES)
def test_a_group_matches_itself_and_all_its_subgroups(name):
    matcher, lattice = matcher_of(name, 1)
    found = [matcher.match(setting) for setting in settings(lattice)]
    lost = residuals(found)
    exact = {m.setting.name for m, r in zip(found, lost, strict=True) if r < 1e-6}
    assert exact == subgroups(name)
    own = [m for m in found if m.setting.name == name]
    best = min(own, key=lambda m: 1 - m.correlations[0].min(initial=1.0))
    assert best.correlations == pytest.approx(np.ones_like(best.correlations), abs=1e-6)
    chances = by_name(found, posterior(found, 1e-4))
    assert NAMES[int(chances.argmax())] == name
    assert chances.max() > 0.9


@pytest.mark.parametrize("name", ["p2", "pgg", "p4g", "p31m"])
def test_the_origin_follows_the_content(name):
    """Coefficients turned by phases of a shift give the origin moved by it, up to equivalents."""
    matcher, lattice = matcher_of(name, 2)
    shift = np.array([0.137, 0.291])
    turned = matcher.values * np.exp(-2j * np.pi * (matcher.h @ shift))[:, None]
    moved = Matcher(matcher.h, turned, matcher.weights, np.zeros(len(matcher.h)))
    setting = next(s for s in settings(lattice) if s.name == name)
    one, other = matcher.match(setting), moved.match(setting)
    assert other.correlations == pytest.approx(one.correlations, abs=1e-6)
    apart = other.origin - one.origin - shift
    for W in setting.matrices[1:]:
        step = (np.eye(2) - W) @ apart
        assert np.abs(step - np.rint(step)).max() < 1e-4


def test_maps_of_all_weights_are_those_of_each():
    matcher, lattice = matcher_of("p1", 3)
    for W in settings(lattice)[-1].matrices:
        together = matcher.maps(W, 2)
        for kind in range(2):
            weights = matcher.weights[kind : kind + 1]
            alone = Matcher(matcher.h, matcher.values, weights, np.zeros(len(matcher.h)))
            assert together[kind] == pytest.approx(alone.map(W), abs=1e-12)
        i, j = 3, matcher.points - 2
        t = np.array([i, j]) / matcher.points
        product, energy = matcher.product(W)
        plain = (matcher.weights[0] * product * np.exp(2j * np.pi * (matcher.h @ t))).sum()
        assert together[0, i, j] == pytest.approx(plain.real / energy[0])


def test_the_identity_correlates_to_one_and_no_map_goes_beyond():
    matcher, lattice = matcher_of("pm", 4)
    assert matcher.map(np.eye(2, dtype=np.int64))[0, 0] == pytest.approx(1)
    for setting in settings(lattice):
        for W in setting.matrices:
            assert np.abs(matcher.map(W)).max() <= 1 + 1e-9


def test_without_signal_correlations_stay_bounded():
    h = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    values = np.full((4, 1), 0.1 + 0j)
    matcher = Matcher(h, values, np.ones((2, 4)), np.ones(4))
    for setting in settings(np.diag([20.0, 20.0])):
        assert np.isfinite(matcher.match(setting).correlations).all()


@pytest.mark.parametrize("shape", ["oblique", "rectangular", "rhombic", "square", "hexagonal"])
@pytest.mark.parametrize("name", ["p1", "p2"])
def test_one_of_those_that_correlate_alike_is_enough_in_low_groups(name, shape):
    group, rng = GROUPS[name], np.random.default_rng(5)
    basis = draw_basis(group, 1200.0, shape, rng)
    grid = grid_size(group, basis, 1.0)
    values = rng.random((len(unit_points(group, basis, grid)), 1))
    check_foreign(group, blurred(spectrum(unfold(group, values, grid)), basis, 0.6), basis)


@pytest.mark.parametrize("name", NAMES[2:])
def test_one_of_those_that_correlate_alike_is_enough(name):
    check_foreign(*drawn(name, 6))


def check_foreign(group, waves, basis):
    """The highest correlation over all foreign operations is that over the few that are asked."""
    h, values, lattice = known(group, waves, basis)
    weights = weights_of(
        np.linalg.norm(h @ np.linalg.inv(lattice), axis=1),
        (np.abs(values) ** 2).sum(axis=1),
        np.zeros(len(h)),
    )
    matcher = Matcher(h, values, weights, np.zeros(len(h)))
    change = whole_change(lattice, basis)
    own = {W.tobytes() for W in _own(group, np.array(change).reshape(2, 2))}
    found = settings(lattice)
    every = {W.tobytes(): W for s in found for W in s.matrices if W.tobytes() not in own}
    few = [np.array(W).reshape(2, 2) for W in _foreign(found, group.name, change)]
    assert len(few) <= len(every)
    assert bool(few) == bool(every)
    assert {W.tobytes() for W in few} <= set(every)
    if every:
        plain = max(float(matcher.maps(W, 2).max()) for W in every.values())
        asked = max(float(matcher.maps(W, 2).max()) for W in few)
        assert asked == pytest.approx(plain, abs=1e-9)
        assert excess(group, waves, basis) >= plain - 1e-9


@pytest.mark.parametrize("centred", [False, True])
def test_half_of_the_transform_gives_all_coefficients(centred):
    group, waves, basis = drawn("cmm" if centred else "pgg", 7)
    h, values, lattice = known(group, waves, basis)
    cell = invariant(group, waves)
    n1, n2 = cell.shape[:2]
    whole = np.fft.fft2(cell, axes=(0, 1)) / (n1 * n2)
    index = np.rint(h @ np.linalg.solve(lattice, basis)).astype(int)
    assert len({tuple(row) for row in h.tolist()}) == len(h)
    for row, (i, j) in zip(values, index, strict=True):
        assert row == pytest.approx(whole[i, j], abs=1e-12)
    length = np.linalg.norm(h @ np.linalg.inv(lattice), axis=1)
    assert ((length > 0) & (length <= 0.2 + 1e-12)).all()


def plain_odds(residual, noise, error, criterion):
    """The two densities as they are written, without logarithms."""

    def normal(x, width):
        return np.exp(-0.5 * (x / width) ** 2) / width

    there = normal(max(residual, 0), np.sqrt(noise**2 + error**2))
    low = max(criterion.least, criterion.apart * error)
    places = np.exp(np.linspace(np.log(low), np.log(1.2), 40))
    absent = np.mean(
        [normal(residual - r, np.sqrt(noise**2 + (criterion.spread * r) ** 2)) for r in places]
    )
    return np.log(there / absent) / criterion.temperature


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_odds_are_the_ratio_of_two_densities(temperature):
    criterion = Criterion(temperature=temperature)
    for residual in (-0.01, 0.0, 0.03, 0.1, 0.4):
        for noise, error in ((0.01, 0.02), (0.1, 0.012), (0.5, 0.3)):
            found = log_odds(residual, noise, error, criterion)
            if abs(found) < 50:
                assert found == pytest.approx(plain_odds(residual, noise, error, criterion))


def test_noise_as_large_as_all_residuals_says_nothing():
    assert abs(log_odds(0.5, 30.0, 0.012, DEFAULT)) < 0.1


def test_probabilities_are_a_distribution_and_prefer_the_largest_exact_group():
    matcher, lattice = matcher_of("p4m", 8)
    found = [matcher.match(setting) for setting in settings(lattice)]
    for noise in (1e-4, 0.05, 0.5, 1.0):
        chance = posterior(found, noise)
        assert chance.sum() == pytest.approx(1)
        assert (chance >= 0).all()
        names = by_name(found, chance)
        assert names.sum() == pytest.approx(1)
    sharp, vague = (posterior(found, noise).max() for noise in (1e-4, 1.0))
    assert sharp > vague


def test_parents_come_first_and_hold_the_trivial_group():
    for name in ("p1", "p4m", "p6m", "cmm"):
        _, lattice = matcher_of(name, 9)
        found = settings(lattice)
        orders = [len(setting.matrices) for setting in found]
        assert orders == sorted(orders)
        assert found[0].name == "p1"
        for index, held in enumerate(parents(found)):
            assert all(orders[k] < orders[index] for k in held)
            assert index == 0 or 0 in held
            for k in held:
                assert found[k].name in subgroups(found[index].name)
