"""Figures of two generators: the matrices, samples that both of them move, the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symlens.drawing import SIGNED, colour, new_figure, number, seed_legend, styled
from symlens.errors import DataError
from symlens.lens.figures.matrices import matrix_panel
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.scoring import matched
from symlens.lens.plane.symmetry import PlaneSymmetry
from symlens.metrics import is_inverted

Array = NDArray[np.float64]

STEPS = ((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (0.0, 1.0), (0.0, 2.0), (2.0, 2.0))
"""Moves (down, right) that are drawn, in canonical pixels."""
SHOWN = 3
NAMES = ("along the columns (down)", "along the rows (right)")


@dataclass(frozen=True)
class PlaneInputs:
    """The files of an experiment.

    Parameters
    ----------
    runs : sequence of Dataset
    evaluation : Dataset
    data : Dataset
        May be lazy.
    title : str
    """

    runs: Sequence[xr.Dataset]
    evaluation: xr.Dataset
    data: xr.Dataset
    title: str

    @property
    def worst(self) -> int:
        """Place of the seed with the smallest generator cosine."""
        return int(np.argmin(self.evaluation["generator_cosine"].to_numpy()))

    @property
    def seed(self) -> int:
        """The worst seed."""
        return int(self.evaluation["seed"][self.worst])

    @property
    def symmetry(self) -> PlaneSymmetry:
        """What the worst seed learned."""
        run = self.runs[self.worst]
        grid = Grid(int(run.attrs["height"]), int(run.attrs["width"]))
        return PlaneSymmetry(
            run["filters"].to_numpy(), grid, run["mean"].to_numpy(), float(run["scale"])
        )

    @property
    def pair(self) -> Array:
        """Its generators in the order and directions of the ideal ones. Shape (2, n, n)."""
        learned, ideal = self.symmetry.generators, self.data["ideal_generators"].to_numpy()
        _, order = matched(learned, ideal)
        ordered = learned[list(order)]
        return np.stack(
            [
                one.T if is_inverted(one, best) else one
                for one, best in zip(ordered, ideal, strict=True)
            ]
        )


@styled
def generators(inputs: PlaneInputs) -> Figure:
    """Draw both generators of the worst seed.

    Returns
    -------
    Figure
        One row per generator: as the data are given; ideal, learned and error in natural pixels,
        counted row by row.
    """
    basis = inputs.data["representation"].to_numpy()
    ideal = inputs.data["ideal_generators"].to_numpy()
    cosines = [float(inputs.evaluation[f"cosine_{k}"][inputs.worst]) for k in ("down", "right")]
    figure = new_figure(
        12.0,
        6.6,
        f"{inputs.title}: two generators",
        f"worst seed, {inputs.seed}; relative commutator "
        f"{number(float(inputs.evaluation['commutator'][inputs.worst]))}, each with the other "
        f"ideal one {number(float(inputs.evaluation['cross_commutator'][inputs.worst]))}",
    )
    panels = figure.subplots(2, 4)
    for row, (learned, best) in enumerate(zip(inputs.pair, ideal, strict=True)):
        natural, target = basis @ learned @ basis.T, basis @ best @ basis.T
        given = float(np.abs(learned).max())
        matrix_panel(panels[row, 0], learned, given, bar=False)
        matrix_panel(panels[row, 1], target, 1.0, bar=False)
        matrix_panel(panels[row, 2], natural, 1.0)
        matrix_panel(panels[row, 3], natural - target, 1.0)
        panels[row, 0].set_ylabel(NAMES[row], fontsize=9.5, labelpad=6)
        panels[row, 2].set_xlabel(f"cosine {number(cosines[row], '.4f')}")
    titles = ("learned, as the data are given", "ideal, natural pixels", "learned", "error")
    for axes, title in zip(panels[0], titles, strict=True):
        axes.set_title(title)
    return figure


@styled
def moved(inputs: PlaneInputs) -> Figure:
    """Draw held-out samples, in canonical coordinates, moved by both generators.

    Returns
    -------
    Figure
        One row per sample: as given, on a grid that means nothing; then moved by (down, right).
    """
    symmetry = inputs.symmetry
    shape = symmetry.grid.height, symmetry.grid.width
    raw = inputs.runs[inputs.worst]["raw"].to_numpy().astype(np.float64)
    energy = np.sum((raw - symmetry.mean) ** 2, axis=1)
    ranks = np.linspace(0.5, 0.95, SHOWN) * (len(raw) - 1)
    chosen = raw[np.argsort(energy, kind="stable")[np.rint(ranks).astype(int)]]
    figure = new_figure(
        1.6 * (len(STEPS) + 1),
        0.75 + 1.75 * SHOWN,
        f"{inputs.title}: samples moved by both generators",
        f"worst seed, {inputs.seed}; what leaves the window enters at the opposite border",
    )
    panels = figure.subplots(SHOWN, len(STEPS) + 1, squeeze=False)
    for row, sample in zip(panels, chosen, strict=True):
        images = [symmetry.transform(symmetry.act(sample[None], *step))[0] for step in STEPS]
        _image(row[0], ((sample - symmetry.mean) / symmetry.scale).reshape(shape))
        for axes, image in zip(row[1:], images, strict=True):
            _image(axes, image.reshape(shape))
    titles = ["as given", *(f"({down:g}, {right:g})" for down, right in STEPS)]
    for axes, title in zip(panels[0], titles, strict=True):
        axes.set_title(title)
    return figure


def _image(axes: Axes, image: Array) -> None:
    limit = float(np.abs(image).max()) or 1.0
    axes.imshow(image, cmap=SIGNED, vmin=-limit, vmax=limit)
    axes.set_xticks([])
    axes.set_yticks([])


@styled
def losses(inputs: PlaneInputs) -> Figure:
    """Draw the objective of all candidates of every seed, and of the best so far."""
    seeds = [int(seed) for seed in inputs.evaluation["seed"]]
    figure = new_figure(
        8.0,
        4.2,
        f"{inputs.title}: the search",
        "dots: candidates; lines: the best so far; dashes: held-out samples",
    )
    axes = figure.subplots()
    for index, run in enumerate(inputs.runs):
        loss = run["history"].sel(term="loss").to_numpy()
        steps = np.arange(len(loss))
        axes.plot(steps, loss, ".", color=colour(index), alpha=0.5, markersize=4)
        axes.plot(steps, np.minimum.accumulate(loss), color=colour(index), drawstyle="steps-post")
        axes.axhline(float(run["held_out_loss"]), color=colour(index), linestyle="--", linewidth=1)
    axes.set_xlabel("candidate")
    axes.set_ylabel("objective")
    seed_legend(figure, seeds, markers=False)
    return figure


@styled
def overview(experiments: Sequence[PlaneInputs]) -> Figure:
    """Draw the worst seed's two generators of every experiment, in natural pixels."""
    if not experiments:
        raise DataError("overview: expected at least one experiment, got none")
    count = len(experiments)
    figure = new_figure(
        7.0, 0.75 + 3.0 * count, "Two generators at once", "Natural pixels; the worst seed of each."
    )
    panels = figure.subplots(count, 2, squeeze=False)
    for row, inputs in zip(panels, experiments, strict=True):
        basis = inputs.data["representation"].to_numpy()
        for axes, learned, name in zip(row, inputs.pair, NAMES, strict=True):
            matrix_panel(axes, basis @ learned @ basis.T, 1.0)
            axes.set_title(name)
        cosine = float(inputs.evaluation["generator_cosine"].min())
        row[0].set_ylabel(f"{inputs.title}\nworst cosine {number(cosine, '.4f')}")
    return figure


DRAWN: dict[str, Callable[[PlaneInputs], Figure]] = {
    "generators": generators,
    "moved": moved,
    "losses": losses,
}
"""Function by the name of its figure."""
