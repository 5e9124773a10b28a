"""How many directions are left: latents, estimators of dimension, linear rank."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symlens.drawing import (
    CHANCE,
    INK,
    LINES,
    SOFT,
    colour,
    marker,
    new_figure,
    number,
    seed_legend,
    styled,
)
from symlens.latent.figures.inputs import FigureInputs
from symlens.latent.relevance import DEFINITIONS

NAMES = {"twonn": "TwoNN", "mle": "max. likelihood", "local_pca": "local PCA"}


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw the three answers side by side, and what selects the latent size.

    Returns
    -------
    Figure
        Left: every count and estimate, seeds as markers; lines at the known dimensions. Right:
        held-out objective against latent size for every beta, with the relevant latents.
    """
    several = inputs.evaluation.sizes["latent_size"] > 1
    figure = new_figure(
        10.2 if several else 9.4,
        5.0,
        f"{inputs.title}: how many directions are left",
        f"{len(inputs.features)} features; {inputs.method} posterior, {inputs.setting}",
    )
    if several:
        answers, selection = figure.subplots(1, 2, width_ratios=[1.35, 1])
        _selection(selection, inputs)
    else:
        answers = figure.subplots()
    _answers(answers, inputs)
    seed_legend(figure, inputs.seeds, markers=True)
    return figure


def _answers(axes: Axes, inputs: FigureInputs) -> None:
    evaluation = inputs.evaluation
    rows: list[tuple[str, np.ndarray, bool]] = []
    counts = evaluation["count"].isel(beta=0, latent_size=-1)
    rows += [(f"latents by {n}", counts.sel(definition=n).to_numpy(), True) for n in DEFINITIONS]
    if "control_relevant" in evaluation:
        rows.append(("latents by kl, control", evaluation["control_relevant"].to_numpy(), False))
    for name in map(str, evaluation["estimator"].values):
        values = evaluation["dimension"].sel(estimator=name).to_numpy()
        rows.append((f"dimension, {NAMES[name]}", values, True))
    rows.append(("linear rank", evaluation["linear_rank"].to_numpy(), True))
    for place, (_, values, ours) in enumerate(rows):
        offsets = np.linspace(-0.22, 0.22, len(values)) if len(values) > 1 else np.zeros(1)
        for index, (offset, value) in enumerate(zip(offsets, values, strict=True)):
            axes.plot(
                value,
                place + offset,
                linestyle="none",
                marker=marker(index),
                markersize=5.5,
                color=colour(index) if ours else CHANCE,
                zorder=4,
            )
    lines = {"intrinsic": "dimension", "embedding": "to embed it"}
    known = {lines[kind]: inputs.known(kind) for kind in lines}
    for name, value in known.items():
        if value is not None:
            same = known["dimension"] == known["to embed it"]
            if same and name == "to embed it":
                continue
            label = "dimension, and\nto embed it" if same else name
            axes.plot(
                [value, value],
                [-0.7, len(rows) - 0.4],
                color=INK,
                linewidth=1.0,
                linestyle=(0, (4, 3)),
                zorder=1,
            )
            axes.text(value, -0.85, label, ha="center", va="bottom", fontsize=8, color=SOFT)
    axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -1.7)
    largest = max(len(inputs.features), *(int(np.ceil(values.max())) for _, values, _ in rows))
    axes.set_xlim(0, largest + 0.4)
    axes.set_xticks(range(largest + 1))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_xlabel("directions")


def _selection(axes: Axes, inputs: FigureInputs) -> None:
    evaluation = inputs.evaluation
    sizes = evaluation["latent_size"].to_numpy()
    order = np.argsort(evaluation["beta"].to_numpy())
    for shade, index in enumerate(order):
        objective = evaluation["objectives"].isel(beta=index).to_numpy()
        counts = evaluation["count"].isel(beta=index).sel(definition="kl").to_numpy()
        beta = float(evaluation["beta"][index])
        excess = (objective - objective.min(axis=1, keepdims=True)) / beta
        median = np.median(excess, axis=0)
        ink = LINES[shade % len(LINES)]
        axes.plot(sizes, median, color=ink, marker="o", markersize=4, label=f"{beta:g}")
        axes.fill_between(sizes, excess.min(0), excess.max(0), color=ink, alpha=0.15)
        for size, value, count in zip(sizes, median, np.median(counts, axis=0), strict=True):
            axes.annotate(
                number(count, ".0f"),
                (size, value),
                xytext=(0, 5),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=ink,
            )
    axes.set_xticks(sizes)
    axes.set_xlabel("latent size")
    axes.set_title(
        "held-out loss of evidence (nats) against\nthe best size; numbers: relevant latents"
    )
    axes.set_ylim(bottom=-0.02)
    axes.legend(title="beta")
    axes.grid(axis="y")
