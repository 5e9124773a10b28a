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
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.objective import TERMS, PlaneObjective
from symlens.lens.plane.positions import Span, span_operators
from symlens.lens.plane.search import improve, start
from symlens.lens.plane.symmetry import PlaneSymmetry

Array = NDArray[np.float64]

START_SAMPLES = 30_000
RANKING_SAMPLES = 10_000
REFINING_SAMPLES = 30_000
REFINING_STEPS = 60
CONTRASTS = (0.1, 0.6)
"""Range of the contrast constant, even in its logarithm: one is drawn for every round."""
SPANS = tuple((count, exponent) for count in (8, 12, 16) for exponent in (0.25, 0.5, 0.75))
"""Number of operators and exponent of their equalisation, in each round."""
FRESH = 2
"""Rounds in which every span gives new filters; after them the known ones are improved only."""
SLACK = 1.2
"""Filters are taken on from span to span up to this much above the least loss: what a span makes
of them is near its own answer, whose loss says little about the next one's."""
LOWEST = (1, 2)
"""Modes that are taken for the two waves of lowest frequency, the constant being mode 0. Which of
them runs down and which to the right is tried both ways, unless the grid is square."""


@dataclass(frozen=True)
class LearnedPlane:
    """The symmetry and the way to it."""

    symmetry: PlaneSymmetry
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
    operators from a random subset at a random contrast, and filters from several spans of them;
    the best filters so far are improved by every span as well. One objective, on the same
    samples, ranks all. The best are refined by it.

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
    filters = search(white, grid, settings.rounds, seed=seed, trace=trace)
    objective = PlaneObjective(white, white.x[:REFINING_SAMPLES], grid)
    refined = minimise(objective, filters, iterations=REFINING_STEPS).point
    trace.add(objective.terms(refined), settings.rounds)
    symmetry = PlaneSymmetry(refined, grid, white.mean, white.scale)
    return LearnedPlane(symmetry, trace.history())


def search(white: Whitened, grid: Grid, rounds: int, *, seed: int, trace: Trace) -> Array:
    """Best filters of all rounds. Shape (n, n)."""
    judge = PlaneObjective(white, white.x[:RANKING_SAMPLES], grid)
    orders = [LOWEST] if grid.height == grid.width else [LOWEST, LOWEST[::-1]]
    best: tuple[float, Array] = (np.inf, np.eye(grid.n))
    at = best

    def take(filters: Array, number: int, slack: float) -> None:
        nonlocal best, at
        loss = trace.add(judge.terms(filters), number)
        if loss < slack * best[0]:
            at = loss, filters
        best = min(best, (loss, filters), key=lambda found: found[0])

    take(independent_start(white, grid, white.x[:START_SAMPLES], seed=seed), 0, 1.0)
    for number, stream in enumerate(np.random.SeedSequence(seed).spawn(rounds)):
        operators = draw_operators(white, np.random.default_rng(stream))
        for count, exponent in SPANS:
            span = Span.of(operators[:count], white, exponent)
            for modes in orders if number < FRESH else ():
                take(improve(white, grid, span, start(white, grid, span, modes)), number, 1.0)
            take(improve(white, grid, span, at[1], turns=2), number, SLACK)
    return best[1]


def draw_operators(white: Whitened, rng: np.random.Generator) -> list[Array]:
    """Leading operators of one random subset of the samples at one random contrast."""
    chosen = rng.choice(len(white.x), min(START_SAMPLES, len(white.x)), replace=False)
    contrast = float(np.exp(rng.uniform(*np.log(CONTRASTS))))
    return span_operators(white, white.x[chosen], contrast)
