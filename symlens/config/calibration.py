"""Configuration of the study ``calibration``: how often a verdict of ``lens`` is right."""

from __future__ import annotations

from itertools import product
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from symlens.config.base import Block, BlockError
from symlens.config.experiment import Experiment, Name, distinct
from symlens.config.lens_controls import Controls
from symlens.config.lens_data import SynthesizedData
from symlens.config.lens_fast import FastSettings

Truth = Literal["symmetry", "none", "near"]
_Noise = Annotated[float, Field(ge=0.0, le=100.0)]
_Count = Annotated[int, Field(ge=10, le=10_000_000)]
_Strength = Annotated[float, Field(gt=0.0, le=1.0)]


class CalibrationExperiment(Experiment):
    """Many small data sets of one kind, each learned from and judged as a user's would be."""

    truth: Truth
    """symmetry: verdicts 'symmetry' are detections; none: they are false discoveries; near: the
    symmetry is broken by degrees, and verdicts are counted for either side of none."""

    data: Annotated[SynthesizedData, Field(discriminator="source")]
    """Kind of the samples. Seed and group_seed are drawn anew for every data set."""

    data_sets: int = Field(default=5, ge=1, le=10_000)
    """Data sets of every seed and cell; a cell is a choice of noise, samples and strength."""

    noise: Annotated[tuple[_Noise, ...], Field(strict=False), AfterValidator(distinct)] = ()
    """Noise levels, in units of the standard deviation of the samples; none: that of the data."""

    samples: Annotated[tuple[_Count, ...], Field(strict=False), AfterValidator(distinct)] = ()
    """Numbers of samples, of which ``fast.held_out`` are kept out; none: that of the data."""

    strength: Annotated[tuple[_Strength, ...], Field(strict=False), AfterValidator(distinct)] = ()
    """Strengths with which the symmetry is broken; none: that of the data."""

    methods: Annotated[
        tuple[Literal["fast"], ...], Field(strict=False, min_length=1), AfterValidator(distinct)
    ] = ("fast",)
    """Learning methods."""

    fast: FastSettings | None = None
    """Settings of ``fast`` for this experiment: the keys given here win over those of the study."""

    def cells(self) -> list[dict[str, Any]]:
        """Every combination of noise, samples and strength, as a change of the data block."""
        broken = getattr(self.data, "broken", None)
        return [
            {
                "noise": noise,
                "samples": samples,
                **({} if broken is None else {"broken": {"kind": broken.kind, "strength": by}}),
            }
            for noise, samples, by in product(
                self.noise or (self.data.noise,),
                self.samples or (self.data.samples,),
                self.strength or (0.0 if broken is None else broken.strength,),
            )
        ]

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        broken = getattr(self.data, "broken", None)
        if self.strength and broken is None:
            raise ValueError("strength: only where data.broken says what is broken")
        if self.truth == "symmetry" and (broken is not None or isinstance(self.data, Controls)):
            raise ValueError(f"truth: {self.data.source} data as they are given have no symmetry")
        return self


class CalibrationStudy(Block):
    """The study ``calibration``."""

    fast: FastSettings = FastSettings()
    """Settings of the method ``fast`` for every experiment."""

    experiments: dict[Name, CalibrationExperiment] = Field(default_factory=dict)
    """Experiments by name, which is also the name of their folder."""

    def settings(self, experiment: str) -> FastSettings:
        """Settings of a training: the experiment's keys over the study's over the defaults."""
        own = self.experiments[experiment].fast
        given = {} if own is None else own.model_dump(include=own.model_fields_set)
        return FastSettings.model_validate(self.fast.model_dump() | given)

    def resolved(self, experiment: str, method: str | None = None) -> dict[str, Any]:
        """All that decides what an experiment's data or, with a method, its trainings give.

        Returns
        -------
        dict
            ``data``, ``cells``, ``data_sets``, ``seeds``, ``truth`` and, with a method, ``method``
            and ``settings``; plain JSON values.
        """
        block = self.experiments[experiment]
        found: dict[str, Any] = {
            "data": block.data.model_dump(mode="json"),
            "cells": block.cells(),
            "data_sets": block.data_sets,
            "seeds": list(block.seeds),
            "truth": block.truth,
        }
        if method is not None:
            settings = self.settings(experiment).model_dump(mode="json")
            found |= {"method": method, "settings": settings}
        return found

    @model_validator(mode="after")
    def _enough_samples(self) -> Self:
        mistakes = []
        for name, block in self.experiments.items():
            settings = self.settings(name)
            for cell in block.cells():
                drawn = min(settings.samples, cell["samples"])
                fitted = drawn - round(drawn * settings.held_out)
                if fitted < block.data.n:
                    text = f"at least as many to learn from as features, found {fitted}"
                    mistakes.append((f"experiments.{name}.samples", text))
        if mistakes:
            raise BlockError(list(dict.fromkeys(mistakes)))
        return self
