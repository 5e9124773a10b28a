"""Scores of a method over its seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.answers import CLEAN, LEARNED
from symlens.wallpaper.groups import NAMES, related
from symlens.wallpaper.levels import LEVELS, classes

if TYPE_CHECKING:
    import xarray as xr

BINS = 10

LEAST = 1e-12
"""Probability that counts for every smaller one in a loss."""


def evaluate(runs: Sequence[xr.Dataset]) -> xr.Dataset:
    """Score the runs of all seeds.

    Parameters
    ----------
    runs : sequence of Dataset

    Returns
    -------
    Dataset
        Of the schema ``EVALUATION``.
    """
    import xarray as xr

    contents = list(dict.fromkeys(str(c) for run in runs for c in run["content"].values))
    clean = [_under(run, CLEAN) for run in runs]
    known = [_under(run, LEARNED) for run in runs]
    table = [[_scores(run, content) for content in contents] for run in clean]
    right = np.concatenate([_right(run) for run in clean])
    confidence = np.concatenate([run["probability"].values.max(axis=1) for run in clean])
    count, mean, share = reliability(confidence, right)
    found = {
        "seed": ("seed", np.array([int(run.attrs["seed"]) for run in runs])),
        "content": ("content", np.array(contents, dtype=object)),
        "floor": ("content", np.array([_floor(clean, content) for content in contents])),
        "calibration_error": (
            "seed",
            np.array(
                [
                    calibration_error(run["probability"].values.max(axis=1), _right(run))
                    for run in clean
                ]
            ),
        ),
        "seconds": ("seed", np.array([float(np.median(run["seconds"])) for run in clean])),
        "confusion": (
            ("content", "label", "answer"),
            np.stack([sum(_confusion(run, content) for run in clean) for content in contents]),
        ),
        "learned_accuracy": ("seed", np.array([_mean(_right(run)) for run in known])),
        "learned_loss": ("seed", np.array([_mean(losses(run)) for run in known])),
        "learned": (
            "content",
            np.array([int(any((run["content"] == c).any() for run in known)) for c in contents]),
        ),
        "hierarchy": ("hierarchy", np.array(list(LEVELS), dtype=object)),
        "hierarchy_accuracy": (
            ("seed", "content", "hierarchy"),
            np.array([[_levels(_own(run, content)) for content in contents] for run in clean]),
        ),
        "hierarchy_floor": (
            ("content", "hierarchy"),
            np.array([[_floor(clean, content, level) for level in LEVELS] for content in contents]),
        ),
        "bin_count": ("bin", count),
        "bin_confidence": ("bin", mean),
        "bin_accuracy": ("bin", share),
    }
    for index, name in enumerate(
        ("accuracy", "related", "images", "cell_error", "loss", "content_calibration_error")
    ):
        values = np.array([[scores[index] for scores in row] for row in table])
        kind = np.int64 if name == "images" else np.float64
        found[name] = (("seed", "content"), values.astype(kind))
    return xr.Dataset(found | _curves(runs))


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error: Σ_b n_b / n |accuracy_b - confidence_b| over ten equal bins.

    Guo, Pleiss, Sun and Weinberger, ICML 2017, equation 3.
    """
    count, mean, share = reliability(confidence, right)
    full = count > 0
    return float((count[full] * np.abs(share[full] - mean[full])).sum() / count.sum())


def reliability(
    confidence: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Number, mean confidence and accuracy in ten equal bins; NaN where a bin is empty."""
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    count = np.bincount(place, minlength=BINS)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(place, confidence, minlength=BINS) / count
        share = np.bincount(place, right.astype(float), minlength=BINS) / count
    return count, mean, share


def _right(run: xr.Dataset) -> NDArray[np.bool_]:
    return np.asarray(run["probability"].values.argmax(axis=1) == run["label"].values)


def _own(run: xr.Dataset, content: str) -> xr.Dataset:
    return run.isel(row=np.flatnonzero(run["content"].values.astype(str) == content))


def losses(run: xr.Dataset) -> NDArray[np.float64]:
    """-ln of the probability of the right group, image by image, in nats."""
    given = run["probability"].values[np.arange(run.sizes["row"]), run["label"].values]
    return np.asarray(-np.log(np.maximum(given, LEAST)))


def _mean(values: NDArray[np.generic]) -> float:
    """NaN of none."""
    return float(values.mean()) if len(values) else np.nan


def _scores(run: xr.Dataset, content: str) -> tuple[float, float, int, float, float, float]:
    """Accuracy, related mistakes, images, median error of the cell, loss, calibration error."""
    own = _own(run, content)
    answers, labels = own["probability"].values.argmax(axis=1), own["label"].values
    wrong = answers != labels
    near = [
        related(NAMES[one], NAMES[other])
        for one, other in zip(answers[wrong], labels[wrong], strict=True)
    ]
    errors = own["cell_error"].values
    known = errors[np.isfinite(errors)]
    median = float(np.median(known)) if len(known) else np.nan
    related_part = float(np.mean(near)) if near else 1.0
    calibration = calibration_error(own["probability"].values.max(axis=1), ~wrong)
    accuracy, loss = float(1 - wrong.mean()), float(losses(own).mean())
    return accuracy, related_part, len(labels), median, loss, calibration


def _levels(run: xr.Dataset) -> list[float]:
    """Part of the images whose class is named rightly, level by level."""
    chances, labels = run["probability"].values, run["label"].values
    return [float((classes(chances, level) == own[labels]).mean()) for level, own in LEVELS.items()]


def _floor(runs: Sequence[xr.Dataset], content: str, level: str | None = None) -> float:
    """Part of the most frequent group, or class of a level, among the images of all seeds."""
    labels = np.concatenate([_own(run, content)["label"].values for run in runs])
    if level is not None:
        labels = LEVELS[level][labels]
    return float(np.bincount(labels).max() / len(labels))


def _confusion(run: xr.Dataset, content: str) -> NDArray[np.int64]:
    own = _own(run, content)
    table = np.zeros((len(NAMES), len(NAMES)), dtype=np.int64)
    np.add.at(table, (own["label"].values, own["probability"].values.argmax(axis=1)), 1)
    return table


def _curves(runs: Sequence[xr.Dataset]) -> dict[str, tuple[object, NDArray[np.generic]]]:
    """Accuracy by disturbance and level, over all contents; nothing where none was asked for."""
    found = dict.fromkeys(runs[0]["disturbance"].values.astype(str))
    kinds = [kind for kind in found if kind not in {CLEAN, LEARNED}]
    if not kinds:
        return {}
    level = np.array([np.unique(_under(runs[0], kind)["level"].values) for kind in kinds])
    shape = (len(runs), *level.shape)
    curve, images = np.zeros(shape), np.zeros(shape, dtype=np.int64)
    for i, run in enumerate(runs):
        for j, kind in enumerate(kinds):
            own = _under(run, kind)
            right = _right(own)
            for k, strength in enumerate(level[j]):
                at = own["level"].values == strength
                curve[i, j, k], images[i, j, k] = right[at].mean(), at.sum()
    return {
        "disturbance": ("disturbance", np.array(kinds, dtype=object)),
        "curve_level": (("disturbance", "level"), level),
        "curve": (("seed", "disturbance", "level"), curve),
        "curve_images": (("seed", "disturbance", "level"), images),
    }


def _under(run: xr.Dataset, kind: str) -> xr.Dataset:
    return run.isel(row=np.flatnonzero(run["disturbance"].values.astype(str) == kind))
