"""What a workflow asks of a configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from symlens.config import Config
from symlens.config.yaml_text import parse
from symlens.door import Library
from symlens.imports import code_hash
from symlens.studies import STUDIES, get

NOT_RESULTS = (
    "symlens.config.load",
    "symlens.config.root",
    "symlens.door",
    "symlens.plan",
    "symlens.studies",
    "symlens.tracking",
)
"""What cannot change a result file: settings reach a rule as its parameters, tracking is a view."""


@dataclass(frozen=True)
class Group:
    """The trainings of one experiment with one method."""

    study: str
    experiment: str
    method: str
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """A valid configuration, as the rules of a workflow ask it.

    Parameters
    ----------
    config : Config
    """

    config: Config
    _settings: dict[tuple[str | None, ...], dict[str, Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _shown: dict[str, dict[tuple[str, str], Group]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def experiments(self, study: str) -> Mapping[str, Any]:
        """Give the experiments of a study, by name."""
        experiments: Mapping[str, Any] = getattr(self.config, study).experiments
        return experiments

    def groups(self, study: str | None = None) -> tuple[Group, ...]:
        """Give every experiment and method of one study or of all."""
        return tuple(
            Group(name, experiment, method, tuple(block.seeds))
            for name in ([study] if study else STUDIES)
            for experiment, block in self.experiments(name).items()
            for method in block.methods
        )

    def studies(self) -> tuple[str, ...]:
        """Give the studies that have an experiment."""
        return tuple(study for study in STUDIES if self.experiments(study))

    def sweeps(self, study: str) -> Mapping[str, Any]:
        """Give the sweeps of a study by name: none, where its configuration knows no sweeps."""
        sweeps: Mapping[str, Any] = getattr(getattr(self.config, study), "sweeps", {})
        return sweeps

    def swept(self, study: str, sweep: str) -> tuple[Group, ...]:
        """Give the experiment that a sweep varies, and then its points in their order."""
        block, chosen = getattr(self.config, study), self.sweeps(study)[sweep]
        names = [chosen.of, *block.points(sweep)]
        groups = {(g.experiment, g.method): g for g in self.groups(study)}
        return tuple(groups[name, chosen.method] for name in names)

    def shown(self, study: str, *one: str) -> tuple[Group, ...]:
        """Give the experiments and methods that figures and pages show one by one.

        The points of a sweep are shown together, by the sweep. With the name of an experiment and
        of a method: that one, or none.
        """
        if study not in self._shown:
            block = getattr(self.config, study)
            points = {name for sweep in self.sweeps(study) for name in block.points(sweep)}
            groups = (g for g in self.groups(study) if g.experiment not in points)
            self._shown[study] = {(g.experiment, g.method): g for g in groups}
        shown = self._shown[study]
        if not one:
            return tuple(shown.values())
        experiment, method = one
        return (shown[experiment, method],) if (experiment, method) in shown else ()

    def titles(self, study: str) -> list[str]:
        """Give the title of every experiment and method that is shown, as people read it."""
        blocks = self.experiments(study)
        several = len({group.method for group in self.shown(study)}) > 1
        return [
            blocks[g.experiment].title + (f" ({g.method})" if several else "")
            for g in self.shown(study)
        ]

    def sweep(self, study: str, sweep: str) -> dict[str, Any]:
        """Give all that decides what is collected from a sweep's scores, as JSON values."""
        block, chosen = getattr(self.config, study), self.sweeps(study)[sweep]
        points = {
            name: {"label": point.label, "changes": dict(point.changes)}
            for name, point in block.points(sweep).items()
        }
        given: dict[str, Any] = chosen.model_dump(mode="json", exclude={"seeds"})
        return given | {"points": points}

    def seeds(self, study: str, experiment: str) -> tuple[int, ...]:
        """Give the seeds of the trainings of an experiment."""
        return tuple(self.experiments(study)[experiment].seeds)

    def about_sweep(self, study: str, sweep: str) -> dict[str, str]:
        """Give title and caption of a sweep's picture."""
        chosen = self.sweeps(study)[sweep]
        return {"title": chosen.title, "caption": get(study).SWEEP_CAPTIONS[chosen.kind]}

    def inputs(self, study: str, experiment: str) -> tuple[str, ...]:
        """Give the user's own files that an experiment starts from."""
        return tuple(path for _, path in self.experiments(study)[experiment].files())

    def parameters(
        self, stage: str, study: str, experiment: str, method: str | None = None
    ) -> dict[str, Any]:
        """Give the settings that a stage reads, and no others, as JSON values, not to be changed.

        All seeds of an experiment share them: they are made once.
        """
        key = (stage, study, experiment, method)
        if key not in self._settings:
            block = getattr(self.config, study)
            self._settings[key] = get(study).parameters(block, stage, experiment, method)
        return self._settings[key]

    def library(self, stage: str, study: str, method: str | None = None) -> str:
        """Give the hash of the code that the result of a stage depends on."""
        library: Library = get(study).library(stage, method)
        without = (*NOT_RESULTS, *library.without)
        return code_hash(tuple(library.roots), without, tuple(library.files))

    def where_to_look(self) -> str:
        """Say, in three lines, where a person finds what was made."""
        if self.config.tracking.uri is None and "MLFLOW_TRACKING_URI" in os.environ:
            record = "in the MLflow store of MLFLOW_TRACKING_URI"
        else:
            address = self.config.tracking.uri or "sqlite:///results/mlflow/mlflow.db"
            record = f"mlflow ui --backend-store-uri {address}"
        return (
            "every answer, its figures and tables   results/summary.html\n"
            f"every training, its curves and files   {record}\n"
            "how all of it was made                 make report, then results/report.html"
        )


def from_command_line(value: Any) -> Any:
    """Give numbers, true and false their type back: `snakemake --config` takes all as text.

    What YAML cannot read is text.
    """
    if isinstance(value, Mapping):
        return {key: from_command_line(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [from_command_line(inner) for inner in value]
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except yaml.YAMLError:
        return value
