"""The training stage: samples -> the contents of a run file."""

from __future__ import annotations

import numpy as np
import xarray as xr
from threadpoolctl import threadpool_limits

from symlens import clocks
from symlens.config.plane import PlaneSettings
from symlens.lens.data.checks import SampleChecker, check_samples
from symlens.lens.fast.whitening import whiten
from symlens.lens.learner import Monitor
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.learner import learn_plane
from symlens.lens.plane.objective import PlaneObjective
from symlens.store import take

EXAMPLES = 64
"""Held-out samples kept in a run file."""
JUDGED = 20_000


def train(
    data: xr.Dataset, settings: PlaneSettings, *, method: str, seed: int, monitor: Monitor
) -> xr.Dataset:
    """Draw samples, keep some out, learn from the rest.

    Parameters
    ----------
    data : Dataset
        A data file; may be lazy.
    settings : PlaneSettings
    method : str
    seed : int
        Of the draw and of the starts: the result is a function of it.
    monitor : Monitor

    Returns
    -------
    Dataset
        Contents of the run file.
    """
    begun = clocks.wall()
    x, grid = data["x"], Grid(int(data.attrs["height"]), int(data.attrs["width"]))
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    drawn = rng.permutation(x.shape[0])[: settings.samples]
    kept_out = min(max(round(settings.held_out * len(drawn)), 1), len(drawn) - 1)
    held_rows, rows = drawn[:kept_out], drawn[kept_out:]
    fitted, held_out = take(x, rows), take(x, held_rows)
    check_samples(fitted, source=f"samples to learn from, beside {len(held_out)} held out")
    SampleChecker("samples held out", grid.n).update(held_out)
    # Matrices this small gain nothing from more threads, and so the answer is the same bits on
    # any number of cores.
    with threadpool_limits(limits=1, user_api="blas"):
        learned = learn_plane(fitted, settings, grid, seed=seed, monitor=monitor)
        white = whiten(fitted)
        judge = PlaneObjective(white, white.apply(held_out[:JUDGED]), grid)
        loss = judge.terms(learned.symmetry.filters)["loss"]
    symmetry, history = learned.symmetry, learned.history
    return xr.Dataset(
        {
            "filters": (("canonical", "pixel"), symmetry.filters),
            "generators": (("generator", "row", "col"), symmetry.generators),
            "mean": (("pixel",), symmetry.mean),
            "scale": ((), symmetry.scale),
            "raw": (("sample", "pixel"), held_out[:EXAMPLES]),
            "history": (("step", "term"), history.values),
            "held_out": (("held_sample",), np.sort(held_rows)),
            "held_out_loss": ((), loss),
            "pairs": ((), learned.pairs),
        },
        coords={"step": history.steps, "term": list(history.terms)},
        attrs={
            "height": grid.height,
            "width": grid.width,
            "method": method,
            "seed": seed,
            "seconds": clocks.wall() - begun,
        },
    )
