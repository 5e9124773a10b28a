"""Configuration of the study ``plane``: shifts along rows and columns, learned together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from symlens.config.base import Block, BlockError
from symlens.config.experiment import Experiment, Name, distinct
from symlens.config.lens_samples import Range

Method = Literal["plane"]
Side = Annotated[int, Field(ge=3, le=31)]
Shape = Annotated[tuple[Side, Side], Field(strict=False)]


class _Windows(Block):
    """What every source of windows of the plane has."""

    shape: Shape = (9, 9)
    """Height and width of a window, in pixels; a sample has height x width features."""

    samples: int = Field(default=200_000, ge=1, le=1_000_000_000)
    """Number of samples to make."""

    group: Literal["translation", "permuted_translation", "random_basis"] = "random_basis"
    """Basis in which the samples are given: pixels row by row, shuffled, or a random one."""

    group_seed: int = Field(default=0, ge=0, lt=2**63)
    """Seed of the permutation or of the random basis."""

    noise: float = Field(default=0.05, ge=0.0, le=100.0)
    """White noise added, in units of the standard deviation of the samples."""

    seed: int = Field(default=0, ge=0, lt=2**63)
    """Seed of the samples."""

    @property
    def n(self) -> int:
        """Features of a sample."""
        return self.shape[0] * self.shape[1]


class PatchesData(_Windows):
    """Windows of photographs."""

    source: Literal["image_patches"] = "image_patches"
    """Windows of grey images, at a true step of one pixel."""

    path: str | None = Field(default=None, min_length=1)
    """An image file or a folder of them; null: scikit-learn's china.jpg and flower.jpg."""


class BlobsData(_Windows):
    """Sums of Gaussian blobs at random places."""

    source: Literal["blobs"] = "blobs"
    """Sums of Gaussian blobs of unit volume, with axes along rows and columns."""

    scale: Range = (0.5, 1.0)
    """Range [low, high] of the standard deviations of a blob, uniform, in pixels."""

    amplitude: Range = (0.5, 1.5)
    """Range [low, high] of the amplitude of a blob, uniform, in units of the data."""

    density: float = Field(default=0.02, gt=0.0, le=10.0)
    """Mean number of blobs per pixel."""


PlaneData = Annotated[PatchesData | BlobsData, Field(discriminator="source")]


class PlaneSettings(Block):
    """The learner of two commuting shifts."""

    samples: int = Field(default=100_000, ge=10, le=10_000_000)
    """Samples that a seed draws from the data without replacement (all, if there are fewer)."""

    held_out: float = Field(default=0.2, gt=0.0, lt=1.0)
    """Fraction of the drawn samples kept out of the fit."""

    rounds: int = Field(default=4, ge=1, le=50)
    """At most so many rounds of starts, each from its own random subset of the samples."""

    overlaps: bool = True
    """Look for samples that are another one moved by a step, as windows of one image can be."""


class PlaneExperiment(Experiment):
    """Windows of the plane, and the seeds that learn from them."""

    data: PlaneData
    """Where the samples come from."""

    methods: Annotated[
        tuple[Method, ...], Field(strict=False, min_length=1), AfterValidator(distinct)
    ] = ("plane",)
    """Learning methods; each trains once per seed."""

    plane: PlaneSettings | None = None
    """Settings for this experiment: the keys given here win over those of the study."""

    def files(self) -> Iterator[tuple[str, str]]:
        """Key and value of every path in the data block that is not null."""
        if isinstance(self.data, PatchesData) and self.data.path is not None:
            yield "data.path", self.data.path


class PlaneStudy(Block):
    """The study ``plane``."""

    plane: PlaneSettings = PlaneSettings()
    """Settings of the learner for every experiment."""

    experiments: dict[Name, PlaneExperiment] = Field(default_factory=dict)
    """Experiments by name, which is also the name of their folder."""

    def settings(self, experiment: str) -> PlaneSettings:
        """Settings of a training: the experiment's keys over the study's over the defaults."""
        own = self.experiments[experiment].plane
        given = {} if own is None else own.model_dump(include=own.model_fields_set)
        return PlaneSettings.model_validate(self.plane.model_dump() | given)

    def resolved(self, experiment: str, method: Method | None = None) -> dict[str, Any]:
        """All that decides what an experiment's data or, with a method, its trainings give.

        Returns
        -------
        dict
            ``data`` and, with a method, ``method`` and ``settings``; plain JSON values.
        """
        data = self.experiments[experiment].data
        found: dict[str, Any] = {"data": data.model_dump(mode="json")}
        if method is not None:
            settings = self.settings(experiment).model_dump(mode="json")
            found |= {"method": method, "settings": settings}
        return found

    @model_validator(mode="after")
    def _trainable(self) -> Self:
        mistakes = []
        for name, experiment in self.experiments.items():
            settings, data = self.settings(name), experiment.data
            drawn = min(settings.samples, data.samples)
            fitted = drawn - round(drawn * settings.held_out)
            if fitted < 2 * data.n:
                text = (
                    f"at least twice as many samples to learn from as features, found {fitted} "
                    f"for {data.shape[0]} x {data.shape[1]} = {data.n} ({drawn} drawn, "
                    f"{settings.held_out:g} of them held out)"
                )
                mistakes.append((f"experiments.{name}.data.samples", text))
        if mistakes:
            raise BlockError(mistakes)
        return self
