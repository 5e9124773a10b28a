"""One image of every group, for three contents."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from symlens.drawing import INK, new_figure, styled
from symlens.wallpaper.figures import FigureInputs
from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.tables import WORDS

CONTENTS = 3
COLUMNS = 9


GAP = (0.18, 0.06)
"""Space above and beside an image, as a part of its side."""


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw 17 images for each of the first three contents, in two rows each.

    All in one panel: half a hundred of them take ten times as long.
    """
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
    panel = figure.subplots()
    panel.set_axis_off()
    side = inputs.samples["image"].shape[1]
    above, beside = (round(part * side) for part in GAP)
    for k, kind in enumerate(kinds):
        for label, name in enumerate(NAMES):
            row, column = divmod(label, COLUMNS)
            corner = np.array([column * (side + beside), (2 * k + row) * (side + above)])
            sample = int(np.flatnonzero((labels == label) & (contents == kind))[0])
            _image(panel, inputs, sample, corner)
            panel.text(
                corner[0] + side / 2, corner[1] - 0.05 * side, name, fontsize=8.5, ha="center"
            )
    panel.set_xlim(-0.5, COLUMNS * (side + beside) - beside - 0.5)
    panel.set_ylim(rows * (side + above) - above - 0.5, -above - 0.5)
    panel.set_aspect("equal")
    return figure


def _image(panel: Axes, inputs: FigureInputs, sample: int, corner: NDArray[np.int64]) -> None:
    """An image with its upper left pixel at a place of the panel, and a cell of it."""
    image = inputs.samples["image"][sample].values
    height, width, channels = image.shape
    left, top = corner - 0.5
    frame = Rectangle((left, top), width, height, transform=panel.transData)
    panel.imshow(
        image[..., 0] if channels == 1 else image,
        cmap="gray",
        vmin=0,
        vmax=255,
        extent=(left, left + width, top + height, top),
    )
    outline = cell_outline(
        inputs.samples["cell"][sample].values, inputs.samples["origin"][sample].values, image.shape
    )
    if outline is not None:
        for colour, size in ((INK, 1.8), ("white", 0.9)):
            panel.plot(*(outline + corner[:, None]), color=colour, linewidth=size, clip_path=frame)


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
