"""From the start of a training to its end, as the tracking store sees it."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from symlens.tracking.run import MlflowTracker, last_steps
from symlens.tracking.runs import Key, begin, find
from symlens.tracking.store import Settings, opened
from symlens.tracking.tracker import NullTracker, Tracker

LONGEST_PARAM = 6000
"""Letters that MLflow takes in the value of a parameter."""

log = logging.getLogger(__name__)


@contextmanager
def start(
    path: Path | str,
    study: str,
    experiment: str,
    method: str,
    seed: int,
    config_hash: str,
    params: Mapping[str, Any],
    *,
    resume: bool = False,
) -> Iterator[Tracker]:
    """Track a training: a MLflow run that is open as long as the block runs.

    It ends as FINISHED, as FAILED after an exception, as KILLED after SIGTERM or Ctrl-C. Earlier
    runs whose process was killed without notice are closed as KILLED.

    Parameters
    ----------
    path : path
        The file that ``initialise`` wrote.
    study, experiment, method, seed, config_hash
        What makes two runs runs of the same training.
    params : mapping
        Parameters of the run, nested as they like.
    resume : bool
        Whether the training goes on from a checkpoint: then the last run of this training that
        did not finish is opened again, and no step is recorded twice.
    """
    path, key = Path(path), Key(study, experiment, method, seed, config_hash)
    settings = Settings.read(path)
    if not settings.enabled:
        yield NullTracker()
        return
    with opened(path, settings) as store:
        run_id, resumed = begin(store, key, resume=resume)
        last = last_steps(store.client, run_id) if resumed else None
    tracker = MlflowTracker(store.client, run_id, last=last)
    tracker.params(flat(params))
    try:
        with _terminable():
            yield tracker
    except Exception as error:
        tracker.tag("error", next(iter(str(error).splitlines()), type(error).__name__)[:500])
        tracker.end("FAILED")
        raise
    except BaseException:
        tracker.end("KILLED")
        raise
    tracker.end("FINISHED")


def attach(
    path: Path | str, study: str, experiment: str, method: str, seed: int, config_hash: str
) -> Tracker:
    """Give the last run of a training, to add scores and files to it; its status stays.

    Where the training was not tracked, or its run was deleted, the log says so, and what is
    added goes nowhere: the result files hold it.
    """
    path, key = Path(path), Key(study, experiment, method, seed, config_hash)
    settings = Settings.read(path)
    if not settings.enabled:
        return NullTracker()
    with opened(path, settings) as store:
        runs = find(store, key)
        if runs:
            finished = [run for run in runs if run.info.status == "FINISHED"]
            return MlflowTracker(store.client, (finished or runs)[0].info.run_id)
    log.warning("tracking: no run of %s, %s, seed %s to add to", experiment, method, seed)
    return NullTracker()


def flat(params: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested parameters with dots between their keys, as text that MLflow takes."""
    found: dict[str, str] = {}
    for name, value in params.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = str(value)[:LONGEST_PARAM]
    return found


@contextmanager
def _terminable() -> Iterator[None]:
    """Turn SIGTERM into an exception, so that the block is left in order (main thread only)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
