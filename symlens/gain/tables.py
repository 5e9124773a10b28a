"""Tables of the study ``gain``: one row per experiment and method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlens.gain.scores import SCORES, worst
from symlens.tables import Cell

if TYPE_CHECKING:
    import xarray as xr


def stability_row(evaluation: xr.Dataset) -> dict[str, Cell]:
    """Scores of an experiment over its seeds, their predictions and floors.

    Parameters
    ----------
    evaluation : Dataset
        Evaluation file.

    Returns
    -------
    dict
        Column name to value; None where a gain is out of the range of the curves.
    """
    row: dict[str, Cell] = {
        name: str(evaluation.attrs[name]) for name in ("experiment", "method", "manifold", "group")
    }
    row |= {"order": int(evaluation.attrs["order"]), "seeds": evaluation.sizes["seed"]}
    for name in SCORES:
        for statistic in ("worst", "median", "predicted", "floor"):
            row[f"{name}_{statistic}"] = statistic_of(evaluation, name, statistic)
    row["seconds_median"] = float(np.median(evaluation["seconds"]))
    return row


def statistic_of(evaluation: xr.Dataset, name: str, statistic: str) -> float | None:
    """Worst or median of a score over the seeds, its prediction or floor; None for no number."""
    values = evaluation["value"].sel(score=name).to_numpy()
    predicted = float(evaluation["predicted_value"].sel(score=name))
    known = values[np.isfinite(values)]
    if statistic == "predicted":
        found = predicted
    elif statistic == "floor":
        found = float(evaluation["floor"].sel(score=name))
    elif len(known) == 0:
        return None
    elif statistic == "worst":
        found = worst(name, values, predicted)
    else:
        found = float(np.median(known))
    return found if np.isfinite(found) else None
