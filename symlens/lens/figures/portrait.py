"""One run file in one picture: what was learned, and whether to believe it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symlens.drawing import (
    CHANCE,
    LINES,
    RC,
    SIGNED,
    SOFT,
    new_figure,
    styled,
)
from symlens.groups import orthogonal_factor
from symlens.lens.figures.colours import VERDICT_COLOURS
from symlens.lens.figures.matrices import matrix_panel
from symlens.lens.runfile import symmetry_from
from symlens.store import replacing

Array = NDArray[np.float64]

SHOWN = 32
"""Held-out samples that are drawn, the strongest of those in the file."""

FULL_COLOUR = 0.995
"""Quantile of the samples' absolute values at which colours are full: a few may exceed it."""

UNDATED = {"png": {"Software": None}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}
"""Metadata left out, so that the same figure is the same bytes."""


@styled
def draw(run: xr.Dataset) -> Figure:
    """Draw a run file.

    Returns
    -------
    Figure
        Top: the generator as the data are given and in canonical coordinates, the statistic
        against its null distribution. Bottom: the resolving filter, held-out samples as given
        and in canonical coordinates.
    """
    attrs, symmetry = run.attrs, symmetry_from(run)
    pvalue = float(run["symmetry_pvalue"])
    group = "cyclic" if symmetry.cyclic else "window"
    figure = new_figure(
        11.0,
        7.0,
        f"{attrs['experiment']}: {attrs['verdict']}",
        f"p = {pvalue:.3g}; {symmetry.n_features} features, {group}; "
        f"method {attrs['method']}, seed {attrs['seed']}",
    )
    panels = figure.subplots(2, 3)
    columns = orthogonal_factor(symmetry.group_convolution)
    canonical = columns.T @ symmetry.generator @ columns
    for axes, matrix, title in (
        (panels[0, 0], symmetry.generator, "generator, as the data are given"),
        (panels[0, 1], canonical, "generator, in canonical coordinates"),
    ):
        matrix_panel(axes, matrix, float(np.abs(matrix).max()))
        axes.set_title(title)
    _statistic(panels[0, 2], run)
    _filter(panels[1, 0], symmetry.filter)
    raw = run["raw"].to_numpy().astype(np.float64)
    strongest = np.argsort(-np.sum((raw - symmetry.mean) ** 2, axis=1), kind="stable")[:SHOWN]
    shown = np.sort(strongest)
    _samples(panels[1, 1], (raw[shown] - symmetry.mean) / symmetry.scale, "feature")
    panels[1, 1].set_title("held-out samples, as given")
    _samples(panels[1, 2], symmetry.transform(raw[shown]), "canonical position (pixel)")
    panels[1, 2].set_title("the same, in canonical coordinates")
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure as .png (150 dpi), .pdf or .svg, whole or not at all."""
    kind = path.suffix.lower().removeprefix(".")
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        drawn = BytesIO()  # in memory first: matplotlib leaves a file open that met a full disk
        figure.savefig(drawn, format=kind, dpi=150, metadata=UNDATED[kind])
    with replacing(path) as temporary:
        temporary.write_bytes(drawn.getvalue())


def _statistic(axes: Axes, run: xr.Dataset) -> None:
    """Histogram of surrogates and a line at the statistic."""
    statistic = float(run["symmetry_statistic"])
    colour = VERDICT_COLOURS[run.attrs["verdict"]]
    axes.hist(run["symmetry_null"].to_numpy(), bins=25, color=CHANCE, label="surrogates")
    axes.axvline(statistic, color=colour, linewidth=2.2, label="these data")
    axes.set_title("is it real? the statistic and its null")
    axes.set_xlabel("symmetry statistic on held-out samples")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.08)
    axes.legend(loc="best", handlelength=1.4)


def _filter(axes: Axes, resolving: Array) -> None:
    features = np.arange(resolving.size)
    axes.axhline(0.0, color=SOFT, linewidth=0.6)
    axes.vlines(features, 0.0, resolving, color=LINES[0], linewidth=1.4)
    axes.plot(features, resolving, "o", color=LINES[0], markersize=3.2)
    axes.set_title("resolving filter, as the data are given")
    axes.set_xlabel("feature")


def _samples(axes: Axes, rows: Array, name: str) -> None:
    limit = float(np.quantile(np.abs(rows), FULL_COLOUR)) or 1.0
    axes.imshow(rows, cmap=SIGNED, vmin=-limit, vmax=limit, aspect="auto")
    axes.set_xlabel(name)
    axes.set_ylabel("sample")
    axes.set_yticks([])
