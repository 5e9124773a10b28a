"""The door of the study ``latent``: one function per stage of the workflow, from files to a file.

What a stage needs is imported when it runs: asking for names or libraries costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlens.config.latent import LatentStudy, Method
from symlens.door import PAGE_FILES, Library, settings_of
from symlens.latent import figures
from symlens.provenance import Provenance

if TYPE_CHECKING:
    from symlens.latent.data import Data

NAME = "latent"
QUESTION = "How many hidden directions does the symmetry leave?"
FIGURES = tuple(figures.FIGURES)
CAPTIONS = {**figures.CAPTIONS, "overview": figures.OVERVIEW_CAPTION}

_FILES = ("symlens.latent.schemas", "symlens.store")
LIBRARY = {
    "synthesize": Library(("symlens.latent.data", "symlens.config.latent_data", *_FILES)),
    "train": Library(("symlens.latent.train", *_FILES)),
    "evaluate": Library(("symlens.latent.evaluate", "symlens.config.latent_data", *_FILES)),
    "figures": Library(("symlens.latent.figures", *_FILES)),
    "tables": Library(("symlens.latent.tables", *_FILES)),
    "summary": Library(("symlens.latent.summary", *_FILES), files=PAGE_FILES),
}


def library(stage: str, method: str | None = None) -> Library:
    """Give the modules that a stage stands on; all methods share theirs."""
    del method
    return LIBRARY[stage]


def parameters(
    config: LatentStudy, stage: str, experiment: str, method: Method | None = None
) -> dict[str, Any]:
    """Give the settings that a stage reads, and no others, as JSON values."""
    found = settings_of(config, stage, experiment, method)
    if stage == "evaluate":
        found |= {"threshold": config.settings(experiment).threshold}
    return found


def synthesize(settings: Mapping[str, Any], output: str, *, experiment: str) -> None:
    """Write the samples of an experiment."""
    from symlens import store
    from symlens.latent.data import synthesize as make
    from symlens.latent.schemas import DATA

    origin = Provenance(NAME, experiment, config=settings)
    store.write(make(_data(settings)), output, DATA, origin)


def _data(settings: Mapping[str, Any]) -> Data:
    """The data block of settings, which are JSON values."""
    from pydantic import TypeAdapter

    from symlens.config.latent_data import LatentData

    found: Data = TypeAdapter(LatentData).validate_python(settings["data"])
    return found


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
    """Write the run file of one training, which is tracked while it runs."""
    from symlens import store
    from symlens.jobs import training
    from symlens.latent.schemas import DATA, RUN
    from symlens.latent.train import train as learn

    with (
        training(
            settings,
            data,
            study=NAME,
            experiment=experiment,
            method=method,
            seed=seed,
            tracking=tracking,
            checkpoints=checkpoints,
            library=library,
        ) as job,
        store.open_lazy(data, DATA) as samples,
    ):
        run = learn(samples, settings["settings"], method, seed, job.tracker)
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
    """Write the scores of all seeds of an experiment and method."""
    from symlens import store
    from symlens.latent.data import system_of
    from symlens.latent.evaluate import evaluate as judge
    from symlens.latent.schemas import DATA, EVALUATION, RUN

    with store.open_lazy(data, DATA) as samples:
        evaluation = judge(
            [store.read(run, RUN) for run in runs],
            samples,
            threshold=float(settings["threshold"]),
            known=system_of(_data(settings)).constraints,
        )
    origin = Provenance(NAME, experiment, method, config=settings)
    store.write(evaluation, output, EVALUATION, origin)


def draw(
    settings: Mapping[str, Any],
    data: str,
    runs: Sequence[str],
    evaluation: str,
    outputs: Sequence[str],
) -> None:
    """Draw figures of an experiment and method; ``outputs`` are their PNGs, PDFs lie beside."""
    from symlens.drawing import save_each

    with _opened(settings["title"], data, runs, evaluation) as found:
        save_each(figures.FIGURES, outputs, found)


def overview(
    titles: Sequence[str],
    data: Sequence[str],
    runs: Sequence[str],
    evaluations: Sequence[str],
    output: str,
) -> None:
    """Draw all experiments in one picture; the PDF lies beside the PNG ``output``.

    Of the runs, those in the folder of an evaluation belong to it.
    """
    from symlens.jobs import opened_all

    with opened_all(_opened, titles, data, runs, evaluations) as found:
        figures.save(figures.overview(found), Path(output).with_suffix(""))


@contextmanager
def _opened(
    title: str, data: str, runs: Sequence[str], evaluation: str
) -> Iterator[figures.FigureInputs]:
    """The files of an experiment and method, as its figures take them."""
    from symlens import store
    from symlens.latent.schemas import DATA, EVALUATION, RUN

    with store.open_lazy(data, DATA) as samples:
        yield figures.FigureInputs(
            [store.read(run, RUN) for run in runs],
            store.read(evaluation, EVALUATION),
            samples,
            title,
        )


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
    from symlens import jobs, store
    from symlens.latent.schemas import EVALUATION

    found = store.read(evaluation, EVALUATION)
    scores = jobs.scores_by_seed(found, map(str, found["score"].values))
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
    from symlens.latent.schemas import EVALUATION
    from symlens.latent.tables import stability_row
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
    from symlens.latent.schemas import EVALUATION
    from symlens.latent.summary import page
    from symlens.page import Entry, Page, write_study

    def make(entries: Sequence[Entry]) -> Page:
        return page(QUESTION, entries, overview=Path(overview))

    write_study(make, titles, evaluations, EVALUATION, drawings, output)
