"""The door of the study ``plane``: one function per stage of the workflow, from files to a file.

What a stage needs is imported when it runs: asking for names or libraries costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlens.config.plane import Method
from symlens.door import PAGE_FILES, Library, settings_of
from symlens.provenance import Provenance

if TYPE_CHECKING:
    from symlens.lens.plane.figures import PlaneInputs

NAME = "plane"
QUESTION = "Which two commuting symmetries do these windows have?"
FIGURES = ("generators", "moved", "losses")
CAPTIONS = {
    "generators": "The two generators that the worst seed learned, one in each row: as the data "
    "are given; then ideal, learned and their difference in natural pixels, counted row by row. "
    "A shift along the rows is a line beside the diagonal, one along the columns a line further "
    "off.",
    "moved": "Held-out samples. Left: as given, on a grid that means nothing. Then in canonical "
    "coordinates, moved by so many pixels down and to the right.",
    "losses": "The objective at every candidate of the search, on the samples learned from, and "
    "at the end on held-out samples.",
    "overview": "Both generators of every experiment, in natural pixels: the worst seed.",
}

_SHARED = ("symlens.lens.plane.schemas", "symlens.store")
LIBRARY = {
    "synthesize": Library(("symlens.lens.plane.data", *_SHARED)),
    "train": Library(("symlens.lens.plane.train", *_SHARED)),
    "evaluate": Library(("symlens.lens.plane.evaluate", *_SHARED)),
    "figures": Library(("symlens.lens.plane.figures", *_SHARED)),
    "tables": Library(("symlens.lens.plane.summary", *_SHARED)),
    "summary": Library(("symlens.lens.plane.summary", *_SHARED), files=PAGE_FILES),
}

parameters = settings_of


def library(stage: str, method: str | None = None) -> Library:  # noqa: ARG001  one method
    """Give the modules that a stage stands on."""
    return LIBRARY[stage]


def synthesize(settings: Mapping[str, Any], output: str, *, experiment: str) -> None:
    """Write the samples of an experiment, chunk by chunk."""
    from pydantic import TypeAdapter

    from symlens import store
    from symlens.config.plane import PlaneData
    from symlens.lens.plane.data import stream
    from symlens.lens.plane.schemas import DATA

    header, chunks = stream(TypeAdapter(PlaneData).validate_python(settings["data"]))
    origin = Provenance(NAME, experiment, config=settings)
    store.write_stream(output, DATA, header, "x", chunks, origin)


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
    from symlens.config.plane import PlaneSettings
    from symlens.jobs import training
    from symlens.lens.plane.schemas import DATA, RUN
    from symlens.lens.plane.train import train as learn
    from symlens.lens.telling import TellingMonitor

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
        told = TellingMonitor(job.tracker)
        block = PlaneSettings.model_validate(settings["settings"])
        run = learn(samples, block, method=method, seed=seed, monitor=told)
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
    from symlens.lens.plane.evaluate import evaluate as score
    from symlens.lens.plane.schemas import DATA, EVALUATION, RUN

    with store.open_lazy(data, DATA) as samples:
        evaluation = score([store.read(run, RUN) for run in runs], samples)
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
    from symlens.lens.plane import figures

    with _opened(settings["title"], data, runs, evaluation) as opened:
        save_each(figures.DRAWN, outputs, opened)


def overview(
    titles: Sequence[str],
    data: Sequence[str],
    runs: Sequence[str],
    evaluations: Sequence[str],
    output: str,
) -> None:
    """Draw all experiments in one picture; the PDF lies beside the PNG ``output``."""
    from symlens.drawing import save
    from symlens.jobs import opened_all
    from symlens.lens.plane import figures

    with opened_all(_opened, titles, data, runs, evaluations) as found:
        save(figures.overview(found), Path(output).with_suffix(""))


@contextmanager
def _opened(title: str, data: str, runs: Sequence[str], evaluation: str) -> Iterator[PlaneInputs]:
    """The files of an experiment and method, as its figures take them."""
    from symlens import store
    from symlens.lens.plane.figures import PlaneInputs
    from symlens.lens.plane.schemas import DATA, EVALUATION, RUN

    with store.open_lazy(data, DATA) as samples:
        read = [store.read(run, RUN) for run in runs]
        yield PlaneInputs(read, store.read(evaluation, EVALUATION), samples, title)


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
    from symlens.lens.plane.schemas import EVALUATION, SCORES

    found = store.read(evaluation, EVALUATION)
    scores = jobs.scores_by_seed(found, SCORES)
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
    from symlens.lens.plane.schemas import EVALUATION
    from symlens.lens.plane.summary import row
    from symlens.tables import write_csv

    write_csv([row(store.read(file, EVALUATION)) for file in evaluations], Path(output))


def summarize(
    titles: Sequence[str],
    evaluations: Sequence[str],
    drawings: Sequence[str],
    overview: str,
    output: str,
) -> None:
    """Write the page of all experiments."""
    from symlens.lens.plane.schemas import EVALUATION
    from symlens.lens.plane.summary import page
    from symlens.page import Entry, Page, write_study

    def make(entries: Sequence[Entry]) -> Page:
        return page(QUESTION, entries, CAPTIONS, overview=Path(overview))

    write_study(make, titles, evaluations, EVALUATION, drawings, output)
