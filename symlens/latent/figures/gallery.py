"""All experiments at one glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from symlens.drawing import INK, LINES, MARKERS, SOFT, new_figure, say, styled
from symlens.latent.figures.inputs import FigureInputs
from symlens.latent.figures.maps import coloured

MAPS = 5


@styled
def draw(experiments: Sequence[FigureInputs]) -> Figure:
    """Draw sorted relevances, latents against constraints, and the first latent over features.

    Returns
    -------
    Figure
        Top left: KL of every latent, ordered, medians over seeds, all experiments. Top right:
        latents that nothing is left for against constraints. Bottom: mean of the most relevant
        latent of the experiments of fewest features.
    """
    shown = sorted(experiments, key=lambda inputs: len(inputs.features))[:MAPS]
    figure = new_figure(
        12.4,
        8.2,
        "Relevant latents of every experiment",
        "What symmetries and constraints leave of the features, at the beta of each experiment",
    )
    parts: Any = figure.subfigures(2, 1, height_ratios=[1.35, 1])
    top, bottom = parts
    ordered, removed = top.subplots(1, 2, width_ratios=[1.25, 1])
    _ordered(ordered, experiments)
    _removed(removed, experiments)
    panels = np.atleast_1d(bottom.subplots(1, max(len(shown), 3)))
    for panel, inputs in zip(panels, shown, strict=False):
        coloured(panel, inputs, 0)
        panel.set_title(f"{inputs.title}\nmean of {inputs.drawn[0][0]}")
    for panel in panels[len(shown) :]:
        panel.set_axis_off()
    return figure


def _style(index: int) -> dict[str, Any]:
    return {"color": LINES[index % len(LINES)], "marker": MARKERS[index % len(MARKERS)]}


def _ordered(axes: Axes, experiments: Sequence[FigureInputs]) -> None:
    for index, inputs in enumerate(experiments):
        shown = inputs.evaluation["relevance"].isel(beta=0, latent_size=-1).sel(definition="kl")
        values = np.median(shown.to_numpy(), axis=0)[: inputs.latents]
        counts = sorted({int(v) for v in inputs.evaluation["relevant"].to_numpy()})
        axes.plot(
            np.arange(1, len(values) + 1),
            values,
            markersize=5,
            linewidth=1.2,
            label=f"{inputs.title}: {len(inputs.features)} \N{RIGHTWARDS ARROW} "
            + " or ".join(map(str, counts)),
            **_style(index),
        )
    axes.set_xlabel("latent, ordered by KL")
    axes.set_ylabel("KL (nats), median of the seeds")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    axes.legend(loc="upper right", title="features \N{RIGHTWARDS ARROW} relevant latents")


def _removed(axes: Axes, experiments: Sequence[FigureInputs]) -> None:
    """Features without a latent against constraints: features minus dimension."""
    known = [(i, e) for i, e in enumerate(experiments) if e.known("intrinsic") is not None]
    if not known:
        say(axes, "No dimension is known beforehand.")
        return
    largest = least = 0
    for index, inputs in known:
        features = len(inputs.features)
        constraints = features - (inputs.known("intrinsic") or 0)
        counts = features - inputs.evaluation["relevant"].to_numpy()
        largest = max(largest, constraints, int(counts.max()))
        least = min(least, int(counts.min()))
        offset = 0.16 * ((index % 5) - 2)
        axes.plot(
            np.full(len(counts), constraints + offset),
            counts,
            linestyle="none",
            markersize=6.5,
            alpha=0.85,
            **_style(index),
        )
    axes.plot([0, largest], [0, largest], color=SOFT, linewidth=1.0, zorder=0)
    axes.text(
        largest, largest, "one latent each ", ha="right", va="bottom", fontsize=8.5, color=INK
    )
    axes.set_xlim(-0.6, largest + 0.6)
    axes.set_ylim(least - 0.4, largest + 0.6)
    axes.set_xticks(range(largest + 1))
    axes.set_yticks(range(least, largest + 1))
    axes.set_xlabel("constraints (features \N{MINUS SIGN} dimension)")
    axes.set_ylabel("latents removed (features \N{MINUS SIGN} relevant)")
    axes.grid()
    axes.set_title("below the line: what topology takes back")
