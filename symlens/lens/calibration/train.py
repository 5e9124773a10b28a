"""The training stage: every data set of a seed is learned from and judged like a user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens import clocks
from symlens.lens.inputs import method_settings
from symlens.lens.learn import learn
from symlens.lens.learner import Monitor
from symlens.metrics import generator_cosine

NUMBERS = (
    "pvalue",
    "power_pvalue",
    "opposite_pvalue",
    "moving_fraction",
    "departure",
    "cosine",
    "seconds",
)
KINDS = ("seed", "samples", "noise", "strength")


def train(
    data: xr.Dataset, settings: Mapping[str, Any], method: str, seed: int, tracker: Monitor
) -> xr.Dataset:
    """Learn from every data set of a seed.

    Parameters
    ----------
    data : Dataset
        A data file of the study; may be lazy.
    settings : mapping
        Settings of the method.
    method : str
    seed : int
    tracker : Monitor
        Receives the evidence of data set after data set.

    Returns
    -------
    Dataset
        Contents of the run file.
    """
    ends = np.cumsum(data["samples"].to_numpy())
    (own,) = np.nonzero(data["seed"].to_numpy() == seed)
    cyclic = bool(data.attrs["cyclic"])
    verdicts, rows = [], []
    for number in own:
        x = data["x"][int(ends[number] - data["samples"][number]) : int(ends[number])].to_numpy()
        ideal = data["ideal_generator"][number].to_numpy() if "ideal_generator" in data else None
        verdict, evidence = judge(x, ideal, settings, method, cyclic=cyclic, seed=seed)
        verdicts.append(verdict)
        rows.append(evidence)
        tracker.record(len(rows), {name: evidence[name] for name in ("pvalue", "seconds")})
    found: dict[str, Any] = {
        name: ("data_set", np.array([row[name] for row in rows])) for name in NUMBERS
    }
    kinds = data[list(KINDS)].load().isel(data_set=own)
    attributes = {name: data.attrs[name] for name in ("cyclic", "truth")}
    return (
        kinds.drop_attrs()
        .assign(found | {"verdict": ("data_set", verdicts)})
        .assign_attrs(attributes)
    )


def judge(
    x: NDArray[np.float32],
    ideal: NDArray[np.float64] | None,
    settings: Mapping[str, Any],
    method: str,
    *,
    cyclic: bool,
    seed: int,
) -> tuple[str, dict[str, float]]:
    """Verdict on one data set, and the evidence.

    Parameters
    ----------
    x : ndarray, shape (n_samples, n)
    ideal : ndarray, shape (n, n), or None
        The generator that it was made with.
    settings : mapping
    method : str
    cyclic : bool
    seed : int
    """
    begun = clocks.wall()
    result = learn(
        x, method=method, settings=method_settings(method, settings), cyclic=cyclic, seed=seed
    )
    seconds = clocks.wall() - begun
    cosine = float("nan")
    if ideal is not None:
        cosine = generator_cosine(result.symmetry.generator, ideal)
    found = result.assessment
    return found.verdict, {
        "pvalue": found.pvalue,
        "power_pvalue": found.power_pvalue,
        "opposite_pvalue": found.opposite_pvalue,
        "moving_fraction": found.moving_fraction,
        "departure": found.departure,
        "cosine": cosine,
        "seconds": seconds,
    }
