"""How many eigenfunctions there are, all and invariant; for samples the kernels' eigenvalues."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symlens.drawing import INK, SOFT, new_figure, styled
from symlens.gain.figures import FigureInputs
from symlens.gain.figures.parts import (
    arms_of,
    colour_of,
    log_levels,
    order_of,
    plain_log,
    quiet_line,
    subtitle,
)


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw counting functions with Weyl's law, and their ratio.

    Returns
    -------
    Figure
    """
    figure = new_figure(8.6, 4.0, f"{inputs.title}: what has to be learned", subtitle(inputs))
    left, right = figure.subplots(1, 2)
    if "count" in inputs.data:
        _counts(left, inputs)
        _ratio(right, inputs)
    else:
        _eigenvalues(left, inputs)
        _needed(right, inputs)
    return figure


def _counts(axes: Axes, inputs: FigureInputs) -> None:
    level = inputs.data["level"].to_numpy()[1:]
    count, weyl = inputs.data["count"].to_numpy()[:, 1:], inputs.data["weyl"].to_numpy()[:, 1:]
    for arm, name in enumerate(("all", "invariant")):
        axes.step(level, count[arm], where="post", color=colour_of(arm), label=f"{name}, exact")
        axes.plot(
            level,
            weyl[arm],
            color=INK,
            linewidth=0.9,
            linestyle=(0, (4, 3)),
            label="Weyl's law" if arm else None,
        )
    log_levels(axes, level)
    plain_log(axes, 1.0, float(count.max()))
    axes.set_title("Eigenfunctions")
    axes.legend(loc="upper left")
    axes.grid(axis="y")


def _ratio(axes: Axes, inputs: FigureInputs) -> None:
    level = inputs.data["level"].to_numpy()[1:]
    plain, own = inputs.data["count"].to_numpy()[:, 1:]
    ratio = plain / own
    axes.step(level, ratio, where="post", color=colour_of(1))
    log_levels(axes, level)
    order = order_of(inputs)
    axes.set_title("All over invariant")
    axes.grid(axis="y")
    if order is not None:
        plain_log(axes, 1.0, float(max(ratio.max(), order)) * 1.05)
        quiet_line(axes, order, f"size of the group, {order}")
        return
    weyl = inputs.data["weyl"].to_numpy()[:, 1:]
    plain_log(axes, 1.0, float(ratio.max()))
    axes.plot(level, weyl[0] / weyl[1], color=INK, linewidth=0.9, linestyle=(0, (4, 3)))


def _eigenvalues(axes: Axes, inputs: FigureInputs) -> None:
    for arm, name in enumerate(arms_of(inputs)):
        weight = inputs.data["weight"].to_numpy()[arm]
        weight = weight[weight > 0]
        style = "solid" if arm < 2 else (0, (3, 2))
        axes.plot(1 + np.arange(len(weight)), weight, color=colour_of(arm), label=name, ls=style)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(1e-7, 1.5)
    axes.set_xlabel("rank")
    axes.set_title("Eigenvalues of the kernels on the pool")
    axes.legend(loc="lower left")
    axes.grid(axis="y")


def _needed(axes: Axes, inputs: FigureInputs) -> None:
    """Share of the target that the first eigenfunctions of every kernel hold."""
    for arm, name in enumerate(arms_of(inputs)):
        signal = inputs.data["signal"].to_numpy()[0, arm]
        held = signal.cumsum()
        style = "solid" if arm < 2 else (0, (3, 2))
        axes.plot(1 + np.arange(len(held)), held, color=colour_of(arm), label=name, ls=style)
    axes.set_xscale("log")
    axes.set_ylim(0, 1.03)
    axes.axhline(1, color=SOFT, linewidth=0.8)
    axes.set_xlabel("eigenfunctions of the kernel, first")
    axes.set_title("Share of the target that they hold")
    axes.grid(axis="y")
