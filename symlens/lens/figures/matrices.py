"""Panels of matrices: ideal, learned, error and the histogram of the error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from symlens.drawing import FAINT, INK, SIGNED, SOFT, number

Array = NDArray[np.float64]

SMALLEST_LIMIT = 1e-3
"""Errors below this are drawn as nothing: no colour scale for rounding errors."""


def matrix_panel(axes: Axes, matrix: Array, limit: float, *, bar: bool = True) -> AxesImage:
    """Draw a matrix in signed colours with limits +-limit and, at its right, their scale."""
    image = axes.imshow(matrix, cmap=SIGNED, vmin=-limit, vmax=limit)
    rows, columns = matrix.shape
    axes.set_xticks([0, columns - 1])
    axes.set_yticks([0, rows - 1])
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(FAINT)
    if bar:
        scale = axes.inset_axes((1.035, 0.0, 0.045, 1.0))
        colours = axes.figure.colorbar(image, cax=scale, ticks=[-limit, 0, limit])
        colours.ax.set_yticklabels([number(-limit), "0", number(limit)])
        colours.ax.tick_params(length=0, pad=3, labelsize=8)
        colours.outline.set_visible(False)
    return image


def comparison(axes: Sequence[Axes], ideal: Array, learned: Array, basis: str) -> None:
    """Fill a row of four panels; ``basis`` stands at its left."""
    error = learned - ideal
    limit = float(max(np.abs(ideal).max(), np.abs(learned).max()))
    worst = float(max(np.abs(error).max(), SMALLEST_LIMIT))
    matrix_panel(axes[0], ideal, limit, bar=False)
    matrix_panel(axes[1], learned, limit)
    matrix_panel(axes[2], error, worst)
    error_histogram(axes[3], error, worst)
    axes[0].set_ylabel(basis, fontsize=9.5, labelpad=6)


def error_histogram(axes: Axes, error: Array, limit: float) -> None:
    """Number of entries by their error, on a logarithmic scale, with RMS and largest error."""
    axes.hist(error.ravel(), bins=41, range=(-limit, limit), color="#8c96a0", log=True)
    axes.set_xlim(-limit, limit)
    low, high = 0.7, axes.get_ylim()[1]
    axes.set_ylim(low, high * (high / low) ** 0.28)  # room for the words
    axes.set_xticks([-limit, 0, limit], [number(-limit), "0", number(limit)])
    axes.set_box_aspect(1)
    axes.yaxis.tick_right()
    axes.spines["left"].set_visible(False)
    axes.spines["right"].set_visible(True)
    axes.minorticks_off()
    rms = float(np.sqrt(np.mean(error**2)))
    text = f"RMS {number(rms)}\nlargest {number(float(np.abs(error).max()))}"
    axes.text(0.03, 0.98, text, transform=axes.transAxes, va="top", fontsize=8.5, color=INK)


def head(axes: Sequence[Axes], titles: Sequence[str]) -> None:
    """Title the panels of the first row."""
    for panel, title in zip(axes, titles, strict=True):
        panel.set_title(title, color=INK if title else SOFT)
