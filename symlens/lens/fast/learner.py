"""The ``fast`` method: starts in closed form, one objective that chooses, a short refinement."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from symlens.config.lens_fast import FastSettings
from symlens.lens.fast.candidates import ring_candidates, window_candidates
from symlens.lens.fast.embedding import embed
from symlens.lens.fast.objective import FINISHING, SELECTING, LensObjective
from symlens.lens.fast.rotations import minimise
from symlens.lens.fast.trace import Trace
from symlens.lens.fast.whitening import Samples, Whitened, whiten
from symlens.lens.learner import Learned, Monitor
from symlens.metrics import generator_cosine

Array = NDArray[np.float64]

START_SAMPLES = 30_000
RANKING_SAMPLES = 20_000
REFINING_SAMPLES = 60_000
VALIDATION = 0.25
"""Fraction of the samples on which refinements are compared, none of which they see."""
REFINING_STEPS = 40
SAME = 0.99
"""Generator cosine above which two rounds have found the same answer."""


@dataclass(frozen=True)
class Found:
    """Filters with their value of the selecting objective."""

    value: float
    filters: Array
    generator: Array


def learn_fast(
    x: NDArray[np.float32],
    settings: FastSettings,
    *,
    cyclic: bool,
    seed: int,
    monitor: Monitor,
    checkpoint: Path | None,
) -> Learned:
    """Learn a symmetry in seconds to a minute.

    White samples make the sought filters an orthogonal matrix. Every round proposes filters from
    a random subset; the objective ranks all of them on the same samples. Rounds end when the best
    answer has been found twice, or after ``settings.rounds``. The best is refined, and what a
    refinement gains must show on samples that it did not see.

    Parameters
    ----------
    x : ndarray of float32, shape (n_samples, n)
        In random order.
    settings : FastSettings
    cyclic : bool
    seed : int
    monitor : Monitor
    checkpoint : Path or None
        Not used: a search takes less time than keeping it would save.

    Returns
    -------
    Learned
    """
    del checkpoint
    white = whiten(x)
    kept = max(x.shape[1], len(x) - round(VALIDATION * len(x)))
    fitting, unseen = white.x[:kept], white.x[kept:]
    trace = Trace(monitor)
    best, last = search(white, fitting, settings.rounds, cyclic=cyclic, seed=seed, trace=trace)
    filters = refine(white, best, fitting, unseen, cyclic=cyclic, trace=trace, round_=last + 1)
    return Learned(embed(filters, white, cyclic=cyclic), trace.history())


def search(
    white: Whitened, fitting: Samples, rounds: int, *, cyclic: bool, seed: int, trace: Trace
) -> tuple[Array, int]:
    """Best filters of all rounds and the number of the last round."""
    judge = LensObjective(white, fitting[:RANKING_SAMPLES], cyclic, SELECTING)
    answers: list[Found] = []
    streams = np.random.SeedSequence(seed).spawn(rounds)
    for number, stream in enumerate(streams):
        rng = np.random.default_rng(stream)
        subset = rng.choice(len(fitting), min(START_SAMPLES, len(fitting)), replace=False)
        start_seed = int(rng.integers(2**31))

        def value(filters: Array, number: int = number) -> float:
            terms = judge.terms(filters)
            trace.add(terms, number)
            return terms["loss"]

        propose = ring_candidates if cyclic else window_candidates
        proposals = propose(white, fitting[subset], value, seed=start_seed)
        loss, filters = min(proposals, key=lambda proposal: proposal[0])
        answers.append(Found(loss, filters, embed(filters, white, cyclic=cyclic).generator))
        answers.sort(key=lambda answer: answer.value)
        if len(answers) > 1 and generator_cosine(answers[0].generator, answers[1].generator) > SAME:
            break
    return answers[0].filters, number


def refine(
    white: Whitened,
    filters: Array,
    fitting: Samples,
    unseen: Samples,
    *,
    cyclic: bool,
    trace: Trace,
    round_: int,
) -> Array:
    """The best on unseen samples of: the filters as they are, refined, refined and finished."""
    steps = [filters]
    for weights in (SELECTING, FINISHING):
        objective = LensObjective(white, fitting[:REFINING_SAMPLES], cyclic, weights)

        def observe(point: Array, objective: LensObjective = objective) -> None:
            trace.add(objective.terms(point), round_)

        found = minimise(objective, steps[-1], iterations=REFINING_STEPS, observe=observe)
        steps.append(found.point)
    verdict = LensObjective(white, unseen if len(unseen) else fitting, cyclic, FINISHING)
    return min(steps, key=lambda point: verdict.terms(point)["loss"])
