"""The door of the study ``gain``: one function per stage of the workflow, from files to a file.

What a stage needs is imported when it runs: asking for names or libraries costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from symlens.config.gain import Method
from symlens.door import PAGE_FILES, Library, settings_of
from symlens.gain import figures
from symlens.provenance import Provenance

NAME = "gain"
QUESTION = "How many samples does a symmetry save?"
FIGURES = tuple(figures.FIGURES)
CAPTIONS = {**figures.CAPTIONS, "overview": figures.OVERVIEW_CAPTION}

FILES = ("symlens.gain.schemas", "symlens.store")
LIBRARY = {
    "synthesize": Library(("symlens.gain.data", *FILES)),
    "train": Library(("symlens.gain.train", *FILES)),
    "evaluate": Library(("symlens.gain.evaluate", *FILES)),
    "figures": Library(("symlens.gain.figures", *FILES)),
    "tables": Library(("symlens.gain.tables", *FILES)),
    "summary": Library(("symlens.gain.summary", *FILES), files=PAGE_FILES),
}

parameters = settings_of


def library(stage: str, method: str | None = None) -> Library:  # noqa: ARG001
    """Give the modules that a stage stands on."""
    return LIBRARY[stage]


def synthesize(settings: Mapping[str, Any], output: str, *, experiment: str) -> None:
    """Write the problem of an experiment: its spectrum, its exact counts, its samples if any."""
    from symlens import store
    from symlens.gain.data import synthesize as make
    from symlens.gain.schemas import DATA

    found = make(settings["data"])
    store.write(found, output, DATA, Provenance(NAME, experiment, config=settings))


def train(
    settings: Mapping[str, Any],
    data: str,
    output: str,
    *,
    experiment: str,
    method: Method,
    seed: int,
    tracking: str,
    checkpoints: str,
    library: str,
) -> None:
    """Write the run file of one seed's learning curves, tracked while they are measured."""
    from symlens import store
    from symlens.gain.schemas import DATA, RUN
    from symlens.gain.train import train as learn
    from symlens.jobs import training

    with training(
        settings,
        data,
        study=NAME,
        experiment=experiment,
        method=method,
        seed=seed,
        tracking=tracking,
        checkpoints=checkpoints,
        library=library,
    ) as job:
        run = learn(store.read(data, DATA), settings, seed, job.tracker)
        store.write(run, output, RUN, job.origin)
        job.tracker.artifact(output)


def evaluate(
    settings: Mapping[str, Any],
    runs: Sequence[str],
    data: str,
    output: str,
    *,
    experiment: str,
    method: Method,
) -> None:
    """Write the savings and exponents of all seeds of an experiment."""
    from symlens import store
    from symlens.gain.evaluate import evaluate as score
    from symlens.gain.schemas import DATA, EVALUATION, RUN

    evaluation = score([store.read(run, RUN) for run in runs], store.read(data, DATA))
    origin = Provenance(NAME, experiment, method, config=settings)
    store.write(evaluation, output, EVALUATION, origin)


def draw(
    settings: Mapping[str, Any],
    data: str,
    runs: Sequence[str],  # noqa: ARG001 - what is drawn is in the evaluation
    evaluation: str,
    outputs: Sequence[str],
) -> None:
    """Draw figures of an experiment; ``outputs`` are their PNGs, PDFs lie beside."""
    from symlens.drawing import save_each

    found = _opened(settings["title"], data, evaluation)
    save_each(figures.FIGURES, outputs, found)


def overview(
    titles: Sequence[str],
    data: Sequence[str],
    runs: Sequence[str],  # noqa: ARG001
    evaluations: Sequence[str],
    output: str,
) -> None:
    """Draw all experiments in one picture; the PDF lies beside the PNG ``output``."""
    found = [_opened(*files) for files in zip(titles, data, evaluations, strict=True)]
    figures.save(figures.overview(found), Path(output).with_suffix(""))


def _opened(title: str, data: str, evaluation: str) -> figures.FigureInputs:
    """The files of an experiment, as its figures take them."""
    from symlens import store
    from symlens.gain.schemas import DATA, EVALUATION

    return figures.FigureInputs(store.read(evaluation, EVALUATION), store.read(data, DATA), title)


def publish(
    settings: Mapping[str, Any],
    evaluation: str,
    drawings: Sequence[str],
    *,
    experiment: str,
    method: Method,
    tracking: str,
) -> list[int]:
    """Add scores, figures and the evaluation file to the tracked runs of all seeds; the seeds."""
    from math import isfinite

    from symlens import jobs, store
    from symlens.gain.schemas import EVALUATION

    found = store.read(evaluation, EVALUATION)
    names = [str(name) for name in found["score"].values]
    scores = {}
    for seed in found["seed"].values:
        own = {name: float(found["value"].sel(score=name, seed=seed)) for name in names}
        scores[int(seed)] = {name: value for name, value in own.items() if isfinite(value)}
    return jobs.publish(
        settings,
        evaluation,
        scores,
        drawings,
        study=NAME,
        experiment=experiment,
        method=method,
        tracking=tracking,
    )


def tabulate(evaluations: Sequence[str], output: str) -> None:
    """Write the table of all scores over seeds."""
    from symlens import store
    from symlens.gain.schemas import EVALUATION
    from symlens.gain.tables import stability_row
    from symlens.tables import write_csv

    rows = [stability_row(store.read(file, EVALUATION)) for file in evaluations]
    write_csv(rows, Path(output))


def summarize(
    titles: Sequence[str],
    evaluations: Sequence[str],
    drawings: Sequence[str],
    overview: str,
    output: str,
) -> None:
    """Write the page of all experiments."""
    from symlens.gain.schemas import EVALUATION
    from symlens.gain.summary import page
    from symlens.page import Entry, Page, write_study

    def make(entries: Sequence[Entry]) -> Page:
        return page(QUESTION, entries, overview=Path(overview))

    write_study(make, titles, evaluations, EVALUATION, drawings, output)
