"""Pairs of overlapping windows, and the filters that they lead to."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from symlens.config.plane import PlaneSettings
from symlens.groups import random_orthogonal
from symlens.lens.fast.whitening import whiten
from symlens.lens.plane import following, learner
from symlens.lens.plane.following import (
    Followed,
    Misfit,
    counted,
    enough,
    follow,
    turned_over,
    with_covariance,
)
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.learner import learn_plane, least, same
from symlens.lens.plane.overlaps import Overlaps, loudest, overlapping, two_nearest
from symlens.lens.plane.scoring import matched
from symlens.lens.plane.stationarity import Departure

GRID = Grid(4, 5)
EVERY = [(a, b) for a in range(GRID.height) for b in range(GRID.width)]


def texture(rng, side):
    """A stationary image: white noise, smoothed a little."""
    spectrum = np.fft.rfft2(rng.laplace(size=(side, side)))
    down, right = np.fft.fftfreq(side), np.fft.rfftfreq(side)
    image = np.fft.irfft2(spectrum / (0.1 + np.hypot(down[:, None], right)), s=(side, side))
    return image / image.std()


def windows_of(image, every=1, shape=(GRID.height, GRID.width)):
    """All windows at distances of so many pixels, row by row. Shape (count, n)."""
    views = np.lib.stride_tricks.sliding_window_view(image, shape)
    return views[::every, ::every].reshape(-1, shape[0] * shape[1])


@pytest.fixture(scope="module")
def hidden():
    """Windows of one image, shuffled, in a random basis, with noise; and the basis."""
    rng = np.random.default_rng(0)
    basis = random_orthogonal(GRID.n, rng)
    natural = rng.permutation(windows_of(texture(rng, 64)))
    noisy = natural + 0.02 * rng.standard_normal(natural.shape)
    return whiten((noisy @ basis).astype(np.float32)), basis


@pytest.fixture(scope="module")
def pairs(hidden):
    white, basis = hidden
    windows = loudest(white)
    return overlapping(windows, GRID, basis, np.arange(len(windows)))


def smaller_cosine(filters, basis):
    shifts = GRID.shifts()
    return min(matched(filters.T @ shifts @ filters, basis.T @ shifts @ basis)[0])


def disturbed(basis, angle):
    skew = np.random.default_rng(1).standard_normal(basis.shape)
    skew = angle * (skew - skew.T) / np.sqrt(2 * len(skew))
    eye = np.eye(len(skew))
    return np.linalg.solve(eye - skew / 2, (eye + skew / 2) @ basis)


def test_steps_are_where_shifts_take_pixels():
    x = np.random.default_rng(2).standard_normal(GRID.n)
    for (before, after), shift in zip(GRID.steps(), GRID.shifts(), strict=True):
        np.testing.assert_array_equal((x @ shift)[after], x[before])


def test_two_nearest_against_all_distances():
    rng = np.random.default_rng(3)
    points = rng.standard_normal((700, 6)).astype(np.float32)
    own = rng.permutation(700)[:600]
    sought = points[own] + np.float32(0.1) * rng.standard_normal((600, 6)).astype(np.float32)
    nearest, distances = two_nearest(points, sought, own)
    naive = cdist(sought, points, "sqeuclidean")
    naive[np.arange(600), own] = np.inf
    np.testing.assert_array_equal(nearest, naive.argmin(axis=1))
    np.testing.assert_allclose(distances, np.sort(naive, axis=1)[:, :2], atol=1e-4)


def test_the_loudest_have_most_energy_beside_the_first_mode(hidden):
    white, _ = hidden
    kept = loudest(white, 100)
    coloured = white.x @ ((white.modes * np.sqrt(white.powers)) @ white.modes.T)
    energy = np.sum((coloured @ white.modes[:, 1:]) ** 2, axis=1)
    expected = coloured[np.sort(np.argsort(-energy)[:100])]
    np.testing.assert_allclose(kept, expected, atol=1e-4)


def test_pairs_are_one_step_apart(hidden, pairs):
    white, basis = hidden
    assert counted(pairs) > len(white.x)
    for one, (before, after) in zip(pairs, GRID.steps(), strict=True):
        apart = (one.before @ basis.T)[:, before] - (one.after @ basis.T)[:, after]
        near = np.sqrt(np.mean(apart**2, axis=1))
        assert np.mean(near < 0.06) > 0.99


def test_pairs_are_sharp_at_the_truth_only(hidden, pairs):
    white, basis = hidden
    windows = loudest(white)
    assert sum(one.sharp for one in pairs) > 0.99 * counted(pairs)
    wrong = overlapping(windows, GRID, disturbed(basis, 0.7), np.arange(len(windows)))
    assert sum(one.sharp for one in wrong) < 0.2 * counted(wrong)


def test_the_misfit_is_a_mean_over_pairs(hidden, pairs):
    filters = disturbed(hidden[1], 0.5)
    naive = 0.0
    for one in pairs:
        before, after = one.step
        apart = (one.before @ filters.T)[:, before] - (one.after @ filters.T)[:, after]
        naive += float(np.mean(apart.astype(np.float64) ** 2))
    assert Misfit(pairs)(filters)[0] == pytest.approx(np.log(naive), abs=1e-5)


@pytest.mark.parametrize("covariance", [False, True])
def test_gradients_along_rotations(hidden, pairs, covariance):
    white, basis = hidden
    objective = Misfit(pairs)
    if covariance:
        objective = with_covariance(objective, Departure(white, GRID))
    filters = disturbed(basis, 0.7)
    gradient, step = objective(filters)[1], 1e-5
    rng = np.random.default_rng(4)
    for matrix in rng.standard_normal((3, GRID.n, GRID.n)):
        skew, eye = (matrix - matrix.T) / 2, np.eye(GRID.n)
        ahead, back = (
            objective(np.linalg.solve(eye - t / 2 * skew, (eye + t / 2 * skew) @ filters))[0]
            for t in (step, -step)
        )
        along = np.vdot(gradient, skew @ filters)
        assert along == pytest.approx((ahead - back) / (2 * step), rel=1e-5, abs=1e-7)


def test_what_no_data_can_tell_apart_has_one_misfit(hidden):
    """Half a turn exchanges before and after; so the pairs are taken the other way round."""
    white, basis = hidden
    chosen = np.arange(500)
    windows = loudest(white, 2000)
    pairs = overlapping(windows, GRID, basis, chosen)
    other = [Overlaps(one.step, one.after, one.before, one.sharp) for one in pairs]
    filters = disturbed(basis, 0.4)
    value = Misfit(pairs)(filters)[0]
    assert Misfit(pairs)(-filters)[0] == pytest.approx(value)
    assert Misfit(other)(filters[::-1])[0] == pytest.approx(value)


def test_a_wave_of_wrong_sign_is_turned_back(hidden, pairs):
    _, basis = hidden
    wrong = disturbed(basis, 0.1)
    for wave in GRID.profiles([(0, 0), (2, 3)]):
        wrong = wrong - 2 * np.outer(wave, wave @ wrong)
    assert smaller_cosine(wrong, basis) < 0.95
    assert smaller_cosine(turned_over(Misfit(pairs), GRID, wrong), basis) > 0.999


def test_overlapping_windows_lead_to_the_truth(hidden):
    white, basis = hidden
    start = disturbed(basis, 0.7)
    assert smaller_cosine(start, basis) < 0.9
    found = follow(white, GRID, start, np.random.default_rng(5))
    assert found is not None
    assert found.pairs > len(white.x)
    np.testing.assert_allclose(found.filters @ found.filters.T, np.eye(GRID.n), atol=1e-10)
    assert smaller_cosine(found.filters, basis) > 0.999


def test_where_nothing_overlaps_nothing_is_followed():
    """Windows of an image of their own each: near pairs are accidents, and as rare when turned."""
    rng = np.random.default_rng(6)
    natural = windows_of(texture(rng, 256), every=6)
    natural = np.concatenate([natural, windows_of(texture(rng, 256), every=6)])
    white = whiten(natural.astype(np.float32))
    assert follow(white, GRID, np.eye(GRID.n), rng) is None


@pytest.mark.parametrize(("real", "chance", "accepted"), [(100, 10, True), (100, 60, False)])
def test_what_is_enough(real, chance, accepted):
    def of(count):
        part = np.zeros((count, 4), np.float32)
        return [Overlaps(step, part, part, 0) for step in Grid(2, 2).steps()]

    assert enough(of(real), of(chance), n=4) is accepted
    assert not enough(of(real), of(0), n=60)


class Losses:
    def __init__(self):
        self.rounds = []

    def record(self, _, terms):
        assert np.isfinite(terms["loss"])
        self.rounds.append(terms["round"])


@pytest.fixture(scope="module")
def square():
    """Windows of a square, in a random basis; and the shifts in it."""
    rng = np.random.default_rng(0)
    grid, basis = Grid(4, 4), random_orthogonal(16, rng)
    natural = rng.permutation(windows_of(texture(rng, 64), shape=(4, 4)))
    noisy = natural + 0.02 * rng.standard_normal(natural.shape)
    return grid, (noisy @ basis).astype(np.float32), basis.T @ grid.shifts() @ basis


@pytest.mark.parametrize(("certain", "last"), [(0.4, 0), (1.1, 1)])
def test_sharp_pairs_or_two_rounds_that_agree_are_enough(square, monkeypatch, certain, last):
    monkeypatch.setattr(following, "CERTAIN", certain)
    grid, x, shifts = square
    monitor = Losses()
    learned = learn_plane(x, PlaneSettings(rounds=4), grid, seed=1, monitor=monitor)
    assert learned.pairs > len(x)
    assert min(matched(learned.symmetry.generators, shifts)[0]) > 0.999
    assert max(monitor.rounds) == last
    assert learned.history.values[:, -1].tolist() == monitor.rounds


def test_overlaps_are_left_alone_if_told_so(square, monkeypatch):
    def refuse(*_):
        raise AssertionError("overlaps were looked for")

    monkeypatch.setattr(learner, "follow", refuse)
    monkeypatch.setattr(learner, "climb_by_spans", lambda *_: None)
    grid, x, _ = square
    settings = PlaneSettings(rounds=1, overlaps=False)
    assert learn_plane(x, settings, grid, seed=1, monitor=Losses()).pairs == 0
    with pytest.raises(AssertionError, match="looked for"):
        learn_plane(x, PlaneSettings(rounds=1), grid, seed=1, monitor=Losses())


def test_of_answers_the_one_that_fits_best_is_taken():
    answers = [Followed(np.eye(2), 5, value, certain=False) for value in (0.3, -2.0, 1.0)]
    assert least(answers) is answers[1]
    assert least([]) is None


def test_answers_are_the_same_up_to_what_no_data_tell_apart():
    filters = random_orthogonal(9, np.random.default_rng(7))
    grid = Grid(3, 3)
    image = filters.reshape(3, 3, 9)
    for other in (-filters, image[::-1], image[:, ::-1], image.transpose(1, 0, 2)):
        assert same(filters, other.reshape(9, 9), grid)
    assert not same(filters, random_orthogonal(9, np.random.default_rng(8)), grid)
