"""One MLflow run: its curve in batches, no step twice, its scores, files and labels."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

METRICS_PER_CALL = 1000
PARAMS_PER_CALL = 100
"""What MLflow takes in one call."""

SECONDS = 10.0
"""Time after which what was recorded is sent, so that a curve can be watched."""

LONGEST_WAIT = 600.0
"""Seconds between two attempts while the store is out of reach; they double from ``SECONDS``."""

log = logging.getLogger(__name__)


class MlflowTracker:
    """A tracker that writes to a MLflow run.

    The run is a view on a training: where the store cannot be reached, a warning goes to the log,
    the training goes on and a later flush tries again.

    Parameters
    ----------
    client : MlflowClient
    run_id : str
    last : mapping of str to int, optional
        Last step of every curve that the run has already.
    clock : callable
        Seconds, for the time between two flushes.
    """

    def __init__(
        self,
        client: MlflowClient,
        run_id: str,
        *,
        last: Mapping[str, int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self.run_id = run_id
        self._clock = clock
        self._tried = clock()
        self._wait = SECONDS
        self._waiting: list[Metric] = []
        self._last = dict(last or {})

    def record(self, step: int, terms: Mapping[str, float]) -> None:
        """Take the terms of one step, unless they were recorded before a resume."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        for name, value in terms.items():
            if step > self._last.get(name, -1):
                self._last[name] = step
                self._waiting.append(Metric(name, float(value), now, step))
        if self._clock() - self._tried >= self._wait:
            self.flush()
        elif self._wait == SECONDS:
            self.flush(METRICS_PER_CALL)

    def flush(self, at_least: int = 1) -> None:
        """Send what is waiting, in full calls and, if ``at_least`` are left, the rest."""
        while len(self._waiting) >= at_least:
            batch = self._waiting[:METRICS_PER_CALL]
            sent = self._sent(partial(self.client.log_batch, self.run_id, batch))
            self._tried = self._clock()
            self._wait = SECONDS if sent else min(2 * self._wait, LONGEST_WAIT)
            if not sent:
                return
            del self._waiting[: len(batch)]

    def scores(self, values: Mapping[str, float]) -> None:
        """Take scores; one that has changed since it was last taken gets the next step."""
        from mlflow.entities import Metric

        def send() -> None:
            now, metrics = int(time.time() * 1000), []
            for name, value in values.items():
                history = self.client.get_metric_history(self.run_id, name)
                last = max(history, key=lambda metric: metric.step, default=None)
                if last is None or last.value != float(value):
                    metrics.append(Metric(name, float(value), now, last.step + 1 if last else 0))
            self.client.log_batch(self.run_id, metrics)

        self._sent(send)

    def artifact(self, path: Path | str, folder: str | None = None) -> None:
        """Take a copy of a file, into a folder of the run."""
        self._sent(lambda: self.client.log_artifact(self.run_id, str(path), folder))

    def tag(self, name: str, value: str) -> None:
        """Take a label."""
        self._sent(lambda: self.client.set_tag(self.run_id, name, value))

    def params(self, values: Mapping[str, str]) -> None:
        """Take parameters; those that the run has already cannot change and are left out."""
        from mlflow.entities import Param

        def send() -> None:
            there = self.client.get_run(self.run_id).data.params
            new = [Param(name, value) for name, value in values.items() if name not in there]
            for first in range(0, len(new), PARAMS_PER_CALL):
                batch = new[first : first + PARAMS_PER_CALL]
                self.client.log_batch(self.run_id, params=batch)

        self._sent(send)

    def end(self, status: str) -> None:
        """Send what is waiting and close the run as FINISHED, FAILED or KILLED."""
        self.flush()
        if self._waiting:
            log.warning("tracking: %d values of the curve were not recorded", len(self._waiting))
        self._sent(lambda: self.client.set_terminated(self.run_id, status))

    def _sent(self, send: Callable[[], object]) -> bool:
        """Whether it worked; if not, the log says why."""
        try:
            send()
        except Exception as error:  # noqa: BLE001 - a view must not end a training
            log.warning("tracking: run %s: %s", self.run_id, error)
            return False
        return True


def last_steps(client: MlflowClient, run_id: str) -> dict[str, int]:
    """Last recorded step of every curve of a run."""
    names = client.get_run(run_id).data.metrics
    histories = {name: client.get_metric_history(run_id, name) for name in names}
    return {name: max(m.step for m in history) for name, history in histories.items()}
