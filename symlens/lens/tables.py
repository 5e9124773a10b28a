"""Tables of the study ``lens``: one row per experiment and method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from symlens.lens.scores import BY_NAME, FLOORED
from symlens.tables import Cell, csv_text

if TYPE_CHECKING:
    import xarray as xr

STATISTICS = ("worst", "median", "low", "high")
FLOOR = 0.95
"""Level of the floors in tables: what one chance draw in twenty beats."""


def stability_row(evaluation: xr.Dataset) -> dict[str, Cell]:
    """All scores of an experiment and method over its seeds, and the floors beside them.

    Parameters
    ----------
    evaluation : Dataset
        Evaluation file.

    Returns
    -------
    dict
        Column name to value; None where the ideal symmetry is not known. The columns do not
        depend on what is known.
    """
    verdicts = [str(verdict) for verdict in evaluation["verdict"].to_numpy()]
    row: dict[str, Cell] = {
        "experiment": str(evaluation.attrs["experiment"]),
        "method": str(evaluation.attrs["method"]),
        "cyclic": int(evaluation.attrs["cyclic"]),
        "seeds": len(verdicts),
        "symmetry": verdicts.count("symmetry"),
        "no_symmetry": verdicts.count("no symmetry"),
        "not_identifiable": verdicts.count("not identifiable"),
    }
    for name in BY_NAME:
        for statistic in STATISTICS:
            row[f"{name}_{statistic}"] = summary(evaluation, name, statistic)
        for chance in ("orthogonal", "covariance") if name in FLOORED else ():
            row[f"{name}_floor_{chance}"] = floor(evaluation, name, chance)
    for name in ("agreement_worst", "agreement_median"):
        row[name] = float(evaluation[name]) if name in evaluation else None
    row["seconds_median"] = (
        float(np.median(evaluation["seconds"])) if "seconds" in evaluation else None
    )
    return row


def summary(evaluation: xr.Dataset, name: str, statistic: str) -> float | None:
    """A statistic of a score over the seeds; None where the score needs an unknown truth."""
    if name not in evaluation["score"].to_numpy().tolist():
        return None
    return float(evaluation["summary"].sel(score=name, statistic=statistic))


def floor(evaluation: xr.Dataset, name: str, chance: str) -> float | None:
    """What one chance draw in twenty beats; None where the score needs an unknown truth."""
    if "floor" not in evaluation or name not in evaluation["floor_score"].to_numpy().tolist():
        return None
    return float(evaluation["floor"].sel(chance=chance, floor_score=name, level=FLOOR))


def stability_csv(evaluations: Sequence[xr.Dataset]) -> str:
    """The rows of all evaluations as CSV text."""
    return csv_text([stability_row(evaluation) for evaluation in evaluations])
