"""The training stage: samples -> the contents of a run file."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.errors import DataError
from symlens.latent.optimise import Sweep, Trained
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
    begun = perf_counter()
    draw, fit, shuffle, again = np.random.SeedSequence(seed).spawn(4)
    fitted_rows, held_rows = split(data.sizes["sample"], settings, np.random.default_rng(draw))
    fitted = np.asarray(take(data["x"], fitted_rows), np.float64)
    held_out = np.asarray(take(data["x"], held_rows), np.float64)
    mean, scale = scaling(fitted, standardise=bool(settings["standardise"]))
    x, judged = (((part - mean) / scale).astype(np.float32) for part in (fitted, held_out))
    sweep, about = sweep_of(x.shape[1], method, settings)

    def record(epoch: int, values: Array) -> None:
        shown = about["size"] == about["size"].max()
        best = values[shown & (about["beta"] == settings["beta"])].min()
        tracker.record(epoch, {"objective": float(best)})

    trained = _fit(sweep, x, judged, settings, np.random.default_rng(fit), record)
    control = None
    if settings["control"]:
        mixed = [shuffled(part, np.random.default_rng(shuffle)) for part in (x, judged)]
        first = (about["size"] == about["size"].max()) & (about["beta"] == settings["beta"])
        alone = Sweep(sweep.shapes, sweep.beta[first], sweep.mask[first])
        control = _fit(
            alone, mixed[0], mixed[1], settings, np.random.default_rng(again), lambda *_: None
        )
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
    return run.assign_attrs(seconds=perf_counter() - begun)


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
    """All networks of a training, and beta, latent size and start of each."""
    sizes = settings["latent_sizes"] or (features,)
    betas = (settings["beta"], *settings["betas"])
    grid = [(b, k, s) for b in betas for k in sizes for s in range(settings["starts"])]
    beta, size, start = (np.array(column) for column in zip(*grid, strict=True))
    shapes = shapes_of(features, method, int(size.max()), settings)
    about = {"beta": beta, "size": size, "start": start}
    return Sweep(shapes, beta.astype(np.float32), masks(size)), about


def _fit(
    sweep: Sweep,
    x: NDArray[np.float32],
    held_out: NDArray[np.float32],
    settings: Mapping[str, Any],
    rng: np.random.Generator,
    record: Any,
) -> Trained:
    return optimise(
        sweep,
        x,
        held_out,
        epochs=int(settings["epochs"]),
        batch=int(settings["batch"]),
        rate=float(settings["learning_rate"]),
        warmup=float(settings["warmup"]),
        rng=rng,
        record=record,
    )
