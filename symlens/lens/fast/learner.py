"""The ``fast`` method: starts in closed form, a misfit that chooses, a short refinement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from symlens.config.lens_fast import FastSettings
from symlens.lens.fast.candidates import independent
from symlens.lens.fast.embedding import embed
from symlens.lens.fast.large_search import RANKING_SAMPLES
from symlens.lens.fast.objective import SELECTING, TERMS, LensObjective
from symlens.lens.fast.searches import Search, search_for
from symlens.lens.fast.whitening import whiten
from symlens.lens.learner import Learned, Monitor
from symlens.lens.trace import Trace
from symlens.metrics import generator_cosine

Array = NDArray[np.float64]

SAME = 0.99
"""Generator cosine above which two rounds have found the same answer."""


@dataclass(frozen=True)
class Found:
    """Filters with their misfit and the generator that they imply."""

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
    """Learn a symmetry in seconds to minutes.

    White samples make the sought filters an orthogonal matrix. Where both halves of the samples
    have the same independent components, those are the pixels, and only their order is sought.
    Otherwise rounds of starts are improved until chance explains what the best answer leaves, or it
    has been found twice, or no answer is near a symmetry, or ``settings.rounds`` have passed. A
    last descent finishes the best.

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
    trace = Trace(monitor, TERMS)
    judge = LensObjective(white, white.x[:RANKING_SAMPLES], cyclic, SELECTING)

    def record(filters: Array, number: int) -> None:
        trace.add(judge.terms(filters), number)

    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2)]
    components, twice = independent(white, white.x, streams[0])
    record(components, 0)
    search = search_for(white, cyclic=cyclic)
    if twice:
        filters, last = search.polished(components), 0
    else:
        best, last = rounds(search, components, settings.rounds, streams[1], cyclic, record)
        filters = search.finished(best)
    record(filters, last + 1)
    return Learned(embed(filters, white, cyclic=cyclic), trace.history())


def rounds(
    search: Search,
    components: Array,
    most: int,
    rng: np.random.Generator,
    cyclic: bool,
    record: Callable[[Array, int], None],
) -> tuple[Array, int]:
    """Best filters of all rounds and of the independent components, and the last round's number.

    Rounds end when the best two answers agree, when no other is promised better, or after ``most``
    of them.
    """
    answers = [_found(search, components, cyclic=cyclic)]
    for number in range(most):
        filters = search.round(components, rng, number)
        record(filters, number)
        answers.append(_found(search, filters, cyclic=cyclic))
        answers.sort(key=lambda answer: answer.value)
        same = generator_cosine(answers[0].generator, answers[1].generator) > SAME
        if same or not search.promising(answers[0].filters):
            break
    return answers[0].filters, number


def _found(search: Search, filters: Array, *, cyclic: bool) -> Found:
    return Found(search.value(filters), filters, shift_of(filters, cyclic=cyclic))


def shift_of(filters: Array, *, cyclic: bool) -> Array:
    r"""Generator that moves every filter to the next, :math:`\sum_j q_j^T q_{j+1}`. Shape (n, n).

    On a ring the last filter is moved to the first; in a window it leaves.
    """
    following = np.roll(filters, -1, axis=0)
    if not cyclic:
        following[-1] = 0.0
    generator: Array = filters.T @ following
    return generator
