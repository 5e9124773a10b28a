"""Means of the latents over two features: as colour over their plane, and against each."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symlens.drawing import LINES, SIGNED, new_figure, styled
from symlens.latent.figures.inputs import FigureInputs

SHOWN = 4
PALE = 0.5
"""Least range of the colours: the mean of a latent that is not used stays pale."""


@styled
def draw_map(inputs: FigureInputs) -> Figure:
    """Draw the mean of the leading latents as colour over a plane of features.

    Returns
    -------
    Figure
        One panel per latent, at most SHOWN.
    """
    count = min(SHOWN, len(inputs.drawn))
    figure = new_figure(
        max(3.1 * count, 5.6),
        3.9,
        f"{inputs.title}: latents over the features",
        f"{inputs.method} posterior, {inputs.setting}; held-out samples, {inputs.choice}",
    )
    panels = np.atleast_1d(figure.subplots(1, count))
    for number, panel in enumerate(panels):
        mapped = coloured(panel, inputs, number)
        figure.colorbar(mapped, ax=panel, orientation="horizontal", shrink=0.8, pad=0.02)
    return figure


def coloured(axes: Axes, inputs: FigureInputs, number: int) -> Any:
    """The mean of one latent as colour; white is 0, an angle has a colour wheel."""
    name, values = inputs.drawn[number]
    first, second = inputs.plane
    angle = name.startswith("angle")
    limit = np.pi if angle else max(float(np.quantile(np.abs(values), 0.99)), PALE)
    mapped = axes.scatter(
        inputs.samples[:, first],
        inputs.samples[:, second],
        c=values,
        s=5,
        linewidths=0,
        cmap="twilight" if angle else SIGNED,
        vmin=-limit,
        vmax=limit,
        rasterized=True,
    )
    axes.set_title(f"mean of {name}")
    axes.set_xlabel(inputs.units(first))
    axes.set_ylabel(inputs.units(second))
    axes.set_aspect("equal", adjustable="datalim")
    return mapped


@styled
def draw_curves(inputs: FigureInputs) -> Figure:
    """Draw the means of the leading latents against either feature.

    Returns
    -------
    Figure
        Left: against the first feature of the plane, right: against the second.
    """
    figure = new_figure(
        9.4,
        4.2,
        f"{inputs.title}: latents against the features",
        f"{inputs.method} posterior, {inputs.setting}; held-out samples, {inputs.choice}",
    )
    panels = figure.subplots(1, 2, sharey=True)
    for panel, column in zip(panels, inputs.plane, strict=True):
        for number, (name, values) in enumerate(inputs.drawn[:SHOWN]):
            panel.scatter(
                inputs.samples[:, column],
                values,
                s=3,
                linewidths=0,
                color=LINES[number],
                label=name,
                rasterized=True,
            )
        panel.set_xlabel(inputs.units(column))
        panel.grid(axis="y")
    panels[0].set_ylabel("mean of the latent")
    legend = panels[1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), markerscale=4)
    legend.set_in_layout(True)
    return figure
