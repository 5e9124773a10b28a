"""Scores of every seed beside chance, and how well the seeds agree."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symlens.drawing import (
    CHANCE,
    INK,
    SOFT,
    UNSIGNED,
    colour,
    marker,
    new_figure,
    number,
    seed_legend,
    styled,
)
from symlens.lens.figures.inputs import FigureInputs
from symlens.lens.scores import BY_NAME, FLOORED

CHANCE_NAMES = {"orthogonal": "chance", "covariance": "chance,\nsame cov."}

LEGEND = (
    "Grey: chance, from its median (line) to what one draw in twenty beats: any orthogonal matrix, "
    "and one that preserves the covariance."
)
UNKNOWN = "The ideal symmetry is not known: agreement between seeds and p-values are what is left."


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw scores with floors, and the agreement matrix.

    Returns
    -------
    Figure
        One panel per score that has a chance floor: every seed, then for either kind of chance a
        bar from its median to what one draw in twenty beats. Last the agreement between seeds.
        Without the truth: p-values in the place of the scores.
    """
    scores = [name for name in FLOORED if name in inputs.evaluation]
    subtitle = LEGEND if scores else UNKNOWN
    widths = [1.0] * (len(scores) or 1) + [1.45]
    width = 3.2 + 2.0 * len(widths)
    figure = new_figure(width, 4.4, f"{inputs.title}: stability over seeds", subtitle)
    *panels, matrix = figure.subplots(1, len(widths), width_ratios=widths)
    for panel, name in zip(panels, scores or ["symmetry_pvalue"], strict=True):
        _score(panel, inputs, name)
    _agreement(matrix, inputs)
    seed_legend(figure, inputs.seeds, markers=True)
    return figure


def _score(axes: Axes, inputs: FigureInputs, name: str) -> None:
    score = BY_NAME[name]
    values = inputs.evaluation[name].to_numpy()
    offsets = np.linspace(-0.25, 0.25, len(values)) if len(values) > 1 else np.zeros(1)
    for index, (offset, value) in enumerate(zip(offsets, values, strict=True)):
        axes.plot(
            offset,
            value,
            linestyle="none",
            marker=marker(index),
            markersize=6.5,
            color=colour(index),
            clip_on=False,
            zorder=4,
        )
    names = ["seeds"]
    if name in FLOORED:
        floors = inputs.evaluation["floor"].sel(floor_score=name)
        for place, chance in enumerate(inputs.evaluation["chance"].to_numpy(), start=1):
            _floor(axes, place, *floors.sel(chance=chance).to_numpy())
            names.append(CHANCE_NAMES[str(chance)])
    axes.set_xticks(range(len(names)), names, fontsize=8.5)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.tick_params(axis="x", length=0, pad=8)
    axes.grid(axis="y")
    if name == "symmetry_pvalue":
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_ylim(0.5 / (1 + inputs.runs[0].sizes["surrogate"]), 1)
    elif score.higher_is_better:
        axes.set_ylim(min(0.0, float(values.min())), 1)
    else:
        axes.set_ylim(bottom=0)
    units = "" if score.units == "1" else f" ({score.units})"
    worst = float(values.min() if score.higher_is_better else values.max())
    axes.set_title(f"{score.label}{units}\nworst {number(worst, '.4g')}")


def _floor(axes: Axes, place: int, median: float, far: float) -> None:
    """A bar from the median of chance to what one draw in twenty beats."""
    axes.plot([place, place], [median, far], color=CHANCE, linewidth=7, solid_capstyle="butt")
    axes.plot([place - 0.28, place + 0.28], [median, median], color=SOFT, linewidth=1.2)


def _agreement(axes: Axes, inputs: FigureInputs) -> None:
    agreement = inputs.evaluation["agreement"].to_numpy()
    axes.imshow(agreement, cmap=UNSIGNED, vmin=0, vmax=1)
    names = [str(seed) for seed in inputs.seeds]
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("seed")
    axes.set_ylabel("seed")
    size = 9 if len(names) <= 5 else 8
    if len(names) <= 8:
        for (row, column), value in np.ndenumerate(agreement):
            ink = "white" if value < 0.55 else INK
            axes.text(
                column,
                row,
                number(value, ".3f"),
                ha="center",
                va="center",
                fontsize=size,
                color=ink,
            )
    axes.set_title("agreement of the generators\nbetween seeds (cosine)")
