r"""Filters that follow pairs of overlapping windows: nearest pairs and least squares in turn.

From pairs, filters; from better filters, more and righter pairs, as scans are laid on each other
by iterating over closest points (Besl and McKay, IEEE PAMI 14, 239, 1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.rotations import Minimum, Objective, minimise
from symlens.lens.fast.whitening import Whitened
from symlens.lens.plane.grid import Grid, Step
from symlens.lens.plane.overlaps import Overlaps, loudest, overlapping
from symlens.lens.plane.stationarity import Departure

Array = NDArray[np.float64]

PASSES = 3
CHOSEN = 6_000
"""Windows whose pairs are looked for in every pass but the last, which takes all."""
ABOVE_CHANCE = 2.0
"""So many times the accidental pairs there must be."""
PER_FEATURE = 2
"""And so many pairs per feature and step: each tells (h - 1) w or h (w - 1) numbers."""
CERTAIN = 0.4
"""Share of pairs that are sharp. On photographs 0.58 at the truth, 0.2 at cosines of 0.82."""
STEPS = 400
TOLERANCE = 1e-9
TRIED = 8
"""Waves, the likeliest ones, whose sign is turned and the rest fitted anew."""
GAIN = 1e-4
"""By which log M must fall for a sign to stay turned."""
TINY = np.finfo(float).tiny


@dataclass(frozen=True)
class Followed:
    """Filters that overlapping windows lead to.

    Parameters
    ----------
    filters : ndarray, shape (n, n)
    pairs : int
        Number of pairs that told them.
    value : float
        Objective of the pairs and the covariance.
    certain : bool
        Whether most pairs are so near that the filters are right.
    """

    filters: Array
    pairs: int
    value: float
    certain: bool


class Misfit:
    r"""Mean squared difference M of overlapping pixels, as `rotations.minimise` takes log M.

    .. math:: M(Q) = \sum_{steps} \frac{1}{m} E \|(Q x)_{before} - (Q x')_{after}\|^2

    with m pixels in sight. White noise adds the same to every Q, so that the least M is the
    truth's. Only second moments of the pairs enter.

    Parameters
    ----------
    overlaps : sequence of Overlaps
    """

    def __init__(self, overlaps: Sequence[Overlaps]) -> None:
        self._moments: list[tuple[Step, Array, Array, Array]] = []
        for one in overlaps:
            before, after = (part.astype(np.float64) for part in (one.before, one.after))
            size = max(len(before), 1) * len(one.step[0])
            own, others = before.T @ before / size, after.T @ after / size
            self._moments.append((one.step, own, others, before.T @ after / size))

    def __call__(self, filters: Array) -> tuple[float, Array]:
        """Logarithm of M and its Euclidean gradient at Q."""
        value, slope = 0.0, np.zeros_like(filters)
        for (before, after), own, others, mixed in self._moments:
            earlier, later = filters[before], filters[after]
            first = earlier @ own - later @ mixed.T
            second = later @ others - earlier @ mixed
            value += float(np.vdot(first, earlier) + np.vdot(second, later))
            slope[before] += 2 * first
            slope[after] += 2 * second
        value = max(value, TINY)
        return float(np.log(value)), slope / value


def with_covariance(misfit: Misfit, departure: Departure) -> Objective:
    r"""Objective :math:`\log M + \log(1 + s_1)`.

    Either is a likelihood divided by its number of samples times numbers in a sample; on
    photographs there are about as many of the one as of the other.
    """

    def objective(filters: Array) -> tuple[float, Array]:
        value, slope = misfit(filters)
        excess, _, rise, _ = departure(filters)
        return value + float(np.log1p(excess)), slope + rise / (1 + excess)

    return objective


def descended(objective: Objective, filters: Array) -> Minimum:
    """Descend from filters."""
    return minimise(objective, filters, iterations=STEPS, tolerance=TOLERANCE)


def turned_over(objective: Objective, grid: Grid, filters: Array) -> Array:
    """Turn the sign of one wave after the other, where the rest then fits better. Shape (n, n).

    No descent turns a sign: between lies a hill. Those whose turn costs least are tried.
    """
    basis = grid.profiles([(a, b) for a in range(grid.height) for b in range(grid.width)])
    best = descended(objective, filters)
    while True:
        trials = [best.point - 2 * np.outer(one, one @ best.point) for one in basis]
        likeliest = np.argsort([objective(trial)[0] for trial in trials])[:TRIED]
        for number in likeliest:
            found = descended(objective, trials[number])
            if found.value < best.value - GAIN:
                best = found
                break
        else:
            return best.point


def follow(
    white: Whitened, grid: Grid, filters: Array, rng: np.random.Generator
) -> Followed | None:
    """Filters from overlapping windows; None where there are no more than accident gives.

    Parameters
    ----------
    white : Whitened
    grid : Grid
    filters : ndarray, shape (n, n)
        To begin with: cosines of 0.5 are enough on photographs.
    rng : Generator
        Chooses windows.

    Returns
    -------
    Followed or None
    """
    windows = loudest(white)
    everything = np.arange(len(windows))
    for _ in range(PASSES):
        chosen = rng.permutation(everything)[:CHOSEN]
        found = overlapping(windows, grid, filters, chosen)
        chance = overlapping(windows, grid, filters, chosen, turned=True)
        if not enough(found, chance, grid.n):
            return None
        filters = descended(Misfit(found), filters).point
    filters = turned_over(Misfit(found), grid, filters)
    found = overlapping(windows, grid, filters, everything)
    objective = with_covariance(Misfit(found), Departure(white, grid))
    minimum = descended(objective, filters)
    sharp = sum(one.sharp for one in found)
    certain = sharp >= CERTAIN * counted(found)
    return Followed(minimum.point, counted(found), minimum.value, certain)


def enough(found: Sequence[Overlaps], chance: Sequence[Overlaps], n: int) -> bool:
    """Whether pairs are more than accident, and enough of them along either side."""
    least = min(len(one.before) for one in found)
    return least >= PER_FEATURE * n and counted(found) >= ABOVE_CHANCE * counted(chance)


def counted(overlaps: Sequence[Overlaps]) -> int:
    """Number of pairs of all steps."""
    return sum(len(one.before) for one in overlaps)
