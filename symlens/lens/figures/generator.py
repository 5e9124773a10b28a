"""The generator: ideal, learned and their difference, in the given and the natural basis."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symlens.drawing import new_figure, number, say, styled
from symlens.groups import orthogonal_factor
from symlens.lens.figures.inputs import FigureInputs
from symlens.lens.figures.matrices import comparison, head, matrix_panel
from symlens.lens.truth import Truth, to_natural
from symlens.metrics import generator_cosine, is_inverted

Array = NDArray[np.float64]

UNKNOWN = (
    "The ideal symmetry of these data is not known,\n"
    "so that there is nothing to compare with here.\n\n"
    "In canonical coordinates a learned generator\n"
    "is close to a shift by construction: whether\n"
    "the symmetry is real is for the verdict to say."
)


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw the generator of the worst seed.

    Returns
    -------
    Figure
        Rows: given basis, natural basis (where there is one). Columns: ideal, learned, error,
        histogram of the error. Without the truth: learned, in given and canonical coordinates.
    """
    learned = inputs.symmetries[inputs.worst].generator
    if inputs.truth is None:
        return _learned_only(inputs, learned)
    return _compared(inputs, inputs.truth, learned)


def _compared(inputs: FigureInputs, truth: Truth, learned: Array) -> Figure:
    cosine = generator_cosine(learned, truth.generator)
    shown = f"{inputs.choice}: cosine {number(cosine, '.4f')} to the ideal"
    if is_inverted(learned, truth.generator):
        learned = learned.T
        shown += " (its inverse is shown: the same symmetry)"
    bases: list[tuple[str, Array | None]] = [("as the data are given", None)]
    if truth.representation is not None:
        bases.append(("in natural coordinates", truth.representation))
    height = 0.7 + 2.55 * len(bases)
    figure = new_figure(11.0, height, f"{inputs.title}: learned generator", shown)
    rows = figure.subplots(len(bases), 4, squeeze=False)
    for axes, (name, basis) in zip(rows, bases, strict=True):
        pair = (truth.generator, learned)
        if basis is not None:
            pair = (to_natural(pair[0], basis), to_natural(pair[1], basis))
        comparison(axes, *pair, name)
    head(rows[0], ("ideal", "learned", "error: learned − ideal", "entries by error"))
    return figure


def _learned_only(inputs: FigureInputs, learned: Array) -> Figure:
    columns = orthogonal_factor(inputs.symmetries[inputs.worst].group_convolution)
    canonical = columns.T @ learned @ columns
    title, shown = f"{inputs.title}: learned generator", f"{inputs.choice}; {inputs.verdict}"
    figure = new_figure(11.0, 3.9, title, shown)
    given, moved, words = figure.subplots(1, 3)
    limit = float(np.abs(learned).max())
    matrix_panel(given, learned, limit, bar=False)
    matrix_panel(moved, canonical, float(np.abs(canonical).max()))
    head((given, moved), ("learned, as the data are given", "learned, in canonical coordinates"))
    say(words, UNKNOWN)
    return figure
