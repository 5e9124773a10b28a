"""Figures of the study ``lens``: what was learned, how well, and how sure one can be.

``FIGURES`` maps the name of a figure to the function that draws it; matplotlib is imported when
one is drawn. Every function takes `FigureInputs` and returns a figure; `save` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from symlens.lens.figures.inputs import FigureInputs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["CAPTIONS", "FIGURES", "OVERVIEW_CAPTION", "FigureInputs", "overview", "save"]


def _generator(inputs: FigureInputs) -> Figure:
    from symlens.lens.figures import generator

    return generator.draw(inputs)


def _group_convolution(inputs: FigureInputs) -> Figure:
    from symlens.lens.figures import group_convolution

    return group_convolution.draw(inputs)


def _samples(inputs: FigureInputs) -> Figure:
    from symlens.lens.figures import samples

    return samples.draw(inputs)


def _eigenphases(inputs: FigureInputs) -> Figure:
    from symlens.lens.figures import eigenphases

    return eigenphases.draw(inputs)


def _stability(inputs: FigureInputs) -> Figure:
    from symlens.lens.figures import stability

    return stability.draw(inputs)


def _verdict(inputs: FigureInputs) -> Figure:
    from symlens.lens.figures import verdict

    return verdict.draw(inputs)


def _losses(inputs: FigureInputs) -> Figure:
    from symlens.lens.figures import losses

    return losses.draw(inputs)


FIGURES: Mapping[str, Callable[[FigureInputs], Figure]] = {
    "generator": _generator,
    "group_convolution": _group_convolution,
    "samples": _samples,
    "stability": _stability,
    "verdict": _verdict,
    "eigenphases": _eigenphases,
    "losses": _losses,
}

CAPTIONS: Mapping[str, str] = {
    "generator": (
        "The generator: the matrix that moves every sample by one step of the symmetry. Ideal, "
        "learned, their difference and its histogram, as the data were given (top) and in the "
        "natural coordinates in which the ideal is a plain shift (bottom). The seed shown is the "
        "worst one. A generator and its inverse describe the same symmetry; the learned one is "
        "shown in the direction of the ideal one."
    ),
    "group_convolution": (
        "The group convolution matrix: it takes samples to canonical coordinates, and its columns "
        "are one filter, moved. Its sign, the order of its columns and, on a ring, where they "
        "begin cannot be known from data and are aligned to the ideal before plotting. The seed "
        "shown is the worst one."
    ),
    "samples": (
        "Held-out samples as they were given and in the learned canonical coordinates (left), and "
        "one of them moved by the learned symmetry, by real steps t (right). In canonical "
        "coordinates moving is a shift. On a window, what leaves at one end comes back at the "
        "other."
    ),
    "stability": (
        "Every seed's scores beside chance: random orthogonal matrices, and random orthogonal "
        "matrices that preserve the covariance of the data, with their median and the score that "
        "one in twenty of them beats. Right: how well the generators of the seeds agree with "
        "each other."
    ),
    "verdict": (
        "Is there a symmetry at all? The statistic of every seed on held-out samples beside the "
        "same statistic on surrogates without a symmetry. The truth is not used."
    ),
    "eigenphases": (
        "The angles by which the learned action turns the ideal waves, against the ideal angles. "
        "Left: on the unit circle, for the worst seed. Right: the deviation of every seed."
    ),
    "losses": (
        "The terms of the objective over the training, every seed a line. The method official "
        "trains step by step while its rank grows; the method fast first compares candidates, "
        "round by round, and then refines the best one."
    ),
}

OVERVIEW_CAPTION = (
    "What was learned in every experiment: the generator as the data hide it (small) and in the "
    "natural coordinates (large), the worst of the seeds, with its cosine to the ideal generator "
    "and the verdict that is reached without knowing the ideal."
)


def overview(experiments: Sequence[FigureInputs]) -> Figure:
    """Learned generators of all experiments in one picture, worst seeds."""
    from symlens.lens.figures import gallery

    return gallery.draw(experiments)


def save(figure: Figure, stem: Path) -> tuple[Path, Path]:
    """Write a figure as ``stem.png`` (150 dpi) and ``stem.pdf``, byte for byte reproducible."""
    from symlens import drawing

    return drawing.save(figure, stem)
