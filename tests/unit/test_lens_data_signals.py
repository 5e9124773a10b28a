"""Single signals and their sums, against limiting cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import lpmv

from symlens.config.lens_data import GaussianData, LegendreData
from symlens.lens.data.events import Events, draw_events, evaluate, render, shapes
from symlens.lens.data.signals import gaussian, legendre, legendre_coefficients

FAMILIES = [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (5, 3), (8, 1)]


def column(*values):
    return np.array(values, dtype=np.float32)[:, None]


@pytest.mark.parametrize("scale", [0.2, 1.0, 2.5])
def test_a_gaussian_has_unit_area_and_its_standard_deviation(scale):
    d = np.linspace(-8 * scale, 8 * scale, 4001, dtype=np.float32)[None]
    values = gaussian(d, column(scale)).astype(float)
    step = 16 * scale / 4000
    assert values.sum() * step == pytest.approx(1.0, rel=1e-5)
    assert (values * d**2).sum() * step == pytest.approx(scale**2, rel=1e-5)


@pytest.mark.parametrize(("degree", "order"), FAMILIES)
def test_a_legendre_wave_is_scipys_without_its_sign_and_power_of_two(degree, order):
    d = np.linspace(-4.0, 4.0, 201, dtype=np.float32)
    z = np.sin(np.pi * np.clip(d.astype(float) / 3.5, -1, 1) / 2)
    expected = (-1) ** order * 2.0**-degree * lpmv(order, degree, z)
    found = legendre(d[None], column(7.0), degree, order)[0]
    np.testing.assert_allclose(found, expected, atol=2e-6 * np.abs(expected).max())


def test_the_official_codes_two_families_have_their_closed_forms():
    np.testing.assert_allclose(legendre_coefficients(2, 1), [0, 0.75], atol=1e-15)
    np.testing.assert_allclose(legendre_coefficients(3, 1), [-0.1875, 0, 0.9375], atol=1e-15)


@pytest.mark.parametrize(("degree", "order"), FAMILIES)
def test_a_legendre_wave_is_odd_or_even_and_ends_within_its_length(degree, order):
    d = np.linspace(0.1, 5.0, 50, dtype=np.float32)[None]
    right, left = (legendre(side, column(6.0), degree, order) for side in (d, -d))
    np.testing.assert_allclose(left, (-1) ** (degree + order) * right, atol=1e-6)
    assert np.abs(right[d >= 3.0]).max() < 1e-7


def test_one_event_is_drawn_where_it_is():
    forms = shapes(GaussianData())
    event = Events(np.array([1]), np.array([0]), np.array([3.3]), column(0.8), column(1.5))
    x = render(event, forms, 3, 9, reach=6 * 0.8, cyclic=False)
    d = np.arange(9) - 3.3
    expected = 1.5 * np.exp(-(d**2) / (2 * 0.64)) / (np.sqrt(2 * np.pi) * 0.8)
    np.testing.assert_allclose(x[1], expected, atol=1e-6)
    assert not x[[0, 2]].any()


def test_an_odd_wave_stays_odd_where_the_ring_closes():
    # The official code's unsigned distance makes it even there.
    forms = shapes(LegendreData(features=((2, 1),)))
    event = Events(np.array([0]), np.array([0]), np.array([0.0]), column(7.0), column(1.0))
    x = render(event, forms, 1, 11, reach=3.5, cyclic=True)[0]
    np.testing.assert_allclose(x[1:], -x[:0:-1], atol=1e-6)
    assert x[1] > 0.25


def test_a_signal_longer_than_the_ring_goes_round_it():
    forms = shapes(GaussianData())
    event = Events(np.array([0]), np.array([0]), np.array([2.25]), column(4.0), column(1.0))
    x = render(event, forms, 1, 5, reach=24.0, cyclic=True)[0]
    images = np.arange(-8, 9)[:, None] * 5 + np.arange(5) - 2.25
    expected = (np.exp(-(images**2) / 32) / (np.sqrt(2 * np.pi) * 4)).sum(axis=0)
    np.testing.assert_allclose(x, expected, atol=1e-6)


def test_events_are_as_frequent_and_as_spread_as_configured():
    cfg = LegendreData(lots=4, presence=0.6, scale=(6.0, 10.0), amplitude=(0.5, 1.5))
    count = 50_000
    events = draw_events(cfg, np.random.default_rng(0), count, (-3.0, 7.0))
    per_family = np.bincount(events.family) / count
    np.testing.assert_allclose(per_family, 4 * 0.6 / 2, atol=0.03)
    assert np.all(np.diff(events.sample) >= 0)
    for values, low, high in (
        (events.centre, -3.0, 7.0),
        (events.scale, 6.0, 10.0),
        (events.amplitude, 0.5, 1.5),
    ):
        assert low <= values.min() < low + 0.01 * (high - low)
        assert high - 0.01 * (high - low) < values.max() <= high
        assert values.mean() == pytest.approx((low + high) / 2, abs=0.01 * (high - low))


def test_families_are_evaluated_with_their_own_shape():
    forms = shapes(LegendreData())
    offsets = np.arange(-5, 6, dtype=np.float32)
    events = Events(
        np.array([0, 0]), np.array([1, 0]), np.array([4.2, 1.9]), column(8.0, 9.0), column(2.0, 1.0)
    )
    values = evaluate(events, forms, offsets)
    first = 2 * legendre((offsets - np.float32(0.2))[None], column(8.0), 3, 1)
    second = legendre((offsets + np.float32(0.1))[None], column(9.0), 2, 1)
    np.testing.assert_allclose(values, np.concatenate([first, second]), atol=1e-6)


def test_the_mean_of_a_window_is_the_density_of_signals_times_their_area():
    cfg = GaussianData(n=9, scale=(1.0, 2.0), lots=3, presence=0.5)
    half = cfg.centre_range()
    events = draw_events(cfg, np.random.default_rng(2), 40_000, (4 - half, 4 + half))
    x = render(events, shapes(cfg), 40_000, 9, reach=cfg.reach(), cyclic=False)
    # 1.5 signals per sample, of mean amplitude and unit area, over 2 half pixels.
    expected = 1.5 / (2 * half)
    error = x.std(axis=0) / np.sqrt(len(x))
    assert np.all(np.abs(x.mean(axis=0) - expected) < 5 * error)
    assert quad(lambda d: float(gaussian(np.float32([[d]]), column(1.5))[0, 0]), -9, 9)[
        0
    ] == pytest.approx(1.0, rel=1e-4)
