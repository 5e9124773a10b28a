"""Scores of the learned pairs of generators of one experiment, over seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.errors import DataError
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.schemas import EVALUATION, HIGHER_IS_BETTER, SCORES
from symlens.lens.plane.scoring import CHANCES, commutator, cross_commutator, floors, matched
from symlens.store import take

Array = NDArray[np.float64]

HELD_OUT_ROWS = 8192
"""Held-out samples of the first seed that the floors are found on."""
STATISTICS = ("worst", "median")


def evaluate(runs: Sequence[xr.Dataset], data: xr.Dataset) -> xr.Dataset:
    """Score the runs of one experiment, one run per seed.

    Parameters
    ----------
    runs : sequence of Dataset
        Run files, of distinct seeds.
    data : Dataset
        The data file they were trained on; may be lazy.

    Returns
    -------
    Dataset
        As `symlens.lens.plane.schemas.EVALUATION` says.

    Raises
    ------
    DataError
        If the runs do not belong together or to the data.
    """
    seeds = _check(runs, data)
    ideal = data["ideal_generators"].to_numpy()
    pairs = [run["generators"].to_numpy() for run in runs]
    scores: dict[str, list[float]] = {name: [] for name in SCORES}
    for run, pair in zip(runs, pairs, strict=True):
        cosines, _ = matched(pair, ideal)
        row = (min(cosines), *cosines, commutator(*pair), cross_commutator(pair, ideal))
        for name, value in zip(SCORES, (*row, float(run["held_out_loss"])), strict=True):
            scores[name].append(value)
    held_out = take(data["x"], runs[0]["held_out"].to_numpy()[:HELD_OUT_ROWS]).astype(np.float64)
    grid = Grid(int(data.attrs["height"]), int(data.attrs["width"]))
    floor = floors(data["representation"].to_numpy(), grid, held_out - held_out.mean(axis=0))
    agreement = [[min(matched(one, other)[0]) for other in pairs] for one in pairs]
    summary = [_summary(values, name in HIGHER_IS_BETTER) for name, values in scores.items()]
    evaluation = xr.Dataset(
        {
            **{name: (("seed",), np.array(values)) for name, values in scores.items()},
            "seconds": (("seed",), np.array([float(run.attrs["seconds"]) for run in runs])),
            "pairs": (("seed",), np.array([int(run["pairs"]) for run in runs])),
            "agreement": (("seed", "other_seed"), np.array(agreement)),
            "summary": (("score", "statistic"), np.array(summary)),
            "floor": (("chance",), floor),
            "chance": (("chance",), np.array(CHANCES, dtype=object)),
            "score": (("score",), np.array(list(SCORES), dtype=object)),
            "statistic": (("statistic",), np.array(STATISTICS, dtype=object)),
        },
        coords={"seed": seeds, "other_seed": seeds.copy()},
        attrs={"height": grid.height, "width": grid.width},
    )
    for variable in evaluation.variables:
        spec = EVALUATION.variables[str(variable)]
        evaluation[variable].attrs |= {"long_name": spec.long_name, "units": spec.units}
    return evaluation


def _summary(values: Sequence[float], higher_is_better: bool) -> tuple[float, float]:
    worst = min(values) if higher_is_better else max(values)
    return worst, float(np.median(values))


def _check(runs: Sequence[xr.Dataset], data: xr.Dataset) -> NDArray[np.int64]:
    """Seeds of the runs, which must be distinct, and as large as the data."""
    if not runs:
        raise DataError("evaluation: expected at least one run, got none")
    seeds = [int(run.attrs["seed"]) for run in runs]
    if len(set(seeds)) < len(seeds):
        raise DataError(f"evaluation: expected runs of distinct seeds, got seeds {seeds}")
    for seed, run in zip(seeds, runs, strict=True):
        for side in ("height", "width"):
            if int(run.attrs[side]) != int(data.attrs[side]):
                raise DataError(
                    f"evaluation: seed {seed} has {side} {run.attrs[side]}, "
                    f"the data have {data.attrs[side]}"
                )
    return np.array(seeds, dtype=np.int64)
