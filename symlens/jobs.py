"""What the jobs of every study share: one training at a time, tracked and resumable."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from symlens.locks import alone
from symlens.provenance import Provenance, canonical_json, config_hash

if TYPE_CHECKING:
    import xarray as xr

    from symlens.tracking.tracker import Tracker

Opened = TypeVar("Opened")


@dataclass(frozen=True)
class Training:
    """A training at work.

    Parameters
    ----------
    tracker : Tracker
        Takes what is to be recorded while it runs.
    checkpoint : Path
        Where it may keep its state: a file or folder that need not be there. It is found again
        by the same training only: same settings, seed, data and code.
    origin : Provenance
        Of its run file.
    """

    tracker: Tracker
    checkpoint: Path
    origin: Provenance


@contextmanager
def training(
    settings: Mapping[str, Any],
    data: str,
    *,
    study: str,
    experiment: str,
    method: str,
    seed: int,
    tracking: str,
    checkpoints: str,
    library: str,
) -> Iterator[Training]:
    """Run the block as one tracked training; it writes the run file.

    Checkpoints lie in the folder ``checkpoints`` and go with the end of the block. A training
    that a killed Snakemake left at work is waited for.

    Parameters
    ----------
    settings : mapping
        All that decides the result but the seed, as JSON values.
    data : str
        Data file.
    study, experiment, method : str
    seed : int
    tracking : str
        Note of the tracking store.
    checkpoints : str
    library : str
        Hash of the code.
    """
    from symlens import tracking as record

    folder = Path(checkpoints)
    checkpoint = folder / checkpoint_key(settings, seed, Path(data), library)
    key = (study, experiment, method, seed, config_hash(settings))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.with_suffix(".lock")):
        folder.mkdir(exist_ok=True)
        with record.start(tracking, *key, settings, resume=checkpoint.exists()) as tracker:
            origin = Provenance(study, experiment, method, seed, settings)
            yield Training(tracker, checkpoint, origin)
        shutil.rmtree(folder)


def checkpoint_key(settings: Mapping[str, Any], seed: int, data: Path, library: str) -> str:
    """Give the name of a training's checkpoints: a hash of settings, seed, data and code."""
    key = {"settings": settings, "seed": seed, "library": library}
    digest = hashlib.sha256(canonical_json(key).encode())
    with data.open("rb") as content:
        digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()[:32]


@contextmanager
def opened_all(
    opened: Callable[[str, str, Sequence[str], str], AbstractContextManager[Opened]],
    titles: Sequence[str],
    data: Sequence[str],
    runs: Sequence[str],
    evaluations: Sequence[str],
) -> Iterator[list[Opened]]:
    """The files of several experiments and methods, each as ``opened`` gives them.

    Of the ``runs``, those in the folder of an evaluation belong to it.
    """
    with ExitStack() as files:
        found = []
        for title, samples, evaluation in zip(titles, data, evaluations, strict=True):
            own = [run for run in runs if Path(evaluation).parent in Path(run).parents]
            found.append(files.enter_context(opened(title, samples, own, evaluation)))
        yield found


def scores_by_seed(evaluation: xr.Dataset, names: Iterable[str]) -> dict[int, dict[str, float]]:
    """Scores of every seed, by name, of an evaluation with a variable for each: for `publish`."""
    names = list(names)
    return {
        int(seed): {name: float(evaluation[name].sel(seed=seed)) for name in names}
        for seed in evaluation["seed"]
    }


def publish(
    settings: Mapping[str, Any],
    evaluation: str,
    scores: Mapping[int, Mapping[str, float]],
    drawings: Sequence[str],
    *,
    study: str,
    experiment: str,
    method: str,
    tracking: str,
) -> list[int]:
    """Add scores, figures and the evaluation file to the tracked runs of all seeds.

    Parameters
    ----------
    settings : mapping
        Those of the trainings.
    evaluation : str
        Evaluation file.
    scores : mapping of int to mapping
        Seed to the scores of its training, by name.
    drawings : sequence of str
        PNG files.
    study, experiment, method : str
    tracking : str
        Note of the tracking store.

    Returns
    -------
    list of int
        The seeds.
    """
    from symlens import tracking as record

    for seed, own in scores.items():
        tracker = record.attach(tracking, study, experiment, method, seed, config_hash(settings))
        tracker.scores(own)
        tracker.artifact(evaluation)
        for drawing in drawings:
            tracker.artifact(drawing, "figures")
    record.reconcile(tracking)
    return list(scores)
