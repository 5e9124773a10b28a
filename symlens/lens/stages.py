"""The door of the study ``lens``: one function per stage of the workflow, from files to a file.

What a stage needs is imported when it runs: asking for names or libraries costs nothing.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from symlens.config.lens import LensStudy, Method
from symlens.provenance import Provenance, canonical_json, config_hash
from symlens.studies import Library

NAME = "lens"

LIBRARY = {
    "synthesize": Library(("symlens.lens.data", "symlens.lens.schemas", "symlens.store")),
    "train": Library(("symlens.lens.train", "symlens.lens.schemas", "symlens.store")),
    "evaluate": Library(("symlens.lens.evaluate", "symlens.lens.schemas", "symlens.store")),
    "figures": Library(("symlens.lens.figures",)),
    "tables": Library(("symlens.lens.tables",)),
    "summary": Library(("symlens.lens.summary",)),
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
    if stage == "train":
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
    when the run file is written.
    """
    from symlens import store
    from symlens import tracking as record
    from symlens.lens.schemas import DATA, RUN
    from symlens.lens.train import train as learn

    folder = Path(checkpoints)
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / checkpoint_key(settings, seed, Path(data), library)
    origin = Provenance(NAME, experiment, method, seed, settings)
    with (
        record.start(
            tracking, NAME, experiment, method, seed, config_hash(settings), settings["settings"]
        ) as tracker,
        store.open_lazy(data, DATA) as samples,
    ):
        run = learn(samples, settings["settings"], method, seed, tracker, checkpoint)
        store.write(run, output, RUN, origin)
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
