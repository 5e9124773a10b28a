"""The scores of a sweep in one picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symlens.drawing import (
    CHANCE,
    INK,
    LINES,
    MARKERS,
    SOFT,
    at_most_zero,
    new_figure,
    number,
    styled,
)
from symlens.lens.sweep import Collected, effects_table, value

COLUMNS = 4
ROW = 0.34
"""Height of a variant's line, inches."""


@styled
def draw(collected: Collected) -> Figure:
    """Draw a sweep: bars of variants, a curve per key, or mean effects against their spread."""
    return DRAWN[collected.settings["kind"]](collected)


def _title(settings: Mapping[str, Any], seeds: int) -> tuple[str, str]:
    counted = f"{seeds} seed{'s' if seeds > 1 else ''} at every point"
    return settings["title"], f"{settings['of'].replace('_', ' ')}, {settings['method']}; {counted}"


def _seeds(collected: Collected) -> int:
    return round(value(collected.rows[0], "seeds"))


def _ablation(collected: Collected) -> Figure:
    labels = ["nothing changed", *(point["label"] for point in collected.points)]
    rows = [collected.reference, *collected.rows]
    figure = new_figure(8.2, 1.7 + ROW * len(rows), *_title(collected.settings, _seeds(collected)))
    axes = figure.subplots()
    places = np.arange(len(rows))[::-1]
    for place, row in zip(places, rows, strict=True):
        worst, median, floor = (
            value(row, f"generator_cosine_{name}")
            for name in ("worst", "median", "floor_covariance")
        )
        axes.barh(place, floor, height=0.7, color=CHANCE, alpha=0.45)
        axes.plot([worst, median], [place, place], color=SOFT, linewidth=1.2)
        axes.plot(worst, place, "|", color=INK, markersize=9)
        axes.plot(median, place, "o", color=LINES[0], markersize=6.5, clip_on=False)
        axes.text(1.02, place, number(median, ".3f"), va="center")
    axes.set_yticks(places, labels)
    axes.set_xlim(at_most_zero(axes.dataLim.x0), 1)
    axes.set_xlabel("generator cosine: median (dot) and worst (stroke) of the seeds; grey: chance")
    axes.grid(axis="x")
    return figure


def _one_at_a_time(collected: Collected) -> Figure:
    keys = collected.settings["keys"]
    lines = -(-len(keys) // COLUMNS)
    figure = new_figure(
        2.5 * COLUMNS, 0.9 + 2.1 * lines, *_title(collected.settings, _seeds(collected))
    )
    panels = figure.subplots(lines, COLUMNS, sharey=True, squeeze=False).ravel()
    for panel, key in zip(panels, keys, strict=False):
        _curve(panel, collected, key)
    for panel in panels[len(keys) :]:
        panel.set_visible(False)
    for panel in panels[::COLUMNS]:
        panel.set_ylabel("generator cosine")
    return figure


def _curve(axes: Axes, collected: Collected, key: str) -> None:
    """Worst and median of the seeds against the multiples of a key, 1 included."""
    own = [i for i, point in enumerate(collected.points) if key in point["changes"]]
    multiples = np.array([*collected.settings["multipliers"], 1.0])
    order = np.argsort(multiples)
    for statistic, style, colour in (("median", "-", LINES[0]), ("worst", ":", SOFT)):
        values = np.append(collected.scores(statistic)[own], collected.reference_score(statistic))
        axes.plot(multiples[order], values[order], style, marker="o", markersize=4, color=colour)
    floor = value(collected.reference, "generator_cosine_floor_covariance")
    axes.axhspan(0, floor, color=CHANCE, alpha=0.3, linewidth=0)
    axes.axvline(1, color=SOFT, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_ylim(at_most_zero(axes.dataLim.y0), 1.02)
    axes.set_title(key.removeprefix("data.").replace("_", " "))
    axes.set_xlabel("multiple of the value")
    axes.grid()


def _morris(collected: Collected) -> Figure:
    rows = effects_table(collected)
    figure = new_figure(8.2, 4.6, *_title(collected.settings, _seeds(collected)))
    axes, scores = figure.subplots(1, 2, width_ratios=[1.6, 1])
    for index, row in enumerate(rows):
        colour, marker = (
            LINES[index % len(LINES)],
            MARKERS[(index + index // len(LINES)) % len(MARKERS)],
        )
        name = str(row["key"]).removeprefix("data.").replace("_", " ")
        effect, spread, half = (value(row, k) for k in ("mu_star", "sigma", "mu_star_conf"))
        axes.errorbar(
            effect, spread, xerr=half, color=colour, marker=marker, linestyle="none", label=name
        )
    axes.set_xlabel(r"mean modulus of the effect on the cosine, $\mu^*$, over the whole range")
    axes.set_ylabel(r"spread of the effects, $\sigma$")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8)
    axes.grid()
    values = np.sort(collected.scores("median"))
    scores.plot(values, (1 + np.arange(len(values))) / len(values), color=LINES[0])
    scores.axvline(collected.reference_score("median"), color=SOFT, linewidth=0.8)
    scores.set_xlabel("generator cosine")
    scores.set_ylabel("fraction of the points")
    scores.set_title("all points (line: the experiment itself)")
    scores.grid()
    return figure


DRAWN = {"ablation": _ablation, "one_at_a_time": _one_at_a_time, "morris": _morris}
