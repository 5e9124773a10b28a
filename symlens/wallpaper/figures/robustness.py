"""Accuracy over the strength of disturbances."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symlens.drawing import CHANCE, LINES, colour, marker, new_figure, say, seed_legend, styled
from symlens.wallpaper.disturbances import DISTURBANCES
from symlens.wallpaper.figures import FigureInputs

COLUMNS = 3
Z = 1.959964
"""Quantile of the normal distribution for an interval of 95 %."""


def wilson(right: NDArray[np.float64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Wilson's interval for a part of n: (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n).

    Returns
    -------
    ndarray, shape (2, ...)
        Low and high end.
    """
    p = right / n
    middle = p + Z**2 / (2 * n)
    half = Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return np.stack([middle - half, middle + half]) / (1 + Z**2 / n)


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw a panel for every kind of disturbance."""
    evaluation = inputs.evaluation
    kinds = (
        [str(kind) for kind in evaluation["disturbance"].values]
        if "disturbance" in evaluation
        else []
    )
    columns = min(COLUMNS, max(len(kinds), 1))
    rows = max(1, -(-len(kinds) // columns))
    figure = new_figure(
        max(3.4 * columns, 6.0),
        0.9 + 2.3 * rows,
        f"{inputs.title}: what disturbs the answer",
        f"Method {evaluation.attrs['method']}; all contents together.",
    )
    panels = np.atleast_1d(figure.subplots(rows, columns, sharey=True)).ravel()
    for panel in panels[len(kinds) :]:
        panel.set_visible(bool(not kinds))
    if not kinds:
        say(panels[0], "The experiment asks for no disturbances.")
        return figure
    for index, (panel, kind) in enumerate(zip(panels, kinds, strict=False)):
        _curve(panel, inputs, index)
        panel.set_title(kind)
        panel.set_xlabel(DISTURBANCES[kind].unit)
        panel.set_ylim(-0.03, 1.03)
        panel.grid(axis="y")
    for panel in panels[::columns]:
        panel.set_ylabel("named rightly")
    seed_legend(figure, [int(seed) for seed in evaluation["seed"]], markers=True)
    return figure


def _curve(panel: Axes, inputs: FigureInputs, index: int) -> None:
    evaluation = inputs.evaluation
    level = np.concatenate([[0.0], evaluation["curve_level"].values[index]])
    clean = evaluation["images"].values
    first = (evaluation["accuracy"].values * clean).sum(axis=1) / clean.sum(axis=1)
    curve = np.column_stack([first, evaluation["curve"].values[:, index]])
    images = np.column_stack([clean.sum(axis=1), evaluation["curve_images"].values[:, index]])
    right, n = (curve * images).sum(axis=0), images.sum(axis=0)
    low, high = wilson(right, n)
    panel.axhline(1 / 17, color=CHANCE, linewidth=1)
    panel.fill_between(level, low, high, color=LINES[0], alpha=0.18, linewidth=0)
    panel.plot(level, right / n, color=LINES[0])
    for seed, values in enumerate(curve):
        panel.plot(level, values, marker(seed), color=colour(seed), markersize=3.5, alpha=0.8)
