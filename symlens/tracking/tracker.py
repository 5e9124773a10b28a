"""What a training tells of itself while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Tracker(Protocol):
    """Receives curves, scores, tags and files of one training; a ``lens.learner.Monitor``."""

    def record(self, step: int, terms: Mapping[str, float]) -> None:
        """Take the terms of one step; steps arrive in increasing order."""

    def scores(self, values: Mapping[str, float]) -> None:
        """Take scores of the whole training."""

    def artifact(self, path: Path | str, folder: str | None = None) -> None:
        """Take a copy of a file, into a folder of the run."""

    def tag(self, name: str, value: str) -> None:
        """Take a label."""


class NullTracker:
    """A tracker that forgets everything: tracking is off."""

    def record(self, step: int, terms: Mapping[str, float]) -> None:
        """Forget the terms of one step."""

    def scores(self, values: Mapping[str, float]) -> None:
        """Forget scores."""

    def artifact(self, path: Path | str, folder: str | None = None) -> None:
        """Forget a file."""

    def tag(self, name: str, value: str) -> None:
        """Forget a label."""
