"""Seconds and memory of a fit against the size of the data, with the powers they follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from symlens.benchmarks import power
from symlens.drawing import colour, marker, new_figure, number, styled
from symlens.errors import DataError
from symlens.lens.scaling import Family

NAMES = {"n": "features n", "samples": "samples"}
HEAD = "Small marks: seeds; large: their median. Lines: the power law nearest in logarithms."


@styled
def draw(families: Sequence[Family]) -> Figure:
    """Draw families, those that grow alike in one column.

    Parameters
    ----------
    families : sequence of Family

    Returns
    -------
    Figure
        Seconds of a fit above, peak memory of its job below.
    """
    if not families:
        raise DataError("scaling: expected experiments that differ in a number, got none")
    grows = list(dict.fromkeys(family.grows for family in families))
    figure = new_figure(1.0 + 4.6 * len(grows), 7.0, "What a fit costs", HEAD)
    panels = figure.subplots(2, len(grows), squeeze=False, sharex="col")
    for column, name in zip(panels.T, grows, strict=True):
        for index, family in enumerate(each for each in families if each.grows == name):
            for point in family.points:
                _marks(column[0], point.size, point.seconds, index)
            label = f"{family.name}, {family.method}"
            _law(column[0], family.seconds(), label, index)
            _law(column[1], family.memory(), label, index)
        column[0].set_title(f"seconds, against {NAMES.get(name, name)}")
        column[1].set_title("peak memory in MB")
        column[1].set_xlabel(NAMES.get(name, name))
        for panel in column:
            _axes(panel, sorted({p.size for f in families if f.grows == name for p in f.points}))
    return figure


def _marks(axes: Axes, size: int, values: Sequence[float], index: int) -> None:
    axes.plot([size] * len(values), values, linestyle="none", marker=".", color=colour(index))


def _law(axes: Axes, values: Mapping[int, float], label: str, index: int) -> None:
    law = power(values)
    sizes = np.array(list(values), dtype=float)
    if law is not None:
        axes.plot(sizes, law[1] * sizes ** law[0], color=colour(index), linewidth=1, alpha=0.6)
        label += f": power {number(law[0], '.2f')}"
    axes.plot(
        sizes,
        list(values.values()),
        linestyle="none",
        marker=marker(index),
        color=colour(index),
        label=label,
    )


def _axes(axes: Axes, sizes: Sequence[int]) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(sizes, [f"{size:g}" if size < 1000 else f"{size:.0e}" for size in sizes])
    axes.xaxis.set_minor_formatter("")
    axes.minorticks_off()
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 3.0, 5.0)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(axis="both")
    axes.legend(loc="upper left")
