"""The page of ``calibration``: how often verdicts are right, and where they fail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from symlens.lens.calibration.rates import total
from symlens.lens.calibration.stages import CAPTIONS
from symlens.metrics import Proportion
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

INTRODUCTION = (
    "A learner always finds the action under which its samples look most symmetric. Whether that "
    "symmetry is real is asked of samples that it did not see. Here the answers are checked on "
    "many small data sets whose truth is known, each with its own samples, basis and laws."
)
COLUMNS = (
    Column("truth", words=True),
    Column("data sets"),
    Column("symmetry"),
    Column("no symmetry"),
    Column("not identifiable"),
    Column("fraction symmetry"),
    Column("smallest cosine called symmetry"),
    Column("seconds each"),
)
NOTE = (
    "Below a fraction stands its 95 % Clopper-Pearson interval. Without a symmetry the fraction is "
    "that of false discoveries, with one that of detections, over all cells of noise and number of "
    "samples, the hard ones included."
)
GLOSSARY = {
    "False discovery": "A data set without a symmetry that is called a symmetry.",
    "Detection": "A data set with a symmetry that is called one.",
    "Cell": "A choice of noise, number of samples and strength with which a symmetry is broken.",
    "Moving fraction": "The part of the moments of third and fourth order that the learned action "
    "changes: 0 for a symmetry, about 1 by chance.",
    "Departure": "The part of the covariance, less that of white samples, that is not a function "
    "of the difference of canonical pixels.",
    "Clopper-Pearson interval": "Holds the true fraction at least 95 times in 100, whatever it is.",
}
WORDS = {"none": "no symmetry", "near": "broken by degrees", "symmetry": "symmetry"}


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
    return Page(
        study="calibration",
        heading=question,
        lead=_lead(entries),
        introduction=INTRODUCTION,
        columns=COLUMNS,
        rows=[_row(entry) for entry in entries],
        note=NOTE,
        sections=[
            Section(
                entry.anchor,
                entry.title,
                sentence(entry.evaluation),
                drawings(entry.figures, CAPTIONS, ("rates",)),
            )
            for entry in entries
        ],
        glossary=GLOSSARY,
        scores={},
        overview=overview,
        overview_caption=CAPTIONS["overview"],
    )


def sentence(evaluation: xr.Dataset) -> str:
    """What came out, in one plain sentence."""
    called, sets = int(evaluation["symmetry"].sum()), int(evaluation["data_sets"].sum())
    truth = str(evaluation.attrs["truth"])
    end = {
        "none": "each of them a false discovery",
        "near": "whose symmetry is broken by degrees",
        "symmetry": "each of them a detection",
    }[truth]
    if truth == "none" and called == 0:
        return f"None of {counted(sets, 'data set')} was called a symmetry, and none has one."
    return f"{called} of {counted(sets, 'data set')} called a symmetry, {end}."


def _lead(entries: Sequence[Entry]) -> str:
    evaluations = [entry.evaluation for entry in entries]
    parts = [
        f"{rate.count} of {counted(rate.trials, 'data set')} {words} ({_percent(rate)})"
        for truth, words in (
            ("none", "without a symmetry called one"),
            ("symmetry", "with a symmetry found"),
        )
        if (rate := total(evaluations, truth)).trials
    ]
    kinds = counted(len(entries), "kind")
    return f"Verdicts on {kinds} of data sets of known truth: {'; '.join(parts) or 'no rates'}."


def _percent(rate: Proportion) -> str:
    low, high = 100 * rate.low, 100 * rate.high
    return f"{number(100 * rate.value, '.3g')} %, interval {low:.2g} to {high:.3g} %"


def _row(entry: Entry) -> Row:
    found = entry.evaluation
    truth = str(found.attrs["truth"])
    rate, low, high = (float(value) for value in found["overall"])
    cosines = found["cosine"].to_numpy()[found["verdict"].to_numpy().astype(str) == "symmetry"]
    known = cosines[np.isfinite(cosines)]
    badge = {"none": "no", "near": "open", "symmetry": "yes"}[truth]
    cells = (
        Cell(WORDS[truth], badge=badge),
        *(
            Cell(str(int(found[name].sum())))
            for name in ("data_sets", "symmetry", "no_symmetry", "not_identifiable")
        ),
        Cell(number(rate, ".3f"), (f"{low:.3f} to {high:.3f}",)),
        Cell(number(known.min(), ".4f") if known.size else NONE),
        Cell(number(float(np.median(found["seconds"])), ".2g")),
    )
    seeds = seeds_in_words(sorted({int(seed) for seed in found["seed"]}))
    return Row(entry.anchor, entry.title, f"{found.attrs['method']}, {seeds}", cells)
