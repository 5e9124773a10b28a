"""The page of ``wallpaper``: what was asked, what came out, how sure it is, what words mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

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
from symlens.wallpaper.figures import CAPTIONS, OVERVIEW_CAPTION
from symlens.wallpaper.tables import WORDS, contents, part

if TYPE_CHECKING:
    import xarray as xr

FIRST_FIGURES = ("contact_sheet", "confusion", "robustness", "reliability")

INTRODUCTION = (
    "A pattern in the plane that repeats in two directions has one of 17 symmetries, its plane "
    "group. Images of all 17 are made with contents of several kinds, and each method names the "
    "group. exact looks for the operations themselves, without training; lattice sees only the "
    "size and shape of the cell; majority sees nothing: what these two reach is what has to be "
    "beaten. hybrid is a small network that sees what the operations leave of an image; the other "
    "networks see the image."
)
GLOSSARY = {
    "Plane group": "The set of all translations, rotations, mirrors and glides that leave a "
    "pattern as it is: one of 17 kinds, p1 to p6m.",
    "Primitive cell": "The smallest piece that fills the plane by translations alone.",
    "Asymmetric unit": "The smallest piece that fills it by all operations of the group.",
    "Glide": "A mirror followed by half a translation along it.",
    "Residual": "1 less the correlation of the averaged cell with itself under an operation: 0 "
    "for a symmetry.",
    "Validation": "Images that a method has not learned from, of contents that it has.",
    "Cross-validation": "Images of contents that a method has not learned from.",
    "Pseudo-symmetry": "An operation that a pattern nearly has: its residual is small and not 0.",
}
SCORES = {
    "accuracy": "Part of the clean images of the test whose group is named rightly; the worst "
    "seed, and the median below it.",
    "floor": "What naming the most frequent group every time reaches.",
    "calibration": "Expected calibration error: how far the probability that a method gives its "
    "answers is from how often they are right; the worst seed.",
    "cell": "Median relative error of the cell's lengths and area.",
    "seconds": "Processor time for one image, median.",
}
NOTE = (
    "Every seed draws its own test from the images of the experiment; accuracies are those of the "
    "worst seed, with the median below."
)


def page(question: str, entries: Sequence[Entry], overview: Path | None = None) -> Page:
    """All that a person reads about the experiments of the study."""
    kinds = list(dict.fromkeys(c for entry in entries for c in contents(entry.evaluation)))
    columns = [Column(WORDS.get(kind, kind)) for kind in kinds]
    columns += [Column("floor"), Column("calibration"), Column("cell"), Column("seconds")]
    return Page(
        study="wallpaper",
        heading=question,
        lead=_lead(entries),
        introduction=INTRODUCTION,
        columns=columns,
        rows=[_row(entry, kinds) for entry in entries],
        note=NOTE,
        sections=[_section(entry) for entry in entries],
        glossary=GLOSSARY,
        scores=SCORES,
        overview=overview,
        overview_caption=OVERVIEW_CAPTION,
    )


def _lead(entries: Sequence[Entry]) -> str:
    images = sum(int(entry.evaluation["images"].sum()) for entry in entries)
    runs = sum(entry.evaluation.sizes["seed"] for entry in entries)
    return f"{counted(len(entries), 'experiment')}, {counted(runs, 'test')}, {images} clean images."


def _row(entry: Entry, kinds: Sequence[str]) -> Row:
    evaluation = entry.evaluation
    own = contents(evaluation)
    cells = []
    for kind in kinds:
        if kind not in own:
            cells.append(Cell(number(None, ".3f")))
            continue
        accuracy = evaluation["accuracy"].values[:, own.index(kind)]
        median = f"median {number(float(np.median(accuracy)), '.3f')}"
        cells.append(Cell(number(float(accuracy.min()), ".3f"), [median]))
    errors = evaluation["cell_error"].values
    cell = float(np.median(errors)) if np.isfinite(errors).all() else None
    cells += [
        Cell(number(float(evaluation["floor"].max()), ".3f")),
        Cell(number(float(evaluation["calibration_error"].max()), ".3f")),
        Cell(number(cell, ".1e")),
        Cell(number(float(np.median(evaluation["seconds"])), ".2f")),
    ]
    seeds = seeds_in_words([int(seed) for seed in evaluation["seed"]])
    return Row(entry.anchor, entry.title, f"{evaluation.attrs['method']}, {seeds}", cells)


def _section(entry: Entry) -> Section:
    figures = drawings(entry.figures, CAPTIONS, FIRST_FIGURES, narrow=("reliability",))
    return Section(entry.anchor, entry.title, sentence(entry.evaluation), figures)


def sentence(evaluation: xr.Dataset) -> str:
    """An experiment's answer in words."""
    accuracy = evaluation["accuracy"].values
    own = contents(evaluation)
    worst = int(np.argmin(accuracy.min(axis=0)))
    table = evaluation["confusion"].values
    total, right = int(table.sum()), int(np.trace(table.sum(axis=0)))
    answer = (
        f"{right} of {total} clean images of all seeds are named rightly; the hardest content is "
        f"{WORDS.get(own[worst], own[worst])}, with {accuracy[:, worst].min():.3f} in the worst "
        f"seed, where the most frequent group alone gives "
        f"{float(evaluation['floor'].values[worst]):.3f}."
    )
    return answer + _by_part(evaluation)


def _by_part(evaluation: xr.Dataset) -> str:
    """Accuracy and loss on training, validation and cross-validation; nothing for no training."""
    known = evaluation["learned_accuracy"].values
    if not np.isfinite(known).all():
        return ""
    parts = np.array([part(evaluation, i) for i in range(evaluation.sizes["content"])])
    loss = float(evaluation["learned_loss"].mean())
    found = [f"on images it learned from {known.mean():.4f} (loss {loss:.3f})"]
    for name in ("validation", "cross-validation"):
        own = parts == name
        if own.any():
            share = evaluation["accuracy"].values[:, own].mean()
            loss = float(evaluation["loss"].values[:, own].mean())
            words = ", ".join(WORDS[c] for c in np.array(contents(evaluation))[own])
            found.append(f"{name} ({words}) {share:.4f} (loss {loss:.3f})")
    return f" Accuracy, mean over seeds: {'; '.join(found)}."
