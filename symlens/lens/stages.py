"""The door of the study ``lens``: one function per stage of the workflow, from files to a file.

What a stage needs is imported when it runs: asking for names or libraries costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from symlens.config.lens import LensStudy, Method
from symlens.lens import figures
from symlens.provenance import Provenance
from symlens.studies import Library

NAME = "lens"
QUESTION = "Which symmetry do these samples have?"
FIGURES = tuple(figures.FIGURES)
CAPTIONS = {**figures.CAPTIONS, "overview": figures.OVERVIEW_CAPTION}

LIBRARY = {
    "synthesize": Library(("symlens.lens.data", "symlens.lens.schemas", "symlens.store")),
    "train": Library(("symlens.lens.train", "symlens.lens.schemas", "symlens.store")),
    "evaluate": Library(("symlens.lens.evaluate", "symlens.lens.schemas", "symlens.store")),
    "figures": Library(("symlens.lens.figures", "symlens.lens.schemas", "symlens.store")),
    "tables": Library(("symlens.lens.tables", "symlens.lens.schemas", "symlens.store")),
    "summary": Library(
        ("symlens.lens.summary", "symlens.lens.schemas", "symlens.store"),
        files=("page/page.html", "page/style.css"),
    ),
}
METHOD_ROOMS = {"fast": "symlens.lens.fast", "official": "symlens.lens.official"}
"""Where each method lives: a change in one does not retrain the other."""


def library(stage: str, method: str | None = None) -> Library:
    """Give the modules that a stage stands on."""
    found = LIBRARY[stage]
    if stage != "train" or method is None:
        return found
    others = [room for name, room in METHOD_ROOMS.items() if name != method]
    return Library((*found.roots, METHOD_ROOMS[method]), others)


def parameters(
    config: LensStudy, stage: str, experiment: str, method: Method | None = None
) -> dict[str, Any]:
    """Give the settings that a stage reads, and no others, as JSON values."""
    if stage == "synthesize":
        return config.resolved(experiment)
    if stage in {"train", "evaluate", "publish"}:
        return config.resolved(experiment, method)
    return {"title": config.experiments[experiment].title}


def inputs(config: LensStudy, experiment: str) -> tuple[str, ...]:
    """Give the user's own files that the samples of an experiment come from."""
    return tuple(path for _, path in config.experiments[experiment].files())


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
    with _opened(settings["title"], data, runs, evaluation) as inputs:
        for stem in (Path(output).with_suffix("") for output in outputs):
            figures.save(figures.FIGURES[stem.name](inputs), stem)


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
    with ExitStack() as files:
        inputs = []
        for title, samples, evaluation in zip(titles, data, evaluations, strict=True):
            own = [run for run in runs if Path(evaluation).parent in Path(run).parents]
            inputs.append(files.enter_context(_opened(title, samples, own, evaluation)))
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
    names = [str(name) for name in found["score"].values]
    scores = {
        int(seed): {name: float(found[name].sel(seed=seed)) for name in names}
        for seed in found["seed"]
    }
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


def summarize(
    titles: Sequence[str],
    evaluations: Sequence[str],
    drawings: Sequence[str],
    overview: str,
    output: str,
) -> None:
    """Write the page of all experiments.

    Of the figures, those in the folder of an evaluation's experiment and method belong to it.
    """
    from symlens import store
    from symlens.lens.schemas import EVALUATION
    from symlens.lens.summary import page
    from symlens.page import entries_of, write

    read = [store.read(file, EVALUATION) for file in evaluations]
    entries = entries_of(titles, evaluations, read, drawings)
    write(Path(output), page(QUESTION, entries, overview=Path(overview)), entries)
