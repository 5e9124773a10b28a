"""What the door of a study offers, and what most doors share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

PAGE_FILES = ("page/page.html", "page/style.css")
"""What the page of every study is laid out by, seen from the package."""


@dataclass(frozen=True)
class Library:
    """The modules that one stage stands on.

    Parameters
    ----------
    roots : sequence of str
        Modules or packages whose imports are followed.
    without : sequence of str
        Those that are left out: rooms that this stage does not enter.
    files : sequence of str
        What they read that is no module, seen from the package.
    """

    roots: Sequence[str]
    without: Sequence[str] = ()
    files: Sequence[str] = ()


class Rooms(Protocol):
    """What the door of a study offers: one function per stage, from files to one file.

    ``parameters`` are what ``Plan.parameters`` gave for that stage: JSON values.
    """

    QUESTION: str
    """What the study answers, as a person asks it."""

    FIGURES: tuple[str, ...]
    """Names of the figures drawn for every experiment and method."""

    def library(self, stage: str, method: str | None) -> Library:
        """Give the modules that a stage stands on."""

    def parameters(
        self, config: Any, stage: str, experiment: str, method: str | None
    ) -> dict[str, Any]:
        """Give the settings that a stage reads, and no others."""


def settings_of(
    config: Any, stage: str, experiment: str, method: str | None = None
) -> dict[str, Any]:
    """Give what a stage reads of a study's block, as most studies want it: `Rooms.parameters`."""
    if stage == "synthesize":
        found: dict[str, Any] = config.resolved(experiment)
    elif stage in {"train", "evaluate", "publish"}:
        found = config.resolved(experiment, method)
    else:
        found = {"title": config.experiments[experiment].title}
    return found
