"""Waves in other orders: what no single exchange and no descent puts right.

Where the powers of frequencies cross, a search ends with one or two waves at the place of others
and all between them bent to fit. Read again from the waves found, the selection rules name the
orders near the present one that allow most; a short descent from each tells which is better.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.frequencies import Integers, Monomials, allowed, elsewhere
from symlens.lens.fast.rotations import minimise
from symlens.lens.fast.stationarity import cosine_basis
from symlens.lens.fast.window_invariance import WEIGHTS, WindowInvariance

Array = NDArray[np.float64]

LONGEST_STRETCH = 2
FARTHEST = 7
"""Places by which a wave is moved at most: powers that far apart in frequency still cross."""
TRIED = 12
"""Orders that are descended from, those that allow most power."""
CONTINUED = 4
"""Of them, those that are descended from further, those of the least departure by then."""
STEPS = 10, 20


def reordered(misfit: WindowInvariance, filters: Array) -> Array | None:
    """Filters of the least departure that descents from other orders lead to. Shape (n, n).

    Parameters
    ----------
    misfit : WindowInvariance
    filters : ndarray, shape (n, n)
        Orthogonal.

    Returns
    -------
    ndarray, shape (n, n), or None
        Still to be descended; None where there is no other order.
    """
    basis, leading = cosine_basis(len(filters)), misfit.weighted(WEIGHTS[0])
    waves = basis @ filters
    found = [basis.T @ _with_signs(misfit, waves[order], order) for order in likely(misfit, waves)]
    for steps, kept in zip(STEPS, (CONTINUED, 1), strict=True):
        descended = [minimise(leading, start, iterations=steps).point for start in found]
        found = sorted(descended, key=misfit.departure)[:kept]
    return found[0] if found else None


def likely(misfit: WindowInvariance, waves: Array) -> Integers:
    """Orders of waves, other than the present one, that allow most power. Shape (orders, n)."""
    known = misfit.cumulants.turned(waves @ misfit.white.modes)
    rules = [Monomials.of(tensor, known.samples) for tensor in (known.third, known.fourth)]
    orders = nearby(len(waves))
    return orders[np.argsort(-allowed(rules, orders), kind="stable")[:TRIED]]


@cache
def nearby(n: int) -> Integers:
    """Orders in which a stretch of waves stands elsewhere, or two are exchanged. (orders, n).

    None is the order 0 .. n - 1 itself, and no wave is farther from its place than `FARTHEST`.
    Made once for a number of waves, and not to be written to.
    """
    still = np.arange(n)
    found = {
        tuple(order.tolist())
        for length in range(1, LONGEST_STRETCH + 1)
        for first in range(n - length + 1)
        for order in elsewhere(still, first, length)
        if 0 < np.abs(order - still).max() <= FARTHEST
    }
    orders = np.array(sorted(found), np.int64).reshape(-1, n)
    orders.flags.writeable = False
    return orders


def _with_signs(misfit: WindowInvariance, waves: Array, order: Integers) -> Array:
    """Waves with the signs of those moved, or of all above, turned as long as that helps."""
    n = len(waves)
    basis, moved = cosine_basis(n), np.flatnonzero(order != np.arange(n))
    single = np.eye(n)[moved]
    above = [np.arange(n) >= edge for edge in (moved[0], moved[-1] + 1) if 0 < edge < n]
    turns = 1 - 2 * np.concatenate([single, np.reshape(above, (-1, n))])
    least = misfit.departure(basis.T @ waves)
    while True:
        trials = [turn[:, None] * waves for turn in turns]
        departures = [misfit.departure(basis.T @ trial) for trial in trials]
        best = int(np.argmin(departures))
        if not departures[best] < least:
            return waves
        waves, least = trials[best], departures[best]
