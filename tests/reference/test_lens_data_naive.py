"""Synthesis against the formulas written as loops, one pixel and one signal at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import lpmv

from symlens.config.lens_data import GaussianData, LegendreData
from symlens.lens.data.digits import RADIUS, SIDE, TURNS, ring_weights
from symlens.lens.data.events import draw_events, render, shapes


def signal(cfg, family: int, d: float, scale: float) -> float:
    if isinstance(cfg, GaussianData):
        return math.exp(-(d**2) / (2 * scale**2)) / (math.sqrt(2 * math.pi) * scale)
    degree, order = cfg.features[family]
    u = min(max(d / (scale / 2), -1.0), 1.0)
    return (-1) ** order * 2.0**-degree * float(lpmv(order, degree, math.sin(math.pi * u / 2)))


def periodic(d: float, n: int) -> float:
    """Signed distance on a ring, in [-n/2, n/2)."""
    return (d + n / 2) % n - n / 2


@pytest.mark.parametrize("cyclic", [True, False])
@pytest.mark.parametrize(
    "cfg",
    [
        GaussianData(n=15, scale=(0.2, 1.0)),
        LegendreData(n=16, scale=(6.0, 15.0)),
        LegendreData(n=15, scale=(4.0, 9.0), features=((1, 1), (4, 2), (5, 2))),
    ],
    ids=["gaussian", "official legendre", "three families"],
)
def test_samples_are_the_sum_of_their_signals(cfg, cyclic):
    count, n = 40, cfg.n
    events = draw_events(cfg, np.random.default_rng(0), count, (-6.0, n + 6.0))
    assert events.sample.size > 50
    x = render(events, shapes(cfg), count, n, reach=cfg.reach(), cyclic=cyclic)
    expected = np.zeros((count, n))
    for event in range(events.sample.size):
        for pixel in range(n):
            d = pixel - events.centre[event]
            if cyclic:
                d = periodic(d, n)
            scale, amplitude = float(events.scale[event, 0]), float(events.amplitude[event, 0])
            expected[events.sample[event], pixel] += amplitude * signal(
                cfg, events.family[event], d, scale
            )
    np.testing.assert_allclose(x, expected, atol=3e-6)


def test_ring_weights_are_normalised_gaussians_around_their_points():
    n = 9
    weights = ring_weights(n)
    sigma = 2 * RADIUS * math.sin(math.pi / n)
    for point in (0, 7, n * TURNS - 1):
        angle = 2 * math.pi * point / (n * TURNS)
        x, y = 13.5 + RADIUS * math.cos(angle), 13.5 + RADIUS * math.sin(angle)
        values = [
            math.exp(-((column - x) ** 2 + (row - y) ** 2) / (2 * sigma**2))
            for row in range(SIDE)
            for column in range(SIDE)
        ]
        np.testing.assert_allclose(weights[:, point], np.array(values) / sum(values), rtol=1e-4)
