"""Configuration of the study ``lens``: settings of its methods and its experiments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from symlens.config.base import Block, BlockError
from symlens.config.experiment import Experiment, Name, distinct
from symlens.config.lens_baselines import LieGANSettings, LiePCASettings, SymmetryGANSettings
from symlens.config.lens_data import LensData, SO2Data
from symlens.config.lens_fast import FastSettings
from symlens.config.lens_methods import Method, Settings
from symlens.config.lens_official import OfficialSettings
from symlens.config.lens_sweep import expand
from symlens.config.sweep import Point, Sweep

PIXELS = ("fast", "official")
"""Methods that look for coordinates in which the symmetry is a shift from pixel to pixel."""
ALGEBRAS = "symmetrygan, liegan and liepca"


class LensExperiment(Experiment):
    """Samples, and the methods and seeds that learn from them."""

    data: LensData
    """Where the samples come from."""

    methods: Annotated[
        tuple[Method, ...], Field(strict=False, min_length=1), AfterValidator(distinct)
    ] = ("fast",)
    """Learning methods; each trains once per seed."""

    fast: FastSettings | None = None
    """Settings of ``fast`` for this experiment: the keys given here win over those of the study."""

    official: OfficialSettings | None = None
    """Settings of ``official`` for this experiment: keys given here win over the study's."""

    symmetrygan: SymmetryGANSettings | None = None
    """Settings of ``symmetrygan`` for this experiment: keys given here win over the study's."""

    liegan: LieGANSettings | None = None
    """Settings of ``liegan`` for this experiment: keys given here win over the study's."""

    liepca: LiePCASettings | None = None
    """Settings of ``liepca`` for this experiment: keys given here win over the study's."""

    def files(self) -> Iterator[tuple[str, str]]:
        """Key and value of every path in the data block that is not null."""
        for key in ("path", "mnist"):
            value = getattr(self.data, key, None)
            if value is not None:
                yield f"data.{key}", value


class LensStudy(Block):
    """The study ``lens``."""

    fast: FastSettings = FastSettings()
    """Settings of the method ``fast`` for every experiment."""

    official: OfficialSettings = OfficialSettings()
    """Settings of the method ``official`` for every experiment."""

    symmetrygan: SymmetryGANSettings = SymmetryGANSettings()
    """Settings of the baseline ``symmetrygan`` for every experiment."""

    liegan: LieGANSettings = LieGANSettings()
    """Settings of the baseline ``liegan`` for every experiment."""

    liepca: LiePCASettings = LiePCASettings()
    """Settings of the baseline ``liepca`` for every experiment."""

    experiments: dict[Name, LensExperiment] = Field(default_factory=dict)
    """Experiments by name, which is also the name of their folder. Those of the sweeps are added
    to them, numbered."""

    sweeps: dict[Name, Sweep] = Field(default_factory=dict)
    """Sweeps by name: an experiment varied point by point, every point an experiment."""

    _points: dict[str, dict[str, Point]] = PrivateAttr(default_factory=dict)

    def points(self, sweep: str) -> dict[str, Point]:
        """The points of a sweep by the name of their experiment."""
        return self._points[sweep]

    def settings(self, experiment: str, method: Method) -> Settings:
        """Settings of a training: the experiment's keys over the study's over the defaults."""
        study: Settings = getattr(self, method)
        own = getattr(self.experiments[experiment], method)
        given = {} if own is None else own.model_dump(include=own.model_fields_set)
        return type(study).model_validate(study.model_dump() | given)

    def resolved(self, experiment: str, method: Method | None = None) -> dict[str, Any]:
        """All that decides what an experiment's data or, with a method, its trainings give.

        Titles, other experiments and the choice of seeds are not in it, so that a result is
        known again when those change.

        Returns
        -------
        dict
            ``data`` and, with a method, ``method`` and ``settings``; plain JSON values.
        """
        block = self.experiments[experiment]
        found: dict[str, Any] = {"data": block.data.model_dump(mode="json")}
        if method is not None:
            settings = self.settings(experiment, method)
            found |= {"method": method, "settings": settings.model_dump(mode="json")}
        return found

    @model_validator(mode="after")
    def _expanded(self) -> Self:
        expansion = expand(self)
        if expansion.mistakes:
            raise BlockError(expansion.mistakes)
        self.experiments.update(expansion.experiments)
        self._points.update(expansion.points)
        return self

    @model_validator(mode="after")
    def _trainable(self) -> Self:
        mistakes = [
            (f"experiments.{name}.{key}", text)
            for name, experiment in self.experiments.items()
            for method in experiment.methods
            for key, text in self._mistakes(name, experiment, method)
        ]
        if mistakes:
            raise BlockError(list(dict.fromkeys(mistakes)))
        return self

    def _mistakes(
        self, name: str, experiment: LensExperiment, method: Method
    ) -> Iterator[tuple[str, str]]:
        """Key and mistake where data and settings do not go together."""
        n, samples = getattr(experiment.data, "n", None), experiment.data.samples
        if method != "fast" and getattr(experiment.data, "cyclic", None) == "auto":
            yield "data.cyclic", f"true or false, found auto: the method {method} has to be told"
        settings = self.settings(name, method)
        if n is None:
            return
        drawn = min(settings.samples, samples or settings.samples)
        fitted = drawn - round(drawn * settings.held_out)
        if fitted < n:
            text = (
                f"at least as many samples to learn from as features, found {fitted} for n = {n} "
                f"({drawn} drawn, {settings.held_out:g} of them held out)"
            )
            yield "data.samples", text
        if isinstance(settings, OfficialSettings):
            mistake = settings.batch_mistake(n)
            if mistake is not None:
                key, _, text = mistake.partition(": ")
                yield f"official.{key}", text
        if isinstance(settings, LiePCASettings) and settings.dimension >= n:
            yield (
                "liepca.dimension",
                f"below the number of features, {n}; found {settings.dimension}",
            )
        if isinstance(experiment.data, SO2Data) and method in PIXELS:
            yield "methods", f"{method} learns pixels, so2 samples have none; {ALGEBRAS} can"
