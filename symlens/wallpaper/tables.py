"""Tables of the study ``wallpaper``: one row per experiment, method and content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlens.tables import Cell

if TYPE_CHECKING:
    import xarray as xr

WORDS = {
    "textures": "textures",
    "photographs": "unseen photograph",
    "noise": "noise",
    "atoms": "atoms",
    "published_atoms": "published atoms",
    "glyphs": "glyphs",
    "drawings": "drawings",
    "probe": "probe",
}
"""Contents, as people read them."""


def contents(evaluation: xr.Dataset) -> list[str]:
    """Names of the contents of an evaluation."""
    return [str(content) for content in evaluation["content"].values]


def rows(evaluation: xr.Dataset) -> list[dict[str, Cell]]:
    """Scores over seeds beside their floor, a row for each content."""
    found: list[dict[str, Cell]] = []
    for index, content in enumerate(contents(evaluation)):
        accuracy = evaluation["accuracy"].values[:, index]
        errors = evaluation["cell_error"].values[:, index]
        found.append(
            {
                "experiment": str(evaluation.attrs["experiment"]),
                "method": str(evaluation.attrs["method"]),
                "content": content,
                "seeds": len(accuracy),
                "images": int(evaluation["images"].values[:, index].sum()),
                "accuracy_worst": float(accuracy.min()),
                "accuracy_median": float(np.median(accuracy)),
                "floor": float(evaluation["floor"].values[index]),
                "related_mistakes_worst": float(evaluation["related"].values[:, index].min()),
                "cell_error_median": float(np.median(errors))
                if np.isfinite(errors).all()
                else None,
                "calibration_error_worst": float(evaluation["calibration_error"].max()),
                "seconds_median": float(np.median(evaluation["seconds"])),
            }
        )
    return found


def scores_of_seeds(evaluation: xr.Dataset) -> dict[int, dict[str, float]]:
    """Scores of every seed by name, those of the contents with their names."""
    found: dict[int, dict[str, float]] = {}
    for index, seed in enumerate(evaluation["seed"].values):
        one = evaluation.isel(seed=index)
        scores = {
            f"accuracy_{content}": float(value)
            for content, value in zip(contents(evaluation), one["accuracy"].values, strict=True)
        }
        scores["calibration_error"] = float(one["calibration_error"])
        found[int(seed)] = scores
    return found
