"""The symmetry statistic of every seed beside its null distribution."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from symlens.drawing import CHANCE, INK, new_figure, styled
from symlens.lens.figures.colours import VERDICT_COLOURS
from symlens.lens.figures.inputs import FigureInputs


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw one row per seed: a histogram of surrogates and a line at the statistic.

    Returns
    -------
    Figure
        Rows share their axis.
    """
    count = len(inputs.seeds)
    surrogates = inputs.runs[0].sizes["surrogate"]
    figure = new_figure(
        8.5,
        1.35 + 1.15 * count,
        f"{inputs.title}: {inputs.verdict}",
        "The statistic on held-out samples beside surrogates without a symmetry; "
        "the truth is not used.",
    )
    panels = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
    statistics = [float(run["symmetry_statistic"]) for run in inputs.runs]
    nulls = [run["symmetry_null"].to_numpy() for run in inputs.runs]
    everything = np.concatenate([*nulls, statistics])
    low, high = float(everything.min()), float(everything.max())
    margin = 0.04 * (high - low) or 1.0
    edges = np.linspace(low, high, 61) if high > low else np.linspace(low - 1, high + 1, 61)
    for panel, run, statistic, null in zip(panels, inputs.runs, statistics, nulls, strict=True):
        verdict = str(run.attrs["verdict"])
        panel.hist(null, bins=edges.tolist(), color=CHANCE, label="surrogates")
        panel.axvline(statistic, color=VERDICT_COLOURS[verdict], linewidth=2.2, label="data")
        words = f"seed {int(run.attrs['seed'])}: {verdict}, p = {float(run['symmetry_pvalue']):.3g}"
        panel.set_title(words, color=INK)
        panel.set_yticks([])
        panel.spines["left"].set_visible(False)
        panel.set_xlim(low - margin, high + margin)
    panels[0].legend(loc="best", handlelength=1.4)
    panels[-1].set_xlabel(f"symmetry statistic (surrogates: {surrogates} per seed)")
    return figure
