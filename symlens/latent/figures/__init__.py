"""Figures of the study ``latent``.

``FIGURES`` maps the name of a figure to the function that draws it; matplotlib is imported when
one is drawn. Every function takes `FigureInputs` and returns a figure; `save` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlens.latent.figures.inputs import FigureInputs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["CAPTIONS", "FIGURES", "OVERVIEW_CAPTION", "FigureInputs", "overview", "save"]


def _later(module: str, name: str) -> Callable[[FigureInputs], Figure]:
    """A drawing function of a module that is imported when it is called."""

    def draw(inputs: FigureInputs) -> Figure:
        function: Any = getattr(import_module(f"symlens.latent.figures.{module}"), name)
        figure: Figure = function(inputs)
        return figure

    return draw


FIGURES: Mapping[str, Callable[[FigureInputs], Figure]] = {
    "relevance": _later("relevance", "draw"),
    "dimensions": _later("directions", "draw"),
    "kl_beta": _later("curves", "draw_kl"),
    "constraints": _later("formulas", "draw"),
    "latent_map": _later("maps", "draw_map"),
    "latent_curves": _later("maps", "draw_curves"),
    "motion": _later("motion", "draw"),
    "architecture": _later("architecture", "draw"),
    "losses": _later("curves", "draw_losses"),
}

CAPTIONS: Mapping[str, str] = {
    "relevance": (
        "Relevance of every latent, ordered by KL, by six definitions; which one the paper uses is "
        "not known to us. Every seed is a marker. Grey bars: the same network on the same "
        "features, each shuffled by itself, so that no symmetry and no constraint is left."
    ),
    "dimensions": (
        "How many directions are left, by three independent answers: latents that are used, "
        "estimators of intrinsic dimension, linear rank. Dashed: the dimension of the samples, and "
        "the number of latents that a continuous encoder needs to hold them without tearing. "
        "Right, where several latent sizes were trained: the held-out objective that selects one."
    ),
    "kl_beta": (
        "KL of every latent against beta. Lines: the linear autoencoder at its optimum, "
        "ln(2 eigenvalue/beta)/2 with the eigenvalues of the covariance of the features; a latent "
        "is used where the eigenvalue is above beta/2. Dashed: threshold of relevance."
    ),
    "constraints": (
        "Constraints found in the samples, linear ones first, and how far samples that were not "
        "used to find them, reconstructions by the autoencoder, and shuffled features are from "
        "obeying them."
    ),
    "latent_map": (
        "Means of the latents, most relevant first, as colour over two features. On a circle a "
        "latent that holds the angle would be ordered along it, with a cut; one that holds a "
        "coordinate goes up and down."
    ),
    "latent_curves": (
        "Means of the leading latents against two features. A latent that is not used is a "
        "horizontal line."
    ),
    "motion": (
        "How the latents move when the samples are moved by their symmetry. Left: speed over "
        "spread: 0 for an invariant latent, 1 for one of (cos, sin). Middle: frequencies of the "
        "linear action that fits the movement; those of a rotation are whole numbers. Right: how "
        "far the movement is from any linear one, trained and with random weights."
    ),
    "architecture": (
        "The autoencoder: features in, latents of the largest size in the middle, features out. "
        "Numbers are widths."
    ),
    "losses": (
        "Held-out objective, squared error plus beta times KL, of every start of every seed. The "
        "best start is kept."
    ),
}

OVERVIEW_CAPTION = (
    "Top left: relevance (KL) of the latents of every experiment, ordered. Top right: latents that "
    "nothing is left for against constraints; a point below the line has a topology that takes "
    "more latents than its dimension. Bottom: the mean of the most relevant latent over features."
)


def overview(experiments: Sequence[FigureInputs]) -> Figure:
    """All experiments in one picture."""
    from symlens.latent.figures import gallery

    return gallery.draw(experiments)


def save(figure: Figure, stem: Path) -> tuple[Path, Path]:
    """Write a figure as ``stem.png`` (150 dpi) and ``stem.pdf``, byte for byte reproducible."""
    from symlens import drawing

    return drawing.save(figure, stem)
