"""Sweeps: one experiment, varied point by point; every point is an experiment of its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from symlens.config.base import Block
from symlens.config.experiment import Name, Seed, distinct

Key = Annotated[str, Field(pattern=r"^(data\.)?[a-z][a-z0-9_]*$")]
"""A setting of the method, or ``data.`` and a key of the samples."""

Label = Annotated[str, Field(min_length=1, max_length=60)]


def _number(value: Any) -> Any:
    if not isinstance(value, bool | int | float):
        text = f"a number, true or false expected, found {value!r}"
        raise ValueError(text)  # noqa: TRY004 - pydantic listens to ValueError only
    return value


Value = bool | int | float
GivenValue = Annotated[
    Any, AfterValidator(_number), WithJsonSchema({"type": ["number", "boolean"]})
]
Multiplier = Annotated[float, Field(gt=0.0, le=1.0e6)]
Lookup = Callable[[str], Value]


def _rising(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] >= bounds[1]:
        raise ValueError(f"[low, high] with low < high, got [{bounds[0]:g}, {bounds[1]:g}]")
    return bounds


Bounds = Annotated[tuple[float, float], Field(strict=False), AfterValidator(_rising)]


@dataclass(frozen=True)
class Point:
    """One point of a sweep.

    Parameters
    ----------
    label : str
        What is different here.
    changes : mapping of str to float or bool
        Key to value.
    """

    label: str
    changes: Mapping[str, Value]


class _Sweep(Block):
    """What every sweep has."""

    title: str = Field(min_length=1)
    """What the sweep is called in figures and reports."""

    of: Name
    """The experiment that is varied; its own result is the reference."""

    method: Name = "official"
    """The method that learns; one of those of the experiment."""

    seeds: (
        Annotated[tuple[Seed, ...], Field(strict=False, min_length=1), AfterValidator(distinct)]
        | None
    ) = None
    """Seeds of the trainings at every point. Null: those of the experiment."""

    @abstractmethod
    def points(self, base: Lookup) -> list[Point]:
        """Give the points in their order; ``base`` gives a key's value in the experiment."""


class Ablation(_Sweep):
    """Named variants of an experiment, such as a loss without one of its terms."""

    kind: Literal["ablation"] = "ablation"
    """Named variants."""

    variants: dict[Label, dict[Key, GivenValue]] = Field(min_length=1)
    """Label of a variant -> the keys that differ, with their values."""

    def points(self, base: Lookup) -> list[Point]:
        """One point per variant."""
        for changes in self.variants.values():
            for key in changes:
                base(key)
        return [Point(label, changes) for label, changes in self.variants.items()]


class OneAtATime(_Sweep):
    """Every key by itself, at multiples of its value in the experiment."""

    kind: Literal["one_at_a_time"] = "one_at_a_time"
    """One key at a time."""

    keys: Annotated[tuple[Key, ...], Field(strict=False, min_length=1), AfterValidator(distinct)]
    """Keys that are varied."""

    multipliers: Annotated[
        tuple[Multiplier, ...], Field(strict=False, min_length=1), AfterValidator(distinct)
    ]
    """What a key's value is multiplied by; 1 is the experiment itself and left out."""

    @model_validator(mode="after")
    def _not_one(self) -> Self:
        if 1.0 in self.multipliers:
            raise ValueError("multipliers: 1 is the experiment itself, leave it out")
        return self

    def points(self, base: Lookup) -> list[Point]:
        """All multipliers of the first key, then of the second, ..."""
        found = []
        for key in self.keys:
            value = base(key)
            if isinstance(value, bool) or value == 0:
                raise ValueError(f"keys: {key} is {value} in the experiment: no multiple of it")
            for multiplier in self.multipliers:
                changed = value * multiplier
                number = round(changed) if isinstance(value, int) else changed
                found.append(Point(f"{key} x {multiplier:g}", {key: number}))
        return found


class Morris(_Sweep):
    """Elementary effects of several keys on a grid of values (Morris, Technometrics 1991)."""

    kind: Literal["morris"] = "morris"
    """Morris's trajectories through a grid."""

    ranges: dict[Key, Bounds] = Field(min_length=2)
    """Key -> range [low, high] of its values."""

    trajectories: int = Field(default=4, ge=2, le=1000)
    """Trajectories; each takes as many trainings as there are keys, and one more."""

    levels: int = Field(default=4, ge=2, le=100)
    """Values of every key, evenly over its range; even."""

    design_seed: Seed = 0
    """Seed of the trajectories."""

    @model_validator(mode="after")
    def _even(self) -> Self:
        if self.levels % 2:
            raise ValueError(f"levels: an even number, got {self.levels}")
        return self

    def points(self, base: Lookup) -> list[Point]:
        """The points of all trajectories, one after the other."""
        from symlens.config.morris import design

        for key in self.ranges:
            base(key)
        rows = design(self.ranges, self.trajectories, self.levels, self.design_seed)
        length = len(self.ranges) + 1
        return [
            Point(
                f"trajectory {index // length + 1}, point {index % length + 1}",
                dict(zip(self.ranges, row, strict=True)),
            )
            for index, row in enumerate(rows)
        ]


Sweep = Annotated[Ablation | OneAtATime | Morris, Field(discriminator="kind")]


def names(sweep: str, points: list[Point]) -> Iterator[tuple[str, Point]]:
    """Name of the experiment of every point."""
    digits = max(2, len(str(len(points))))
    for index, point in enumerate(points, start=1):
        yield f"{sweep}_{index:0{digits}d}", point
