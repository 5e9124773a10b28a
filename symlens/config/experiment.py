"""What the experiments of all studies have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from symlens.config.base import Block

Seed = Annotated[int, Field(ge=0, lt=2**31)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


def distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse a value that is given twice."""
    repeated = [value for value in values if values.count(value) > 1]
    if repeated:
        raise ValueError(f"each once, found {repeated[0]} {values.count(repeated[0])} times")
    return values


class Experiment(Block):
    """Samples, and the methods and seeds that learn from them."""

    title: str = Field(min_length=1)
    """What the experiment is called in figures and reports."""

    seeds: Annotated[
        tuple[Seed, ...], Field(strict=False, min_length=1), AfterValidator(distinct)
    ] = (1, 2, 3)
    """Seeds of the trainings: each draws its own samples, held-out part and starts."""

    def files(self) -> Iterator[tuple[str, str]]:
        """Key and value of every path that the experiment names."""
        yield from ()

    def missing_files(self) -> Iterator[tuple[str, str]]:
        """Key path and mistake of every named file that is not there."""
        for key, value in self.files():
            if not Path(value).exists():
                yield key, f"no such file: {value} (seen from {Path.cwd()})"
