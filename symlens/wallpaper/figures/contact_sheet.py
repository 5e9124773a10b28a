"""One image of every group, for three contents."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symlens.drawing import INK, new_figure, styled
from symlens.wallpaper.figures import FigureInputs
from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.tables import WORDS

CONTENTS = 3
COLUMNS = 9


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw 17 images for each of the first three contents, in two rows each."""
    labels = inputs.samples["label"].values
    contents = inputs.samples["content"].values.astype(str)
    kinds = list(dict.fromkeys(contents))[:CONTENTS]
    rows = 2 * len(kinds)
    figure = new_figure(
        11.0,
        0.75 + 1.33 * rows,
        f"{inputs.title}: images of the 17 plane groups",
        "A cell of each in white: " + ", then ".join(WORDS.get(kind, kind) for kind in kinds) + ".",
    )
    panels = figure.subplots(rows, COLUMNS)
    for panel in panels.ravel():
        panel.set_axis_off()
    for k, kind in enumerate(kinds):
        for label, name in enumerate(NAMES):
            row, column = divmod(label, COLUMNS)
            sample = int(np.flatnonzero((labels == label) & (contents == kind))[0])
            panel = panels[2 * k + row, column]
            _image(panel, inputs, sample)
            panel.set_title(name, fontsize=8.5, pad=2, loc="center")
    return figure


def _image(panel: Axes, inputs: FigureInputs, sample: int) -> None:
    image = inputs.samples["image"][sample].values
    grey = image.shape[2] == 1
    panel.imshow(image[..., 0] if grey else image, cmap="gray", vmin=0, vmax=255)
    corners = cell_outline(
        inputs.samples["cell"][sample].values, inputs.samples["origin"][sample].values, image.shape
    )
    if corners is not None:
        panel.plot(*corners, color=INK, linewidth=1.8)
        panel.plot(*corners, color="white", linewidth=0.9)
    panel.set_xlim(-0.5, image.shape[1] - 0.5)
    panel.set_ylim(image.shape[0] - 0.5, -0.5)


def cell_outline(
    cell: NDArray[np.float64], origin: NDArray[np.float64], shape: tuple[int, ...]
) -> NDArray[np.float64] | None:
    """Corners of the cell, closed, nearest to the middle; None where the origin is not known."""
    if not np.isfinite(origin).all():
        return None
    square = np.array([[0.0, 1, 1, 0, 0], [0, 0, 1, 1, 0]])
    middle = np.array([shape[1], shape[0]]) / 2 - cell.sum(axis=1) / 2
    start = origin + cell @ np.rint(np.linalg.solve(cell, middle - origin))
    return np.asarray(start[:, None] + cell @ square)
