"""The group convolution matrix, aligned to the ideal one."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symlens.drawing import new_figure, say, styled
from symlens.lens.figures.inputs import FigureInputs
from symlens.lens.figures.matrices import comparison, head, matrix_panel
from symlens.metrics import ColumnAlignment, align_columns

Array = NDArray[np.float64]

UNKNOWN = (
    "The ideal coordinates of these data\n"
    "are not known, so that there is nothing\n"
    "to compare with here.\n\n"
    "Where the middle panel is the identity,\n"
    "the coordinates lose no information."
)


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw the group convolution matrix of the worst seed.

    Returns
    -------
    Figure
        Rows: given basis, natural basis (the ideal is the identity). Columns: ideal, learned,
        error, histogram. Without the truth: the learned matrix and ``M^T M``.
    """
    learned = inputs.symmetries[inputs.worst].group_convolution
    truth = inputs.truth
    title = f"{inputs.title}: learned group convolution matrix"
    if truth is None or truth.representation is None:
        return _learned_only(inputs, title, learned)
    ideal = truth.representation.T
    alignment = align_columns(learned, ideal, cyclic=inputs.cyclic)
    shown = f"{inputs.choice}: cosine {alignment.cosine:.4f} to the ideal{_said(alignment)}"
    figure = new_figure(11.0, 5.8, title, shown)
    rows = figure.subplots(2, 4)
    aligned = alignment.apply(learned)
    comparison(rows[0], ideal, aligned, "as the data are given")
    natural = truth.representation @ aligned
    comparison(rows[1], np.eye(inputs.n), natural, "in natural coordinates")
    head(rows[0], ("ideal", "learned", "error: learned − ideal", "entries by error"))
    for panel in rows[1][:3]:
        panel.set_xlabel("canonical position", labelpad=-4)
    return figure


def _said(alignment: ColumnAlignment) -> str:
    """What was done to align the columns."""
    done = ["sign changed"] if alignment.sign < 0 else []
    done += ["columns reversed"] if alignment.reversed else []
    done += [f"columns rolled by {alignment.roll}"] if alignment.roll else []
    return f" (aligned: {', '.join(done)})" if done else ""


def _learned_only(inputs: FigureInputs, title: str, learned: Array) -> Figure:
    figure = new_figure(11.0, 3.9, title, f"{inputs.choice}; {inputs.verdict}")
    matrix, product, words = figure.subplots(1, 3)
    gram = learned.T @ learned
    matrix_panel(matrix, learned, float(np.abs(learned).max()))
    matrix_panel(product, gram, float(np.abs(gram).max()))
    head((matrix, product), ("learned M, as the data are given", r"$M^\top M$"))
    say(words, UNKNOWN)
    return figure
