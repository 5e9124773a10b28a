r"""Pairs of samples of which one is the other moved by a step, but for what enters and leaves.

Windows of one image overlap where there are enough of them. With filters Q that are near the
truth, a window :math:`x'` one step on from x has :math:`(Q x')_{after} \approx (Q x)_{before}` at
the pixels that stay in sight: nearer than any other window is by accident. How many pairs
accident gives is counted on the same windows turned by half a turn: to natural images that changes
nothing, and no two of those overlap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.whitening import Samples, Whitened
from symlens.lens.plane.grid import Grid, Step

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

LOUDEST = 32_000
"""Windows that are searched, those of most energy beside the constant: flat ones tell nothing."""
SINGULAR = 1.5
"""A pair is one if the second nearest window is so many times as far, in squared distance."""
SHARP = 3.0
"""The same of a sharp pair, as wrong filters hardly give it."""
BLOCK = 500
"""Windows whose distances are held at once: 64 MB."""


@dataclass(frozen=True)
class Overlaps:
    """Pairs that overlap in the pixels that a step leaves in sight.

    Parameters
    ----------
    step : Step
    before, after : ndarray of float32, shape (pairs, n)
        Windows in the given basis, coloured.
    sharp : int
        Pairs whose second nearest window is `SHARP` times as far.
    """

    step: Step
    before: Samples
    after: Samples
    sharp: int


def loudest(white: Whitened, count: int = LOUDEST) -> Samples:
    """Windows of most energy beside the first mode, in units of the scale. Shape (count, n)."""
    coloured = white.x @ (white.modes * np.sqrt(white.powers)).astype(np.float32)
    energy = np.sum(coloured[:, 1:] ** 2, axis=1)
    kept = np.sort(np.argsort(-energy, kind="stable")[:count])
    windows: Samples = coloured[kept] @ white.modes.T.astype(np.float32)
    return windows


def overlapping(
    windows: Samples, grid: Grid, filters: Array, chosen: Indices, *, turned: bool = False
) -> list[Overlaps]:
    """Pairs whose later window is one of the chosen ones, for the steps by one row and one column.

    Parameters
    ----------
    windows : ndarray of float32, shape (count, n)
        From `loudest`.
    grid : Grid
    filters : ndarray, shape (n, n)
        Q, thought to be near the truth.
    chosen : ndarray of int
        Which windows may be the later one.
    turned : bool
        Turn the later one by half a turn: all pairs are accidents then.

    Returns
    -------
    list of Overlaps
        Two, in the order of `Grid.steps`.
    """
    images = windows @ filters.T.astype(np.float32)
    found = []
    for before, after in grid.steps():
        sought = images[np.ix_(chosen, after[::-1] if turned else after)]
        nearest, nearer = two_nearest(np.ascontiguousarray(images[:, before]), sought, chosen)
        pairs = nearer[:, 1] > SINGULAR * nearer[:, 0]
        sharp = int(np.sum(nearer[:, 1] > SHARP * nearer[:, 0]))
        found.append(
            Overlaps((before, after), windows[nearest[pairs]], windows[chosen[pairs]], sharp)
        )
    return found


def two_nearest(points: Samples, sought: Samples, own: Indices) -> tuple[Indices, Samples]:
    """The nearest point other than its own of every sought one, and the two least distances.

    Parameters
    ----------
    points : ndarray of float32, shape (count, m)
        At least three.
    sought : ndarray of float32, shape (k, m)
    own : ndarray of int, shape (k,)
        Point that each sought one must not find.

    Returns
    -------
    nearest : ndarray of int, shape (k,)
    distances : ndarray of float32, shape (k, 2)
        Squared, of the nearest and of the second nearest.
    """
    lengths = np.einsum("ij,ij->i", points, points)
    nearest = np.empty(len(sought), np.intp)
    distances = np.empty((len(sought), 2), np.float32)
    for start in range(0, len(sought), BLOCK):
        block = sought[start : start + BLOCK]
        here = slice(start, start + len(block))
        rows = np.arange(len(block))
        apart = block @ points.T
        apart *= -2
        apart += lengths
        apart[rows, own[here]] = np.inf
        nearest[here] = apart.argmin(axis=1)
        distances[here, 0] = apart[rows, nearest[here]]
        apart[rows, nearest[here]] = np.inf
        distances[here, 1] = apart.min(axis=1)
        distances[here] += np.einsum("ij,ij->i", block, block)[:, None]
    return nearest, np.maximum(distances, 0.0)
