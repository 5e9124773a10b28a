"""KL against beta with the linear theory, and the held-out objective over the training."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from symlens.drawing import (
    INK,
    LINES,
    SOFT,
    colour,
    marker,
    new_figure,
    say,
    seed_legend,
    styled,
)
from symlens.latent.figures.inputs import FigureInputs

TOGETHER = 0.15
"""Eigenvalues closer than this fraction are drawn as one line."""


@styled
def draw_kl(inputs: FigureInputs) -> Figure:
    """Draw the KL of every latent against beta, with the prediction for linear networks.

    Returns
    -------
    Figure
        Markers: seeds; lines: ln(2 eigenvalue/beta)/2 of the measured covariance.
    """
    evaluation = inputs.evaluation
    figure = new_figure(
        7.6,
        4.6,
        f"{inputs.title}: information in the latents",
        "Markers: measured, every seed. Lines: a linear autoencoder at its optimum.",
    )
    axes = figure.subplots()
    betas = evaluation["beta"].to_numpy()
    kl = evaluation["relevance"].isel(latent_size=-1).sel(definition="kl").to_numpy()
    eigenvalues = np.median(evaluation["eigenvalue"].to_numpy(), axis=0)
    grid = np.geomspace(betas.min() / 1.5, betas.max() * 1.5, 200)
    distinct = _groups(eigenvalues)
    for index, value in enumerate(distinct):
        with np.errstate(divide="ignore"):
            line = np.maximum(0.5 * np.log(2 * value / grid), 0.0)
        axes.plot(grid, line, color=SOFT, linewidth=1.1, zorder=1)
        if index == 0 or line.max() > 0:
            axes.annotate(
                f"eigenvalue {value:.2g}" if index == 0 else f"{value:.2g}",
                (grid[0], line[0]),
                xytext=(-3, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=8,
                color=SOFT,
            )
    for latent in range(kl.shape[2]):
        for seed in range(len(kl)):
            axes.plot(
                betas * (1 + 0.03 * (seed - (len(kl) - 1) / 2)),
                kl[seed, :, latent],
                linestyle="none",
                marker=marker(latent),
                markersize=5,
                color=LINES[latent % len(LINES)],
                label=f"z{latent + 1}" if seed == 0 else None,
                zorder=3,
            )
    axes.axhline(
        float(evaluation.attrs["threshold"]), color=INK, linewidth=0.9, linestyle=(0, (4, 3))
    )
    axes.set_xscale("log")
    axes.set_xlim(grid[0] / 1.9, grid[-1])
    axes.set_xticks(sorted(betas), [f"{b:g}" for b in sorted(betas)])
    axes.minorticks_off()
    axes.set_xlabel("beta")
    axes.set_ylabel("KL (nats)")
    axes.set_ylim(bottom=-0.03)
    axes.grid(axis="y")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="latent, by KL")
    return figure


def _groups(eigenvalues: np.ndarray) -> list[float]:
    """Eigenvalues, descending, each once: the mean of those within TOGETHER of the largest."""
    groups: list[list[float]] = []
    for value in eigenvalues[eigenvalues > 1e-6 * eigenvalues[0]]:
        if not groups or value < (1 - TOGETHER) * groups[-1][0]:
            groups.append([])
        groups[-1].append(float(value))
    return [float(np.mean(group)) for group in groups]


@styled
def draw_losses(inputs: FigureInputs) -> Figure:
    """Draw the held-out objective of the networks of the shown beta over the training.

    Returns
    -------
    Figure
        One panel per latent size; a line per seed and start.
    """
    sizes = inputs.evaluation["latent_size"].to_numpy()
    figure = new_figure(
        max(3.3 * len(sizes), 7.6),
        3.6,
        f"{inputs.title}: held-out objective",
        f"beta {inputs.beta:g}; every start of every seed",
    )
    panels = np.atleast_1d(figure.subplots(1, len(sizes), sharey=True))
    for panel, size in zip(panels, sizes, strict=True):
        for index, run in enumerate(inputs.runs):
            own = (run["beta"] == inputs.beta) & (run["latent_size"] == size)
            history = run["history"].isel(net=np.flatnonzero(own.to_numpy())).to_numpy()
            panel.plot(run["epoch"], history, color=colour(index), linewidth=1.1, alpha=0.9)
        panel.set_title(f"{size} latent{'s' if size > 1 else ''}")
        panel.set_xlabel("epoch")
        panel.grid(axis="y")
    if not panels[0].lines:
        say(panels[0], "no record")
    panels[0].set_ylabel("error + beta KL")
    seed_legend(figure, inputs.seeds, markers=False)
    return figure
