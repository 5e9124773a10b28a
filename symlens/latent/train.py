"""The training stage: samples -> the contents of a run file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

import symlens.backend  # noqa: F401  first of all, since it starts Keras quietly
from symlens import clocks
from symlens.errors import DataError
from symlens.latent.optimise import Sweep
from symlens.latent.optimise import train as optimise
from symlens.latent.runfile import masks, shapes_of, to_dataset
from symlens.store import take

if TYPE_CHECKING:
    from symlens.tracking.tracker import Tracker

Array = NDArray[np.float64]

CONSTANT = 1e-9
"""A standard deviation below this fraction of the largest feature is none."""


def train(
    data: xr.Dataset, settings: Mapping[str, Any], method: str, seed: int, tracker: Tracker
) -> xr.Dataset:
    """Train all networks of a sweep, and those of the control.

    Parameters
    ----------
    data : Dataset
        A data file, perhaps lazy.
    settings : mapping
        Of `symlens.config.latent.VaeSettings`.
    method : str
    seed : int
        Of the draw of samples, the starts, orders and noise: the result is a function of it.
    tracker : Tracker

    Returns
    -------
    Dataset
        Contents of the run file.
    """
    begun = clocks.wall()
    draw, fit, shuffle = np.random.SeedSequence(seed).spawn(3)
    fitted_rows, held_rows = split(data.sizes["sample"], settings, np.random.default_rng(draw))
    fitted = np.asarray(take(data["x"], fitted_rows), np.float64)
    held_out = np.asarray(take(data["x"], held_rows), np.float64)
    mean, scale = scaling(fitted, standardise=bool(settings["standardise"]))
    x, judged = (((part - mean) / scale).astype(np.float32)[None] for part in (fitted, held_out))
    sweep, about = sweep_of(x.shape[2], method, settings)
    if settings["control"]:
        mixing = np.random.default_rng(shuffle)
        x, judged = (np.stack([part[0], shuffled(part[0], mixing)]) for part in (x, judged))
    own = sweep.source == 0

    def record(epoch: int, values: Array) -> None:
        shown = about["size"] == about["size"].max()
        best = values[own][shown & (about["beta"] == settings["beta"])].min()
        tracker.record(epoch, {"objective": float(best)})

    every = optimise(
        sweep,
        x,
        judged,
        epochs=int(settings["epochs"]),
        batch=int(settings["batch"]),
        rate=float(settings["learning_rate"]),
        warmup=float(settings["warmup"]),
        rng=np.random.default_rng(fit),
        record=record,
    )
    trained, control = every.part(own), every.part(~own) if settings["control"] else None
    run = to_dataset(
        trained,
        control,
        sweep=about,
        held_out=held_rows,
        mean=mean,
        scale=scale,
        hidden=sweep.shapes.hidden,
        method=method,
        seed=seed,
    )
    return run.assign_attrs(seconds=clocks.wall() - begun)


def split(
    samples: int, settings: Mapping[str, Any], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers to learn from and to keep out, each in random order, without repetition."""
    drawn = rng.permutation(samples)[: min(int(settings["samples"]), samples)]
    kept = round(float(settings["held_out"]) * len(drawn))
    return drawn[kept:], drawn[:kept]


def scaling(x: Array, *, standardise: bool) -> tuple[Array, Array]:
    """Mean and scale of every feature; the scale of a constant one is 1.

    Raises
    ------
    DataError
        If no feature varies.
    """
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    varies = deviation > CONSTANT * max(float(np.abs(x).max()), np.finfo(float).tiny)
    if not varies.any():
        raise DataError("samples: every feature is constant, there is nothing to encode")
    scale = np.where(varies, deviation, 1.0) if standardise else np.ones_like(deviation)
    return mean, scale


def shuffled(x: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The same features, each in an order of its own: what they share is gone."""
    return np.stack([rng.permutation(column) for column in x.T], axis=1)


def sweep_of(
    features: int, method: str, settings: Mapping[str, Any]
) -> tuple[Sweep, dict[str, Array]]:
    """All networks of a training, and beta, latent size and start of each that is no control.

    Controls stand last: as many starts of the largest size at the first beta, which learn from
    the second source of samples.
    """
    sizes = settings["latent_sizes"] or (features,)
    betas, starts = (settings["beta"], *settings["betas"]), range(settings["starts"])
    grid = [(b, k, s) for b in betas for k in sizes for s in starts]
    beta, size, start = (np.array(column) for column in zip(*grid, strict=True))
    about = {"beta": beta, "size": size, "start": start}
    source = np.zeros(len(grid), np.int32)
    if settings["control"]:
        beta = np.append(beta, np.full(len(starts), betas[0]))
        size = np.append(size, np.full(len(starts), max(sizes)))
        start = np.append(start, starts)
        source = np.append(source, np.ones(len(starts), np.int32))
    shapes = shapes_of(features, method, int(size.max()), settings)
    return Sweep(shapes, beta.astype(np.float32), masks(size), source, start), about
