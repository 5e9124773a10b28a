"""The record of a search: the terms of the objective at every candidate and step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from symlens.lens.learner import History, Monitor


class Trace:
    """Collects terms, one step each, and passes them on to a monitor.

    Parameters
    ----------
    monitor : Monitor
    terms : sequence of str
        Names of the terms of the objective, beside the loss and the round.
    """

    def __init__(self, monitor: Monitor, terms: Sequence[str]) -> None:
        self._monitor = monitor
        self._columns = ("loss", *terms, "round")
        self._rows: list[list[float]] = []

    def add(self, terms: Mapping[str, float], round_: int) -> None:
        """Add the loss and the terms of a candidate or step of a round."""
        row = {**terms, "round": float(round_)}
        self._monitor.record(len(self._rows), row)
        self._rows.append([row[name] for name in self._columns])

    def history(self) -> History:
        """All that was added."""
        steps = np.arange(len(self._rows), dtype=np.int64)
        values = np.array(self._rows, np.float64).reshape(-1, len(self._columns))
        return History(steps, self._columns, values)
