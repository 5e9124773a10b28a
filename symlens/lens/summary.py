"""One page for a newcomer: what was run, what came out, how sure it is, and what words mean.

The page is one HTML file that needs nothing else: figures are embedded, nothing is fetched.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from symlens.errors import DataError, FileError
from symlens.lens.figures import CAPTIONS, OVERVIEW_CAPTION
from symlens.lens.figures.inputs import verdict_of
from symlens.lens.scores import BY_NAME
from symlens.lens.tables import floor, summary
from symlens.store import replacing

if TYPE_CHECKING:
    import xarray as xr

NONE = "\N{EN DASH}"
"""Stands where there is no number, as without the truth."""

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


@dataclass(frozen=True)
class Entry:
    """One experiment and method on the page.

    Parameters
    ----------
    title : str
        Name of the experiment for people.
    evaluation : Dataset
        Evaluation file, with its provenance.
    figures : mapping of str to Path
        PNG files by the name of the figure.
    """

    title: str
    evaluation: xr.Dataset
    figures: Mapping[str, Path]


def render(entries: Sequence[Entry], *, overview: Path | None = None) -> str:
    """Write the page.

    Parameters
    ----------
    entries : sequence of Entry
        In the order of the page.
    overview : Path or None
        PNG of the overview figure.

    Returns
    -------
    str
        HTML, self-contained.
    """
    from jinja2 import Environment, StrictUndefined

    if not entries:
        raise DataError("summary: expected at least one experiment, got none")
    source = resources.files("symlens.lens").joinpath("summary.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source).render(
        lead=_lead(entries),
        overview=None if overview is None else _embedded(overview),
        overview_caption=OVERVIEW_CAPTION,
        rows=[_row(entry) for entry in entries],
        sections=[_section(entry) for entry in entries],
        scores=[score for score in BY_NAME.values() if score.name != "symmetry_pvalue"],
        glossary=GLOSSARY,
        pvalue=BY_NAME["symmetry_pvalue"],
        provenance=[_provenance(entry) for entry in entries],
        libraries=_libraries(entries),
    )


def write(path: Path, entries: Sequence[Entry], *, overview: Path | None = None) -> None:
    """Write the page to a file, whole or not at all."""
    text = render(entries, overview=overview)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def sentence(evaluation: xr.Dataset) -> str:
    """What came out, in one or two plain sentences."""
    verdict, count = verdict_of(evaluation), evaluation.sizes["seed"]
    worst = _number(summary(evaluation, "symmetry_pvalue", "worst"), ".3g")
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
        f"{_number(cosine, '.4f')} to the ideal one, {beaten} what chance reaches "
        f"({_number(chance, '.2f')})."
    )


def _lead(entries: Sequence[Entry]) -> dict[str, str]:
    trainings = sum(entry.evaluation.sizes["seed"] for entry in entries)
    names = {str(entry.evaluation.attrs["experiment"]) for entry in entries}
    methods = sorted({str(entry.evaluation.attrs["method"]) for entry in entries})
    return {
        "experiments": f"{len(names)} experiment{'s' if len(names) > 1 else ''}",
        "trainings": f"{trainings} training{'s' if trainings > 1 else ''}",
        "methods": " and ".join(methods),
    }


def _row(entry: Entry) -> dict[str, object]:
    """The cells of an experiment in the table of all results."""
    evaluation = entry.evaluation
    cosine = "generator_cosine"
    low, high = (_number(summary(evaluation, cosine, s), ".4f") for s in ("low", "high"))
    floors = [_number(floor(evaluation, cosine, c), ".2f") for c in _chances(evaluation)]
    seconds = evaluation.get("seconds")
    agreement = evaluation.get("agreement_worst")
    return {
        "anchor": _anchor(entry),
        "title": entry.title,
        "method": evaluation.attrs["method"],
        "verdict": verdict_of(evaluation),
        "kind": _kind(evaluation),
        "pvalue": _number(summary(evaluation, "symmetry_pvalue", "worst"), ".3g"),
        "cosine": _number(summary(evaluation, cosine, "worst"), ".4f"),
        "median": _number(summary(evaluation, cosine, "median"), ".4f"),
        "interval": "" if low == NONE else f"{low} to {high}",
        "floors": " / ".join(floors) if floors else NONE,
        "group_convolution": _number(
            summary(evaluation, "group_convolution_cosine", "worst"), ".4f"
        ),
        "equivariance": _number(summary(evaluation, "equivariance_error", "worst"), ".3g"),
        "eigenphase": _number(summary(evaluation, "eigenphase_error", "worst"), ".3g"),
        "agreement": _number(None if agreement is None else float(agreement), ".4f"),
        "seconds": _number(None if seconds is None else float(np.median(seconds)), ".3g"),
        "seeds": _seeds(evaluation),
    }


def _seeds(evaluation: xr.Dataset) -> str:
    """The seeds in words; a range where they follow each other."""
    seeds = sorted(int(seed) for seed in evaluation["seed"])
    if len(seeds) > 2 and seeds[-1] - seeds[0] == len(seeds) - 1:
        return f"seeds {seeds[0]} to {seeds[-1]}"
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"


def _section(entry: Entry) -> dict[str, object]:
    """The figures of an experiment, with their captions."""
    drawn = [
        {
            "name": name,
            "image": _embedded(path),
            "caption": CAPTIONS[name],
            "first": name in FIRST_FIGURES,
        }
        for name, path in entry.figures.items()
    ]
    return {
        "anchor": _anchor(entry),
        "title": entry.title,
        "verdict": verdict_of(entry.evaluation),
        "kind": _kind(entry.evaluation),
        "sentence": sentence(entry.evaluation),
        "figures": drawn,
        "more": any(not figure["first"] for figure in drawn),
    }


def _provenance(entry: Entry) -> dict[str, str]:
    attributes = entry.evaluation.attrs
    names = ("experiment", "method", "config_hash", "code_version", "device", "created")
    return {"title": entry.title} | {name: str(attributes[name]) for name in names}


def _libraries(entries: Sequence[Entry]) -> dict[str, str]:
    """Versions of the libraries; all of them where experiments were made with different ones."""
    found: dict[str, set[str]] = {}
    for entry in entries:
        for name, version in entry.evaluation.attrs["library_versions"].items():
            found.setdefault(str(name), set()).add(str(version))
    return {name: ", ".join(sorted(versions)) for name, versions in sorted(found.items())}


def _chances(evaluation: xr.Dataset) -> list[str]:
    return [str(c) for c in evaluation["chance"].to_numpy()] if "chance" in evaluation else []


def _kind(evaluation: xr.Dataset) -> str:
    """CSS class of a verdict."""
    verdict = verdict_of(evaluation)
    known = {"symmetry": "yes", "no symmetry": "no", "not identifiable": "open"}
    return known.get(verdict, "mixed")


def _anchor(entry: Entry) -> str:
    return f"{entry.evaluation.attrs['experiment']}-{entry.evaluation.attrs['method']}"


def _number(value: float | None, digits: str) -> str:
    return NONE if value is None else f"{value:{digits}}".replace("-", "\N{MINUS SIGN}")


def _embedded(path: Path) -> str:
    """A PNG file as a data URI."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}") from error
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")
