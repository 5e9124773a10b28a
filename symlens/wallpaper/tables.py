"""Tables of the study ``wallpaper``: one row per experiment, method and content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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


def part(evaluation: xr.Dataset, index: int) -> str:
    """What a content is for a method: validation where it learned from its like."""
    learned = evaluation["learned"].values
    if not learned.any():
        return "test"
    return "validation" if learned[index] else "cross-validation"


def _levels(evaluation: xr.Dataset, index: int) -> dict[str, Cell]:
    """Accuracy of the worst seed on every level of the hierarchy, and its floor."""
    worst = evaluation["hierarchy_accuracy"].values[:, index].min(axis=0)
    found: dict[str, Cell] = {}
    for place, level in enumerate(evaluation["hierarchy"].values):
        found[f"{level}_accuracy_worst"] = float(worst[place])
        found[f"{level}_floor"] = float(evaluation["hierarchy_floor"].values[index, place])
    return found


def _median(values: NDArray[np.float64]) -> float | None:
    """None where one is not known."""
    return float(np.median(values)) if np.isfinite(values).all() else None


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
                "part": part(evaluation, index),
                "seeds": len(accuracy),
                "images": int(evaluation["images"].values[:, index].sum()),
                "accuracy_worst": float(accuracy.min()),
                "accuracy_median": float(np.median(accuracy)),
                "floor": float(evaluation["floor"].values[index]),
                **_levels(evaluation, index),
                "loss_worst": float(evaluation["loss"].values[:, index].max()),
                "training_accuracy_median": _median(evaluation["learned_accuracy"].values),
                "training_loss_median": _median(evaluation["learned_loss"].values),
                "related_mistakes_worst": float(evaluation["related"].values[:, index].min()),
                "cell_error_median": _median(errors),
                "calibration_error_worst": float(
                    evaluation["content_calibration_error"].values[:, index].max()
                ),
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
        scores |= {
            f"loss_{content}": float(value)
            for content, value in zip(contents(evaluation), one["loss"].values, strict=True)
        }
        for name in ("learned_accuracy", "learned_loss"):
            if np.isfinite(one[name]):
                scores[name] = float(one[name])
        scores["calibration_error"] = float(one["calibration_error"])
        found[int(seed)] = scores
    return found
