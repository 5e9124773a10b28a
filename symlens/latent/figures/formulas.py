"""Constraints as formulas, and how well they hold."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from symlens.drawing import CHANCE, INK, colour, marker, new_figure, say, seed_legend, styled
from symlens.latent.figures.inputs import FigureInputs

FLOOR = 1e-6
"""Smaller residuals are drawn here: rounding."""


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw the residual of every found constraint: of the data, of reconstructions, by chance.

    Returns
    -------
    Figure
        A row per formula, on a logarithmic axis.
    """
    evaluation = inputs.evaluation
    count = evaluation.sizes.get("formula", 0)
    figure = new_figure(
        9.4,
        2.3 + 0.42 * max(count, 1),
        f"{inputs.title}: constraints found",
        "RMS residual relative to the largest term. Black: samples not used to find it; markers: "
        "reconstructions; grey: features shuffled",
    )
    axes = figure.subplots()
    if count == 0:
        say(axes, "No constraint that is linear or quadratic in the features was found.")
        return figure
    kept = evaluation["formula_kept"].to_numpy()
    residual = np.maximum(evaluation["formula_residual"].to_numpy(), FLOOR)
    chance = np.maximum(evaluation["formula_chance"].to_numpy(), FLOOR)
    places = np.arange(count)
    axes.barh(places, chance - FLOOR, left=FLOOR, height=0.62, color=CHANCE, alpha=0.35)
    axes.plot(residual, places, linestyle="none", marker="|", markersize=15, color=INK, mew=2.2)
    for index, values in enumerate(kept):
        axes.plot(
            np.maximum(values, FLOOR),
            places,
            linestyle="none",
            marker=marker(index),
            markersize=5.5,
            color=colour(index),
        )
    axes.axvline(0.01, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.set_xscale("log")
    axes.set_xlim(FLOOR / 1.6, 4)
    axes.set_yticks(places, [str(text) for text in evaluation["formula"].values], fontsize=9)
    axes.set_ylim(count - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("residual (dashed: 1 %; at the left end: rounding)")
    axes.grid(axis="x")
    seed_legend(figure, inputs.seeds, markers=True)
    return figure
