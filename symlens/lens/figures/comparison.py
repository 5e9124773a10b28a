"""Methods side by side: the scores of every seed by task and method, beside chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symlens.drawing import CHANCE, FAINT, SOFT, at_most_zero, colour, marker, new_figure, styled
from symlens.errors import DataError
from symlens.lens.comparison import SCORES, matrix_floor, random_direction
from symlens.lens.scores import BY_NAME

if TYPE_CHECKING:
    import xarray as xr

HEAD = (
    "Every mark is a seed. Grey: what one chance draw in twenty beats; wide, of all matrices or "
    "directions that are searched; narrow, of matrices that preserve the covariance."
)


@styled
def draw(evaluations: Sequence[xr.Dataset], titles: Mapping[str, str] | None = None) -> Figure:
    """Draw all methods on all tasks.

    Parameters
    ----------
    evaluations : sequence of Dataset
        Evaluation files, of one or more methods.
    titles : mapping of str to str, optional
        Titles of experiments by name.

    Returns
    -------
    Figure
        Tasks from top to bottom, in each a line per method; a panel per score, and one of the
        seconds of a fit.
    """
    known = [e for e in evaluations if "generator_cosine" in e]
    if not known:
        raise DataError("comparison: expected an evaluation with a known truth, got none")
    tasks = list(dict.fromkeys(str(e.attrs["experiment"]) for e in known))
    methods = list(dict.fromkeys(str(e.attrs["method"]) for e in known))
    step = 1.0 / (len(methods) + 1)
    height = 1.5 + len(tasks) * max(0.34, 0.15 * len(methods))
    figure = new_figure(13.0, height, "Methods side by side", HEAD)
    panels = figure.subplots(1, len(SCORES) + 1, sharey=True)
    for evaluation in known:
        line = tasks.index(str(evaluation.attrs["experiment"]))
        index = methods.index(str(evaluation.attrs["method"]))
        y = line + (index + 1) * step - 0.5
        for panel, name in zip(panels, SCORES, strict=False):
            _score(panel, evaluation, name, y, index, step)
        if "seconds" in evaluation:
            _marks(panels[-1], evaluation["seconds"].to_numpy(), y, index)
    for panel, name in zip(panels, SCORES, strict=False):
        panel.set_xlim(at_most_zero(panel.dataLim.x0), 1.01)
        panel.set_title(BY_NAME[name].label)
    panels[-1].set_xscale("log")
    panels[-1].xaxis.set_major_formatter("{x:g}")
    panels[-1].xaxis.set_minor_formatter("")
    panels[-1].set_title("seconds of a fit")
    names = titles or {}
    panels[0].set_yticks(range(len(tasks)), [names.get(t, t.replace("_", " ")) for t in tasks])
    panels[0].set_ylim(len(tasks) - 0.5, -0.5)
    for panel in panels:
        panel.tick_params(axis="y", length=0)
        panel.grid(axis="x")
        for edge in np.arange(0.5, len(tasks) - 1):
            panel.axhline(edge, color=FAINT, linewidth=0.8)
    handles = [
        panels[0].plot([], [], linestyle="none", marker=marker(i), color=colour(i), label=method)[0]
        for i, method in enumerate(methods)
    ]
    legend = figure.legend(handles=handles, loc="upper right", ncols=len(methods))
    legend.set_in_layout(False)
    return figure


def _score(
    axes: Axes, evaluation: xr.Dataset, name: str, y: float, index: int, step: float
) -> None:
    """The seeds of a task and method, over bars that reach as far as chance does."""
    if name not in evaluation:
        return
    directions = name == "algebra_cosine"
    wide = (
        random_direction(evaluation) if directions else matrix_floor(evaluation, name, "orthogonal")
    )
    narrow = matrix_floor(evaluation, name, "covariance")
    for value, thickness in ((wide, 0.9), (narrow, 0.35)):
        if value is not None:
            axes.barh(y, value, height=thickness * step, color=CHANCE, alpha=0.45, linewidth=0)
    _marks(axes, evaluation[name].to_numpy(), y, index)


def _marks(axes: Axes, values: np.ndarray, y: float, index: int) -> None:
    axes.plot(
        values,
        np.full(len(values), y),
        linestyle="none",
        marker=marker(index),
        markersize=4.5,
        markeredgecolor="white",
        markeredgewidth=0.3,
        color=colour(index),
        clip_on=False,
        zorder=4,
    )
    axes.plot([values.min(), values.max()], [y, y], color=SOFT, linewidth=0.7, zorder=3)
