"""What the images of every group were called."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from symlens.drawing import INK, new_figure, styled
from symlens.wallpaper.figures import FigureInputs
from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.tables import WORDS, contents

COLUMNS = 3


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw a confusion matrix for every content, in parts of a row."""
    evaluation = inputs.evaluation
    kinds = contents(evaluation)
    columns = min(COLUMNS, len(kinds))
    rows = -(-len(kinds) // columns)
    figure = new_figure(
        max(3.7 * columns, 6.0),
        0.8 + 3.9 * rows,
        f"{inputs.title}: what the images were called",
        f"Method {evaluation.attrs['method']}; parts of the images of a group, all seeds.",
    )
    panels = np.atleast_1d(figure.subplots(rows, columns)).ravel()
    for panel, kind, table in zip(panels, kinds, evaluation["confusion"].values, strict=False):
        part = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
        panel.imshow(part, cmap="Blues", vmin=0, vmax=1)
        for row, column in np.argwhere((part > 0.005) & ~np.eye(len(NAMES), dtype=bool)):
            text = f"{100 * part[row, column]:.0f}"
            dark = part[row, column] > 0.5
            panel.text(
                column,
                row,
                text,
                ha="center",
                va="center",
                fontsize=5.5,
                color="white" if dark else INK,
            )
        share = np.trace(table) / table.sum()
        panel.set_title(f"{WORDS.get(kind, kind)}: {share:.3f} right")
        ticks = range(len(NAMES))
        panel.set_xticks(ticks, NAMES, rotation=90, fontsize=6.5)
        panel.set_yticks(ticks, NAMES, fontsize=6.5)
        panel.tick_params(length=0)
        panel.spines[:].set_visible(False)
    for panel in panels[len(kinds) :]:
        panel.set_visible(False)
    panels[0].set_ylabel("made as")
    for panel in panels[max(0, len(kinds) - columns) : len(kinds)]:
        panel.set_xlabel("called")
    return figure
