"""Samples in given and canonical coordinates, and one sample moved by the symmetry."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symlens.drawing import INK, LINES, SOFT, new_figure, styled
from symlens.lens.figures.inputs import FigureInputs
from symlens.lens.symmetry import LearnedSymmetry
from symlens.metrics import ColumnAlignment, align_columns

Array = NDArray[np.float64]

SHOWN = 5
STEPS = np.array([0.0, 1.5, 3.0, 4.5, 6.0])
"""Group parameters t, in canonical pixels; half steps, because the action is continuous."""


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw held-out samples of the worst seed.

    Returns
    -------
    Figure
        Top: as given; bottom: canonical coordinates, with the true natural ones, where they are
        known, as a thin line. Left: samples from quiet to strong; right: one sample, moved.
    """
    symmetry = inputs.symmetries[inputs.worst]
    raw = inputs.runs[inputs.worst]["raw"].to_numpy().astype(np.float64)
    energy = np.sum((raw - symmetry.mean) ** 2, axis=1)
    ranks = np.linspace(0.3, 0.95, SHOWN) * (len(raw) - 1)
    chosen = raw[np.argsort(energy, kind="stable")[np.rint(ranks).astype(int)]]
    sample = chosen[SHOWN // 2]
    moved = np.concatenate([symmetry.act(sample[None, :], float(t)) for t in STEPS])
    alignment, natural = _natural(inputs, symmetry, chosen)
    figure = new_figure(
        11.0,
        6.4,
        f"{inputs.title}: samples, as given and in canonical coordinates",
        f"{inputs.choice}; held-out samples from quiet to strong, and the middle one moved"
        + ("" if natural is None else "; dashed: the true natural coordinates"),
    )
    panels = figure.subplots(2, 2)
    labels = [f"{k + 1}" for k in range(SHOWN)]
    times = [f"{t:g}" for t in STEPS]
    _ridges(panels[0, 0], (chosen - symmetry.mean) / symmetry.scale, labels, LINES[0])
    _ridges(panels[0, 1], (moved - symmetry.mean) / symmetry.scale, times, LINES[1])
    _ridges(
        panels[1, 0], alignment.apply(symmetry.transform(chosen)), labels, LINES[0], below=natural
    )
    _ridges(panels[1, 1], alignment.apply(symmetry.transform(moved)), times, LINES[1])
    panels[0, 0].set_title("held-out samples, as given")
    panels[0, 1].set_title("one sample moved by t steps, as given")
    panels[1, 0].set_title("the same, in canonical coordinates")
    panels[1, 1].set_title("the same, in canonical coordinates: it travels")
    for top, bottom, name in zip(panels[0], panels[1], ("sample", "t (pixels)"), strict=True):
        top.set_xlabel("feature")
        bottom.set_xlabel("canonical position (pixel)")
        top.set_ylabel(name)
        bottom.set_ylabel(name)
    return figure


def _natural(
    inputs: FigureInputs, symmetry: LearnedSymmetry, chosen: Array
) -> tuple[ColumnAlignment, Array | None]:
    """How canonical coordinates are aligned to the natural ones, and samples in those."""
    truth = inputs.truth
    if truth is None or truth.representation is None:
        return ColumnAlignment(1.0, 1, False, 0, 1), None
    ideal = truth.representation.T
    alignment = align_columns(symmetry.group_convolution, ideal, cyclic=inputs.cyclic)
    return alignment, (chosen - symmetry.mean) / symmetry.scale @ ideal


def _ridges(
    axes: Axes, rows: Array, labels: list[str], line: str, *, below: Array | None = None
) -> None:
    """Rows as lines above each other, the first one on top, their names at the left."""
    gap = 1.05 * float(np.max(rows[1:].max(axis=1) - rows[:-1].min(axis=1))) or 1.0
    pixels = np.arange(rows.shape[1])
    for index, row in enumerate(rows):
        base = -index * gap
        axes.axhline(base, color=SOFT, linewidth=0.4, alpha=0.6, zorder=0)
        if below is not None:
            axes.plot(
                pixels,
                base + below[index],
                color=INK,
                linewidth=0.9,
                linestyle=(0, (3, 2)),
                zorder=3,
            )
        axes.plot(pixels, base + row, color=line, linewidth=1.6, marker="o", markersize=2.4)
    axes.set_yticks([-index * gap for index in range(len(rows))], labels)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(-0.5, rows.shape[1] - 0.5)
    axes.spines["left"].set_visible(False)
