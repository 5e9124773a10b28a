"""Tables of the study ``latent``: one row per experiment and method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlens.latent.relevance import DEFINITIONS
from symlens.latent.scores import BY_NAME
from symlens.latent.summarise import STATISTICS, worst
from symlens.tables import Cell

if TYPE_CHECKING:
    import xarray as xr


def stability_row(evaluation: xr.Dataset) -> dict[str, Cell]:
    """All scores over the seeds, the three answers, and what is known beforehand.

    Parameters
    ----------
    evaluation : Dataset
        Evaluation file.

    Returns
    -------
    dict
        Column name to value; None where there is none. The columns do not depend on what is known.
    """
    row: dict[str, Cell] = {
        "experiment": str(evaluation.attrs["experiment"]),
        "method": str(evaluation.attrs["method"]),
        "seeds": int(evaluation.sizes["seed"]),
        "features": int(evaluation.sizes["feature"]),
        "beta": float(evaluation["beta"][0]),
        "latents": int(evaluation["latent_size"][-1]),
        "intrinsic_dimension": known(evaluation, "intrinsic_dimension"),
        "embedding_dimension": known(evaluation, "embedding_dimension"),
        "linear_rank": int(evaluation["linear_rank"].max()),
    }
    for name in map(str, evaluation["estimator"].values):
        row[f"dimension_{name}"] = float(evaluation["dimension"].sel(estimator=name).median())
    shown = evaluation["count"].isel(beta=0, latent_size=-1)
    for name in DEFINITIONS:
        values = shown.sel(definition=name).to_numpy().astype(np.float64)
        row[f"count_{name}_worst"] = worst(
            "relevant", values, known(evaluation, "embedding_dimension")
        )
    for name in BY_NAME:
        for statistic in STATISTICS:
            row[f"{name}_{statistic}"] = summary(evaluation, name, statistic)
    return row


def known(evaluation: xr.Dataset, name: str) -> int | None:
    """A dimension that is known beforehand; None where it is not."""
    value = int(evaluation.attrs[name])
    return value if value > 0 else None


def summary(evaluation: xr.Dataset, name: str, statistic: str) -> float | None:
    """A statistic of a score over the seeds; None where the experiment does not have the score."""
    if name not in evaluation["score"].to_numpy().tolist():
        return None
    return float(evaluation["summary"].sel(score=name, statistic=statistic))
