"""Figures of the study ``gain``: learning curves, what is saved, and how many functions there are.

``FIGURES`` maps the name of a figure to the function that draws it; matplotlib is imported when
one is drawn. Every function takes `FigureInputs` and returns a figure; `save` writes it.
"""

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
    """What the figures of an experiment are drawn from.

    Parameters
    ----------
    evaluation, data : Dataset
        Evaluation and data file.
    title : str
        Name of the experiment for people.
    """

    evaluation: xr.Dataset
    data: xr.Dataset
    title: str


def _learning_curves(inputs: FigureInputs) -> Figure:
    from symlens.gain.figures import learning_curves

    return learning_curves.draw(inputs)


def _saving(inputs: FigureInputs) -> Figure:
    from symlens.gain.figures import saving

    return saving.draw(inputs)


def _counting(inputs: FigureInputs) -> Figure:
    from symlens.gain.figures import counting

    return counting.draw(inputs)


FIGURES: Mapping[str, Callable[[FigureInputs], Figure]] = {
    "learning_curves": _learning_curves,
    "saving": _saving,
    "counting": _counting,
}

CAPTIONS: Mapping[str, str] = {
    "learning_curves": (
        "Excess risk of kernel ridge regression over the number of samples, without and with the "
        "symmetry: means over seeds (points) and every seed (faint). Lines are predictions for "
        "finite n, from the spectrum alone; nothing is fitted to the points. Each arm has its own "
        "penalty, the best on the mean of the seeds; right, with the penalty that generalised "
        "cross-validation or the theory's schedule chooses without the truth."
    ),
    "saving": (
        "What the symmetry saves. Left: how many times the samples the plain kernel needs for the "
        "same risk; the dashed line is the size of the group. Right: plain risk over the "
        "invariant one at equal samples. Points are measured, lines predicted for finite n; 1 is "
        "no saving. Where the target has a part that is not invariant: the risk gain over the size "
        "of that part, and the border beyond which averaging hurts."
    ),
    "counting": (
        "Why it saves: the number of eigenfunctions that have to be learned. Left: all and the "
        "invariant ones, counted exactly, and Weyl's law for the quotient. Right: their ratio, "
        "which is what a finite problem gains, beside the size of the group. Elements that leave "
        "points in their place, such as reflections, keep the ratio below it. For samples of "
        "lens: the eigenvalues of the kernels."
    ),
}

OVERVIEW_CAPTION = (
    "Measured and predicted saving of every experiment: how many times the samples the plain "
    "kernel needs for the risk that the invariant kernel has. Points are seeds, a bar the "
    "prediction for finite n, a dash the size of the group; 1 is no saving."
)


def overview(experiments: Sequence[FigureInputs]) -> Figure:
    """Measured and predicted savings of all experiments in one picture."""
    from symlens.gain.figures import gallery

    return gallery.draw(experiments)


def save(figure: Figure, stem: Path) -> tuple[Path, Path]:
    """Write a figure as ``stem.png`` (150 dpi) and ``stem.pdf``, byte for byte reproducible."""
    from symlens import drawing

    return drawing.save(figure, stem)
