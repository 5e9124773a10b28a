"""The ground every configuration block stands on."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


class Block(BaseModel):
    """A frozen block of configuration that refuses unknown keys and silent conversions.

    ``strict`` refuses ``"1e-3"`` where a number is meant (YAML reads ``1e-3`` as text); whole
    numbers are taken for real ones. A field that is a tuple needs ``Field(strict=False)``, since
    YAML has lists only; its members stay strict.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class BlockError(ValueError):
    """Several mistakes that one validator found.

    Parameters
    ----------
    mistakes : sequence of (str, str)
        Key path relative to the validated block, dots between keys, and what is wrong there.
    """

    def __init__(self, mistakes: Sequence[tuple[str, str]]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(f"{path}: {text}" for path, text in self.mistakes))
