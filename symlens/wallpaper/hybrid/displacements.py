"""How far operations are from mapping an averaged cell to itself, in pixels.

A residual says how much of an image is left, and depends on what the image shows: spots that are
off by a pixel leave little if they are wide, much if they are narrow. A view v that differs from v'
by small moves u has v' - v = u·∇v, so that the ratio of the two, both averaged around a place, is
how far what lies there is off: |u| along a slope, |u| / √2 for round spots.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from symlens.wallpaper.exact.fourier import Spectrum, view
from symlens.wallpaper.exact.matching import Match, Matcher
from symlens.wallpaper.exact.weights import blurred

AROUND: Final = 3.5
"""Pixels: standard deviation of the Gaussian that both are averaged with."""

FAINT: Final = 0.15
"""Part of the largest mean square slope that is added to all: where the view is flat, it does not
say how far it is off."""

TINY: Final = 1e-300
"""In the place of a slope of 0."""


def displacements(
    found: Spectrum, matcher: Matcher, matches: Sequence[Match]
) -> NDArray[np.float64]:
    """The largest displacement at any place, and the mean, of every setting's worst operation.

    D_g(x)² = (G * |v - v_g|²)(x) / ((G * |∇v|²)(x) + `FAINT` max) with a Gaussian G and the view v
    whose weights origins were searched with, what noise adds to both subtracted; the mean is of
    numerator and denominator apart.

    Parameters
    ----------
    found : Spectrum
    matcher : Matcher
        Of its coefficients.
    matches : sequence of Match

    Returns
    -------
    ndarray, shape (setting, 2)
        Pixels.
    """
    look = _Look(found, matcher)
    worst = np.zeros((len(matches), 2))
    for index, match in enumerate(matches):
        setting, turned = match.setting, np.eye(2) - match.setting.matrices
        steps = setting.shifts + turned @ match.origin
        for W, step in zip(setting.matrices[1:], steps[1:], strict=True):
            worst[index] = np.maximum(worst[index], look.off(W, step))
    return worst


class _Look:
    """The view, and what is needed to say how far it is off."""

    def __init__(self, found: Spectrum, matcher: Matcher) -> None:
        self.h, self.matcher = found.h, matcher
        self.gain = np.sqrt(matcher.weights[0])
        self.points = fft.next_fast_len(2 * matcher.most + 2)
        self.around = _gaussian(found.basis, self.points)
        self.noise = found.noise * self.gain**2
        values = found.values.T * self.gain
        self.seen = view(self.h, values, self.points)
        waves = 2 * np.pi * (self.h @ np.linalg.inv(found.basis)).T
        slopes = view(self.h, 1j * waves[:, None] * values, self.points)
        slope = self._averaged((slopes**2).sum(axis=(0, 1)))
        slope -= float((waves**2 @ self.noise).sum())
        self.mean = max(float(slope.mean()), TINY)
        self.steep = np.maximum(np.maximum(slope, 0.0) + FAINT * slope.max(), TINY)

    def off(self, W: NDArray[np.int64], step: NDArray[np.float64]) -> tuple[float, float]:
        """Largest and mean displacement of x -> W x + s, pixels."""
        phase = np.exp(-2j * np.pi * (self.h @ step))
        there = view(self.h, self.matcher.moved(W).T * phase * self.gain, self.points)
        change = self._averaged(((self.seen - there) ** 2).sum(axis=0))
        change -= 2 * float(self.noise.sum())
        largest, mean = float((change / self.steep).max()), float(change.mean()) / self.mean
        return float(np.sqrt(max(largest, 0.0))), float(np.sqrt(max(mean, 0.0)))

    def _averaged(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """G * f of values on the grid."""
        return np.asarray(fft.irfft2(fft.rfft2(values) * self.around, values.shape))


def _gaussian(basis: NDArray[np.float64], points: int) -> NDArray[np.float64]:
    """Transform of G on a grid of points along both vectors; shape (points, points // 2 + 1)."""
    first = np.rint(points * fft.fftfreq(points))
    h = np.stack(np.meshgrid(first, np.arange(points // 2 + 1), indexing="ij"), axis=-1)
    frequency = np.linalg.norm(h @ np.linalg.inv(basis), axis=-1)
    return np.sqrt(blurred(frequency, AROUND))
