"""Eigenphases of the learned action against the ideal ones."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symlens.drawing import FAINT, INK, SOFT, colour, marker, new_figure, styled
from symlens.lens.figures.inputs import FigureInputs
from symlens.metrics import modes
from symlens.metrics.spectrum import wrapped

Array = NDArray[np.float64]


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw learned against ideal eigenphases.

    Returns
    -------
    Figure
        Left the unit circle for the worst seed: diagonal elements of the learned action in the
        ideal eigenvectors, and the ideal ones. Right the deviation of the phases over the ideal
        phase, for all seeds. Without the truth: the phases of the learned action itself beside
        those of a uniform shift.
    """
    if "eigenphase" not in inputs.evaluation:
        return _learned_only(inputs)
    evaluation = inputs.evaluation
    ideal = evaluation["ideal_eigenphase"].to_numpy()
    learned = evaluation["eigenphase"].to_numpy()
    magnitude = evaluation["eigenphase_magnitude"].to_numpy()
    errors = evaluation["eigenphase_error"].to_numpy()
    figure = new_figure(
        10.0,
        5.0,
        f"{inputs.title}: eigenphases, learned against ideal",
        f"{inputs.choice}: RMS deviation {errors[inputs.worst]:.3g} rad",
    )
    circle, deviation = figure.subplots(1, 2, width_ratios=[1, 1.25])
    _circle(circle, ideal, learned[inputs.worst], magnitude[inputs.worst])
    circle.set_title("diagonal elements in the ideal eigenvectors")
    upper = ideal >= -1e-9
    for index, seed in enumerate(inputs.seeds):
        label = f"seed {seed} (RMS {errors[index]:.2g})"
        _points(deviation, ideal[upper], wrapped(learned[index] - ideal)[upper], index, label)
    _deviation_axes(deviation, float(np.abs(wrapped(learned - ideal)).max()))
    return figure


def _circle(axes: Axes, ideal: Array, learned: Array, magnitude: Array) -> None:
    turn = np.linspace(0, 2 * np.pi, 400)
    axes.plot(np.cos(turn), np.sin(turn), color=FAINT, linewidth=1, zorder=0)
    axes.plot(
        np.cos(ideal),
        np.sin(ideal),
        linestyle="none",
        marker="o",
        markersize=9,
        markerfacecolor="none",
        markeredgecolor=SOFT,
        label="ideal",
    )
    axes.plot(
        magnitude * np.cos(learned),
        magnitude * np.sin(learned),
        linestyle="none",
        marker="o",
        markersize=4.5,
        color=colour(0),
        label="learned",
    )
    axes.set_aspect("equal")
    axes.set_xlim(-1.18, 1.18)
    axes.set_ylim(-1.18, 1.18)
    axes.spines[:].set_visible(False)
    axes.set_xticks([-1, 1])
    axes.set_yticks([-1, 1])
    axes.tick_params(length=0)
    axes.set_xlabel("real part", labelpad=-8)
    axes.set_ylabel("imaginary part", labelpad=-8)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.11), ncols=2)


def _deviation_axes(axes: Axes, largest: float) -> None:
    axes.axhline(0, color=INK, linewidth=0.8, zorder=0)
    limit = min(np.pi, max(1.25 * largest, 1e-3))
    axes.set_ylim(-limit, limit)
    axes.set_xticks(np.pi * np.arange(5) / 4, ["0", "π/4", "π/2", "3π/4", "π"])
    axes.set_xlim(-0.06, np.pi + 0.06)
    axes.set_xlabel("ideal phase per step (rad)")
    axes.set_ylabel("learned − ideal phase (rad)")
    axes.set_title("deviation by frequency, every seed")
    axes.grid(axis="y")
    axes.legend(loc="best")


def _learned_only(inputs: FigureInputs) -> Figure:
    """Phases of the learned generator itself, embedded as it was learned."""
    subtitle = f"{inputs.choice}; the ideal is not known: beside the phases of a uniform shift"
    if inputs.method == "fast":
        subtitle += ", which the method fast has by construction"
    title = f"{inputs.title}: eigenphases of the learned generator"
    figure = new_figure(10.0, 5.0, title, subtitle)
    circle, spacing = figure.subplots(1, 2, width_ratios=[1, 1.25])
    own = [modes(symmetry.embedded_generator).phases for symmetry in inputs.symmetries]
    size = own[0].size
    uniform = 2 * np.pi * (np.arange(size) - (size - 1) / 2) / size
    _circle(circle, uniform, own[inputs.worst], np.ones(size))
    circle.set_title("eigenvalues of the learned generator")
    for line, name in zip(circle.lines[1:], ("uniform shift", "learned"), strict=True):
        line.set_label(name)
    circle.legend(loc="upper center", bbox_to_anchor=(0.5, -0.11), ncols=2)
    upper = uniform >= -1e-9
    for index, seed in enumerate(inputs.seeds):
        deviation = wrapped(own[index] - uniform)[upper]
        _points(spacing, uniform[upper], deviation, index, f"seed {seed}")
    _deviation_axes(spacing, float(np.abs([wrapped(p - uniform) for p in own]).max()))
    spacing.set_xlabel("phase of a uniform shift (rad)")
    spacing.set_ylabel("learned − uniform phase (rad)")
    return figure


def _points(axes: Axes, phases: Array, deviation: Array, index: int, label: str) -> None:
    axes.plot(
        phases,
        deviation,
        linestyle="none",
        marker=marker(index),
        markersize=4.5,
        color=colour(index),
        alpha=0.85,
        clip_on=False,
        label=label,
    )
