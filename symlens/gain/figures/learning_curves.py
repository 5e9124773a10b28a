"""Risk over the number of samples, measured and predicted."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from symlens.drawing import INK, new_figure, number, styled
from symlens.gain.figures import FigureInputs
from symlens.gain.figures.parts import (
    arms_of,
    colour_of,
    log_sizes,
    marker_of,
    plain_log,
    sizes_of,
    subtitle,
)

PANELS = 3
HEIGHT = 4.2
TITLES = {
    "oracle": "Best penalty",
    "gcv": "Penalty by cross-validation",
    "theory": "Penalty by the theory's schedule",
}


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw learning curves: a panel per rule, or per epsilon where there are several.

    Returns
    -------
    Figure
        Means over seeds (points), every seed (faint lines), and the prediction (lines). Slopes
        are given as measured and as predicted for the same sizes.
    """
    found = inputs.evaluation
    rules = [str(rule) for rule in found["rule"].to_numpy()]
    epsilon = found["epsilon"].to_numpy()
    if len(epsilon) > 1:
        places = np.unique(np.linspace(0, len(epsilon) - 1, PANELS).round().astype(int))
        panels = [(0, int(e), f"Part that is not invariant: {epsilon[e]:g}") for e in places]
    else:
        known = [bool(np.isfinite(found["risk"][rule]).all()) for rule in range(len(rules))]
        panels = [(r, 0, TITLES[name]) for r, name in enumerate(rules) if known[r]]
    figure = new_figure(
        3.6 * len(panels) + 0.6, HEIGHT, f"{inputs.title}: learning curves", subtitle(inputs)
    )
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    values = found["risk"].to_numpy()
    for axis, (rule, target, title) in zip(axes, panels, strict=True):
        _panel(axis, inputs, rule, target)
        axis.set_title(title)
    shown = values[np.isfinite(values)]
    low, high = float(shown.min()), float(shown.max())
    text = 0.062 * (len(arms_of(inputs)) + 1)  # share of the height that the exponents take
    plain_log(axes[0], low * (low / high) ** (text / (1 - text)), high)
    axes[0].set_ylabel("excess risk (target's norm is 1)")
    legend = figure.legend(
        handles=_handles(inputs),
        loc="upper right",
        bbox_to_anchor=(1, 1 - 0.28 / HEIGHT),  # beside the subtitle: titles may be long
        ncols=5,
        handlelength=1.6,
    )
    legend.set_in_layout(False)
    return figure


def _panel(axes: Axes, inputs: FigureInputs, rule: int, target: int) -> None:
    found, sizes = inputs.evaluation, sizes_of(inputs)
    lines = []
    for arm, _ in enumerate(arms_of(inputs)):
        each = found["risk"].isel(rule=rule, epsilon=target, arm=arm).to_numpy()
        predicted = found["predicted_risk"].isel(epsilon=target, arm=arm).to_numpy()
        colour = colour_of(arm)
        axes.plot(sizes, each, color=colour, linewidth=0.7, alpha=0.3)
        axes.plot(sizes, predicted, color=colour)
        axes.plot(sizes, each.mean(axis=-1), marker_of(arm), color=colour, markersize=5)
        slope, low, high = found["exponent"].isel(rule=rule, epsilon=target, arm=arm).to_numpy()
        expected = float(found["predicted_exponent"].isel(epsilon=target, arm=arm))
        lines.append(
            f"{number(slope, '.2f')} ({number(low, '.2f')} to {number(high, '.2f')}), "
            f"predicted {number(expected, '.2f')}"
        )
    for place, text in enumerate(["exponents:", *lines]):
        axes.text(
            0.03,
            0.03 + 0.062 * (len(lines) - place),
            text,
            transform=axes.transAxes,
            color=INK if place == 0 else colour_of(place - 1),
            fontsize=8,
        )
    log_sizes(axes, sizes)


def _handles(inputs: FigureInputs) -> list[Line2D]:
    return [
        Line2D([], [], color=colour_of(arm), marker=marker_of(arm), markersize=5, label=name)
        for arm, name in enumerate(arms_of(inputs))
    ]
