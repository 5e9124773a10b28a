"""The terms of the objective over the training."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symlens.drawing import colour, new_figure, seed_legend, styled
from symlens.lens.figures.inputs import FigureInputs
from symlens.lens.runfile import history_from

COLUMNS = 3
SCHEDULES = ("rank", "round")
"""Terms that are set, not learned: drawn as staircases."""


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw every recorded term in a panel of its own, every seed a line.

    Returns
    -------
    Figure
        One panel per name in the runs' ``term`` coordinate, in its order; schedules of rank or
        rounds are staircases.
    """
    histories = [history_from(run) for run in inputs.runs]
    terms = list(dict.fromkeys(term for history in histories for term in history.terms))
    columns = min(COLUMNS if len(terms) <= 2 * COLUMNS else COLUMNS + 1, len(terms))
    rows = -(-len(terms) // columns)
    figure = new_figure(
        max(3.4 * columns, 6.0),
        0.9 + 2.05 * rows,
        f"{inputs.title}: terms of the objective over training",
        f"As the method {inputs.method} recorded them.",
    )
    panels = np.atleast_1d(figure.subplots(rows, columns, squeeze=False)).ravel()
    for panel, term in zip(panels, terms, strict=False):
        for index, history in enumerate(histories):
            if term in history.terms:
                values = history.values[:, history.terms.index(term)]
                _line(panel, history.steps, values, term, index, inputs.seeds[index])
        panel.set_title(term.replace("_", " "))
        panel.grid(axis="y")
    for panel in panels[len(terms) :]:
        panel.set_visible(False)
    for panel in panels[max(0, len(terms) - columns) : len(terms)]:
        panel.set_xlabel("step")
    seed_legend(figure, inputs.seeds, markers=False)
    return figure


def _line(
    panel: Axes,
    steps: NDArray[np.int64],
    values: NDArray[np.float64],
    term: str,
    index: int,
    seed: int,
) -> None:
    """One seed's values of a term; a term recorded once is a point."""
    known = np.isfinite(values)
    panel.plot(
        steps[known],
        values[known],
        color=colour(index),
        linewidth=1.3,
        alpha=0.9,
        marker="o" if known.sum() <= 12 else None,
        markersize=3.5,
        drawstyle="steps-post" if term in SCHEDULES else "default",
        label=f"seed {seed}",
    )
