"""Sums of signals are moved exactly as their centres are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symlens.config.lens_data import GaussianData, LegendreData
from symlens.groups import dispersed_phases, group_action, plane_log_generator
from symlens.lens.data.dispersed import render_dispersed
from symlens.lens.data.events import Events, draw_events, render, shapes

CONFIGS = [
    GaussianData(scale=(0.2, 1.0)),
    GaussianData(scale=(1.0, 6.0)),
    LegendreData(scale=(3.0, 12.0)),
    LegendreData(scale=(2.0, 5.0), features=((2, 1), (3, 2), (4, 4))),
]
configs = st.sampled_from(CONFIGS)
seeds = st.integers(0, 10**9)
COUNT = 8


def on_a_grid(events: Events) -> Events:
    """Centres on a grid of 2^-20 pixels, where adding whole pixels is exact."""
    return moved(events, 0, np.round(events.centre * 2**20) / 2**20)


def moved(events: Events, step: float, centre: np.ndarray | None = None) -> Events:
    centre = events.centre if centre is None else centre
    return Events(events.sample, events.family, centre + step, events.scale, events.amplitude)


@given(configs, st.integers(3, 30), st.integers(-40, 40), seeds)
def test_rolling_the_centres_rolls_the_samples_exactly(cfg, n, step, seed):
    forms = shapes(cfg)
    events = on_a_grid(draw_events(cfg, np.random.default_rng(seed), COUNT, (0.0, float(n))))
    here = render(events, forms, COUNT, n, reach=cfg.reach(), cyclic=True)
    there = render(moved(events, step), forms, COUNT, n, reach=cfg.reach(), cyclic=True)
    # Sums of the same numbers; only their order, and so the last bit, may differ.
    np.testing.assert_allclose(there, np.roll(here, step, axis=1), rtol=1e-6, atol=1e-6)


@given(configs, st.integers(3, 30), st.integers(1, 10), seeds)
def test_a_window_sees_the_same_scene_from_another_place(cfg, n, step, seed):
    forms = shapes(cfg)
    events = draw_events(cfg, np.random.default_rng(seed), COUNT, (-20.0, n + 20.0))
    events = on_a_grid(events)
    here = render(events, forms, COUNT, n, reach=cfg.reach(), cyclic=False)
    there = render(moved(events, step), forms, COUNT, n, reach=cfg.reach(), cyclic=False)
    np.testing.assert_allclose(there[:, step:], here[:, : max(n - step, 0)], rtol=1e-6, atol=1e-6)


@given(configs, st.integers(3, 30), st.booleans(), seeds)
def test_mirrored_centres_give_mirrored_samples_of_either_parity(cfg, n, cyclic, seed):
    rng = np.random.default_rng(seed)
    forms = shapes(cfg)
    events = on_a_grid(draw_events(cfg, rng, COUNT, (0.0, float(n))))
    mirrored = moved(events, n - 1, -events.centre)
    if isinstance(cfg, LegendreData):
        sign = np.array([(-1) ** (degree + order) for degree, order in cfg.features])
        mirrored = Events(
            mirrored.sample,
            mirrored.family,
            mirrored.centre,
            mirrored.scale,
            mirrored.amplitude * sign[mirrored.family, None].astype(np.float32),
        )
    here = render(events, forms, COUNT, n, reach=cfg.reach(), cyclic=cyclic)
    there = render(mirrored, forms, COUNT, n, reach=cfg.reach(), cyclic=cyclic)
    np.testing.assert_allclose(there, here[:, ::-1], rtol=1e-4, atol=1e-5)


@given(configs, st.integers(1, 12), seeds, st.floats(-30, 30), st.floats(0, 2))
def test_the_ideal_generator_moves_dispersed_signals(cfg, half, seed, t, slope):
    n, coefficients = 2 * half + 1, (1.0, slope)
    forms = shapes(cfg)
    events = draw_events(cfg, np.random.default_rng(seed), COUNT, (-10.0, 10.0))

    def made(them: Events) -> np.ndarray:
        return render_dispersed(them, forms, COUNT, n, reach=cfg.reach(), coefficients=coefficients)

    skew = plane_log_generator(n, dispersed_phases(n, coefficients))
    here, there = made(events), made(moved(events, t))
    size = 1 + np.abs(here).max()
    np.testing.assert_allclose(there, here @ group_action(skew, t), atol=2e-5 * size)


@given(configs, st.integers(1, 12), seeds)
def test_without_dispersion_whole_steps_are_plain_translations(cfg, half, seed):
    n = 2 * half + 1
    forms = shapes(cfg)
    events = draw_events(cfg, np.random.default_rng(seed), COUNT, (-10.0, 10.0))
    events = moved(events, 0, np.rint(events.centre))
    found = render_dispersed(events, forms, COUNT, n, reach=cfg.reach(), coefficients=(1.0,))
    expected = render(moved(events, half), forms, COUNT, n, reach=cfg.reach(), cyclic=True)
    np.testing.assert_allclose(found, expected, atol=2e-5 * (1 + np.abs(expected).max()))
