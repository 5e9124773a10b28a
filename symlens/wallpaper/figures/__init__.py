"""Figures of the study ``wallpaper``; matplotlib is imported when one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

__all__ = ["CAPTIONS", "FIGURES", "OVERVIEW_CAPTION", "FigureInputs", "overview", "save"]


@dataclass(frozen=True)
class FigureInputs:
    """Files of an experiment and method.

    Parameters
    ----------
    evaluation : Dataset
    samples : Dataset
        Data file, lazy.
    title : str
    """

    evaluation: xr.Dataset
    samples: xr.Dataset
    title: str


def _contact_sheet(inputs: FigureInputs) -> Figure:
    from symlens.wallpaper.figures import contact_sheet

    return contact_sheet.draw(inputs)


def _confusion(inputs: FigureInputs) -> Figure:
    from symlens.wallpaper.figures import confusion

    return confusion.draw(inputs)


def _robustness(inputs: FigureInputs) -> Figure:
    from symlens.wallpaper.figures import robustness

    return robustness.draw(inputs)


def _reliability(inputs: FigureInputs) -> Figure:
    from symlens.wallpaper.figures import reliability

    return reliability.draw(inputs)


FIGURES: Mapping[str, Callable[[FigureInputs], Figure]] = {
    "contact_sheet": _contact_sheet,
    "confusion": _confusion,
    "robustness": _robustness,
    "reliability": _reliability,
}

CAPTIONS: Mapping[str, str] = {
    "contact_sheet": (
        "One image of each of the 17 plane groups, for the first three contents of the "
        "experiment, with its cell."
    ),
    "confusion": (
        "What the clean images of all seeds were called, content by content: rows are the groups "
        "that the images were made with, columns the answers; right answers lie on the diagonal."
    ),
    "robustness": (
        "Part of the disturbed images that is named rightly, over the strength of the "
        "disturbance: every seed a point, their mean a line, with the 95 % interval for the "
        "images of all seeds together (Wilson). Level 0 is the clean images; the grey line is "
        "chance."
    ),
    "reliability": (
        "How often an answer is right, against the probability that it was given; the diagonal is "
        "perfect calibration. Bars: images per bin, on a logarithmic scale."
    ),
}

OVERVIEW_CAPTION = (
    "Accuracy of every experiment and method by content: every seed a point, the worst one "
    "filled; the grey line is what naming the most frequent group reaches. Where the same method "
    "was judged on images with both area modes, a last panel compares them: in fundamental the "
    "area of the cell tells the group to contents like those learned from, in cell it does not."
)


def overview(experiments: Sequence[FigureInputs]) -> Figure:
    """Accuracies of all experiments in one picture."""
    from symlens.wallpaper.figures import gallery

    return gallery.draw(experiments)


def save(figure: Figure, stem: Path) -> tuple[Path, Path]:
    """Write a figure as ``stem.png`` and ``stem.pdf``, byte for byte reproducible."""
    from symlens import drawing

    return drawing.save(figure, stem)
