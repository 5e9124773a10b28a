"""Discrete moves between answers that descents cannot leave: signs and order of frequencies.

A mode of the covariance with the wrong sign leaves the covariance as it is, and two weak modes
exchanged nearly so. In frequencies each is one move, and cumulants tell whether it is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.rotations import minimise
from symlens.lens.fast.stationarity import cosine_basis
from symlens.lens.fast.window_invariance import WEIGHTS, WindowInvariance

Array = NDArray[np.float64]
Move = tuple[tuple[int, ...], tuple[int, ...], tuple[float, ...]]

REACH = 2
"""Frequencies that far apart are exchanged: a reflection of the window keeps even and odd."""
TURNS = 12
"""Moves that are tried at most, whether they help or not."""
WALLS, WALL_STEPS = 3, 25
"""Places where signs are turned above, and steps of the descents from there."""
STEPS = 60
TOLERANCE = 1e-4


def improved(misfit: WindowInvariance, filters: Array) -> Array:
    """Descend, then alternate moves and descents until neither lowers the misfit. Shape (n, n).

    Walls are asked about where no single move helps.
    """
    best, turn = descended(misfit, filters), 0
    while turn < TURNS:
        for kind in (sweep, without_wall):
            turn += 1
            moved = kind(misfit, best)
            found = best if moved is None else descended(misfit, moved)
            if misfit.value(found) < misfit.value(best):
                best = found
                break
        else:
            break
    return best


def without_wall(misfit: WindowInvariance, filters: Array) -> Array | None:
    """Turn the signs of all frequencies above one, where that costs least, and descend.

    Where low and high frequencies disagree about the signs, those between them come out mixed, and
    no move alone puts that right.

    Returns
    -------
    ndarray, shape (n, n), or None
        None when the departure is not lower after the descent.
    """
    basis, leading = cosine_basis(len(filters)), misfit.weighted(WEIGHTS[0])
    waves = basis @ filters
    walls = [move for move in moves(len(filters)) if len(move[0]) > 1 and move[0] == move[1]]
    trials = [basis.T @ _moved(waves, move) for move in walls]
    likeliest = sorted(trials, key=misfit.departure)[:WALLS]
    found = [minimise(leading, trial, iterations=WALL_STEPS).point for trial in likeliest]
    best = min(found, key=misfit.departure, default=filters)
    return best if misfit.departure(best) < misfit.departure(filters) else None


def descended(misfit: WindowInvariance, filters: Array) -> Array:
    """Descend where the cumulants lead, then where the covariance has more of a say."""
    for weight in WEIGHTS[:2]:
        found = minimise(misfit.weighted(weight), filters, iterations=STEPS, tolerance=TOLERANCE)
        filters = found.point
    return filters


def sweep(misfit: WindowInvariance, filters: Array) -> Array | None:
    """Try every move; make those that help, the best first, as long as they still help.

    Returns
    -------
    ndarray, shape (n, n), or None
        None when no move helps.
    """
    basis = cosine_basis(len(filters))
    waves, least = basis @ filters, misfit.departure(filters)
    tried = [
        (misfit.departure(basis.T @ _moved(waves, move)), number, move)
        for number, move in enumerate(moves(len(filters)))
    ]
    found = None
    for _, _, move in sorted(one for one in tried if one[0] < least):
        trial = _moved(waves, move)
        departure = misfit.departure(basis.T @ trial)
        if departure < least:
            waves, least = trial, departure
            found = basis.T @ waves
    return found


def _moved(waves: Array, move: Move) -> Array:
    places, others, signs = move
    moved = waves.copy()
    moved[list(places)] = np.asarray(signs)[:, None] * waves[list(others)]
    return moved


def moves(n: int) -> Iterator[Move]:
    """Frequencies, those that take their places, and signs that these are given.

    One frequency changes its sign, or it and all above; two neighbours or next neighbours are
    exchanged; two pairs of next neighbours are exchanged together. From the highest frequency,
    where powers are least, to the lowest.
    """
    for k in reversed(range(n)):
        yield (k,), (k,), (-1.0,)
        if 0 < k < n - 1:
            above = tuple(range(k, n))
            yield above, above, (-1.0,) * len(above)
        if 3 * k < n:  # low frequencies are strong, and the covariance puts them in order
            continue
        for other in range(k + 1, min(k + REACH + 1, n)):
            for sign in (1.0, -1.0):
                yield (k, other), (other, k), (1.0, sign)
        if k + 3 < n:
            places, others = (k, k + 1, k + 2, k + 3), (k + 2, k + 3, k, k + 1)
            for one, two in product((1.0, -1.0), repeat=2):
                yield places, others, (1.0, one, two, one * two)
