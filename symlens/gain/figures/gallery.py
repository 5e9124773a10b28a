"""Measured and predicted savings of all experiments in one picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from symlens.drawing import INK, LINES, SOFT, new_figure, styled
from symlens.gain.figures import FigureInputs
from symlens.gain.figures.parts import order_of, plain_log
from symlens.gain.tables import statistic_of


@styled
def draw(experiments: Sequence[FigureInputs]) -> Figure:
    """Draw a column per experiment: seeds, prediction, size of the group.

    Returns
    -------
    Figure
    """
    title = "How many samples a symmetry saves"
    what = "samples that the plain kernel needs for the risk of the invariant one, over n"
    figure = new_figure(max(7.2, 1.55 * len(experiments) + 1.2), 4.4, title, what)
    axes = figure.subplots()
    shown = [1.0]
    for place, inputs in enumerate(experiments):
        values = inputs.evaluation["value"].sel(score="sample_gain").to_numpy()
        known = values[np.isfinite(values)]
        predicted = statistic_of(inputs.evaluation, "sample_gain", "predicted")
        spread = 0.12 * (np.arange(len(known)) - (len(known) - 1) / 2) / max(1, len(known) / 3)
        axes.plot(place + spread, known, "o", color=LINES[0], markersize=5, zorder=3)
        if predicted is not None:
            axes.plot([place - 0.3, place + 0.3], [predicted] * 2, color=LINES[1], linewidth=2.5)
        else:
            axes.annotate("out of range", (place, 1.05), ha="center", color=SOFT, fontsize=8)
        order = order_of(inputs)
        if order is not None:
            axes.plot([place - 0.4, place + 0.4], [order] * 2, color=INK, ls=(0, (3, 2)), lw=1)
        shown += [*known, *([predicted] if predicted else []), *([order] if order else [])]
    plain_log(axes, min(shown), max(shown))
    axes.axhline(1, color=INK, linewidth=0.8)
    axes.set_xticks(range(len(experiments)), [_wrapped(inputs.title) for inputs in experiments])
    axes.set_xlim(-0.6, len(experiments) - 0.4)
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("sample gain")
    axes.grid(axis="y")
    handles = [
        Line2D(
            [], [], color=LINES[0], marker="o", ls="none", markersize=5, label="measured, seeds"
        ),
        Line2D([], [], color=LINES[1], linewidth=2.5, label="predicted"),
        Line2D([], [], color=INK, ls=(0, (3, 2)), lw=1, label="size of the group"),
    ]
    figure.legend(handles=handles, loc="upper right", ncols=3).set_in_layout(False)
    return figure


def _wrapped(title: str, width: int = 18) -> str:
    lines = [""]
    for word in title.split():
        if len(lines[-1]) + len(word) + 1 > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
