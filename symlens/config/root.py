"""The whole configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, Self

from pydantic import Field, model_validator

from symlens.config.base import Block, BlockError
from symlens.config.calibration import CalibrationStudy
from symlens.config.experiment import Experiment
from symlens.config.gain import GainStudy
from symlens.config.latent import LatentStudy
from symlens.config.lens import LensStudy
from symlens.config.plane import PlaneStudy
from symlens.config.wallpaper import WallpaperStudy


class Tracking(Block):
    """MLflow, a view on the runs; results are the same without it."""

    enabled: bool = True
    """Whether trainings are tracked."""

    uri: str | None = Field(default=None, min_length=1)
    """Address of the tracking store; null: MLFLOW_TRACKING_URI where that is set, else a sqlite
    file under results/mlflow."""


class Study(Protocol):
    """What the blocks of all studies have."""

    @property
    def experiments(self) -> Mapping[str, Experiment]:
        """Experiments by name."""


class Config(Block):
    """What is run: experiments by study, and how runs are tracked."""

    tracking: Tracking = Tracking()
    """How runs are tracked."""

    lens: LensStudy = LensStudy()
    """Which symmetry is it? Learns a hidden one-parameter symmetry from samples."""

    calibration: CalibrationStudy = CalibrationStudy()
    """How often is a verdict of ``lens`` right? Many small data sets of known truth."""

    latent: LatentStudy = LatentStudy()
    """How many hidden directions does it leave? Trains variational autoencoders on samples of known
    symmetry and counts the latents that they use."""

    gain: GainStudy = GainStudy()
    """How many samples does a symmetry save? Predicts and measures it for invariant kernels."""

    plane: PlaneStudy = PlaneStudy()
    """Which two commuting symmetries are it? Learns shifts along rows and columns together."""

    wallpaper: WallpaperStudy = WallpaperStudy()
    """Which of the 17 plane groups does an image have?"""

    def studies(self) -> Iterator[tuple[str, Study]]:
        """Name and block of every study."""
        for name in type(self).model_fields:
            if name != "tracking":
                yield name, getattr(self, name)

    @model_validator(mode="after")
    def _something_to_do(self) -> Self:
        if not any(block.experiments for _, block in self.studies()):
            names = ", ".join(name for name, _ in self.studies())
            raise BlockError([("experiments", f"expected at least one, in a block of: {names}")])
        return self
