"""The runs of a training: found by their tags, begun, opened again, closed when left over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symlens.provenance import code_version
from symlens.tracking.process import Process
from symlens.tracking.store import Store, matching

if TYPE_CHECKING:
    from mlflow.entities import Run

UNFINISHED = ("RUNNING", "KILLED", "FAILED")


@dataclass(frozen=True)
class Key:
    """What makes two runs runs of the same training."""

    study: str
    experiment: str
    method: str
    seed: int
    config_hash: str

    def tags(self, workspace: str) -> dict[str, str]:
        """The tags by which a run is found again."""
        return {
            "role": "training",
            "study": self.study,
            "experiment": self.experiment,
            "method": self.method,
            "seed": str(self.seed),
            "config_hash": self.config_hash,
            "workspace": workspace,
        }


def find(store: Store, key: Key) -> list[Run]:
    """All runs of a training, the last one first.

    They are counted, not dated: a clock may go wrong, or differ from that of another machine. Runs
    that are older than their counting come after the others, by their date.
    """
    found = store.client.search_runs(
        [store.experiment(key.study)],
        matching(key.tags(store.workspace)),
        order_by=["attributes.start_time DESC"],
    )
    return sorted(found, key=_attempt, reverse=True)


def begin(store: Store, key: Key, *, resume: bool) -> tuple[str, bool]:
    """Id of a run for a training that starts now, and whether it was opened again.

    A workspace has one training of a key at a time: an open run of another process is left over,
    from whichever machine, unless that process can be seen to live.
    """
    found = find(store, key)
    left = [run for run in found if run.info.status in UNFINISHED and not _lives(run)]
    again = left[0] if resume and left else None
    stale = gone(store) + [run for run in left if run.info.status == "RUNNING"]
    close(store, [run for run in stale if again is None or run.info.run_id != again.info.run_id])
    process = str(Process.current())
    if again is not None:
        run_id = str(again.info.run_id)
        store.client.set_tag(run_id, "process", process)
        store.client.update_run(run_id, status="RUNNING")
        return run_id, True
    tags = key.tags(store.workspace) | {
        "attempt": str(_attempt(found[0]) + 1 if found else 1),
        "mlflow.parentRunId": store.parent(key.study, key.experiment),
        "code_version": code_version(),
        "process": process,
    }
    name = f"{key.experiment}/{key.method}/seed-{key.seed}"
    run = store.client.create_run(store.experiment(key.study), tags=tags, run_name=name)
    return str(run.info.run_id), False


def gone(store: Store) -> list[Run]:
    """Open runs of this workspace whose process, on this machine, is gone."""
    experiments = store.client.search_experiments(filter_string="name LIKE 'symlens/%'")
    running = "attributes.status = 'RUNNING' and " + matching({"workspace": store.workspace})
    runs = store.client.search_runs([found.experiment_id for found in experiments], running)
    return [run for run in runs if (process := _process(run)) is not None and process.is_gone]


def close(store: Store, runs: list[Run]) -> list[str]:
    """Close runs as KILLED; their ids."""
    ids = list(dict.fromkeys(str(run.info.run_id) for run in runs))
    for run_id in ids:
        store.client.set_terminated(run_id, "KILLED")
    return ids


def _attempt(run: Run) -> int:
    """Which of the runs of its training it is, counted from 1; 0 where that was not counted."""
    return int(run.data.tags.get("attempt", 0))


def _lives(run: Run) -> bool:
    """Whether an open run's process can be seen to live."""
    process = _process(run)
    return (
        run.info.status == "RUNNING"
        and process is not None
        and process.is_here
        and not process.is_gone
    )


def _process(run: Run) -> Process | None:
    return Process.parse(run.data.tags.get("process", ""))
