"""What a symmetry saves: samples, and risk; and where averaging hurts."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from symlens.drawing import INK, LINES, new_figure, styled
from symlens.gain.figures import FigureInputs
from symlens.gain.figures.parts import (
    arms_of,
    at_one,
    colour_of,
    log_sizes,
    marker_of,
    order_of,
    plain_log,
    quiet_line,
    sizes_of,
    subtitle,
)

Array = NDArray[np.float64]


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw sample and risk gain over n; over epsilon too where there are several.

    Returns
    -------
    Figure
    """
    figure = new_figure(8.6, 4.0, f"{inputs.title}: what is saved", subtitle(inputs))
    if inputs.evaluation.sizes["epsilon"] > 1:
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
        _over_epsilon(left, inputs)
        _map(figure, right, inputs)
        return figure
    left, right = figure.subplots(1, 2)
    _over_n(left, inputs, "sample_gain", "samples needed without it, over n")
    _over_n(right, inputs, "risk_gain", "risk without it, over risk with it")
    if len(arms_of(inputs)) > 2:
        right.legend(loc="best")
    left.set_title("Samples for the same risk")
    right.set_title("Risk at the same samples")
    order, rates = order_of(inputs), inputs.evaluation.attrs["rates"]
    if order is not None:
        quiet_line(left, order, f"size of the group, {order}")
        if rates:
            ratio = order ** rates[0]
            quiet_line(right, ratio, f"asymptotically {ratio:.3g}")
    return figure


def _over_n(axes: Axes, inputs: FigureInputs, name: str, label: str) -> None:
    found, sizes = inputs.evaluation, sizes_of(inputs)
    low, high = 1.0, 1.0
    for arm, title in list(enumerate(arms_of(inputs)))[1:]:
        place = {"epsilon": 0, "arm": arm}
        mean = found[name].isel({"rule": 0, **place}).to_numpy()
        each = found[f"{name}_seed"].isel({"rule": 0, **place}).to_numpy().copy()
        each[np.isnan(mean)] = np.nan  # the lucky seeds alone would mislead
        predicted = found[f"predicted_{name}"].isel(place).to_numpy()
        axes.plot(sizes, predicted, color=colour_of(arm), label=f"{title}, predicted")
        axes.plot(sizes, each, ".", color=colour_of(arm), alpha=0.35, markersize=5)
        axes.plot(sizes, mean, marker_of(arm), color=colour_of(arm), markersize=6, label=f"{title}")
        shown = np.concatenate([mean, each.ravel(), predicted])
        low, high = min(low, np.nanmin(shown)), max(high, np.nanmax(shown))
    order = order_of(inputs)
    top = order if order is not None and name == "sample_gain" else 1.0
    plain_log(axes, low, max(high, top) * 1.1)
    at_one(axes)
    log_sizes(axes, sizes)
    axes.set_ylabel(label)


def _over_epsilon(axes: Axes, inputs: FigureInputs) -> None:
    found, sizes = inputs.evaluation, sizes_of(inputs)
    epsilon, chosen = found["epsilon"].to_numpy(), (0, len(sizes) // 2, len(sizes) - 1)
    for line, place in enumerate(chosen):
        mean = found["risk_gain"].isel(rule=0, arm=1, size=place).to_numpy()
        predicted = found["predicted_risk_gain"].isel(arm=1, size=place).to_numpy()
        axes.plot(epsilon, predicted, color=LINES[line])
        axes.plot(epsilon, mean, marker_of(line), color=LINES[line], label=f"n = {sizes[place]:,}")
    values = found["risk_gain"].isel(rule=0, arm=1).to_numpy()
    plain_log(axes, float(np.nanmin(values)), float(np.nanmax(values)))
    at_one(axes)
    axes.set_xlabel("norm of the part that is not invariant")
    axes.set_ylabel("risk without averaging, over risk with it")
    axes.set_title("Below 1 averaging hurts")
    axes.legend(loc="lower left")
    axes.grid(axis="y")


def _map(figure: Figure, axes: Axes, inputs: FigureInputs) -> None:
    """Measured risk gain over epsilon and n, with the predicted border where it is 1."""
    found, sizes = inputs.evaluation, sizes_of(inputs)
    epsilon = found["epsilon"].to_numpy()
    gain = np.log2(found["risk_gain"].isel(rule=0, arm=1).to_numpy())
    predicted = np.log2(found["predicted_risk_gain"].isel(arm=1).to_numpy())
    reach = float(np.abs(gain).max())
    columns, rows = np.arange(len(sizes)), np.arange(len(epsilon))
    image = axes.imshow(
        gain, cmap="RdBu", norm=TwoSlopeNorm(0, -reach, reach), origin="lower", aspect="auto"
    )
    for row in rows:
        for column in columns:
            dark = abs(gain[row, column]) > 0.6 * reach
            written = axes.text(
                float(column),
                float(row),
                f"{2 ** gain[row, column]:.2g}",
                ha="center",
                va="center",
                fontsize=8,
                color="white" if dark else INK,
            )
            if abs(gain[row, column]) < 1:  # the border may run through it
                written.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
    axes.plot(*_border(predicted), color=INK, linewidth=2)
    axes.set_xlim(-0.5, len(sizes) - 0.5)
    axes.set_ylim(-0.5, len(epsilon) - 0.5)
    axes.set_xticks(columns, [f"{n:,}" for n in sizes])
    axes.set_yticks(rows, [f"{e:g}" for e in epsilon])
    axes.set_xlabel("number of samples n")
    axes.set_ylabel("norm of the part that is not invariant")
    axes.set_title("Risk gain; the line is the predicted border")
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)
    bar = figure.colorbar(image, ax=axes, pad=0.02, aspect=30)
    ticks = [t for t in range(-6, 7) if abs(t) <= reach]
    bar.set_ticks(ticks, labels=[f"{2.0**t:g}" for t in ticks])


def _border(predicted: Array) -> tuple[Array, Array]:
    """Row, as a real number, at which every column's predicted gain falls below 1."""
    columns, rows = [], []
    for column, values in enumerate(predicted.T):
        below = np.flatnonzero(values < 0)
        if len(below) and below[0] > 0:
            last = below[0] - 1
            columns.append(float(column))
            rows.append(last + values[last] / (values[last] - values[last + 1]))
    return np.array(columns), np.array(rows)
