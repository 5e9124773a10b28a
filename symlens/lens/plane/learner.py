"""The method ``plane``: starts in closed form, one objective that chooses, a short refinement."""

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
from symlens.lens.plane.positions import Span, span_operators
from symlens.lens.plane.scoring import matched
from symlens.lens.plane.search import improve
from symlens.lens.plane.symmetry import PlaneSymmetry
from symlens.lens.plane.walks import walks

Array = NDArray[np.float64]
Walk = tuple[list[Array], Array]
"""Operators, and filters from a walk along them."""

START_SAMPLES = 30_000
RANKING_SAMPLES = 10_000
REFINING_SAMPLES = 30_000
REFINING_STEPS = 60
CONTRASTS = ((0.1, 0.3), (0.3, 0.6), (0.6, 1.2))
"""Ranges of the contrast constant, even in its logarithm: every round draws one from each."""
WALKED = tuple((count, exponent) for count in (8, 16) for exponent in (0.0, 0.25))
"""Number of operators and exponent of their equalisation of the spans that walks are made from."""
KEPT = 4
"""Walks of a round that are improved, those of the least loss, each by these spans:"""
IMPROVING = ((8, 0.5), (12, 0.5), (12, 0.25), (16, 0.5))
SPANS = tuple((count, exponent) for count in (8, 12, 16) for exponent in (0.25, 0.5, 0.75))
"""Spans by which the best filters are improved, from the operators of the two lower contrasts."""
SLACK = 1.2
"""Filters are taken on from span to span up to this much above the least loss: what a span makes
of them is near its own answer, whose loss says little about the next one's."""
SAME = 0.99
"""Cosine of the generators of two rounds that came to one answer: there is no need of a third."""
LOWEST = (1, 2)
"""Modes that are taken for the two waves of lowest frequency, the constant being mode 0. Which of
them runs down and which to the right is tried both ways, unless the grid is square."""


@dataclass(frozen=True)
class LearnedPlane:
    """The symmetry, the overlapping pairs it was found by (or 0), and the way to it."""

    symmetry: PlaneSymmetry
    pairs: int
    history: History


class Trace:
    """Collects the terms of the objective at every candidate and hands them to a monitor.

    Parameters
    ----------
    monitor : Monitor
    """

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._rows: list[list[float]] = []

    def add(self, terms: dict[str, float], round_: int) -> float:
        """Add the terms of a candidate of a round; give its loss."""
        row = {**terms, "round": float(round_)}
        self._monitor.record(len(self._rows), row)
        self._rows.append(list(row.values()))
        return terms["loss"]

    def history(self) -> History:
        """All that was added."""
        columns = ("loss", *TERMS, "round")
        steps = np.arange(len(self._rows), dtype=np.int64)
        return History(steps, columns, np.array(self._rows).reshape(-1, len(columns)))


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
    overlapping windows are followed; two rounds of one answer are enough. Where no windows
    overlap, the best walks, and the best filters so far, are improved by several spans of the
    operators; one objective, on the same samples, ranks all, and refines the best.

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
    trace = Trace(monitor)
    found = search(white, grid, settings, seed=seed, trace=trace)
    filters = found.filters
    if not found.pairs:
        objective = PlaneObjective(white, white.x[:REFINING_SAMPLES], grid)
        filters = minimise(objective, filters, iterations=REFINING_STEPS).point
        trace.add(objective.terms(filters), settings.rounds)
    symmetry = PlaneSymmetry(filters, grid, white.mean, white.scale)
    return LearnedPlane(symmetry, found.pairs, trace.history())


@dataclass
class Climb:
    """The best filters so far, and those that are taken on from span to span.

    Parameters
    ----------
    judge : PlaneObjective
    trace : Trace
    best, at : (float, ndarray of shape (n, n))
        Losses and filters.
    """

    judge: PlaneObjective
    trace: Trace
    best: tuple[float, Array]
    at: tuple[float, Array]

    def take(self, filters: Array, number: int, slack: float) -> None:
        """Judge filters of a round; take them on up to a slack above the least loss."""
        loss = self.trace.add(self.judge.terms(filters), number)
        if loss < slack * self.best[0]:
            self.at = loss, filters
        if loss < self.best[0]:
            self.best = loss, filters


def search(
    white: Whitened, grid: Grid, settings: PlaneSettings, *, seed: int, trace: Trace
) -> Followed:
    """Best filters of all rounds, and the pairs they were found by."""
    judge = PlaneObjective(white, white.x[:RANKING_SAMPLES], grid)
    nothing = np.inf, np.eye(grid.n)
    climb = Climb(judge, trace, nothing, nothing)
    climb.take(independent_start(white, grid, white.x[:START_SAMPLES], seed=seed), 0, 1.0)
    followed: list[tuple[float, Followed]] = []
    for number, stream in enumerate(np.random.SeedSequence(seed).spawn(settings.rounds)):
        rng = np.random.default_rng(stream)
        drawn = draw_operators(white, rng)
        walked = best_walks(white, grid, judge, drawn)
        one = follow(white, grid, walked[0][1], rng) if settings.overlaps else None
        if one is not None:
            known = any(same(one.filters, other.filters, grid) for _, other in followed)
            followed.append((trace.add(judge.terms(one.filters), number), one))
            if known:
                break
        elif not followed:
            climb_by_spans(white, grid, climb, walked, drawn[:-1], number)
    if followed:
        return min(followed, key=lambda pair: pair[0])[1]
    return Followed(climb.best[1], 0)


def same(one: Array, other: Array, grid: Grid) -> bool:
    """Whether two answers are one, up to what no data can tell apart."""
    pairs = [filters.T @ grid.shifts() @ filters for filters in (one, other)]
    return min(matched(*pairs)[0]) > SAME


def climb_by_spans(
    white: Whitened,
    grid: Grid,
    climb: Climb,
    walked: list[Walk],
    drawn: list[list[Array]],
    number: int,
) -> None:
    """Improve the walks of a round, and the best filters so far, by spans of operators."""
    for operators, filters in walked:
        for count, exponent in IMPROVING:
            span = Span.of(operators[:count], white, exponent)
            climb.take(improve(white, grid, span, filters, turns=1), number, 1.0)
    climb.at = climb.best
    for operators in drawn:
        for count, exponent in SPANS:
            span = Span.of(operators[:count], white, exponent)
            climb.take(improve(white, grid, span, climb.at[1], turns=2), number, SLACK)


def best_walks(
    white: Whitened, grid: Grid, judge: PlaneObjective, drawn: list[list[Array]]
) -> list[Walk]:
    """Filters of the walks of least loss, each with the operators that it was made from."""
    orders = [LOWEST] if grid.height == grid.width else [LOWEST, LOWEST[::-1]]
    found = [
        (operators, filters)
        for operators in drawn
        for count, exponent in WALKED
        for modes in orders
        for filters in walks(white, grid, Span.of(operators[:count], white, exponent), modes)
    ]
    return sorted(found, key=lambda one: judge.terms(one[1])["loss"])[:KEPT]


def draw_operators(white: Whitened, rng: np.random.Generator) -> list[list[Array]]:
    """Leading operators of one random subset of the samples, at a random contrast of each range."""
    chosen = rng.choice(len(white.x), min(START_SAMPLES, len(white.x)), replace=False)
    contrasts = [float(np.exp(rng.uniform(*np.log(bounds)))) for bounds in CONTRASTS]
    return [span_operators(white, white.x[chosen], contrast) for contrast in contrasts]
