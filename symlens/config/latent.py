"""Configuration of the study ``latent``: settings of its networks and its experiments."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from symlens.config.base import Block, BlockError
from symlens.config.experiment import Experiment, Name, distinct
from symlens.config.latent_data import LatentData

Method = Literal["gaussian", "linear", "circular", "spherical"]
POSTERIOR_NEEDS = {"gaussian": 1, "linear": 1, "circular": 1, "spherical": 1}
Betas = Annotated[tuple[float, ...], Field(strict=False, min_length=1, max_length=32)]
Sizes = Annotated[tuple[int, ...], Field(strict=False, min_length=1, max_length=32)]
