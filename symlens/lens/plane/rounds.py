"""The rounds of the search: operators drawn, walks along them, and a climb from span to span."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.whitening import Whitened
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.objective import PlaneObjective
from symlens.lens.plane.positions import Span, span_operators
from symlens.lens.plane.search import improve
from symlens.lens.plane.walks import walks
from symlens.lens.trace import Trace

Array = NDArray[np.float64]
Modes = tuple[int, int]

START_SAMPLES = 30_000
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
LOWEST: Modes = (1, 2)
"""Modes that are taken for the two waves of lowest frequency, the constant being mode 0. Which of
them runs down and which to the right is tried both ways, unless the grid is square."""


@dataclass(frozen=True)
class Walk:
    """Filters from a walk, what it began with, and their loss."""

    loss: float
    filters: Array
    operators: list[Array]
    modes: Modes


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
        terms = self.judge.terms(filters)
        self.trace.add(terms, number)
        loss = terms["loss"]
        if loss < slack * self.best[0]:
            self.at = loss, filters
        if loss < self.best[0]:
            self.best = loss, filters


def draw_operators(white: Whitened, rng: np.random.Generator) -> list[list[Array]]:
    """Leading operators of one random subset of the samples, at a random contrast of each range."""
    chosen = rng.choice(len(white.x), min(START_SAMPLES, len(white.x)), replace=False)
    contrasts = [float(np.exp(rng.uniform(*np.log(bounds)))) for bounds in CONTRASTS]
    return [span_operators(white, white.x[chosen], contrast) for contrast in contrasts]


def all_walks(
    white: Whitened, grid: Grid, judge: PlaneObjective, drawn: list[list[Array]]
) -> list[Walk]:
    """Walks of a round, those of the least loss first."""
    orders = [LOWEST] if grid.height == grid.width else [LOWEST, LOWEST[::-1]]
    found = [
        Walk(judge.terms(filters)["loss"], filters, operators, modes)
        for operators in drawn
        for count, exponent in WALKED
        for modes in orders
        for filters in walks(white, grid, Span.of(operators[:count], white, exponent), modes)
    ]
    return sorted(found, key=lambda walk: walk.loss)


def climb_by_spans(
    white: Whitened,
    grid: Grid,
    climb: Climb,
    walked: list[Walk],
    drawn: list[list[Array]],
    number: int,
) -> None:
    """Improve the best walks of a round, and the best filters so far, by spans of operators."""
    for walk in walked[:KEPT]:
        for count, exponent in IMPROVING:
            span = Span.of(walk.operators[:count], white, exponent)
            climb.take(improve(white, grid, span, walk.filters, turns=1), number, 1.0)
    climb.at = climb.best
    for operators in drawn:
        for count, exponent in SPANS:
            span = Span.of(operators[:count], white, exponent)
            climb.take(improve(white, grid, span, climb.at[1], turns=2), number, SLACK)
