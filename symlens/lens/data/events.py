"""Samples that are sums of signals at random centres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from symlens.config.lens_data import GaussianData, LegendreData
from symlens.lens.data.signals import gaussian, legendre

Array = NDArray[np.float32]
Shape = Callable[[Array, Array], Array]

# Signals are evaluated in blocks of about this many numbers: they stay in the cache, and memory
# stays bounded for wide signals.
_BLOCK = 2**18


@dataclass(frozen=True)
class Events:
    """Signals present in a batch, in the order of their samples.

    Parameters
    ----------
    sample : ndarray of int, shape (n_events,)
        Sample that a signal is in, ascending.
    family : ndarray of int, shape (n_events,)
        Which shape it has.
    centre : ndarray, shape (n_events,)
        In pixels, counted from the first pixel.
    scale : ndarray, shape (n_events, 1)
        In pixels.
    amplitude : ndarray, shape (n_events, 1)
        In units of the data.
    """

    sample: NDArray[np.intp]
    family: NDArray[np.intp]
    centre: NDArray[np.float64]
    scale: Array
    amplitude: Array

    def select(self, chosen: slice | NDArray[np.bool_]) -> Events:
        """The chosen events, in the same order."""
        return Events(
            self.sample[chosen],
            self.family[chosen],
            self.centre[chosen],
            self.scale[chosen],
            self.amplitude[chosen],
        )


def shapes(cfg: GaussianData | LegendreData) -> tuple[Shape, ...]:
    """Signal shapes of a source, as functions of distance and scale."""
    if isinstance(cfg, GaussianData):
        return (gaussian,)
    return tuple(partial(legendre, degree=degree, order=order) for degree, order in cfg.features)


def _uniform(rng: np.random.Generator, bounds: tuple[float, float], size: int) -> Array:
    low, high = bounds
    values: Array = low + np.float32(high - low) * rng.random((size, 1), dtype=np.float32)
    return values


def draw_events(
    cfg: GaussianData | LegendreData,
    rng: np.random.Generator,
    count: int,
    centres: tuple[float, float],
) -> Events:
    """Draw the signals of a batch as the official code does.

    Every sample has ``lots`` lots per family; a lot holds a signal with probability
    ``presence / number of families``; centre, scale and amplitude are uniform.

    Parameters
    ----------
    cfg : GaussianData or LegendreData
    rng : numpy.random.Generator
    count : int
        Number of samples.
    centres : (float, float)
        Range [low, high) of the centres, in pixels counted from the first pixel.
    """
    families = len(shapes(cfg))
    present = rng.random((count, families * cfg.lots), dtype=np.float32) < cfg.presence / families
    sample, lot = np.nonzero(present)
    size = sample.size
    low, high = centres
    return Events(
        sample=sample,
        family=lot // cfg.lots,
        # Double precision: that a wide range of centres leaves no grid finer than a pixel.
        centre=low + (high - low) * rng.random(size),
        scale=_uniform(rng, cfg.scale, size),
        amplitude=_uniform(rng, cfg.amplitude, size),
    )


def evaluate(events: Events, forms: tuple[Shape, ...], offsets: Array) -> Array:
    """Signals on the pixels at ``offsets`` from the one nearest to their centre.

    Parameters
    ----------
    events : Events
    forms : tuple of callable
        The shapes of the families.
    offsets : ndarray, shape (n_offsets,)
        In pixels.

    Returns
    -------
    ndarray, shape (n_events, n_offsets)
    """
    fraction = (events.centre - np.rint(events.centre)).astype(np.float32)
    distance = offsets[None, :] - fraction[:, None]
    if len(forms) == 1:
        values = forms[0](distance, events.scale)
    else:
        values = np.empty_like(distance)
        for family, form in enumerate(forms):
            chosen = events.family == family
            values[chosen] = form(distance[chosen], events.scale[chosen])
    values *= events.amplitude
    return values


def blocks(events: Events, count: int, width: int) -> Iterator[tuple[int, int, Events]]:
    """Split a batch into ranges [first, last) of samples with a bounded number of values."""
    mean = max(1.0, events.sample.size / count)
    rows = max(1, int(_BLOCK / (width * mean)))
    for first in range(0, count, rows):
        last = min(first + rows, count)
        low, high = np.searchsorted(events.sample, [first, last])
        yield first, last, events.select(slice(int(low), int(high)))


def render(
    events: Events, forms: tuple[Shape, ...], count: int, n: int, *, reach: float, cyclic: bool
) -> Array:
    """Sum the signals of every sample, on the pixels within their reach only.

    Cyclic: a signal goes round the ring as often as it reaches, so that it depends on the signed
    periodic distance; for signals shorter than the period the two are the same.

    Returns
    -------
    ndarray, shape (count, n)
    """
    half = int(np.ceil(reach + 0.5))
    offsets = np.arange(-half, half + 1)
    if not cyclic:
        nearest = np.rint(events.centre)
        events = events.select((nearest >= -half) & (nearest <= n - 1 + half))
    x = np.empty((count, n), dtype=np.float32)
    for first, last, part in blocks(events, count, offsets.size):
        pixel = np.rint(part.centre).astype(np.intp)[:, None] + offsets
        row = (part.sample - first)[:, None] * n
        size = (last - first) * n
        # Pixels outside the window are collected in one place past the end.
        target = (
            row + pixel % n if cyclic else np.where((pixel >= 0) & (pixel < n), row + pixel, size)
        )
        values = evaluate(part, forms, offsets.astype(np.float32))
        total = np.bincount(target.ravel(), weights=values.ravel(), minlength=size + 1)
        x[first:last] = total[:size].reshape(last - first, n)
    return x
