"""What the sources of samples of a ``lens`` experiment have in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from symlens.config.base import Block

Group = Literal[
    "translation",
    "permuted_translation",
    "frequency_shift",
    "random_basis",
    "dispersed_translation",
]


def _ascending(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] > bounds[1]:
        raise ValueError(f"[low, high] with low <= high, got [{bounds[0]:g}, {bounds[1]:g}]")
    return bounds


# YAML has lists only: a tuple is taken from a list, its members stay strict.
_Positive = Annotated[float, Field(gt=0.0, le=1.0e6)]
Range = Annotated[tuple[_Positive, _Positive], Field(strict=False), AfterValidator(_ascending)]


class Samples(Block):
    """What every source but a file has."""

    n: int = Field(default=33, ge=3, le=2048)
    """Features of a sample, in pixels."""

    samples: int = Field(default=100_000, ge=1, le=1_000_000_000)
    """Number of samples to make."""

    cyclic: bool = False
    """Whether the pixels close to a ring of period n; otherwise they are a window on a line."""

    group_seed: int = Field(default=0, ge=0, lt=2**63)
    """Seed of what is fixed while samples are drawn: the permutation, the random basis, the
    distributions of controls, how a symmetry is broken."""

    noise: float = Field(default=0.05, ge=0.0, le=100.0)
    """White noise added, in units of the standard deviation of the samples."""

    seed: int = Field(default=0, ge=0, lt=2**63)
    """Seed of the samples."""


class Grouped(Samples):
    """A source with a symmetry, seen through a change of basis."""

    group: Literal["translation", "permuted_translation", "frequency_shift", "random_basis"] = (
        "translation"
    )
    """Representation of the group: the basis in which the samples are given."""


class Broken(Block):
    """What takes the symmetry away from samples that had one, in natural pixels, before noise."""

    kind: Literal["amplitude", "width", "modes", "patches"]
    """amplitude: pixel j is multiplied by 1 + strength w(j), with w(j) = cos(2 pi j / n + phase);
    width (signals only): the scale of a signal at c is multiplied by 1 - 0.45 strength (1 + w(c));
    modes: every mode of the covariance is taken from another sample, which keeps the covariance and
    makes the modes independent; patches: so is every one of a few unequal patches of pixels."""

    strength: float = Field(default=1.0, gt=0.0, le=1.0)
    """Of amplitude and width; with modes and patches, the fraction of the samples that is mixed."""
