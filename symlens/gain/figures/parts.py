"""What the figures of ``gain`` share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator
from numpy.typing import NDArray

from symlens.drawing import INK, LINES, MARKERS
from symlens.gain.figures import FigureInputs

ARM_COLOURS = ("#6a737d", LINES[0], LINES[1])
"""Plain is grey; the others take the colours of the palette."""


MARKS: tuple[tuple[float, tuple[float, ...]], ...] = (
    (6, (1, 1.5, 2, 3, 5, 7)),
    (60, (1, 2, 5)),
    (1000, (1, 3)),
    (float("inf"), (1,)),
)
"""Up to which range of a logarithmic axis which numbers of a decade are named."""


def arms_of(inputs: FigureInputs) -> list[str]:
    """Names of the arms, the plain one first."""
    return [str(arm) for arm in inputs.evaluation["arm"].to_numpy()]


def sizes_of(inputs: FigureInputs) -> NDArray[np.int64]:
    """Numbers of samples."""
    return np.asarray(inputs.evaluation["size"].to_numpy())


def order_of(inputs: FigureInputs) -> int | None:
    """Size of the group; None where its dimension is positive."""
    order = int(inputs.evaluation.attrs["order"])
    return order or None


def subtitle(inputs: FigureInputs) -> str:
    """Where the samples live, and the group, in words."""
    attrs, order = inputs.evaluation.attrs, order_of(inputs)
    size = "of positive dimension" if order is None else f"of {order} elements"
    return f"{attrs['group']} on {attrs['manifold']}, a group {size}"


def colour_of(arm: int) -> str:
    """Colour of the k-th arm."""
    return ARM_COLOURS[arm % len(ARM_COLOURS)]


def marker_of(arm: int) -> str:
    """Marker of the k-th arm."""
    return MARKERS[arm % len(MARKERS)]


def log_sizes(axes: Axes, sizes: Sequence[int] | NDArray[np.int64]) -> None:
    """Numbers of samples on a logarithmic axis, each named."""
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks([float(n) for n in sizes], [f"{n:,}" for n in sizes])
    axes.set_xlabel("number of samples n")
    axes.set_xlim(sizes[0] / 1.25, sizes[-1] * 1.25)
    axes.grid(axis="y")


def plain_log(axes: Axes, low: float, high: float) -> None:
    """A logarithmic vertical axis with plain numbers at 1, 2, 5 and their tens."""
    low, high = low / 1.15, high * 1.15
    decades = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    marks = next(marks for reach, marks in MARKS if high / low < reach)
    ticks = [m * 10.0**d for d in decades for m in marks]
    axes.set_yscale("log")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_yticks([tick for tick in ticks if low <= tick <= high])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.set_ylim(low, high)


def log_levels(axes: Axes, level: NDArray[np.int64]) -> None:
    """Eigenvalues on a logarithmic axis, with plain numbers at the tens."""
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(level[0] / 1.15, level[-1] * 1.15)
    axes.set_xlabel("eigenvalue of the Laplacian, up to")


def at_one(axes: Axes) -> None:
    """The line of no saving."""
    axes.axhline(1.0, color=INK, linewidth=0.8, zorder=1)


def quiet_line(axes: Axes, value: float, text: str) -> None:
    """A dashed line with a name, where nothing else is drawn."""
    line = axes.axhline(value, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=1, label=text)
    known = axes.get_legend()
    drawn = [] if known is None else list(known.legend_handles)
    axes.legend(handles=[*(handle for handle in drawn if handle), line], loc="best")
