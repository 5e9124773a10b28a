"""Training of a network, epoch by epoch, from wherever it was stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from symlens import clocks
from symlens.wallpaper import checkpoint
from symlens.wallpaper.answers import Job
from symlens.wallpaper.networks.cycle import CycledAdam


def fit(model: Any, epoch_of: Callable[[int], Any], steps: int, job: Job) -> None:
    """Train a network on cross-entropy with Adam in one cycle.

    Parameters
    ----------
    model : keras.Model
        From images to scores; changed in place.
    epoch_of : callable
        Number of an epoch, from 0, to its batches: pairs of images and labels. The same batches
        whenever it is asked.
    steps : int
        Batches of an epoch.
    job : Job
        With ``epochs`` and ``learning_rate``. Where its checkpoint has a state, training goes on
        from there and ends at the same weights.
    """
    epochs = int(job.learning["epochs"])
    optimizer = CycledAdam(float(job.learning["learning_rate"]), epochs * steps)
    optimizer.build(model.trainable_variables)
    model.compile(
        optimizer,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,  # compiling takes longer than it saves, but on days of one shape
    )
    state = variables(model, optimizer)
    done = _resume(state, job)
    for epoch in range(done, epochs):
        begun = clocks.wall()
        found = model.fit(epoch_of(epoch), epochs=1, shuffle=False, verbose=0).history
        seconds = clocks.wall() - begun
        terms = {name: float(found[name][0]) for name in ("accuracy", "loss")}
        job.record(terms | {"seconds": seconds})
        if job.checkpoint is not None:
            arrays = [ops.convert_to_numpy(ops.copy(each)) for each in state]
            checkpoint.save(job.checkpoint, checkpoint.State(epoch + 1, arrays, job.history))


def variables(model: Any, optimizer: Any) -> list[Any]:
    """All that changes: weights, running averages, states of random numbers, moments, steps."""
    return [*model.variables, *optimizer.variables]


def _resume(state: list[Any], job: Job) -> int:
    """Bring variables and history back, if there is a checkpoint; the epochs that are done."""
    found = None if job.checkpoint is None else checkpoint.load(job.checkpoint)
    if found is None:
        return 0
    for variable, array in zip(state, found.arrays, strict=True):
        variable.assign(np.asarray(array))
    job.history[:] = [dict(terms) for terms in found.history]
    return found.done
