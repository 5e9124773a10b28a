"""The door of the study ``calibration``: one function per stage of the workflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from symlens.door import PAGE_FILES, Library, settings_of
from symlens.provenance import Provenance

NAME = "calibration"
QUESTION = "How often is a verdict right?"
FIGURES = ("rates", "evidence")
CAPTIONS: Mapping[str, str] = {
    "rates": (
        "Of all data sets of a cell, how many were called a symmetry, no symmetry, or not "
        "identifiable; the bar is the 95 % Clopper-Pearson interval of the fraction called a "
        "symmetry. A cell is a choice of noise, number of samples and strength of breaking."
    ),
    "evidence": (
        "Every data set: how much of its moments of third and fourth order the learned action "
        "moves, and how much of its covariance is not stationary. A symmetry has to be surely "
        "below the threshold, the dashed line, in both."
    ),
    "overview": (
        "Left: the fraction of data sets called a symmetry, of every kind, with its 95 % "
        "Clopper-Pearson interval: false discoveries where there is no symmetry, detections where "
        "there is one. Right: how often p-values came out below a level, for data sets without a "
        "symmetry (promise: never more often than the level, the diagonal) and with one."
    ),
}
_COMMON = ("symlens.lens.calibration.schemas", "symlens.store")
LIBRARY = {
    "synthesize": Library(("symlens.lens.calibration.data", *_COMMON)),
    "train": Library(
        ("symlens.lens.calibration.train", *_COMMON), without=("symlens.lens.official",)
    ),
    "evaluate": Library(("symlens.lens.calibration.evaluate", *_COMMON)),
    "figures": Library(("symlens.lens.calibration.figures", *_COMMON)),
    "tables": Library(("symlens.lens.calibration.rates", "symlens.tables", *_COMMON)),
    "summary": Library(("symlens.lens.calibration.summary", *_COMMON), files=PAGE_FILES),
}

parameters = settings_of


def library(stage: str, method: str | None = None) -> Library:
    """Give the modules that a stage stands on."""
    del method
    return LIBRARY[stage]


def synthesize(settings: Mapping[str, Any], output: str, *, experiment: str) -> None:
    """Write the samples of all data sets of an experiment."""
    from symlens import store
    from symlens.lens.calibration.data import stream
    from symlens.lens.calibration.schemas import DATA

    header, chunks = stream(settings)
    origin = Provenance(NAME, experiment, config=settings)
    store.write_stream(output, DATA, header, "x", chunks, origin)


def train(
    settings: Mapping[str, Any],
    data: str,
    output: str,
    *,
    experiment: str,
    method: str,
    seed: int,
    tracking: str,
    checkpoints: str,
    library: str,
) -> None:
    """Write the verdicts on all data sets of a seed."""
    from symlens import store
    from symlens.jobs import training
    from symlens.lens.calibration.schemas import DATA, RUN
    from symlens.lens.calibration.train import train as judge

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
        store.open_lazy(data, DATA) as sets,
    ):
        run = judge(sets, settings["settings"], method, seed, job.tracker)
        store.write(run, output, RUN, job.origin)
        job.tracker.artifact(output)


def evaluate(
    settings: Mapping[str, Any],
    runs: Sequence[str],
    data: str,
    output: str,
    *,
    experiment: str,
    method: str,
) -> None:
    """Write the rates of verdicts of an experiment and method."""
    from symlens import store
    from symlens.lens.calibration.evaluate import evaluate as rate
    from symlens.lens.calibration.schemas import EVALUATION, RUN

    del data  # what is known of the data sets is in the runs
    evaluation = rate([store.read(run, RUN) for run in runs])
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
    from symlens import store
    from symlens.drawing import save_each
    from symlens.lens.calibration import figures
    from symlens.lens.calibration.schemas import EVALUATION

    del data, runs
    found = store.read(evaluation, EVALUATION)
    save_each(figures.FIGURES, outputs, found, settings["title"])


def overview(
    titles: Sequence[str],
    data: Sequence[str],
    runs: Sequence[str],
    evaluations: Sequence[str],
    output: str,
) -> None:
    """Draw all rates in one picture; the PDF lies beside the PNG ``output``."""
    from symlens import drawing, store
    from symlens.lens.calibration import figures
    from symlens.lens.calibration.schemas import EVALUATION

    del data, runs
    found = [store.read(file, EVALUATION) for file in evaluations]
    drawing.save(figures.overview(found, titles), Path(output).with_suffix(""))


def publish(
    settings: Mapping[str, Any],
    evaluation: str,
    drawings: Sequence[str],
    *,
    experiment: str,
    method: str,
    tracking: str,
) -> list[int]:
    """Add rates, figures and the evaluation file to the tracked runs of all seeds; the seeds."""
    from symlens import jobs, store
    from symlens.lens.calibration.schemas import EVALUATION

    found = store.read(evaluation, EVALUATION)
    called = found["verdict"].to_numpy().astype(str) == "symmetry"
    seeds = found["seed"].to_numpy()
    scores = {
        int(seed): {"symmetry_rate": float(called[seeds == seed].mean())} for seed in set(seeds)
    }
    return jobs.publish(
        settings,
        evaluation,
        dict(sorted(scores.items())),
        drawings,
        study=NAME,
        experiment=experiment,
        method=method,
        tracking=tracking,
    )


def tabulate(evaluations: Sequence[str], output: str) -> None:
    """Write the table of all rates."""
    from symlens import store
    from symlens.lens.calibration.rates import rows
    from symlens.lens.calibration.schemas import EVALUATION
    from symlens.tables import write_csv

    write_csv(rows([store.read(file, EVALUATION) for file in evaluations]), Path(output))


def summarize(
    titles: Sequence[str],
    evaluations: Sequence[str],
    drawings: Sequence[str],
    overview: str,
    output: str,
) -> None:
    """Write the page of all experiments."""
    from symlens.lens.calibration.schemas import EVALUATION
    from symlens.lens.calibration.summary import page
    from symlens.page import Entry, Page, write_study

    def make(entries: Sequence[Entry]) -> Page:
        return page(QUESTION, entries, overview=Path(overview))

    write_study(make, titles, evaluations, EVALUATION, drawings, output)
