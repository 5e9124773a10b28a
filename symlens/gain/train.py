"""The training stage: the learning curves of one seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens import clocks
from symlens.gain.bases import Basis
from symlens.gain.bridge import Bridge, Pool
from symlens.gain.curves import ETAS, RULES, Sampling, measure
from symlens.gain.data import setting_of
from symlens.gain.problem import Problem, draw_problem

if TYPE_CHECKING:
    from symlens.tracking.tracker import Tracker


def train(data: xr.Dataset, settings: Mapping[str, Any], seed: int, tracker: Tracker) -> xr.Dataset:
    """Measure the learning curves of one seed.

    Parameters
    ----------
    data : Dataset
        Data file.
    settings : mapping
        ``data`` and ``settings`` of the experiment.
    seed : int
        Of the target, and of samples and noise.
    tracker : Tracker

    Returns
    -------
    Dataset
        Contents of the run file.
    """
    begun = clocks.wall()
    target, samples = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    problem = problem_of(data, settings["data"], target)
    names = [str(name) for name in data["arm"].to_numpy()]

    def told(size: int, risks: NDArray[np.float64]) -> None:
        pairs = zip(names, risks[0], strict=True)
        tracker.record(size, {f"risk_{name.replace(' ', '_')}": float(r) for name, r in pairs})

    own = settings["settings"]
    plan = Sampling(own["sizes"], own["drawn"], own["repeats"], own["noises"])
    curves = measure(problem, plan, samples, told)
    return xr.Dataset(
        {
            "risk_path": (("epsilon", "arm", "size", "penalty"), curves.risk_path),
            "risk": (("rule", "epsilon", "arm", "size"), curves.risk),
        },
        coords={
            "arm": names,
            "epsilon": data["epsilon"].to_numpy(),
            "size": np.array(own["sizes"], dtype=np.int64),
            "penalty": ETAS,
            "rule": list(RULES),
        },
        attrs={"seconds": clocks.wall() - begun, "seed": seed},
    )


def problem_of(data: xr.Dataset, block: Mapping[str, Any], rng: np.random.Generator) -> Problem:
    """Draw the target of a seed for the problem of a data file."""
    if block["source"] == "lens":
        names = ("x", "generator", "ideal_generator")
        pool = Pool(*(data[name].to_numpy() for name in names))
        return Bridge.of(pool, block["decay"], block["noise"]).problem(rng)
    setting = setting_of(block)
    return draw_problem(setting, Basis(setting.symmetry, setting.cutoff), rng)
