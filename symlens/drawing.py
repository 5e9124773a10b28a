"""The one style of all figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D

from symlens.store import replacing

INK = "#20262e"
SOFT = "#6a737d"
FAINT = "#d5dade"
CHANCE = "#9aa3ab"
"""Everything that chance explains is grey."""

# Okabe and Ito's palette, told apart by all; seeds take it in this order.
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "D", "^", "v", "P", "X")

LEGEND = 7
"""A legend names no more seeds than there are colours."""

SIGNED = "RdBu_r"
UNSIGNED = "cividis"

RC: dict[Any, Any] = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 6,
    "axes.edgecolor": SOFT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.5,
    "lines.solid_capstyle": "round",
    "image.interpolation": "nearest",
    "mathtext.fontset": "dejavusans",
    "pdf.fonttype": 42,
    "svg.hashsalt": "symlens",
}

Drawn = ParamSpec("Drawn")


def styled(draw: Callable[Drawn, Figure]) -> Callable[Drawn, Figure]:
    """Draw in this style whatever the reader's own settings are."""

    @wraps(draw)
    def inside(*args: Drawn.args, **kwargs: Drawn.kwargs) -> Figure:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(RC)
            return draw(*args, **kwargs)

    return inside


def new_figure(width: float, height: float, title: str, subtitle: str = "") -> Figure:
    """An empty figure, inches, with a title and a quieter line below it, both at the left."""
    head = 0.61 if subtitle else 0.36
    engine = ConstrainedLayoutEngine(
        w_pad=0.08, h_pad=0.06, wspace=0.03, hspace=0.03, rect=(0, 0, 1, 1 - head / height)
    )
    figure = Figure(figsize=(width, height), layout=engine)
    left = 0.10 / width
    figure.text(left, 1 - 0.10 / height, title, fontsize=13, fontweight="bold", va="top")
    figure.text(left, 1 - 0.38 / height, subtitle, fontsize=9.5, color=SOFT, va="top")
    return figure


def number(value: float, digits: str = ".2g") -> str:
    """A number as text with a true minus sign; ``digits`` as in a format specification."""
    return f"{value:{digits}}".replace("-", "\N{MINUS SIGN}")


def at_most_zero(low: float) -> float:
    """Where an axis begins that shows 0 and all that lies below: values may be negative."""
    return min(0.0, 1.1 * low)


def seed_legend(figure: Figure, seeds: Sequence[int], *, markers: bool) -> None:
    """Name the seeds' colours (and markers) at the right of the head; nothing for one seed."""
    if len(seeds) < 2:
        return
    handles = [
        Line2D(
            [],
            [],
            color=colour(index),
            marker=marker(index) if markers else "none",
            linestyle="none" if markers else "solid",
            label=f"seed {seed}",
        )
        for index, seed in enumerate(seeds[:LEGEND])
    ]
    legend = figure.legend(
        handles=handles,
        loc="upper right",
        ncols=len(handles),
        handlelength=1.2,
        columnspacing=1.4,
        handletextpad=0.5,
    )
    legend.set_in_layout(False)


def colour(seed_index: int) -> str:
    """Colour of the k-th seed."""
    return LINES[seed_index % len(LINES)]


def marker(seed_index: int) -> str:
    """Marker of the k-th seed."""
    return MARKERS[seed_index % len(MARKERS)]


def say(axes: Axes, text: str) -> None:
    """A plain statement where a panel cannot be drawn."""
    axes.set_axis_off()
    axes.text(0.0, 0.98, text, transform=axes.transAxes, va="top", color=SOFT, wrap=True)


def save(figure: Figure, stem: Path) -> tuple[Path, Path]:
    """Write ``stem.png`` (150 dpi) and ``stem.pdf`` without dates: same figure, same bytes."""
    paths = stem.with_name(stem.name + ".png"), stem.with_name(stem.name + ".pdf")
    metadata = {"png": {"Software": None}, "pdf": {"CreationDate": None}}
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        for path, (kind, about) in zip(paths, metadata.items(), strict=True):
            with replacing(path) as temporary:
                figure.savefig(temporary, format=kind, dpi=150, metadata=about)
            figure.set_layout_engine("none")  # what the first one was laid out as stays
    return paths


def save_each(
    drawn: Mapping[str, Callable[Drawn, Figure]],
    outputs: Sequence[str],
    *args: Drawn.args,
    **kwargs: Drawn.kwargs,
) -> None:
    """Draw and `save` the figures that the PNG files ``outputs`` are named after."""
    for stem in (Path(output).with_suffix("") for output in outputs):
        save(drawn[stem.name](*args, **kwargs), stem)
