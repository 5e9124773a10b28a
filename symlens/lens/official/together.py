"""Several official trainings in one graph: seeds, or settings that change no shape.

Every training keeps the batches, the noise and the schedule that it has alone; its numbers differ
by the rounding of batched products only, which a training amplifies step by step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from symlens.backend import compiled, tensor
from symlens.config.lens_official import OfficialSettings
from symlens.errors import ConfigError, SymlensError
from symlens.lens.learner import History, Learned
from symlens.lens.model.objective import Weighting
from symlens.lens.official.batches import Batches, statistics
from symlens.lens.official.readout import read_out
from symlens.lens.official.schedules import Schedule
from symlens.lens.official.step import STATE_FIELDS, Architecture, State, scalars_at, updated
from symlens.lens.official.training import HISTORY_TERMS, batch_size, check_phases

Tensor = Any

COEFFICIENTS = ("alignment", "uniformity", "resolution", "information")
ALIKE = ("kernels", "hidden_multiple", "window_gain", "paired_kl", "steps", "record_every", "xla")
"""What shapes a graph or its loop, and so must be the same for all."""


@dataclass(frozen=True)
class Job:
    """One training of several.

    Parameters
    ----------
    x : ndarray of float32, shape (n_samples, n)
        May be shared by several jobs.
    settings : OfficialSettings
    seed : int
    """

    x: NDArray[np.float32]
    settings: OfficialSettings
    seed: int


def learn_together(jobs: Sequence[Job], *, cyclic: bool) -> list[Learned]:
    """Train all jobs at once, as :func:`learn_official` would train each of them.

    Parameters
    ----------
    jobs : sequence of Job
        They may differ in samples, seed, learning rates, coefficients and filter noise.
    cyclic : bool

    Returns
    -------
    list of Learned
        In the order of the jobs. Up to the rounding of batched products what each gives alone.

    Raises
    ------
    ConfigError
        If they cannot share a graph.
    DataError
        If samples do not fill a batch.
    SymlensError
        If one of them diverges.
    """
    size = _shared_batch(jobs)
    settings, n = jobs[0].settings, jobs[0].x.shape[1]
    architecture = Architecture(n, cyclic, settings.kernels, settings.hidden_multiple * n)
    advance = make_stacked_step(
        architecture, settings.window_gain, paired=settings.paired_kl, xla=settings.xla
    )
    batches = [Batches(job.x, size, statistics(job.x), job.seed) for job in jobs]
    schedules = [Schedule(job.settings) for job in jobs]
    coefficients = np.array(
        [[getattr(job.settings, name) for name in COEFFICIENTS] for job in jobs], np.float32
    )
    state = stack([State.initial(architecture.lens(job.seed)) for job in jobs])
    recorded: list[int] = []
    history: list[NDArray[np.float64]] = []
    for step in range(settings.steps):
        moments = [schedule.at(step) for schedule in schedules]
        drawn = [each.at(step) for each in batches]
        x = np.stack([batch for batch, _ in drawn])
        noise = np.stack(
            [
                (moment.filter_noise * noise).astype(np.float32)
                for moment, (_, noise) in zip(moments, drawn, strict=True)
            ]
        )
        scalars = np.stack([scalars_at(moment, step) for moment in moments])
        state, terms = advance(state, x, noise, scalars, coefficients)
        if not np.isfinite(terms).all():
            lost = int(np.flatnonzero(~np.isfinite(terms).all(axis=1))[0])
            raise SymlensError(
                f"official: the loss of job {lost} is not finite at step {step} of "
                f"{settings.steps}; smaller learning rates may help"
            )
        if (step + 1) % settings.record_every == 0 or step + 1 == settings.steps:
            rates = np.array([[moment.model_rate] for moment in moments])
            recorded.append(step)
            history.append(np.concatenate([terms.astype(np.float64), rates], axis=1))
    learned = []
    for index, (own, each) in enumerate(zip(unstack(state, len(jobs)), batches, strict=True)):
        check_phases(own, settings.steps - 1)
        parameters, resolving_filter = own.arrays()["model"]
        mean, scale = each.statistics
        learned.append(
            Learned(
                read_out(parameters, resolving_filter, mean=mean, scale=scale, cyclic=cyclic),
                History(
                    np.array(recorded, np.int64),
                    HISTORY_TERMS,
                    np.array([values[index] for values in history]),
                ),
            )
        )
    return learned


@lru_cache(maxsize=4)
def make_stacked_step(
    architecture: Architecture, window_gain: float, *, paired: bool, xla: bool
) -> Callable[..., tuple[State, NDArray[np.float32]]]:
    """The compiled step of S trainings at once.

    Returns
    -------
    callable
        ``step(state, x, noise, scalars, coefficients) -> (state, terms)`` with a leading axis of
        S everywhere: samples (S, n_samples, n), noise (S, n), the scalars of
        :func:`scalars_at` (S, 3) and the loss coefficients (S, 4); terms (S, n_terms).
    """
    lens = architecture.lens(seed=0)

    def one(arguments: Sequence[Any]) -> tuple[Any, Tensor]:
        state, x, noise, scalars, coefficients = arguments
        alignment, uniformity, resolution, information = ops.unstack(coefficients)
        weighting = Weighting(alignment, uniformity, resolution, information, window_gain, paired)
        return updated(lens, weighting, state, (x, noise, scalars))

    call = compiled(lambda *arguments: ops.vectorized_map(one, arguments), xla=xla)

    def step(state: State, *inputs: NDArray[np.float32]) -> tuple[State, NDArray[np.float32]]:
        fields = [list(getattr(state, name)) for name in STATE_FIELDS]
        found, terms = call(fields, *(tensor(each) for each in inputs))
        return State(*(tuple(each) for each in found)), ops.convert_to_numpy(terms)

    return step


def stack(states: Sequence[State]) -> State:
    """States as one, with a leading axis of their number."""
    arrays = [state.arrays() for state in states]
    return State.from_arrays(
        {
            name: [np.stack(each) for each in zip(*(own[name] for own in arrays), strict=True)]
            for name in STATE_FIELDS
        }
    )


def unstack(state: State, count: int) -> list[State]:
    """The states that :func:`stack` put together."""
    arrays = state.arrays()
    return [
        State.from_arrays({name: [each[index] for each in arrays[name]] for name in STATE_FIELDS})
        for index in range(count)
    ]


def _shared_batch(jobs: Sequence[Job]) -> int:
    """Batch size of all jobs, which must have all shapes in common."""
    if not jobs:
        raise ConfigError(["jobs: expected at least one training, got none"])
    first = jobs[0].settings
    mistakes = [
        f"{name}: the same for trainings in one graph, found {getattr(first, name)} and "
        f"{getattr(job.settings, name)}"
        for job in jobs
        for name in ALIKE
        if getattr(job.settings, name) != getattr(first, name)
    ]
    shapes = {(job.x.shape[1], batch_size(job.x, job.settings)) for job in jobs}
    if len(shapes) > 1:
        found = " and ".join(f"{n} features in batches of {size}" for n, size in sorted(shapes))
        mistakes.append(f"samples: the same shapes for trainings in one graph, found {found}")
    if mistakes:
        raise ConfigError(list(dict.fromkeys(mistakes)))
    return shapes.pop()[1]
