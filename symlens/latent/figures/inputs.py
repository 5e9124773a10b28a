"""What a figure is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symlens.errors import DataError
from symlens.latent.network import Network
from symlens.latent.runfile import networks
from symlens.store import take

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

POINTS = 2500
"""Held-out samples that are drawn."""


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
        Data file, perhaps lazy.
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

    @property
    def method(self) -> str:
        """Name of the posterior."""
        return str(self.runs[0].attrs["method"])

    @property
    def features(self) -> list[str]:
        """Names of the features."""
        return [str(name) for name in self.evaluation["feature"].values]

    @property
    def beta(self) -> float:
        """The weight of the KL term that is shown."""
        return float(self.evaluation["beta"][0])

    @property
    def latents(self) -> int:
        """The latent size that is shown."""
        return int(self.evaluation["latent_size"][-1])

    @property
    def setting(self) -> str:
        """Words for beta and latent size."""
        return f"beta {self.beta:g}, {self.latents} latent{'s' if self.latents > 1 else ''}"

    def known(self, name: str) -> int | None:
        """The intrinsic or embedding dimension; None where it is not known."""
        value = int(self.evaluation.attrs[f"{name}_dimension"])
        return value if value > 0 else None

    @cached_property
    def worst(self) -> int:
        """Index of the seed whose count is farthest from the known one, then of highest cost."""
        counts = self.evaluation["relevant"].to_numpy()
        expected = self.known("embedding")
        off = np.abs(counts - (np.median(counts) if expected is None else expected))
        cost = self.evaluation["objective"].to_numpy()
        return int(np.lexsort((cost, off))[-1])

    @property
    def choice(self) -> str:
        """Words that say which seed is shown and why."""
        seed = self.seeds[self.worst]
        return f"seed {seed}" + (f", the worst of {len(self.seeds)}" if len(self.seeds) > 1 else "")

    @cached_property
    def network(self) -> Network:
        """The shown network of the worst seed."""
        run = self.runs[self.worst]
        own = (run["beta"] == self.beta) & (run["latent_size"] == self.latents)
        objective = (run["error"] + run["beta"] * run["kl"].sum("latent")).where(own, np.inf)
        return networks(run)[int(np.argmin(objective.to_numpy()))]

    @cached_property
    def samples(self) -> Array:
        """Held-out samples of the worst seed. Shape (m, features)."""
        rows = self.runs[self.worst]["held_out"].to_numpy()[:POINTS]
        return np.asarray(take(self.data["x"], rows), np.float64)

    @cached_property
    def plane(self) -> tuple[int, int]:
        """Two features to draw over: a plane that the symmetry turns, else the first that vary."""
        if "symmetry_generator" in self.data:
            pairs = np.argwhere(self.data["symmetry_generator"].to_numpy() > 0.5)
            if len(pairs):
                return int(pairs[0, 0]), int(pairs[0, 1])
        varying = np.flatnonzero(self.samples.std(axis=0) > 0)
        return (int(varying[0]), int(varying[1])) if len(varying) > 1 else (0, 0)

    def units(self, column: int) -> str:
        """Name of a feature, with its unit."""
        unit = str(self.data["feature_units"].values[column])
        return self.features[column] + ("" if unit == "1" else f" ({unit})")

    @cached_property
    def drawn(self) -> list[tuple[str, Array]]:
        """Name and mean of every relevant-ordered latent on the samples; an angle in radians."""
        posterior = self.network.posterior(self.samples)
        layout = self.network.shapes.layout
        owner = layout.owner()
        order = np.argsort(-posterior.kl.mean(axis=0), kind="stable")
        found = []
        for rank, latent in enumerate(order, start=1):
            columns = posterior.mean[:, owner == latent]
            if layout.curved == 1 and latent == 0:
                found.append((f"angle z{rank}", np.arctan2(columns[:, 1], columns[:, 0])))
            elif columns.shape[1] == 1:
                found.append((f"z{rank}", columns[:, 0]))
            else:
                found += [(f"z{rank}.{axis}", columns[:, i]) for i, axis in enumerate("xyz")]
        return found
