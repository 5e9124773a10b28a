"""The primitive cell: neither a multiple of it nor a part of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.exact.fourier import REACH, Halves, Spectrum, indices
from symlens.wallpaper.exact.lattice import Lattice
from symlens.wallpaper.exact.reduction import SHORTEST, reduced, shortest
from symlens.wallpaper.exact.weights import repeats, ring_mean, weights_of

CLEAR = 0.985
"""Height of the autocorrelation's peaks above which their differences tell cells apart."""

LEFT_OUT = 0.012
"""Part of the signal that a cell must not leave out."""

CERTAIN = 3.2
"""Standard errors that such a part must be beyond; noise alone gave 1.7 at most in 54 cases."""

REPEATED = 0.004
"""What may lack to a correlation of 1 with the cell moved by a part of a lattice vector, without
noise."""

ERRORS, MOST = 2.5, 0.1
"""Standard errors that may lack beside that, more than independent errors need, and how much at
most: what missing spots leave is alike at many coefficients."""

MOVED = 0.003
"""Relative change of the lattice beyond which the windows are made anew."""

PRIMES = (2, 3, 5)

TIMES = 3
"""A cell is doubled at most that often: its translations may be a cycle of four, or eight."""


def spectrum(image: NDArray[np.float64], lattice: Lattice) -> Spectrum:
    """Coefficients of an image on its lattice, corrected and brought to the primitive cell.

    Parameters
    ----------
    image : ndarray, shape (height, width, channel)
    lattice : Lattice
        From the autocorrelation.
    """
    basis = lattice.basis
    if lattice.peak < CLEAR or image.shape[2] > 1:  # it was found in one mixture of the channels
        for _ in range(TIMES):
            larger = doubled(image, basis)
            if np.linalg.det(larger) < 1.5 * np.linalg.det(basis):
                break
            basis = larger
    found = fitted(image, basis)
    for _ in range(3):
        finer = divided(found)
        if finer is None:
            return found
        found = fitted(image, finer)
    return found


def fitted(image: NDArray[np.float64], basis: NDArray[np.float64]) -> Spectrum:
    """Coefficients on a lattice, which is corrected on the way."""
    halves = Halves(image, basis)
    better = halves.corrected(basis)
    if np.abs(np.linalg.solve(basis, better) - np.eye(2)).max() > MOVED:
        halves = Halves(image, better)
        better = halves.corrected(better)
    better = reduced(better)
    return halves.spectrum(better, indices(better, REACH))


def doubled(image: NDArray[np.float64], basis: NDArray[np.float64]) -> NDArray[np.float64]:
    """The lattice, or one of index 2 or 4 in it, if that holds signal that the lattice leaves out.

    The coefficients of a cell of 2 a x 2 b fall into four kinds by their indices, even or odd. The
    signal of a kind is what both halves of the image have in common beyond noise.
    """
    larger = 2 * basis
    if np.abs(larger).sum(axis=1).max() > 0.8 * min(image.shape[:2]):
        return basis
    halves = Halves(image, larger)
    larger = halves.corrected(larger)
    h = indices(larger, REACH)
    values, pairs = halves.coefficients(larger, h)
    frequency = np.linalg.norm(h @ np.linalg.inv(larger), axis=1)
    noise = ring_mean(frequency, halves.noise(pairs))
    common = halves.signal(pairs, noise)
    weight = weights_of(frequency, (np.abs(values) ** 2).sum(axis=1), noise)[1]
    kind, channels = h % 2, halves.channels(pairs)
    signal: dict[tuple[int, int], float] = {}
    error: dict[tuple[int, int], float] = {}
    for odd in ((0, 0), (1, 0), (0, 1), (1, 1)):
        own = (kind == odd).all(axis=1)
        signal[odd] = float((weight * common)[own].sum())
        error[odd] = float(2 * np.sqrt(((weight * noise)[own] ** 2).sum() / channels))
    total = max(signal[0, 0], 1e-300)
    clear = {
        odd
        for odd in ((1, 0), (0, 1), (1, 1))
        if signal[odd] > max(LEFT_OUT * total, CERTAIN * error[odd])
    }
    a, b = larger.T / 2
    if not clear:
        return basis
    columns = {
        frozenset({(1, 0)}): (2 * a, b),
        frozenset({(0, 1)}): (a, 2 * b),
        frozenset({(1, 1)}): (a + b, a - b),
    }.get(frozenset(clear), (2 * a, 2 * b))
    return reduced(np.stack(columns, axis=1))


def divided(found: Spectrum) -> NDArray[np.float64] | None:
    """A lattice with a part of a lattice vector in it, if that is a translation too; else None."""
    weight = weights_of(found.frequency, found.power, found.noise)[1]
    signal = weight * (found.power - found.noise)
    noise = np.sqrt((2 * (weight**2) * np.maximum(found.power, 0) * found.noise).sum())
    if signal.sum() <= 0:
        return None
    lost, p, step = 2.0, 2, (0, 1)
    for prime in PRIMES:
        own = 1 - repeats(found.h, signal, prime)
        own[0, 0] = 2.0  # no part of a vector
        least = np.unravel_index(own.argmin(), own.shape)
        if own[least] < lost:
            lost, p, step = float(own[least]), prime, (int(least[0]), int(least[1]))
    if lost > min(REPEATED + ERRORS * float(noise / signal.sum()), MOST):
        return None
    part = found.basis @ np.array(step) / p
    a, b = found.basis.T
    # The part replaces a vector that it has a share of, divided by p.
    one = (part, b) if step[0] else (a, part)
    lattice = reduced(np.stack(one, axis=1))
    return None if shortest(lattice) < SHORTEST else lattice
