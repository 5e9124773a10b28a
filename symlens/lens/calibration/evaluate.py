"""From verdicts to rates with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.errors import DataError
from symlens.metrics import Proportion, proportion

CELL = ("noise", "samples", "strength")
INTERVAL = ("rate", "low", "high")
WRONG = 0.8
"""Generator cosine below which what was learned is not the symmetry that is there (our choice)."""
COUNTS = {
    "symmetry": "symmetry",
    "no_symmetry": "no symmetry",
    "not_identifiable": "not identifiable",
}


def evaluate(runs: Sequence[xr.Dataset]) -> xr.Dataset:
    """Rates of verdicts over the runs of one experiment and method, one run per seed.

    Parameters
    ----------
    runs : sequence of Dataset
        Run files, of distinct seeds.

    Returns
    -------
    Dataset
        As `symlens.lens.calibration.schemas.EVALUATION` says.
    """
    seeds = [int(seed) for run in runs for seed in np.unique(run["seed"])]
    if not seeds or len(seeds) != len(set(seeds)):
        raise DataError(f"evaluation: runs of distinct seeds expected, found those of {seeds}")
    truths = {str(run.attrs["truth"]) for run in runs}
    if len(truths) > 1:
        raise DataError(f"evaluation: runs of one truth expected, found {sorted(truths)}")
    sets = xr.concat([run.drop_attrs() for run in runs], dim="data_set")
    kinds = np.stack([sets[name].to_numpy().astype(float) for name in CELL], axis=1)
    cells, member = np.unique(kinds, axis=0, return_inverse=True)
    called = sets["verdict"].to_numpy().astype(str)
    counts = {
        name: _count(called == verdict, member, len(cells)) for name, verdict in COUNTS.items()
    }
    wrong = (called == "symmetry") & (sets["cosine"].to_numpy() < WRONG)
    total = _count(np.ones(len(called), bool), member, len(cells))
    rates = [
        _ends(proportion(int(k), int(n))) for k, n in zip(counts["symmetry"], total, strict=True)
    ]
    everything = _ends(proportion(int(counts["symmetry"].sum()), len(called)))
    return (
        sets.assign(
            {f"cell_{name}": ("cell", cells[:, column]) for column, name in enumerate(CELL)}
            | {name: ("cell", count) for name, count in counts.items()}
            | {
                "data_sets": ("cell", total),
                "wrong": ("cell", _count(wrong, member, len(cells))),
                "rate": (("cell", "interval"), np.array(rates)),
                "overall": ("interval", np.array(everything)),
            }
        )
        .assign_coords(interval=list(INTERVAL))
        .assign_attrs(cyclic=int(runs[0].attrs["cyclic"]), truth=truths.pop())
    )


def _count(chosen: NDArray[np.bool_], member: NDArray[np.intp], cells: int) -> NDArray[np.int64]:
    counted: NDArray[np.int64] = np.bincount(member[chosen], minlength=cells).astype(np.int64)
    return counted


def _ends(rate: Proportion) -> tuple[float, float, float]:
    return rate.value, rate.low, rate.high
