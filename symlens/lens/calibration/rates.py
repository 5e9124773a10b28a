"""Rates over experiments, and what a table says of each cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from symlens.metrics import Proportion, proportion
from symlens.tables import Cell

if TYPE_CHECKING:
    import xarray as xr

TOTALS = {
    "none": "all without a symmetry",
    "symmetry": "all with a symmetry",
}
"""Truths whose experiments are counted together; a symmetry broken by degrees has no total."""


def total(evaluations: Iterable[xr.Dataset], truth: str) -> Proportion:
    """Data sets called a symmetry, of all data sets of one truth."""
    chosen = [one for one in evaluations if one.attrs["truth"] == truth]
    found = sum(int(one["symmetry"].sum()) for one in chosen)
    return proportion(found, sum(int(one["data_sets"].sum()) for one in chosen))


def rows(evaluations: Sequence[xr.Dataset]) -> list[dict[str, Cell]]:
    """One row per cell of every experiment, then the totals.

    Parameters
    ----------
    evaluations : sequence of Dataset
        Evaluation files of the study.
    """
    table = [_row(one, cell) for one in evaluations for cell in range(one.sizes["cell"])]
    for truth, words in TOTALS.items():
        rate = total(evaluations, truth)
        if rate.trials:
            table.append(
                {
                    "experiment": words,
                    "truth": truth,
                    "data_sets": rate.trials,
                    "symmetry": rate.count,
                    "rate": rate.value,
                    "low": rate.low,
                    "high": rate.high,
                }
            )
    return table


def _row(evaluation: xr.Dataset, cell: int) -> dict[str, Cell]:
    own = evaluation.isel(cell=cell)
    counts = ("data_sets", "symmetry", "no_symmetry", "not_identifiable", "wrong")
    row: dict[str, Cell] = {
        "experiment": str(evaluation.attrs["experiment"]),
        "method": str(evaluation.attrs["method"]),
        "truth": str(evaluation.attrs["truth"]),
        "noise": float(own["cell_noise"]),
        "samples": int(own["cell_samples"]),
        "strength": float(own["cell_strength"]),
    }
    row |= {name: int(own[name]) for name in counts}
    return row | {
        name: float(own["rate"].sel(interval=which))
        for name, which in (("rate", "rate"), ("low", "low"), ("high", "high"))
    }
