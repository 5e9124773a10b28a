"""The door of the study ``wallpaper``: one function per stage, from files to a file.

What a stage needs is imported when it runs: asking for names or libraries costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from symlens.config.wallpaper import Method
from symlens.config.wallpaper_learning import NETWORKS
from symlens.door import PAGE_FILES, Library, settings_of
from symlens.provenance import Provenance
from symlens.wallpaper import figures

NAME = "wallpaper"
QUESTION = "Which of the 17 plane groups does an image have?"
FIGURES = tuple(figures.FIGURES)
CAPTIONS = {**figures.CAPTIONS, "overview": figures.OVERVIEW_CAPTION}

FILES = ("symlens.wallpaper.schemas", "symlens.store")
LIBRARY = {
    "synthesize": Library(("symlens.wallpaper.data", *FILES)),
    "train": Library(("symlens.wallpaper.train", *FILES)),
    "evaluate": Library(("symlens.wallpaper.evaluate", *FILES)),
    "figures": Library(("symlens.wallpaper.figures", *FILES)),
    "tables": Library(("symlens.wallpaper.tables", *FILES)),
    "summary": Library(("symlens.wallpaper.summary", *FILES), files=PAGE_FILES),
}
ROOMS = {
    "exact": "",
    "lattice": "symlens.wallpaper.baselines",
    "majority": "symlens.wallpaper.baselines",
    "hybrid": "symlens.wallpaper.hybrid",
} | dict.fromkeys(NETWORKS, "symlens.wallpaper.networks")
"""Where each method lives, beside what all of them stand on: others change nothing for it."""

parameters = settings_of


def library(stage: str, method: str | None = None) -> Library:
    """Give the modules that a stage stands on."""
    found = LIBRARY[stage]
    if stage != "train" or method is None:
        return found
    others = sorted(set(ROOMS.values()) - {ROOMS[method], ""})
    return Library(found.roots, tuple(others))


def synthesize(settings: Mapping[str, Any], output: str, *, experiment: str) -> None:
    """Write the images of an experiment."""
    from symlens.config.wallpaper_data import ImageData
    from symlens.wallpaper import data

    origin = Provenance(NAME, experiment, config=settings)
    data.write(ImageData.model_validate(settings["data"]), output, origin)


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
    """Write the answers of one seed, which is tracked while it runs."""
    from symlens import store
    from symlens.jobs import training
    from symlens.wallpaper.schemas import DATA, RUN
    from symlens.wallpaper.train import train as answer

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
        store.open_lazy(data, DATA) as images,
    ):
        run = answer(
            images,
            settings["settings"],
            method,
            seed,
            checkpoint=job.checkpoint,
            tell=job.tracker.record,
        )
        store.write(run, output, RUN, job.origin)
        job.tracker.artifact(output)


def evaluate(
    settings: Mapping[str, Any],
    runs: Sequence[str],
    data: str,  # noqa: ARG001 - the runs hold the labels
    output: str,
    *,
    experiment: str,
    method: Method,
) -> None:
    """Write the scores of all seeds of an experiment and method."""
    from symlens import store
    from symlens.wallpaper.evaluate import evaluate as score
    from symlens.wallpaper.schemas import EVALUATION, RUN

    evaluation = score([store.read(run, RUN) for run in runs])
    origin = Provenance(NAME, experiment, method, config=settings)
    store.write(evaluation, output, EVALUATION, origin)


def draw(
    settings: Mapping[str, Any],
    data: str,
    runs: Sequence[str],  # noqa: ARG001 - all that is drawn is in the evaluation
    evaluation: str,
    outputs: Sequence[str],
) -> None:
    """Draw figures of an experiment and method; ``outputs`` are their PNGs, PDFs lie beside."""
    from symlens.drawing import save_each

    with _opened(settings["title"], data, evaluation) as inputs:
        save_each(figures.FIGURES, outputs, inputs)


def overview(
    titles: Sequence[str],
    data: Sequence[str],
    runs: Sequence[str],  # noqa: ARG001
    evaluations: Sequence[str],
    output: str,
) -> None:
    """Draw all experiments in one picture; the PDF lies beside the PNG ``output``."""
    with ExitStack() as files:
        inputs = [
            files.enter_context(_opened(title, samples, evaluation))
            for title, samples, evaluation in zip(titles, data, evaluations, strict=True)
        ]
        figures.save(figures.overview(inputs), Path(output).with_suffix(""))


@contextmanager
def _opened(title: str, data: str, evaluation: str) -> Iterator[figures.FigureInputs]:
    """The files of an experiment and method, as its figures take them."""
    from symlens import store
    from symlens.wallpaper.schemas import DATA, EVALUATION

    with store.open_lazy(data, DATA) as samples:
        yield figures.FigureInputs(store.read(evaluation, EVALUATION), samples, title)


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
    from symlens.wallpaper.schemas import EVALUATION
    from symlens.wallpaper.tables import scores_of_seeds

    scores = scores_of_seeds(store.read(evaluation, EVALUATION))
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
    from symlens.tables import write_csv
    from symlens.wallpaper.schemas import EVALUATION
    from symlens.wallpaper.tables import rows

    found = [row for file in evaluations for row in rows(store.read(file, EVALUATION))]
    write_csv(found, Path(output))


def summarize(
    titles: Sequence[str],
    evaluations: Sequence[str],
    drawings: Sequence[str],
    overview: str,
    output: str,
) -> None:
    """Write the page of all experiments."""
    from symlens.page import Entry, Page, write_study
    from symlens.wallpaper.schemas import EVALUATION
    from symlens.wallpaper.summary import page

    def make(entries: Sequence[Entry]) -> Page:
        return page(QUESTION, entries, overview=Path(overview))

    write_study(make, titles, evaluations, EVALUATION, drawings, output)
