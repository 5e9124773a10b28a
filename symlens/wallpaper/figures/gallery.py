"""Accuracies of all experiments and methods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from symlens.drawing import CHANCE, LINES, new_figure, styled
from symlens.wallpaper.figures import FigureInputs, shortcut
from symlens.wallpaper.tables import WORDS, contents


@styled
def draw(experiments: Sequence[FigureInputs]) -> Figure:
    """Draw a panel for every experiment and method: accuracy by content."""
    heights = [len(contents(inputs.evaluation)) for inputs in experiments]
    pairs = shortcut.pairs(experiments)
    extra = [shortcut.ROWS * len(pairs) + 1] if pairs else []
    figure = new_figure(
        8.2,
        1.0 + sum(0.27 * height + 0.55 for height in heights + extra),
        "Plane groups: how often the answer is right",
        "Clean images; every seed a ring, the worst filled; grey: the most frequent group alone.",
    )
    panels = np.atleast_1d(
        figure.subplots(
            len(heights + extra), 1, sharex=True, height_ratios=[h + 1.2 for h in heights + extra]
        )
    )
    if pairs:
        shortcut.draw_on(panels[-1], pairs)
    for panel, inputs in zip(panels, experiments, strict=False):
        evaluation = inputs.evaluation
        kinds = contents(evaluation)
        for row, values in enumerate(evaluation["accuracy"].values.T):
            floor = float(evaluation["floor"].values[row])
            panel.plot([floor, floor], [row - 0.35, row + 0.35], color=CHANCE, linewidth=2)
            panel.plot(
                values, np.full(len(values), row), "o", mfc="none", color=LINES[0], markersize=6
            )
            panel.plot(values.min(), row, "o", color=LINES[0], markersize=6)
            panel.annotate(
                f"{values.min():.3f}",
                (1.0, row),
                xycoords=("axes fraction", "data"),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
            )
        panel.set_yticks(range(len(kinds)), [WORDS.get(kind, kind) for kind in kinds])
        panel.set_ylim(len(kinds) - 0.5, -0.5)
        panel.set_xlim(-0.02, 1.03)
        panel.set_title(inputs.title)
        panel.grid(axis="x")
    panels[-1].set_xlabel("named rightly")
    return figure
