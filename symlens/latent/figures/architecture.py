"""The autoencoder as a diagram."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from symlens.drawing import FAINT, INK, LINES, SOFT, new_figure, styled
from symlens.latent.figures.inputs import FigureInputs

TALLEST = 64


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw the layers from features to latents and back; heights follow their widths.

    Returns
    -------
    Figure
    """
    shapes = inputs.network.shapes
    encoder, decoder = shapes.widths()
    latents = shapes.layout.latents
    labels = [
        (encoder[0], "features\nx"),
        *((width, "ReLU") for width in encoder[1:-1]),
        (encoder[-1], "means,\nvariances"),
        (latents, "latents\nz"),
        *((width, "ReLU") for width in decoder[1:-1]),
        (decoder[-1], "recon-\nstruction"),
    ]
    figure = new_figure(
        max(1.25 * len(labels) + 0.6, 6.2),
        3.6,
        f"{inputs.title}: the autoencoder",
        f"{inputs.method} posterior; objective: squared error + beta KL",
    )
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.set_ylim(-0.85, 0.7)
    heights = []
    for place, (width, text) in enumerate(labels):
        is_latent = text.startswith("latents")
        heights.append(_box(axes, place, width, text, LINES[1] if is_latent else LINES[0]))
    for place in range(len(labels) - 1):
        start, end = heights[place], heights[place + 1]
        for sign in (-1, 1):
            axes.plot(
                [place + 0.22, place + 0.78],
                [sign * start, sign * end],
                color=FAINT,
                linewidth=1.0,
                zorder=0,
            )
    return figure


def _box(axes: Axes, place: int, width: int, text: str, ink: str) -> float:
    """A layer as a box with its width in it; half its height."""
    half = float(0.14 + 0.36 * (min(width, TALLEST) / TALLEST) ** 0.5)
    box = FancyBboxPatch(
        (place - 0.2, -half),
        0.4,
        2 * half,
        boxstyle="round,pad=0.02,rounding_size=0.06",
        facecolor="white",
        edgecolor=ink,
        linewidth=1.6,
    )
    axes.add_patch(box)
    axes.text(place, 0, str(width), ha="center", va="center", color=INK, fontsize=11)
    axes.text(place, -0.62, text, ha="center", va="top", color=SOFT, fontsize=8.5)
    return half
