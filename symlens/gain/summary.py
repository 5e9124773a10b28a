"""The page of ``gain``: what was measured, what was predicted, and what words mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from symlens.gain.figures import CAPTIONS, OVERVIEW_CAPTION
from symlens.gain.scores import SCORES
from symlens.gain.tables import statistic_of
from symlens.page import (
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

FIRST_FIGURES = ("learning_curves", "saving")

GLOSSARY = {
    "Invariant kernel": "A kernel averaged over the group: regression with it gives functions that "
    "the group leaves alone, and keeps the weight of every one of them.",
    "Excess risk": "Squared distance between what was learned and the target, over the whole "
    "manifold, without the noise; 1 is learning nothing.",
    "Sample gain": "How many times the samples the plain kernel needs for the same risk.",
    "Quotient": "The space of orbits: points that the group takes to each other are one.",
    "Quotient volume": "The volume of that space. A finite group divides the volume by its size; "
    "a group of positive dimension also lowers the dimension.",
    "Exponent": "Slope of the logarithm of the risk over that of n. The theory's is reached for "
    "large n only; predictions are for the same n.",
    "Prediction": "Risk at finite n from the spectrum of the kernel and of the target alone. "
    "Nothing is fitted.",
    "Effective dimension": "How many functions a regression learns at its penalty.",
    "Penalty": "Weight of the function's squared norm against the mean squared error.",
    "Worst": "Of the seeds: the smallest gain, or the exponent that is farthest from its "
    "prediction.",
}

INTRODUCTION = (
    "A target that a symmetry leaves alone is learned twice: by kernel ridge regression, and by "
    "the same with a kernel averaged over the group. A finite group is worth as many times the "
    "samples as it has elements, if none of them leaves points in their place; others gain less "
    "until n is large. A group of positive dimension gains more, the more samples there are."
)

COLUMNS = (
    Column("manifold and group", words=True),
    Column("size of the group"),
    Column("sample gain"),
    Column("predicted"),
    Column("risk gain"),
    Column("predicted"),
    Column("exponent: plain"),
    Column("exponent: invariant"),
    Column("seconds per seed"),
)

NOTE = (
    "Gains and exponents are those of the worst seed, beside the median of the seeds. Without a "
    "symmetry gains are 1 (their floor). A dash stands where the plain kernel does not reach the "
    "risk within the measured sizes, or where a group has no finite size."
)


def page(question: str, entries: Sequence[Entry], *, overview: Path | None = None) -> Page:
    """Put the page together.

    Parameters
    ----------
    question : str
        Its heading.
    entries : sequence of Entry
    overview : Path or None
        PNG of the overview figure.
    """
    trainings = sum(entry.evaluation.sizes["seed"] for entry in entries)
    lead = (
        f"symlens measured what a symmetry saves in {counted(len(entries), 'experiment')}, with "
        f"{counted(trainings, 'seed')} of learning curves, and predicted it beforehand."
    )
    return Page(
        study="gain",
        heading=question,
        lead=lead,
        introduction=INTRODUCTION,
        columns=COLUMNS,
        rows=[_row(entry) for entry in entries],
        note=NOTE,
        sections=[_section(entry) for entry in entries],
        glossary=GLOSSARY,
        scores={name.replace("_", " ").capitalize(): text for name, text in SCORES.items()},
        overview=overview,
        overview_caption=OVERVIEW_CAPTION,
    )


def sentence(evaluation: xr.Dataset) -> str:
    """What came out, in two plain sentences."""
    attrs = evaluation.attrs
    gain, worst, expected = (
        statistic_of(evaluation, "sample_gain", s) for s in ("median", "worst", "predicted")
    )
    order = int(attrs["order"])
    size = f"a group of {order} elements" if order else "a group of positive dimension"
    said = f"{attrs['group']} on {attrs['manifold']}, {size}, "
    if gain is None:
        said += "saves more samples than the sizes measured can show."
    else:
        said += (
            f"is worth {number(gain, '.3g')} times the samples (worst seed {number(worst, '.3g')}, "
            f"predicted {number(expected, '.3g')}, 1 without a symmetry)."
        )
    ratio, predicted = (statistic_of(evaluation, "risk_gain", s) for s in ("median", "predicted"))
    n = int(evaluation["size"][-1])
    return (
        f"{said} At n = {n:,} the risk is {number(ratio, '.3g')} times lower with it (predicted "
        f"{number(predicted, '.3g')})."
    )


def _row(entry: Entry) -> Row:
    found = entry.evaluation
    attrs, order = found.attrs, int(found.attrs["order"])

    def gain(name: str) -> tuple[Cell, Cell]:
        worst, median, expected = (
            number(statistic_of(found, name, s), ".3g") for s in ("worst", "median", "predicted")
        )
        return Cell(worst, (f"median {median}",)), Cell(expected)

    def exponent(name: str) -> Cell:
        worst, median, expected = (
            number(statistic_of(found, name, s), ".3f") for s in ("worst", "median", "predicted")
        )
        return Cell(worst, (f"median {median}", f"predicted {expected}"))

    cells = (
        Cell(str(attrs["group"]), (str(attrs["manifold"]),)),
        Cell(number(order or None, "d")),
        *gain("sample_gain"),
        *gain("risk_gain"),
        exponent("exponent_plain"),
        exponent("exponent_invariant"),
        Cell(number(float(found["seconds"].median()), ".3g")),
    )
    seeds = seeds_in_words([int(seed) for seed in found["seed"]])
    return Row(entry.anchor, entry.title, f"{attrs['method']}, {seeds}", cells)


def _section(entry: Entry) -> Section:
    figures = drawings(entry.figures, CAPTIONS, FIRST_FIGURES)
    return Section(entry.anchor, entry.title, sentence(entry.evaluation), figures)
