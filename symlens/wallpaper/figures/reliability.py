"""How far probabilities can be believed."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from symlens.drawing import CHANCE, FAINT, LINES, SOFT, new_figure, styled
from symlens.wallpaper.figures import FigureInputs


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw accuracy over confidence, with the number of images below."""
    evaluation = inputs.evaluation
    worst = float(evaluation["calibration_error"].max())
    figure = new_figure(
        5.0,
        4.9,
        f"{inputs.title}: can it be believed?",
        f"Method {evaluation.attrs['method']}; calibration error {worst:.3f} in the worst seed.",
    )
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    count = evaluation["bin_count"].values
    full = count > 0
    edges = np.linspace(0, 1, len(count) + 1)
    top.plot([0, 1], [0, 1], color=CHANCE, linewidth=1)
    top.plot(
        evaluation["bin_confidence"].values[full],
        evaluation["bin_accuracy"].values[full],
        "o-",
        color=LINES[0],
        markersize=5,
    )
    top.set_ylabel("named rightly")
    top.set_ylim(-0.03, 1.03)
    top.grid(axis="both")
    bottom.bar(edges[:-1], count, width=0.1, align="edge", color=FAINT, edgecolor=SOFT)
    bottom.set_yscale("symlog", linthresh=1)
    bottom.set_ylabel("images")
    bottom.set_xlabel("probability that the answer was given")
    bottom.set_xlim(-0.02, 1.02)
    return figure
