"""Relevance of every latent, by every definition."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symlens.drawing import CHANCE, INK, SOFT, colour, marker, new_figure, seed_legend, styled
from symlens.latent.figures.inputs import FigureInputs
from symlens.latent.relevance import DEFINITIONS


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw one panel per definition: latents ordered by KL, every seed a marker, control bars.

    Returns
    -------
    Figure
    """
    legend = "dashed: threshold" + (
        ", grey: median control, every feature shuffled by itself"
        if "control_relevance" in inputs.evaluation
        else ""
    )
    figure = new_figure(
        10.2,
        5.6,
        f"{inputs.title}: relevance of the latents",
        f"{inputs.method} posterior, {inputs.setting}; {legend}",
    )
    panels = figure.subplots(2, 3).ravel()
    for panel, name in zip(panels, DEFINITIONS, strict=True):
        _panel(panel, inputs, name)
    for panel in panels[3:]:
        panel.set_xlabel("latent, ordered by KL")
    seed_legend(figure, inputs.seeds, markers=True)
    return figure


def _panel(axes: Axes, inputs: FigureInputs, name: str) -> None:
    evaluation, definition = inputs.evaluation, DEFINITIONS[name]
    shown = evaluation["relevance"].isel(beta=0, latent_size=-1).sel(definition=name).to_numpy()
    ranks = np.arange(1, inputs.latents + 1)
    if "control_relevance" in evaluation:
        control = evaluation["control_relevance"].sel(definition=name).to_numpy()
        axes.bar(ranks, np.median(control, axis=0), width=0.8, color=CHANCE, alpha=0.45)
    offsets = np.linspace(-0.24, 0.24, len(shown)) if len(shown) > 1 else np.zeros(1)
    for index, values in enumerate(shown):
        place = ranks + offsets[index]
        axes.plot(
            place,
            values[: inputs.latents],
            linestyle="none",
            marker=marker(index),
            markersize=5,
            color=colour(index),
            zorder=4,
        )
    level = float(evaluation.attrs["threshold"]) if name == "kl" else definition.threshold
    if not definition.relative:
        axes.axhline(level, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    if name == "kl" and inputs.method == "linear":
        theory = evaluation["linear_kl"].isel(beta=0).median("seed").to_numpy()[: len(ranks)]
        for rank, value in zip(ranks, theory, strict=False):
            axes.plot([rank - 0.4, rank + 0.4], [value, value], color=SOFT, linewidth=1.2)
    counts = evaluation["count"].isel(beta=0, latent_size=-1).sel(definition=name).to_numpy()
    low, high = int(counts.min()), int(counts.max())
    what = f"{low}" if low == high else f"{low} to {high}"
    axes.set_title(f"{name}: {definition.label}; {what} relevant")
    axes.set_xticks(ranks)
    axes.set_xlim(0.4, inputs.latents + 0.6)
    if name in {"snr", "precision"}:
        axes.set_yscale("symlog", linthresh=0.1)
        axes.set_ylim(0, 2 * max(float(shown.max()), definition.threshold))
    else:
        axes.set_ylim(min(0.0, float(shown.min())), None)
    axes.grid(axis="y")
