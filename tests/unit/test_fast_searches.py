"""Searches for windows, rings and many pixels, on data small enough for all of them."""

import numpy as np
import pytest
from scipy.linalg import expm

from symlens.config.lens_data import GaussianData
from symlens.groups import random_orthogonal
from symlens.lens.data import synthesize
from symlens.lens.fast import large_search, window_search
from symlens.lens.fast.candidates import falling_waves
from symlens.lens.fast.large_search import SHARPENING, TURNS
from symlens.lens.fast.learner import shift_of
from symlens.lens.fast.objective import FINISHING, LensObjective
from symlens.lens.fast.rotations import Minimum
from symlens.lens.fast.searches import (
    LARGEST_RING,
    LARGEST_WINDOW,
    LargeSearch,
    RingSearch,
    WindowSearch,
    search_for,
)
from symlens.lens.fast.whitening import whiten
from symlens.lens.fast.window_search import EXPLAINED, FEW_PER_PIXEL, HOPELESS, WORTH_IMPROVING
from symlens.metrics import generator_cosine

N = 9


def gaussian(*, cyclic, n=N, samples=20_000):
    """White samples of wide bumps behind a random basis, and the basis."""
    data = synthesize(
        GaussianData(
            n=n,
            samples=samples,
            cyclic=cyclic,
            scale=(0.5, 1.5),
            group="random_basis",
            group_seed=3,
            seed=7,
        )
    )
    return whiten(data["x"].to_numpy()), data["representation"].to_numpy().astype(float)


@pytest.fixture(scope="module")
def window():
    return gaussian(cyclic=False)


@pytest.fixture(scope="module")
def ring():
    return gaussian(cyclic=True)


def start_of(basis):
    """Components that are no pixels."""
    return random_orthogonal(len(basis), np.random.default_rng(5))


def cosine(filters, basis, *, cyclic=False):
    return generator_cosine(shift_of(filters, cyclic=cyclic), shift_of(basis, cyclic=cyclic))


def turned(basis, angle):
    skew = np.random.default_rng(4).standard_normal(basis.shape)
    return expm(angle * (skew - skew.T)) @ basis


@pytest.mark.parametrize(
    ("n", "cyclic", "kind"),
    [
        (LARGEST_WINDOW + 1, False, LargeSearch),
        (LARGEST_RING + 1, True, LargeSearch),
        (5, False, WindowSearch),
        (5, True, RingSearch),
    ],
)
def test_the_search_fits_the_data(n, cyclic, kind):
    white = whiten(np.random.default_rng(0).standard_normal((3 * n, n)).astype(np.float32))
    assert type(search_for(white, cyclic=cyclic)) is kind


@pytest.mark.parametrize("number", [0, 1], ids=["all samples", "half of them"])
def test_a_round_in_a_window_finds_the_shift(window, number):
    white, basis = window
    search = WindowSearch(white)
    found = search.round(start_of(basis), np.random.default_rng(1), number)
    assert search.value(found) < search.value(random_orthogonal(N, np.random.default_rng(2)))
    assert cosine(search.finished(found), basis) > 0.97


def test_another_round_is_asked_between_explained_and_hopeless(window, monkeypatch):
    white, basis = window
    search, other = WindowSearch(white), random_orthogonal(N, np.random.default_rng(2))
    assert search.excess(basis) < EXPLAINED < HOPELESS < search.excess(other)
    assert not search.promising(basis)
    assert not search.promising(other)
    monkeypatch.setattr(window_search, "MANY_PER_PIXEL", 1 + len(white.x) // N)
    assert search.promising(basis)  # of too few samples to be sure
    monkeypatch.undo()
    monkeypatch.setattr(window_search, "EXPLAINED", search.excess(basis) - 1e-6)
    assert search.promising(basis)
    monkeypatch.setattr(window_search, "HOPELESS", search.misfit.departure(other) + 1e-6)
    assert search.promising(other)


def test_few_samples_leave_hope():
    white, basis = gaussian(cyclic=False, samples=FEW_PER_PIXEL * N - 1)
    search = WindowSearch(white)
    assert search.promising(random_orthogonal(N, np.random.default_rng(2)))
    assert search.promising(basis)


@pytest.mark.parametrize(
    ("explained", "hopeless", "starts"),
    [(-1.0, 0.0, 1), (1.0, 1.1, 1), (-1.0, 1.1, WORTH_IMPROVING)],
)
def test_one_start_is_improved_where_another_could_add_nothing(
    window, monkeypatch, explained, hopeless, starts
):
    white, basis = window
    search, calls = WindowSearch(white), []

    def counted(misfit, filters):
        calls.append(misfit.departure(filters))
        return filters

    monkeypatch.setattr(window_search, "improved", counted)
    monkeypatch.setattr(window_search, "EXPLAINED", explained)
    monkeypatch.setattr(window_search, "HOPELESS", hopeless)
    search.round(start_of(basis), np.random.default_rng(1), 0)
    assert calls == sorted(calls)
    assert len(calls) == starts


def test_rings_and_many_pixels_promise_no_more(window, ring):
    assert not RingSearch(ring[0]).promising(ring[1])
    assert not LargeSearch(window[0], cyclic=False).promising(window[1])


def test_a_round_on_a_ring_finds_the_shift(ring):
    white, basis = ring
    search = RingSearch(white)
    found = search.round(start_of(basis), np.random.default_rng(1), 0)
    assert search.value(found) <= search.value(basis)
    assert cosine(found, basis, cyclic=True) > 0.99
    np.testing.assert_array_equal(search.finished(found), found)


def test_polishing_on_a_ring_lowers_the_misfit(ring):
    white, basis = ring
    search = RingSearch(white)
    start = turned(basis, 0.02)
    assert search.value(search.polished(start)) < search.value(start)


def test_many_pixels_are_found_from_matrices(window):
    white, basis = window
    search = LargeSearch(white, cyclic=False)
    found = search.finished(search.round(start_of(basis), np.random.default_rng(1), 0))
    assert cosine(found, basis) > 0.97
    np.testing.assert_array_equal(search.polished(found), found)


def test_more_pixels_than_cumulants_have_room_for():
    """The answer is as good as the truth by the objective on samples, and near to it."""
    n = LARGEST_WINDOW + 2
    white, basis = gaussian(cyclic=False, n=n, samples=12_000)
    search = search_for(white, cyclic=False)
    start = search.round(start_of(basis), np.random.default_rng(1), 0)
    found = search.finished(start)
    assert 0.8 < cosine(start, basis) < cosine(found, basis)
    assert cosine(found, basis) > 0.97
    objective = LensObjective(white, white.x, False, FINISHING)
    assert objective.terms(found)["loss"] < objective.terms(basis)["loss"]


def test_turns_sharpen_what_a_descent_leaves_blurred(window, monkeypatch):
    """Steps of unmixing follow each descent, the next descent starts from them."""
    white, basis = window
    starts, sharpened = [], []

    def descent(_, start, **__):
        starts.append(start)
        return Minimum(start, 0.0, 1)

    def unmixed(samples, filters, steps):
        assert steps == SHARPENING
        assert len(samples) < len(white.x)  # the others judge
        sharpened.append(filters[::-1])
        return sharpened[-1]

    monkeypatch.setattr(large_search, "minimise", descent)
    monkeypatch.setattr(large_search, "independent_components", unmixed)
    LargeSearch(white, cyclic=False).finished(basis)
    assert len(sharpened) == TURNS
    for found, expected in zip(starts, [basis, *sharpened], strict=True):
        np.testing.assert_array_equal(found, expected)


def test_waves_of_a_falling_spectrum_are_near_the_pixels(window):
    white, basis = window
    filters = falling_waves(white, white.x)
    np.testing.assert_allclose(filters @ filters.T, np.eye(N), atol=1e-9)
    assert cosine(filters, basis) > 0.8


def test_what_a_refinement_gains_must_show_on_samples_it_did_not_see(window, monkeypatch):
    white, basis = window
    astray = random_orthogonal(N, np.random.default_rng(30))
    monkeypatch.setattr(large_search, "minimise", lambda *_, **__: Minimum(astray, -1e9, 1))
    np.testing.assert_array_equal(LargeSearch(white, cyclic=False).finished(basis), basis)


def test_a_refinement_that_helps_is_kept(window):
    white, basis = window
    start = turned(basis, 0.05)
    end = LargeSearch(white, cyclic=False).finished(start)
    assert cosine(end, basis) > cosine(start, basis)
