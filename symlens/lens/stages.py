"""The door of the study ``lens``: one function per stage of the workflow, from files to a file.

What a stage needs is imported when it runs: asking for names or libraries costs nothing.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from symlens.config.lens import LensStudy, Method
from symlens.lens import figures
from symlens.locks import alone
from symlens.provenance import Provenance, canonical_json, config_hash
from symlens.studies import Library

NAME = "lens"
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
        files=("lens/summary.html",),
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


def checkpoint_key(
    settings: Mapping[str, Any], seed: int, data: Path, library: Iterable[str]
) -> str:
    """Give the name of a training's checkpoints: a hash of settings, seed, data and code."""
    digest = hashlib.sha256(canonical_json({"settings": settings, "seed": seed}).encode())
    for file in [str(data), *sorted(library)]:
        with Path(file).open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()[:32]


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
    library: Sequence[str],
) -> None:
    """Write the run file of one training, which is tracked while it runs.

    Checkpoints lie in the folder ``checkpoints`` under the key of this training; the folder goes
    when the run file is written. A training that a killed Snakemake left at work is waited for.
    """
    from symlens import store
    from symlens import tracking as record
    from symlens.lens.schemas import DATA, RUN
    from symlens.lens.telling import TellingMonitor
    from symlens.lens.train import train as learn

    folder = Path(checkpoints)
    checkpoint = folder / checkpoint_key(settings, seed, Path(data), library)
    origin = Provenance(NAME, experiment, method, seed, settings)
    key = (NAME, experiment, method, seed, config_hash(settings))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.with_suffix(".lock")):
        folder.mkdir(exist_ok=True)
        with (
            record.start(tracking, *key, settings, resume=checkpoint.exists()) as tracker,
            store.open_lazy(data, DATA) as samples,
        ):
            told = TellingMonitor(tracker)
            run = learn(samples, settings["settings"], method, seed, told, checkpoint)
            store.write(run, output, RUN, origin)
            tracker.tag("verdict", run.attrs["verdict"])
            tracker.artifact(output)
        shutil.rmtree(folder)


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
    from symlens import store
    from symlens import tracking as record
    from symlens.lens.schemas import EVALUATION

    scores = store.read(evaluation, EVALUATION)
    seeds = [int(seed) for seed in scores["seed"]]
    for seed in seeds:
        tracker = record.attach(tracking, NAME, experiment, method, seed, config_hash(settings))
        own = scores.sel(seed=seed)
        tracker.scores({name: float(own[name]) for name in map(str, scores["score"].values)})
        tracker.artifact(evaluation)
        for drawing in drawings:
            tracker.artifact(drawing, "figures")
    record.reconcile(tracking)
    return seeds


def tabulate(evaluations: Sequence[str], output: str) -> None:
    """Write the table of all scores over seeds."""
    from symlens import store
    from symlens.lens.schemas import EVALUATION
    from symlens.lens.tables import write_stability

    write_stability([store.read(file, EVALUATION) for file in evaluations], Path(output))


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
    from symlens.lens.summary import Entry, write

    entries = []
    for title, file in zip(titles, evaluations, strict=True):
        group = Path(file).parent.parts[-2:]
        own = [Path(d) for d in drawings if Path(d).parent.parts[-2:] == group]
        page_figures = {drawing.stem: drawing for drawing in own}
        entries.append(Entry(title, store.read(file, EVALUATION), page_figures))
    write(Path(output), entries, overview=Path(overview))
