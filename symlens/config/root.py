"""The whole configuration."""

from __future__ import annotations

from pydantic import Field

from symlens.config.base import Block
from symlens.config.lens import LensStudy


class Tracking(Block):
    """MLflow, a view on the runs; results are the same without it."""

    enabled: bool = True
    """Whether trainings are tracked."""

    uri: str | None = Field(default=None, min_length=1)
    """Address of the tracking store; null: MLFLOW_TRACKING_URI where that is set, else a sqlite
    file under results/mlflow."""


class Config(Block):
    """What is run: experiments by study, and how runs are tracked."""

    tracking: Tracking = Tracking()
    """How runs are tracked."""

    lens: LensStudy
    """Which symmetry is it? Learns a hidden one-parameter symmetry from samples."""
