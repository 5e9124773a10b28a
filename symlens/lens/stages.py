"""The door of the study ``lens``: one function per stage of the workflow, from files to a file.

What a stage needs is imported when it runs: asking for names or libraries costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from symlens.config.lens_methods import Method
from symlens.door import PAGE_FILES, Library, settings_of
from symlens.lens import figures
from symlens.provenance import Provenance

NAME = "lens"
QUESTION = "Which symmetry do these samples have?"
FIGURES = tuple(figures.FIGURES)
CAPTIONS = {
    **figures.CAPTIONS,
    "overview": f"{figures.OVERVIEW_CAPTION} Where an experiment was given to several methods, "
    f"they stand side by side instead. {figures.COMPARISON_CAPTION}",
}
SWEEP_CAPTIONS = figures.SWEEP_CAPTIONS

LIBRARY = {
    "synthesize": Library(("symlens.lens.data", "symlens.lens.schemas", "symlens.store")),
    "train": Library(("symlens.lens.train", "symlens.lens.schemas", "symlens.store")),
    "evaluate": Library(("symlens.lens.evaluate", "symlens.lens.schemas", "symlens.store")),
    "figures": Library(("symlens.lens.figures", "symlens.lens.schemas", "symlens.store")),
    "sweeps": Library(
        ("symlens.lens.sweep", "symlens.lens.figures", "symlens.lens.schemas", "symlens.store")
    ),
    "tables": Library(("symlens.lens.tables", "symlens.lens.schemas", "symlens.store")),
    "summary": Library(
        ("symlens.lens.summary", "symlens.lens.schemas", "symlens.store"),
        files=PAGE_FILES,
    ),
}
METHOD_ROOMS = {
    "fast": "symlens.lens.fast",
    "official": "symlens.lens.official",
    "symmetrygan": "symlens.baselines.symmetrygan",
    "liegan": "symlens.baselines.liegan",
    "liepca": "symlens.baselines.liepca",
}
"""Where each method lives: a change in one does not retrain the other."""

parameters = settings_of


def library(stage: str, method: str | None = None) -> Library:
    """Give the modules that a stage stands on."""
    found = LIBRARY[stage]
    if stage != "train" or method is None:
        return found
    others = [room for name, room in METHOD_ROOMS.items() if name != method]
    return Library((*found.roots, METHOD_ROOMS[method]), others)


def synthesize(settings: Mapping[str, Any], output: str, *, experiment: str) -> None:
    """Write the samples of an experiment, chunk by chunk."""
    from pydantic import TypeAdapter

    from symlens import store
    from symlens.config.lens_data import LensData
    from symlens.lens.data import stream
    from symlens.lens.schemas import DATA

    header, chunks = stream(TypeAdapter(LensData).validate_python(settings["data"]))
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
    from symlens.jobs import training
    from symlens.lens.schemas import DATA, RUN
    from symlens.lens.telling import TellingMonitor
    from symlens.lens.train import train as learn

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
        run = learn(samples, settings["settings"], method, seed, told, job.checkpoint)
        store.write(run, output, RUN, job.origin)
        job.tracker.tag("verdict", run.attrs["verdict"])
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
    from symlens.lens.evaluate import evaluate as score
    from symlens.lens.schemas import DATA, EVALUATION, RUN

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

    with _opened(settings["title"], data, runs, evaluation) as inputs:
        save_each(figures.FIGURES, outputs, inputs)


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

    with opened_all(_opened, titles, data, runs, evaluations) as inputs:
        figures.save(figures.overview(inputs), Path(output).with_suffix(""))


@contextmanager
def _opened(
    title: str, data: str, runs: Sequence[str], evaluation: str
) -> Iterator[figures.FigureInputs]:
    """The files of an experiment and method, as its figures take them."""
    from symlens import store
    from symlens.lens.schemas import DATA, EVALUATION, RUN

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
    from symlens.lens.schemas import EVALUATION

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
    from symlens.lens.schemas import EVALUATION
    from symlens.lens.tables import stability_row
    from symlens.tables import write_csv

    rows = [stability_row(store.read(file, EVALUATION)) for file in evaluations]
    write_csv(rows, Path(output))


def collect(
    sweep: Mapping[str, Any], evaluations: Sequence[str], png: str, points: str, effects: str
) -> None:
    """Draw a sweep (the PDF lies beside the PNG) and write its points and their effects.

    The first evaluation is that of the experiment that is varied.
    """
    from symlens import store
    from symlens.lens.schemas import EVALUATION
    from symlens.lens.sweep import collect as collected
    from symlens.lens.sweep import effects_table, points_table
    from symlens.tables import write_csv

    found = collected(sweep, [store.read(file, EVALUATION) for file in evaluations])
    write_csv(points_table(found), Path(points))
    write_csv(effects_table(found), Path(effects))
    figures.save(figures.sweep(found), Path(png).with_suffix(""))


def summarize(
    titles: Sequence[str],
    evaluations: Sequence[str],
    drawings: Sequence[str],
    overview: str,
    output: str,
    sweeps: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Write the page of all experiments.

    Of the figures, those in the folder of an evaluation's experiment and method belong to it;
    ``sweeps`` gives title and caption of further pictures by their file.
    """
    from symlens.lens.schemas import EVALUATION
    from symlens.lens.summary import page
    from symlens.page import Entry, Page, write_study

    def make(entries: Sequence[Entry]) -> Page:
        return page(QUESTION, entries, overview=Path(overview), sweeps=sweeps or {})

    write_study(make, titles, evaluations, EVALUATION, drawings, output)
