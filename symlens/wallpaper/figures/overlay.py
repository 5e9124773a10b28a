"""An image with what was found in it: cell, axes of rotation, mirrors, glides."""

from __future__ import annotations

from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import RegularPolygon
from numpy.typing import NDArray

from symlens.drawing import INK, LINES, new_figure, styled
from symlens.wallpaper.exact.result import Identification, Operation

SIDES = {2: 2, 3: 3, 4: 4, 6: 6}
MIRROR, GLIDE, ROTATION = LINES[4], LINES[5], LINES[1]
AROUND = 2
"""Cells to each side of the one in the middle in which operations are drawn."""


@styled
def draw(image: NDArray[np.float64], found: Identification, title: str) -> Figure:
    """Draw an image with its cell and the operations of its group.

    Parameters
    ----------
    image : ndarray, shape (height, width) or (height, width, channel)
    found : Identification
    title : str
    """
    height, width = image.shape[:2]
    subtitle = "It does not repeat." if found.group is None else _subtitle(found)
    figure = new_figure(6.4, 0.75 + 6.2 * height / width, title, subtitle)
    panel = figure.subplots()
    scaled = image - image.min()
    panel.imshow(np.squeeze(scaled / max(float(scaled.max()), 1e-12)), cmap="gray", alpha=0.75)
    if found.cell is not None and found.origin is not None:
        for operation in found.operations:
            _operation(panel, operation, found.cell)
        square = np.array([[0.0, 1, 1, 0, 0], [0, 0, 1, 1, 0]])
        corners = found.origin[:, None] + found.cell @ square
        panel.plot(*corners, color="white", linewidth=3.2)
        panel.plot(*corners, color=INK, linewidth=1.6)
    panel.set_xlim(-0.5, width - 0.5)
    panel.set_ylim(height - 0.5, -0.5)
    panel.set_axis_off()
    return figure


def _subtitle(found: Identification) -> str:
    assert found.group is not None
    kinds = {operation.kind for operation in found.operations}
    words = {"rotation": "axes: polygons", "mirror": "mirrors: lines", "glide": "glides: dashed"}
    drawn = [text for kind, text in words.items() if kind in kinds]
    return f"{found.group}, probability {found.probabilities[found.group]:.3f}. " + ", ".join(drawn)


def _operation(panel: Axes, operation: Operation, cell: NDArray[np.float64]) -> None:
    """An operation and its images by the translations of the cells around the middle."""
    for i, j in product(range(-AROUND, AROUND + 1), repeat=2):
        point = operation.point + cell @ np.array([i, j])
        if operation.direction is None:
            _axis(panel, point, operation.order)
        else:
            dashed = operation.kind == "glide"
            panel.axline(
                tuple(point),
                tuple(point + operation.direction),
                color=GLIDE if dashed else MIRROR,
                linestyle=(0, (4, 3)) if dashed else "solid",
                linewidth=1.3,
            )


def _axis(panel: Axes, point: NDArray[np.float64], order: int) -> None:
    if order == 2:
        panel.plot(*point, "d", color=ROTATION, markersize=6, markeredgecolor="white")
        return
    panel.add_patch(
        RegularPolygon(
            tuple(point), SIDES[order], radius=4.5, facecolor=ROTATION, edgecolor="white", zorder=3
        )
    )
