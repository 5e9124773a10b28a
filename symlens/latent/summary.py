"""The page of ``latent``: what was run, what came out, and what words mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from symlens.latent.figures import CAPTIONS, OVERVIEW_CAPTION
from symlens.latent.relevance import DEFINITIONS
from symlens.latent.scores import BY_NAME
from symlens.latent.tables import known, summary
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

FIRST_FIGURES = ("relevance", "dimensions", "kl_beta", "constraints")
"""Figures that are seen at once; the others open on demand."""

GLOSSARY = {
    "Autoencoder (VAE)": "A network that squeezes every sample through a few noisy numbers, the "
    "latents, and rebuilds it from them.",
    "Latent": "One of these numbers; in a circular (spherical) posterior the first one is an angle "
    "(a direction of space).",
    "KL": "The information, in nats, that a latent holds about a sample: 0 for an unused one.",
    "beta": "The price of a nat against the squared error. Directions of variance below beta/2 are "
    "not worth theirs.",
    "Relevance": "How much a latent matters. There are several definitions; the one of "
    "arXiv:2504.05174 is not known to us, and none here is claimed to be it.",
    "Relevant latent": "One whose KL is above the threshold.",
    "Control": "The same network on the same features, each shuffled by itself: symmetry and "
    "constraints are gone, their distributions are not.",
    "Intrinsic dimension": "How many numbers are needed near a sample to tell its neighbours "
    "apart: 1 for a circle.",
    "Embedding dimension": "How many numbers are needed to hold all samples at once without "
    "tearing them: 2 for a circle. A continuous encoder needs as many latents.",
    "Linear rank": "Directions in which the samples vary at all.",
    "Constraint": "A combination of features that has the same value for every sample, as the "
    "momentum of all particles together.",
    "Seed": "The number that a training's random choices follow from.",
}

INTRODUCTION = (
    "A symmetry or a conservation law leaves the samples fewer directions than they have features. "
    "An autoencoder that pays for every nat finds that out: latents that nothing is left for stay "
    "unused. Three answers stand side by side: the latents that are used, the intrinsic dimension "
    "by estimators that know no network, and the linear rank. They need not agree: a circle has "
    "dimension 1, but takes two continuous latents."
)

COLUMNS = (
    Column("features"),
    Column("relevant latents (control)"),
    Column("needed: dimension / to embed"),
    Column("estimated dimension"),
    Column("linear rank"),
    Column("constraints found, residual"),
    Column("equivariance error (untrained)"),
    Column("seconds per seed"),
)

NOTE = (
    "Relevant latents are those of the worst seed, the farthest from what an embedding needs, at "
    "the shown beta; in brackets the fewest of the control, which has no symmetry. Estimated "
    "dimension: medians over seeds of TwoNN, maximum likelihood, local PCA. Residuals are relative "
    "to the largest term."
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
    """
    scores = {score.label.capitalize(): score.meaning for score in BY_NAME.values()}
    return Page(
        study="latent",
        heading=question,
        lead=_lead(entries),
        introduction=INTRODUCTION,
        columns=COLUMNS,
        rows=[_row(entry) for entry in entries],
        note=NOTE,
        sections=[_section(entry) for entry in entries],
        glossary={
            **GLOSSARY,
            **{f"Relevance {name}": d.meaning for name, d in DEFINITIONS.items()},
        },
        scores=scores,
        overview=overview,
        overview_caption=OVERVIEW_CAPTION,
    )


def sentence(evaluation: xr.Dataset) -> str:
    """What came out, in a few plain sentences."""
    features = evaluation.sizes["feature"]
    counts = sorted({int(v) for v in evaluation["relevant"].to_numpy()})
    used = " or ".join(map(str, counts))
    said = f"Of {features} features, {used} relevant latents are left"
    control = summary(evaluation, "control_relevant", "worst")
    if control is not None:
        said += f", and {control:.0f} where every feature is shuffled by itself"
    intrinsic, embedding = (
        known(evaluation, f"{kind}_dimension") for kind in ("intrinsic", "embedding")
    )
    if intrinsic is not None:
        said += f"; the samples have dimension {intrinsic}"
        if embedding is not None and embedding > intrinsic:
            said += f" and fit into {embedding} numbers without being torn"
    said += "."
    if "formula" in evaluation:
        formulas = [str(text) for text in evaluation["formula"].values]
        said += f" Found constraints: {'; '.join(formulas)}."
    if "theory_gap" in evaluation:
        gap = summary(evaluation, "theory_gap", "worst")
        said += f" The KL is within {number(gap, '.2g')} nat of the linear theory."
    return said


def _lead(entries: Sequence[Entry]) -> str:
    names = {str(entry.evaluation.attrs["experiment"]) for entry in entries}
    trainings = sum(entry.evaluation.sizes["seed"] for entry in entries)
    return (
        f"symlens trained autoencoders on {counted(len(names), 'data set')} of known symmetry, in "
        f"{counted(trainings, 'training')}, and counted the latents that they use. This page shows "
        "what is left, which constraints took the rest, and how latents move under the symmetry."
    )


def _row(entry: Entry) -> Row:
    """An experiment in the table of all results: cells in the order of `COLUMNS`."""
    evaluation = entry.evaluation
    dimensions = [
        number(float(np.median(evaluation["dimension"].sel(estimator=name))), ".1f")
        for name in map(str, evaluation["estimator"].values)
    ]
    needed = [known(evaluation, f"{kind}_dimension") for kind in ("intrinsic", "embedding")]
    cells = (
        Cell(str(evaluation.sizes["feature"])),
        _count(evaluation),
        Cell(" / ".join(NONE if value is None else str(value) for value in needed)),
        Cell(" / ".join(dimensions)),
        Cell(str(int(evaluation["linear_rank"].max()))),
        _constraints(evaluation),
        _equivariance(evaluation),
        Cell(number(summary(evaluation, "seconds", "median"), ".3g")),
    )
    seeds = seeds_in_words([int(seed) for seed in evaluation["seed"]])
    return Row(entry.anchor, entry.title, f"{evaluation.attrs['method']}, {seeds}", cells)


def _count(evaluation: xr.Dataset) -> Cell:
    worst = number(summary(evaluation, "relevant", "worst"), ".0f")
    control = number(summary(evaluation, "control_relevant", "worst"), ".0f")
    beta = float(evaluation["beta"][0])
    return Cell(f"{worst} ({control})", (f"beta {beta:g}",))


def _constraints(evaluation: xr.Dataset) -> Cell:
    if "formula" not in evaluation:
        return Cell(NONE)
    residual = number(float(evaluation["formula_residual"].max()), ".1g")
    kept = number(summary(evaluation, "constraint_kept", "worst"), ".2g")
    return Cell(f"{evaluation.sizes['formula']}, {residual}", (f"reconstructed {kept}",))


def _equivariance(evaluation: xr.Dataset) -> Cell:
    if "equivariance_error" not in evaluation:
        return Cell(NONE)
    worst = number(summary(evaluation, "equivariance_error", "worst"), ".2g")
    untrained = number(float(evaluation["equivariance_untrained"].min()), ".2g")
    return Cell(f"{worst} ({untrained})")


def _section(entry: Entry) -> Section:
    figures = drawings(entry.figures, CAPTIONS, FIRST_FIGURES, narrow=("architecture",))
    return Section(entry.anchor, entry.title, sentence(entry.evaluation), figures)
