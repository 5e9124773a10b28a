"""The ground every configuration block stands on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Block(BaseModel):
    """A frozen block of configuration that refuses unknown keys and silent conversions.

    ``strict`` refuses ``"1e-3"`` where a number is meant (YAML reads ``1e-3`` as text).
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )
