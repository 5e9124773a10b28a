"""The method ``plane``: walks, the overlapping windows they lead to, or statistics alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.config.plane import PlaneSettings
from symlens.lens.fast.rotations import minimise
from symlens.lens.fast.whitening import Whitened, whiten
from symlens.lens.learner import History, Monitor
from symlens.lens.plane.arranging import independent_start
from symlens.lens.plane.following import Followed, follow
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.objective import TERMS, PlaneObjective
from symlens.lens.plane.rounds import (
    START_SAMPLES,
    Climb,
    Walk,
    all_walks,
    climb_by_spans,
    draw_operators,
)
from symlens.lens.plane.scoring import matched
from symlens.lens.plane.symmetry import PlaneSymmetry
from symlens.lens.trace import Trace

Array = NDArray[np.float64]

RANKING_SAMPLES = 10_000
REFINING_SAMPLES = 30_000
REFINING_STEPS = 60
SAME = 0.99
"""Cosine of the generators of two rounds that came to one answer: there is no need of a third, but
on a grid that is not square, where two rounds may take rows for columns alike."""


@dataclass(frozen=True)
class LearnedPlane:
    """The symmetry, the overlapping pairs it was found by (or 0), and the way to it."""

    symmetry: PlaneSymmetry
    pairs: int
    history: History


def learn_plane(
    x: NDArray[np.float32],
    settings: PlaneSettings,
    grid: Grid,
    *,
    seed: int,
    monitor: Monitor,
) -> LearnedPlane:
    """Learn two commuting shifts from samples of a window of known height and width.

    White samples make the sought filters an orthogonal matrix. Every round takes position
    operators from a random subset at three contrasts, and walks along them. From the best walk
    overlapping windows are followed; sharp pairs, or two rounds of one answer, are enough. Where
    no windows overlap, the best walks, and the best filters so far, are improved by several spans
    of the operators; one objective, on the same samples, ranks all, and refines the best.

    Parameters
    ----------
    x : ndarray of float32, shape (n_samples, n)
        In random order.
    settings : PlaneSettings
    grid : Grid
    seed : int
    monitor : Monitor

    Returns
    -------
    LearnedPlane
    """
    white = whiten(x)
    trace = Trace(monitor, TERMS)
    found = search(white, grid, settings, seed=seed, trace=trace)
    filters = found.filters
    if not found.pairs:
        objective = PlaneObjective(white, white.x[:REFINING_SAMPLES], grid)
        filters = minimise(objective, filters, iterations=REFINING_STEPS).point
        trace.add(objective.terms(filters), settings.rounds)
    symmetry = PlaneSymmetry(filters, grid, white.mean, white.scale)
    return LearnedPlane(symmetry, found.pairs, trace.history())


def search(
    white: Whitened, grid: Grid, settings: PlaneSettings, *, seed: int, trace: Trace
) -> Followed:
    """Best filters of all rounds, and the pairs they were found by."""
    judge = PlaneObjective(white, white.x[:RANKING_SAMPLES], grid)
    nothing = np.inf, np.eye(grid.n)
    climb = Climb(judge, trace, nothing, nothing)
    climb.take(independent_start(white, grid, white.x[:START_SAMPLES], seed=seed), 0, 1.0)
    followed: list[Followed] = []
    for number, stream in enumerate(np.random.SeedSequence(seed).spawn(settings.rounds)):
        rng = np.random.default_rng(stream)
        drawn = draw_operators(white, rng)
        walked = all_walks(white, grid, judge, drawn)
        one = followed_by(white, grid, walked, rng) if settings.overlaps else None
        if one is not None:
            trace.add(judge.terms(one.filters), number)
            known = any(same(one.filters, other.filters, grid) for other in followed)
            followed.append(one)
            if one.certain or (known and grid.height == grid.width):
                break
        elif not followed:
            climb_by_spans(white, grid, climb, walked, drawn[:-1], number)
    return least(followed) or Followed(climb.best[1], 0, climb.best[0], certain=False)


def followed_by(
    white: Whitened, grid: Grid, walked: list[Walk], rng: np.random.Generator
) -> Followed | None:
    """Follow overlapping windows from the best walk in either order of the axes."""
    best = {walk.modes: walk for walk in reversed(walked)}
    found = [follow(white, grid, walk.filters, rng) for walk in best.values()]
    return least([one for one in found if one is not None])


def least(followed: list[Followed]) -> Followed | None:
    """The one of the least value, if there is one."""
    return min(followed, key=lambda one: one.value, default=None)


def same(one: Array, other: Array, grid: Grid) -> bool:
    """Whether two answers are one, up to what no data can tell apart."""
    pairs = [filters.T @ grid.shifts() @ filters for filters in (one, other)]
    return min(matched(*pairs)[0]) > SAME
