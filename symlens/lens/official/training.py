"""The official algorithm: alternate small steps of the lens and of its density estimators."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from symlens.config.lens_official import OfficialSettings
from symlens.errors import DataError, SymlensError
from symlens.lens.learner import History, Learned, Monitor
from symlens.lens.model.group import PHASE_LIMIT
from symlens.lens.model.objective import TERMS, Weighting
from symlens.lens.official import checkpoint as checkpoints
from symlens.lens.official.batches import Batches, statistics
from symlens.lens.official.readout import read_out
from symlens.lens.official.schedules import Schedule
from symlens.lens.official.step import Architecture, State, make_step

HISTORY_TERMS = (*TERMS, "learning_rate")


def learn_official(
    x: NDArray[np.float32],
    settings: OfficialSettings,
    *,
    cyclic: bool,
    seed: int,
    monitor: Monitor,
    checkpoint: Path | None,
) -> Learned:
    """Learn a symmetry by the official SymmetryLens algorithm (arXiv 2410.05232 and its code).

    Deviations: one forward pass serves both losses of a step; normalisation statistics are those
    of all samples, not of each batch; every batch is drawn anew; powers of the generator are
    taken with real matrix products.

    Parameters
    ----------
    x : ndarray, shape (n_samples, n)
    settings : OfficialSettings
    cyclic : bool
    seed : int
        Of initial weights, batches and noise. The same seed gives the same bits on one machine.
    monitor : Monitor
        Gets the terms of every ``record_every``-th step and of the last one; when a training is
        resumed, also of the steps before.
    checkpoint : Path or None
        File to resume from, if it is there, and to write to.

    Raises
    ------
    DataError
        If the samples do not fill a batch.
    FileError
        If the checkpoint belongs to another training or cannot be written.
    SymlensError
        If the training diverges.
    """
    batches = Batches(x, batch_size(x, settings), statistics(x), seed)
    architecture = Architecture(
        n=x.shape[1],
        cyclic=cyclic,
        kernels=settings.kernels,
        hidden=settings.hidden_multiple * x.shape[1],
    )
    owner = checkpoints.fingerprint(
        x, settings, cyclic=cyclic, seed=seed, backend=keras.backend.backend()
    )
    resumed = checkpoints.load(checkpoint, owner) if checkpoint else None
    state = State.from_arrays(resumed.arrays) if resumed else State.initial(architecture.lens(seed))
    start = resumed.step if resumed else 0
    recorded = resumed.recorded.tolist() if resumed else []
    history = resumed.history.tolist() if resumed else []
    for step, values in zip(recorded, history, strict=True):
        # A killed training may have had what it did not pass on; who has it takes it once.
        monitor.record(step, dict(zip(HISTORY_TERMS, values, strict=True)))

    advance = make_step(architecture, weighting(settings), xla=settings.xla)
    schedule = Schedule(settings)
    for step in range(start, settings.steps):
        moment = schedule.at(step)
        state, terms = advance(state, *batches.at(step), moment, step)
        if not np.isfinite(terms).all():
            raise SymlensError(
                f"official: the loss is not finite at step {step} of {settings.steps}; "
                "a smaller model_learning_rate or estimator_learning_rate may help"
            )
        done = step + 1
        if done % settings.record_every == 0 or done == settings.steps:
            check_phases(state, step)
            values = [*(float(each) for each in terms), moment.model_rate]
            recorded.append(step)
            history.append(values)
            monitor.record(step, dict(zip(HISTORY_TERMS, values, strict=True)))
        if checkpoint and (done % settings.checkpoint_every == 0 or done == settings.steps):
            now = checkpoints.Checkpoint(
                done,
                state.arrays(),
                np.array(recorded, np.int64),
                np.array(history, np.float64).reshape(-1, len(HISTORY_TERMS)),
            )
            checkpoints.save(checkpoint, now, owner)

    parameters, resolving_filter = state.arrays()["model"]
    mean, scale = batches.statistics
    return Learned(
        symmetry=read_out(parameters, resolving_filter, mean=mean, scale=scale, cyclic=cyclic),
        history=History(np.array(recorded, np.int64), HISTORY_TERMS, np.array(history)),
    )


def weighting(settings: OfficialSettings) -> Weighting:
    """The part of the settings that the loss is made of."""
    return Weighting(
        alignment=settings.alignment,
        uniformity=settings.uniformity,
        resolution=settings.resolution,
        information=settings.information,
        window_gain=settings.window_gain,
        paired=settings.paired_kl,
    )


def batch_size(x: NDArray[np.float32], settings: OfficialSettings) -> int:
    """Samples in a batch: as set, or 100 n but no more than there are.

    Raises
    ------
    DataError
        If n does not divide the batch, or there are fewer samples than a batch takes.
    """
    samples, n = x.shape
    mistake = settings.batch_mistake(n)
    if mistake:
        raise DataError(f"official: {mistake}")
    wanted = settings.batch(n)
    size = wanted if settings.batch_size is not None else min(wanted, samples // n * n)
    if n < 2 or size < 2 * n or samples < size:
        raise DataError(
            f"official: {samples} samples of {n} features cannot fill batches of {max(size, 2 * n)}"
            "; at least two samples per feature, and two features, are needed"
        )
    return size


def check_phases(state: State, step: int) -> None:
    """Refuse a generator beyond the range in which its exponential is computed rightly."""
    parameters = np.asarray(state.model[0], np.float64)
    largest = float(np.linalg.norm(parameters - parameters.T, 2)) / 2
    if largest > PHASE_LIMIT:
        raise SymlensError(
            f"official: the generator's largest phase is {largest:.1f} rad at step {step}, beyond "
            f"{PHASE_LIMIT} rad; a smaller model_learning_rate may help"
        )
