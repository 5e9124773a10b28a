"""What a figure is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from symlens.errors import DataError
from symlens.lens.runfile import symmetry_from
from symlens.lens.symmetry import LearnedSymmetry
from symlens.lens.truth import Truth, truth_of

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class FigureInputs:
    """The files of one experiment and method.

    Parameters
    ----------
    runs : sequence of Dataset
        Run files, in the order of the evaluation's seeds.
    evaluation : Dataset
        Evaluation file.
    data : Dataset
        Data file, perhaps lazy: only its representation and ideal generator are read.
    title : str
        Name of the experiment for people.
    """

    runs: Sequence[xr.Dataset]
    evaluation: xr.Dataset
    data: xr.Dataset
    title: str

    def __post_init__(self) -> None:
        """Refuse runs that are not those of the evaluation."""
        found = [int(run.attrs["seed"]) for run in self.runs]
        if found != self.seeds:
            raise DataError(f"figures: expected runs of seeds {self.seeds}, got {found}")

    @property
    def seeds(self) -> list[int]:
        """Seeds of the trainings."""
        return [int(seed) for seed in self.evaluation["seed"]]

    @cached_property
    def truth(self) -> Truth | None:
        """The ideal symmetry; None where it is not known."""
        return truth_of(self.data)

    @cached_property
    def symmetries(self) -> list[LearnedSymmetry]:
        """The learned symmetries, one per seed."""
        return [symmetry_from(run) for run in self.runs]

    @property
    def method(self) -> str:
        """Name of the method that learned."""
        return str(self.runs[0].attrs["method"])

    @property
    def experiment(self) -> str:
        """Name of the experiment."""
        return str(self.evaluation.attrs["experiment"])

    @property
    def task(self) -> str:
        """Title of the experiment without the method."""
        return self.title.removesuffix(f" ({self.method})")

    @property
    def n(self) -> int:
        """Number of features."""
        return self.symmetries[0].n_features

    @property
    def cyclic(self) -> bool:
        """Whether the group acts on the features as on a ring."""
        return self.symmetries[0].cyclic

    @cached_property
    def worst(self) -> int:
        """Index of the worst seed.

        The one with the smallest cosine to the ideal generator; where that is not known, the one
        that agrees least with the others.
        """
        if "generator_cosine" in self.evaluation:
            return int(np.argmin(self.evaluation["generator_cosine"].to_numpy()))
        return int(np.argmin(self.evaluation["agreement"].to_numpy().sum(axis=1)))

    @property
    def choice(self) -> str:
        """Words that say which seed is shown and why."""
        seed = self.seeds[self.worst]
        if len(self.seeds) == 1:
            return f"seed {seed}"
        if "generator_cosine" in self.evaluation:
            return f"seed {seed}, the worst of {len(self.seeds)}"
        return f"seed {seed}, the least like the others of {len(self.seeds)}"

    @property
    def verdict(self) -> str:
        """The verdict, with the number of seeds that reach it where they differ."""
        return verdict_of(self.evaluation)


def verdict_of(evaluation: xr.Dataset) -> str:
    """The verdict of an evaluation; where seeds differ, all of them with their numbers."""
    verdicts = [str(verdict) for verdict in evaluation["verdict"].to_numpy()]
    different = sorted(set(verdicts), key=lambda verdict: (-verdicts.count(verdict), verdict))
    if len(different) == 1:
        return different[0]
    return ", ".join(f"{v} ({verdicts.count(v)} of {len(verdicts)})" for v in different)
