"""Training of all networks of a sweep at once: whole epochs inside one compiled graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from symlens.backend import compiled, driver, tensor
from symlens.latent.model import Family
from symlens.latent.spaces import Layout, Shapes

Tensor = Any
Array32 = NDArray[np.float32]

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7
FALL = 0.01
"""Last learning rate over the first (cosine in between)."""
DEAR = 100.0
HEAD_START = (0.1, 0.25)
"""Ends of the two parts, as fractions of the training."""
RECORDS = 25
"""Points of the history of a training."""
DRAWS = 4
"""Posterior draws per held-out sample, for its reconstruction error."""


@dataclass(frozen=True)
class Sweep:
    """What is trained together.

    Parameters
    ----------
    shapes : Shapes
    beta : ndarray, shape (nets,)
    mask : ndarray, shape (nets, latents)
        1 for the latents that a network has.
    source : ndarray of int, shape (nets,)
        Number of the set of samples that a network learns from.
    start : ndarray of int, shape (nets,)
        Number of the random start.
    """

    shapes: Shapes
    beta: Array32
    mask: Array32
    source: NDArray[np.int32]
    start: NDArray[np.int64]


@dataclass(frozen=True)
class Trained:
    """Networks after their training.

    Parameters
    ----------
    parameters : ndarray, shape (nets, parameters)
    error, kl : ndarray, shape (nets,), (nets, latents)
        On held-out samples.
    epochs : ndarray of int, shape (records,)
    history : ndarray, shape (records, nets)
        Held-out objective, error + beta KL, with the latents that are there at that epoch.
    """

    parameters: Array32
    error: NDArray[np.float64]
    kl: NDArray[np.float64]
    epochs: NDArray[np.int64]
    history: NDArray[np.float64]

    def part(self, nets: NDArray[np.bool_]) -> Trained:
        """Some of the networks."""
        own = self.parameters[nets], self.error[nets], self.kl[nets]
        return Trained(*own, self.epochs, self.history[:, nets])


def schedule(
    steps: int, rate: float, warmup: float, layout: Layout, start: NDArray[np.int64]
) -> tuple[Array32, Array32]:
    """Learning rate, shape (steps,), and weights of the KL terms, shape (steps, nets, latents).

    The rate falls as a half cosine to FALL of itself; the weight rises linearly over the first
    fraction ``warmup`` of the steps. A weight of 0 takes a latent away. Where there is a curved
    latent it has a head start: begun alike, two real latents would take the place of an angle
    before the encoder has wound it around the circle. Networks of even ``start`` have real latents
    that are DEAR times dearer over the first part of HEAD_START and come down to their price,
    geometrically, over the second; this is the surer way to the angle, but leaves a latent that is
    worth little at a saddle where it is not used. Those of odd ``start`` have none at all before
    the end of HEAD_START, and then all at once, with the weights they began with.
    """
    done = np.arange(steps) / max(steps - 1, 1)
    rates = rate * (FALL + (1 - FALL) * 0.5 * (1 + np.cos(np.pi * done)))
    weight = (
        np.ones(steps) if warmup == 0.0 else np.minimum(np.arange(1, steps + 1) / steps / warmup, 1)
    )
    weights = np.tile(weight[:, None, None], (1, len(start), layout.latents))
    if layout.curved:
        along = np.clip((done - HEAD_START[0]) / (HEAD_START[1] - HEAD_START[0]), 0.0, 1.0)
        price = np.where((start % 2 == 0)[:, None], DEAR ** (1.0 - along), along >= 1.0)
        weights[:, :, 1:] *= price.T[:, :, None]
    return rates.astype(np.float32), weights.astype(np.float32)


def train(
    sweep: Sweep,
    x: Array32,
    held_out: Array32,
    *,
    epochs: int,
    batch: int,
    rate: float,
    warmup: float,
    rng: np.random.Generator,
    record: Callable[[int, NDArray[np.float64]], None],
) -> Trained:
    """Adam on the objective of every network, on the same batches and noise.

    Parameters
    ----------
    sweep : Sweep
    x, held_out : ndarray, shape (sources, m, features), (sources, h, features)
    epochs, batch : int
        An incomplete batch at the end of an epoch is left out; every epoch has its own order.
    rate, warmup : float
    rng : numpy.random.Generator
        Of the starts, orders and noise.
    record : callable
        Told the epoch and the held-out objectives, RECORDS times.

    Returns
    -------
    Trained
    """
    family, layout = Family(sweep.shapes), sweep.shapes.layout
    rows, batch = x.shape[1], min(batch, x.shape[1])
    per_epoch = rows // batch
    rates, weights = schedule(epochs * per_epoch, rate, warmup, layout, sweep.start)
    beta, mask = tensor(sweep.beta), tensor(sweep.mask)
    each = partial(_each, source=None if len(x) == 1 else sweep.source)
    epoch_of = compiled(_epoch(family, per_epoch, each))
    measured = compiled(lambda p, a, b, present: family.losses(p, each(a), b, present))
    repeated = tensor(np.repeat(held_out, DRAWS, axis=1))
    judge = tensor(layout.draw(rng, DRAWS * held_out.shape[1]))
    start = tensor(sweep.shapes.initial(rng, len(sweep.beta)))
    state = [start, ops.zeros_like(start), ops.zeros_like(start), tensor(np.zeros((), np.float32))]
    told, history = [], []
    every = max(epochs // RECORDS, 1)
    error = kl = np.empty(0)
    for epoch in range(1, epochs + 1):
        order = rng.permutation(rows)[: per_epoch * batch]
        batches = x[:, order].reshape(len(x), per_epoch, batch, -1).swapaxes(0, 1)
        part = slice((epoch - 1) * per_epoch, epoch * per_epoch)
        state = list(
            epoch_of(
                state,
                tensor(np.ascontiguousarray(batches)),
                tensor(layout.draw(rng, per_epoch, batch)),
                tensor(rates[part]),
                tensor(weights[part]),
                beta,
                mask,
            )
        )
        if epoch % every == 0 or epoch == epochs:
            present = tensor(sweep.mask * (weights[part][-1] > 0))
            found = measured(state[0], repeated, judge, present)
            error, kl = (np.asarray(v, np.float64) for v in found)
            told.append(epoch)
            history.append(error + sweep.beta * kl.sum(axis=1))
            record(epoch, history[-1])
    return Trained(np.asarray(state[0]), error, kl, np.array(told, np.int64), np.array(history))


def _each(x: Tensor, source: NDArray[np.int32] | None) -> Tensor:
    """Samples of every network, (nets, m, features), of sources, (sources, m, features).

    Without ``source`` there is one, which all share.
    """
    return x if source is None else ops.take(x, source, axis=0)


def _epoch(
    family: Family, steps: int, each: Callable[[Tensor], Tensor]
) -> Callable[..., tuple[Tensor, ...]]:
    """One epoch as a pure function of tensors: Adam with bias correction, a loop in the graph.

    Its state: parameters, first and second moments, steps done.
    """
    gradients = driver().gradients

    def objective(
        parameters: Tensor, x: Tensor, noise: Tensor, weight: Tensor, beta: Tensor, mask: Tensor
    ) -> Tensor:
        present = mask * ops.cast(weight > 0, mask.dtype)
        error, kl = family.losses(parameters, x, noise, present)
        # Networks do not share weights: the gradient of the sum is the gradient of each.
        return ops.sum(error + beta * ops.sum(weight * kl, axis=1))

    def epoch(
        state: Sequence[Tensor],
        x: Tensor,
        noise: Tensor,
        rates: Tensor,
        weights: Tensor,
        beta: Tensor,
        mask: Tensor,
    ) -> tuple[Tensor, ...]:
        def step(i: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            values, m, v, count = state
            _, (slope,) = gradients(
                objective, [values], [each(x[i]), noise[i], weights[i], beta, mask]
            )
            count = count + 1.0
            m = BETA_1 * m + (1 - BETA_1) * slope
            v = BETA_2 * v + (1 - BETA_2) * slope * slope
            unbiased = ops.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
            values = values - rates[i] * unbiased * m / (ops.sqrt(v) + EPSILON)
            return values, m, v, count

        found: tuple[Tensor, ...] = ops.fori_loop(0, steps, step, tuple(state))
        return found

    return epoch
