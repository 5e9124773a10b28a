"""The table and the page of ``plane``: what was run, what came out, and what words mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from symlens.lens.plane.schemas import SCORES
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
from symlens.tables import Cell as Value

if TYPE_CHECKING:
    import xarray as xr

INTRODUCTION = (
    "A window of the plane has two symmetries that commute: shifts along its rows and along its "
    "columns. The samples come in a basis that hides both, and with it which pixel is where. "
    "symlens is given the samples, and how many rows and columns there are."
)
GLOSSARY = {
    "Generator": "The matrix that moves a sample by one row, or by one column.",
    "Cosine": "How well a learned generator points along the ideal one: 1 is perfect. The order "
    "of the two and their directions are not scored, for no data can tell them apart.",
    "Commutator": "How much it matters which of two moves comes first: 0 is not at all. The two "
    "learned generators share their filters and commute by construction; a learned and the other "
    "ideal one need not.",
    "Chance floor": "What one random answer in twenty beats: with any filters, and with filters "
    "that give the covariance its ideal form.",
}
COLUMNS = (
    Column("smaller cosine"),
    Column("cosines, worst seed"),
    Column("chance: any / same covariance"),
    Column("commutator"),
    Column("with the other ideal one"),
    Column("agreement of seeds"),
    Column("seconds per seed"),
)
NOTE = (
    "Scores are those of the worst seed, the smaller cosine beside the median of the seeds. "
    "Cosines are 1 at best, commutators 0."
)


def row(evaluation: xr.Dataset) -> dict[str, Value]:
    """All scores of an experiment and method over its seeds, and the floors beside them."""
    found: dict[str, Value] = {
        "experiment": str(evaluation.attrs["experiment"]),
        "method": str(evaluation.attrs["method"]),
        "height": int(evaluation.attrs["height"]),
        "width": int(evaluation.attrs["width"]),
        "seeds": evaluation.sizes["seed"],
    }
    for name in SCORES:
        for statistic in ("worst", "median"):
            found[f"{name}_{statistic}"] = _score(evaluation, name, statistic)
    for chance in evaluation["chance"].to_numpy():
        found[f"generator_cosine_floor_{chance}"] = _floor(evaluation, str(chance))
    return found | {
        "agreement_worst": float(evaluation["agreement"].min()),
        "seconds_median": float(np.median(evaluation["seconds"])),
    }


def page(
    question: str,
    entries: Sequence[Entry],
    captions: Mapping[str, str],
    *,
    overview: Path | None = None,
) -> Page:
    """Put the page together.

    Parameters
    ----------
    question : str
        Its heading.
    entries : sequence of Entry
        In the order of the page.
    captions : mapping of str to str
        Of the figures and of ``overview``.
    overview : Path or None
        PNG of the overview figure.
    """
    trainings = sum(entry.evaluation.sizes["seed"] for entry in entries)
    return Page(
        study="plane",
        heading=question,
        lead=f"symlens looked for two commuting symmetries in "
        f"{counted(len(entries), 'experiment')}, {counted(trainings, 'training')} in all.",
        introduction=INTRODUCTION,
        columns=COLUMNS,
        rows=[_row(entry) for entry in entries],
        note=NOTE,
        sections=[
            Section(
                entry.anchor,
                entry.title,
                sentence(entry.evaluation),
                drawings(entry.figures, captions, ("generators", "moved")),
            )
            for entry in entries
        ],
        glossary=GLOSSARY,
        scores={name.replace("_", " "): text for name, text in SCORES.items()},
        overview=overview,
        overview_caption=captions["overview"],
    )


def sentence(evaluation: xr.Dataset) -> str:
    """What came out, in three plain sentences."""
    worst = _score(evaluation, "generator_cosine", "worst")
    chance = max(_floor(evaluation, str(name)) for name in evaluation["chance"].to_numpy())
    beaten = "far above" if worst > 2 * chance else "above" if worst > chance else "NOT above"
    return (
        f"Windows of {evaluation.attrs['height']} by {evaluation.attrs['width']} pixels. In the "
        f"worst seed the less well learned generator has cosine {number(worst, '.4f')} to the "
        f"ideal one, {beaten} what chance reaches ({number(chance, '.2f')}). {told(evaluation)}"
    )


def told(evaluation: xr.Dataset) -> str:
    """What the answer was read off: overlapping samples or their statistics."""
    pairs = evaluation["pairs"].to_numpy()
    if pairs.min() > 0:
        return (
            f"It was told by samples that overlap but for a step: {pairs.min():,} pairs or more "
            "in every seed."
        )
    if pairs.max() > 0:
        return "In some seeds it was told by overlapping samples, in others by statistics alone."
    return "No samples overlapped more than accident makes them: statistics alone told it."


def _row(entry: Entry) -> Row:
    """An experiment in the table of all results: cells in the order of `COLUMNS`."""
    evaluation = entry.evaluation
    worst = int(np.argmin(evaluation["generator_cosine"].to_numpy()))
    both = [float(evaluation[f"cosine_{name}"][worst]) for name in ("down", "right")]
    floors = [_floor(evaluation, str(name)) for name in evaluation["chance"].to_numpy()]
    median = number(_score(evaluation, "generator_cosine", "median"), ".4f")
    cells = (
        Cell(number(min(both), ".4f"), (f"median {median}",)),
        Cell(" / ".join(number(one, ".4f") for one in both)),
        Cell(" / ".join(number(one, ".2f") for one in floors)),
        Cell(number(_score(evaluation, "commutator", "worst"), ".2g")),
        Cell(number(_score(evaluation, "cross_commutator", "worst"), ".3f")),
        Cell(number(float(evaluation["agreement"].min()), ".4f")),
        Cell(number(float(np.median(evaluation["seconds"])), ".3g")),
    )
    seeds = seeds_in_words([int(seed) for seed in evaluation["seed"]])
    return Row(entry.anchor, entry.title, f"{evaluation.attrs['method']}, {seeds}", cells)


def _score(evaluation: xr.Dataset, name: str, statistic: str) -> float:
    return float(evaluation["summary"].sel(score=name, statistic=statistic))


def _floor(evaluation: xr.Dataset, chance: str) -> float:
    return float(evaluation["floor"].sel(chance=chance))
