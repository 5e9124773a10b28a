"""Figures of the study ``calibration``: rates of verdicts, and the evidence behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symlens.drawing import CHANCE, INK, LINES, SOFT, new_figure, styled
from symlens.lens.calibration.rates import total
from symlens.lens.figures.colours import VERDICT_COLOURS
from symlens.lens.identifiability.verdict import THRESHOLD
from symlens.page import counted

if TYPE_CHECKING:
    import xarray as xr

TRUTH_COLOURS = {"none": LINES[1], "near": CHANCE, "symmetry": LINES[0]}
TRUTH_WORDS = {
    "none": "without a symmetry",
    "near": "broken by degrees",
    "symmetry": "with a symmetry",
}
COUNTS = {
    "symmetry": "symmetry",
    "no_symmetry": "no symmetry",
    "not_identifiable": "not identifiable",
}


@styled
def rates(evaluation: xr.Dataset, title: str) -> Figure:
    """Draw one bar per cell: the fractions of the three verdicts."""
    cells = evaluation.sizes["cell"]
    figure = new_figure(
        8.5, 1.6 + 0.34 * cells, title, f"Verdicts on data sets {_words(evaluation)}."
    )
    axes = figure.subplots()
    place = np.arange(cells)[::-1]
    size = evaluation["data_sets"].to_numpy()
    left = np.zeros(cells)
    for name, verdict in COUNTS.items():
        share = evaluation[name].to_numpy() / size
        axes.barh(place, share, 0.62, left, color=VERDICT_COLOURS[verdict], label=verdict)
        left += share
    rate = evaluation["rate"].to_numpy()
    reach = np.abs(rate[:, 1:] - rate[:, :1]).T
    axes.errorbar(rate[:, 0], place, xerr=reach, fmt="none", ecolor=INK, capsize=3, lw=1.2)
    axes.set_yticks(place, [_cell(evaluation, cell) for cell in range(cells)])
    axes.set_xlim(0, 1)
    axes.set_xlabel("fraction of the data sets (bar: 95 % interval of the fraction symmetry)")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, handlelength=1.2)
    return figure


@styled
def evidence(evaluation: xr.Dataset, title: str) -> Figure:
    """Draw every data set by what is moved of its moments and of its covariance."""
    figure = new_figure(
        6.4, 4.6, title, f"What the learned action moves, data sets {_words(evaluation)}."
    )
    axes = figure.subplots()
    verdicts = evaluation["verdict"].to_numpy().astype(str)
    # Fractions of next to no energy can be any number: they are drawn at the border.
    x = np.clip(np.nan_to_num(evaluation["moving_fraction"].to_numpy(), nan=1.6), -0.1, 1.6)
    y = np.clip(np.nan_to_num(evaluation["departure"].to_numpy(), nan=1.2), -0.05, 1.2)
    for verdict, colour in VERDICT_COLOURS.items():
        chosen = verdicts == verdict
        if chosen.any():
            label = f"{verdict} ({chosen.sum()})"
            axes.scatter(x[chosen], y[chosen], s=18, color=colour, alpha=0.75, label=label)
    for line in (axes.axvline, axes.axhline):
        line(THRESHOLD, color=SOFT, linestyle="--", linewidth=1)
    axes.set_xlabel("moving fraction of the moments (at most 1.6 is drawn)")
    axes.set_ylabel("departure of the covariance")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), handletextpad=0.2)
    return figure


@styled
def overview(evaluations: Sequence[xr.Dataset], titles: Sequence[str]) -> Figure:
    """Draw the rate of every kind with its interval, and the laws of p-values."""
    order = {"none": 0, "near": 1, "symmetry": 2}
    kinds = sorted(
        zip(evaluations, titles, strict=True), key=lambda pair: order[pair[0].attrs["truth"]]
    )
    figure = new_figure(
        11.5,
        2.4 + 0.23 * len(kinds),
        "How often is a verdict right?",
        "; ".join(_total(evaluations, truth) for truth in ("none", "symmetry")),
    )
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    place = np.arange(len(kinds))[::-1]
    for row, (one, _) in zip(place, kinds, strict=True):
        rate, low, high = one["overall"].to_numpy()
        colour = TRUTH_COLOURS[str(one.attrs["truth"])]
        left.plot([low, high], [row, row], color=colour, lw=2.2)
        left.plot(rate, row, "o", color=colour, ms=5)
    left.set_yticks(place, [f"{title} ({one.sizes['data_set']})" for one, title in kinds])
    left.axvline(0.05, color=SOFT, linestyle="--", linewidth=1)
    left.axvline(0.95, color=SOFT, linestyle="--", linewidth=1)
    left.set_xlim(-0.02, 1.02)
    left.set_xlabel("fraction called a symmetry (dashed: 5 % and 95 %)")
    _laws(right, evaluations)
    return figure


def _laws(axes: Axes, evaluations: Sequence[xr.Dataset]) -> None:
    """How often a p-value is at most a level, by truth."""
    levels = np.geomspace(1e-3, 1, 200)
    axes.plot(levels, levels, color=SOFT, linestyle="--", linewidth=1, label="promise")
    for truth, colour in TRUTH_COLOURS.items():
        chosen = [one["pvalue"].to_numpy() for one in evaluations if one.attrs["truth"] == truth]
        if chosen:
            pvalues = np.sort(np.concatenate(chosen))
            below = np.searchsorted(pvalues, levels, side="right") / len(pvalues)
            axes.plot(levels, below, color=colour, label=TRUTH_WORDS[truth])
    axes.set_xscale("log")
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("level")
    axes.set_ylabel("fraction of p-values at or below it")
    axes.legend(loc="lower right", bbox_to_anchor=(1.02, 1), ncols=2, handlelength=1.2)


def _words(evaluation: xr.Dataset) -> str:
    return TRUTH_WORDS[str(evaluation.attrs["truth"])]


def _total(evaluations: Sequence[xr.Dataset], truth: str) -> str:
    rate = total(evaluations, truth)
    name = "False discoveries" if truth == "none" else "Detections"
    if not rate.trials:
        return f"{name}: none asked for"
    return (
        f"{name}: {rate.count} of {rate.trials}, {100 * rate.value:.3g} % "
        f"({100 * rate.low:.2g} to {100 * rate.high:.3g} %)"
    )


def _cell(evaluation: xr.Dataset, cell: int) -> str:
    """Name of a cell by what differs between cells; the number of data sets in any case."""
    parts = [
        f"{name} {evaluation[f'cell_{name}'].values[cell]:g}"
        for name in ("noise", "samples", "strength")
        if np.unique(evaluation[f"cell_{name}"]).size > 1
    ]
    return ", ".join([*parts, counted(int(evaluation["data_sets"][cell]), "set")])


FIGURES: Mapping[str, Callable[[xr.Dataset, str], Figure]] = {"rates": rates, "evidence": evidence}
