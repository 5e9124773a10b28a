"""From a configuration to something that draws natural samples: before basis and noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from symlens.config.lens_controls import (
    ClustersData,
    Controls,
    EllipticalData,
    FactorsData,
    IndependentData,
    WhiteNoiseData,
)
from symlens.config.lens_data import (
    DigitSlicesData,
    GaussianData,
    ImageRowsData,
    LegendreData,
    SO2Data,
    SynthesizedData,
)
from symlens.lens.data.broken import break_symmetry, narrowing
from symlens.lens.data.controls import (
    Clusters,
    Elliptical,
    Factors,
    Independent,
    WhiteNoise,
    spread_laws,
)
from symlens.lens.data.digits import DigitRings, DigitRows, load_digits
from symlens.lens.data.dispersed import render_dispersed
from symlens.lens.data.events import Events, draw_events, render, shapes
from symlens.lens.data.images import ImageRows, load_images
from symlens.lens.data.so2 import Rotations

Array = NDArray[np.float32]


class Source(Protocol):
    """Draws samples on the natural pixels, in units of its own."""

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""


class Signals:
    """Sums of signals at random centres, on a ring or through a window.

    Cyclic centres cover the whole period [0, n) and distances go round it, so that the samples
    are exactly invariant. A window is stationary because centres reach as far beyond it as any
    signal can be seen.

    Parameters
    ----------
    cfg : GaussianData or LegendreData
    """

    def __init__(self, cfg: GaussianData | LegendreData) -> None:
        self._cfg = cfg
        self._shapes = shapes(cfg)

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        cfg = self._cfg
        if cfg.group == "dispersed_translation":
            travel = float(cfg.n) if cfg.travel is None else cfg.travel
            events = self._narrowed(draw_events(cfg, rng, count, (-travel / 2, travel / 2)))
            return render_dispersed(
                events,
                self._shapes,
                count,
                cfg.n,
                reach=cfg.reach(),
                coefficients=cfg.velocity(),
            )
        middle = (cfg.n - 1) / 2
        half = cfg.centre_range()
        centres = (0.0, float(cfg.n)) if cfg.cyclic else (middle - half, middle + half)
        events = self._narrowed(draw_events(cfg, rng, count, centres))
        return render(events, self._shapes, count, cfg.n, reach=cfg.reach(), cyclic=cfg.cyclic)

    def _narrowed(self, events: Events) -> Events:
        """Signals whose scale depends on where they are, if the symmetry is broken like this."""
        broken = self._cfg.broken
        if broken is None or broken.kind != "width":
            return events
        phase = _fixed(self._cfg).uniform(0, 2 * np.pi)
        factor = narrowing(events.centre, self._cfg.n, broken.strength, phase)
        return replace(events, scale=events.scale * factor[:, None])


def _fixed(cfg: SynthesizedData) -> np.random.Generator:
    """Numbers of what is fixed while samples are drawn."""
    # A second generator of the same seed would repeat the random basis' numbers.
    return np.random.default_rng(np.random.SeedSequence(cfg.group_seed, spawn_key=(1,)))


def open_source(cfg: SynthesizedData) -> Source:
    """Source of a configuration; reads its images or digits now."""
    if isinstance(cfg, Controls):
        return _control(cfg)
    if isinstance(cfg, SO2Data):
        return Rotations(cfg.shape, cfg.inner)
    whole = _whole(cfg)
    if cfg.broken is None:
        return whole
    return break_symmetry(whole, cfg.broken, cfg.n, _fixed(cfg))


def _control(cfg: Controls) -> Source:
    """Source without a symmetry."""
    match cfg:
        case IndependentData():
            return Independent(spread_laws(cfg.n, cfg.scale, _fixed(cfg)))
        case FactorsData():
            return Factors(cfg, _fixed(cfg))
        case ClustersData():
            return Clusters(cfg, _fixed(cfg))
        case EllipticalData():
            return Elliptical(cfg, _fixed(cfg))
        case WhiteNoiseData():
            return WhiteNoise(cfg.n)


def _whole(cfg: GaussianData | LegendreData | ImageRowsData | DigitSlicesData) -> Source:
    """Source with its symmetry, but for the scale of signals."""
    match cfg:
        case GaussianData() | LegendreData():
            return Signals(cfg)
        case ImageRowsData():
            return ImageRows(load_images(cfg.path), cfg.n)
        case DigitSlicesData():
            digits = load_digits(cfg.mnist)
            return DigitRings(digits, cfg.n) if cfg.cyclic else DigitRows(digits, cfg.n)
