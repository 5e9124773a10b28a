"""The page of ``lens``: what was run, what came out, how sure it is, and what words mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from symlens.lens.figures import CAPTIONS, OVERVIEW_CAPTION
from symlens.lens.figures.inputs import verdict_of
from symlens.lens.scores import BY_NAME
from symlens.lens.tables import floor, summary
from symlens.page import (
    NONE,
    Cell,
    Column,
    Entry,
    Page,
    Row,
    Section,
    counted,
    drawings,
    number,
    seeds_in_words,
)

if TYPE_CHECKING:
    import xarray as xr

FIRST_FIGURES = ("generator", "samples", "verdict", "stability")
"""Figures that are seen at once; the others open on demand."""

GLOSSARY = {
    "Sample, feature": "One measurement of n numbers, and one of these numbers.",
    "Symmetry": "A way to move every sample such that the data as a whole look the same, like "
    "moving an image by a pixel.",
    "Generator": "The matrix that moves a sample by one step. Repeated, inverted and divided into "
    "smaller steps it gives all movements of the symmetry.",
    "Natural coordinates": "Those in which the symmetry is a plain shift from pixel to pixel. "
    "The data hide them behind a change of basis; made-up data know which one.",
    "Canonical coordinates": "Those that were learned: the natural ones, if all went well, up to "
    "their sign, direction and, on a ring, beginning.",
    "Resolving filter, group convolution matrix": "A filter that looks at one place, and the "
    "matrix of its moved copies, which takes a sample to canonical coordinates.",
    "Window, ring": "On a window content enters and leaves at the borders; on a ring (cyclic) "
    "what leaves at one end enters at the other.",
    "Seed": "The number that a training's random choices follow from. Several seeds show how much "
    "of a result is luck.",
    "Worst, median, interval": "Of the seeds; the interval is a 95 % bootstrap interval of the "
    "median.",
    "Verdict": "Found without the truth: symmetry; no symmetry; or not identifiable, for data such "
    "as white noise that every rotation leaves alike.",
    "Chance floor": "What random matrices score: any orthogonal ones, and those that preserve the "
    "covariance of the data. Given is what one in twenty of them beats.",
    "Agreement": "The smallest cosine between the generators of two seeds.",
}


INTRODUCTION = (
    "Every experiment hides the coordinates in which its symmetry is plain. symlens is given the "
    "samples only. It learns the generator of the symmetry and coordinates in which it is a "
    "shift, and says whether the symmetry is real. Where data were made up, the truth is known, "
    "and everything is compared with it and with what chance would give."
)

COLUMNS = (
    Column("verdict", words=True),
    Column("generator cosine"),
    Column("chance: any / same covariance"),
    Column("group conv. cosine"),
    Column("equivariance error"),
    Column("eigenphase error (rad)"),
    Column("agreement of seeds"),
    Column("seconds per seed"),
)

NOTE = (
    "Scores are those of the worst seed, beside the median of the seeds and its 95 % interval; p "
    "is the largest of the seeds. Cosines are 1 at best, errors 0. A dash stands where the ideal "
    "symmetry is not known. The verdict and its p-value never use the truth."
)


def page(question: str, entries: Sequence[Entry], *, overview: Path | None = None) -> Page:
    """Put the page together.

    Parameters
    ----------
    question : str
        Its heading.
    entries : sequence of Entry
        In the order of the page.
    overview : Path or None
        PNG of the overview figure.

    Returns
    -------
    Page
    """
    scores = {
        s.label.capitalize() + ("" if s.units == "1" else f" ({s.units})"): s.meaning
        for s in BY_NAME.values()
        if s.name != "symmetry_pvalue"
    }
    return Page(
        study="lens",
        heading=question,
        lead=_lead(entries),
        introduction=INTRODUCTION,
        columns=COLUMNS,
        rows=[_row(entry) for entry in entries],
        note=NOTE,
        sections=[_section(entry) for entry in entries],
        glossary={**GLOSSARY, "p-value": BY_NAME["symmetry_pvalue"].meaning},
        scores=scores,
        overview=overview,
        overview_caption=OVERVIEW_CAPTION,
    )


def sentence(evaluation: xr.Dataset) -> str:
    """What came out, in one or two plain sentences."""
    verdict, count = verdict_of(evaluation), evaluation.sizes["seed"]
    worst = number(summary(evaluation, "symmetry_pvalue", "worst"), ".3g")
    seeds = "The one seed says" if count == 1 else f"All {count} seeds say"
    if "(" in verdict:
        seeds = "The seeds differ"
    said = f"{seeds}: {verdict} (largest p-value {worst})."
    cosine = summary(evaluation, "generator_cosine", "worst")
    if cosine is None:
        return f"{said} The ideal symmetry of these data is not known."
    chance = max(floor(evaluation, "generator_cosine", c) or 0.0 for c in _chances(evaluation))
    beaten = "far above" if cosine > 2 * chance else "above" if cosine > chance else "NOT above"
    return (
        f"{said} The {'worst ' if count > 1 else ''}learned generator has cosine "
        f"{number(cosine, '.4f')} to the ideal one, {beaten} what chance reaches "
        f"({number(chance, '.2f')})."
    )


def _lead(entries: Sequence[Entry]) -> str:
    trainings = sum(entry.evaluation.sizes["seed"] for entry in entries)
    names = {str(entry.evaluation.attrs["experiment"]) for entry in entries}
    methods = sorted({str(entry.evaluation.attrs["method"]) for entry in entries})
    return (
        f"symlens looked for a hidden symmetry in {counted(len(names), 'experiment')}: "
        f"{counted(trainings, 'training')} with the method {' and '.join(methods)}. This page "
        "shows what it found, how good it is and how sure one can be."
    )


def _row(entry: Entry) -> Row:
    """An experiment in the table of all results: cells in the order of `COLUMNS`."""
    evaluation = entry.evaluation
    seconds, agreement = evaluation.get("seconds"), evaluation.get("agreement_worst")
    cells = (
        _badge(evaluation),
        _cosine(evaluation),
        Cell(" / ".join(_floors(evaluation)) or NONE),
        Cell(number(summary(evaluation, "group_convolution_cosine", "worst"), ".4f")),
        Cell(number(summary(evaluation, "equivariance_error", "worst"), ".3g")),
        Cell(number(summary(evaluation, "eigenphase_error", "worst"), ".3g")),
        Cell(number(None if agreement is None else float(agreement), ".4f")),
        Cell(number(None if seconds is None else float(np.median(seconds)), ".3g")),
    )
    seeds = seeds_in_words([int(seed) for seed in evaluation["seed"]])
    return Row(entry.anchor, entry.title, f"{evaluation.attrs['method']}, {seeds}", cells)


def _badge(evaluation: xr.Dataset) -> Cell:
    """The verdict, in its colour, with the largest p-value of the seeds."""
    verdict = verdict_of(evaluation)
    known = {"symmetry": "yes", "no symmetry": "no", "not identifiable": "open"}
    pvalue = number(summary(evaluation, "symmetry_pvalue", "worst"), ".3g")
    return Cell(verdict, (f"p = {pvalue}",), known.get(verdict, "mixed"))


def _cosine(evaluation: xr.Dataset) -> Cell:
    """The cosine of the worst seed, and the median of all with its interval."""
    worst, median, low, high = (
        number(summary(evaluation, "generator_cosine", statistic), ".4f")
        for statistic in ("worst", "median", "low", "high")
    )
    known = worst != NONE
    return Cell(worst, (f"median {median}", f"{low} to {high}") if known else ())


def _section(entry: Entry) -> Section:
    """An experiment in words and figures."""
    figures = drawings(entry.figures, CAPTIONS, FIRST_FIGURES, narrow=("verdict",))
    badge = _badge(entry.evaluation)
    return Section(entry.anchor, entry.title, sentence(entry.evaluation), figures, badge)


def _chances(evaluation: xr.Dataset) -> list[str]:
    return [str(c) for c in evaluation["chance"].to_numpy()] if "chance" in evaluation else []


def _floors(evaluation: xr.Dataset) -> list[str]:
    """What chance reaches, one number for each kind of it."""
    return [
        number(floor(evaluation, "generator_cosine", chance), ".2f")
        for chance in _chances(evaluation)
    ]
