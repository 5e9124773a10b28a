"""Learned generators of all experiments in one picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symlens.drawing import SOFT, new_figure, number, styled
from symlens.errors import DataError
from symlens.lens.figures.colours import VERDICT_COLOURS
from symlens.lens.figures.inputs import FigureInputs
from symlens.lens.figures.matrices import matrix_panel
from symlens.lens.truth import to_natural
from symlens.metrics import is_inverted

Array = NDArray[np.float64]

COLUMNS = 4
PALE = 0.4
"""Opacity of generators that are no symmetry."""


@styled
def draw(experiments: Sequence[FigureInputs]) -> Figure:
    """Draw the worst seed's generator of every experiment.

    Returns
    -------
    Figure
        Per experiment two panels: small as the data are given, large in natural coordinates,
        with cosine and verdict. Where natural coordinates are not known only one, as given; what
        is no symmetry is drawn pale.
    """
    if not experiments:
        raise DataError("overview: expected at least one experiment, got none")
    columns = min(COLUMNS, len(experiments))
    rows = -(-len(experiments) // columns)
    figure = new_figure(
        max(3.35 * columns, 6.4),
        0.72 + 2.5 * rows,
        "Learned generators",
        "Small: as the data hide them. Large: in natural coordinates. The worst seed of each.",
    )
    cells = figure.subfigures(rows, columns, squeeze=False)
    for cell, inputs in zip(cells.ravel(), experiments, strict=False):
        small, large = cell.subplots(1, 2, width_ratios=[1, 2.3])
        _cell(small, large, inputs)
    return figure


def _cell(small: Axes, large: Axes, inputs: FigureInputs) -> None:
    learned, natural = _generators(inputs)
    verdict = str(inputs.evaluation["verdict"].to_numpy()[inputs.worst])
    words = inputs.verdict
    if "generator_cosine" in inputs.evaluation:
        cosine = float(inputs.evaluation["generator_cosine"].min())
        words = f"cosine {number(cosine, '.4f')} · {words}"
    if natural is None:
        small.set_visible(False)
        words = f"as given; {words}"
    else:
        _panel(small, learned, verdict)
    _panel(large, learned if natural is None else natural, verdict)
    large.set_title(inputs.title, fontweight="bold", fontsize=10)
    large.set_xlabel(words, color=VERDICT_COLOURS.get(verdict, SOFT), fontsize=9)


def _panel(axes: Axes, matrix: Array, verdict: str) -> None:
    image = matrix_panel(axes, matrix, float(np.abs(matrix).max()), bar=False)
    image.set_alpha(1.0 if verdict == "symmetry" else PALE)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_anchor("N")


def _generators(inputs: FigureInputs) -> tuple[Array, Array | None]:
    """The worst seed's generator as given and in natural coordinates, in the ideal direction."""
    learned = inputs.symmetries[inputs.worst].generator
    truth = inputs.truth
    if truth is None:
        return learned, None
    if is_inverted(learned, truth.generator):
        learned = learned.T
    if truth.representation is None:
        return learned, None
    return learned, to_natural(learned, truth.representation)
