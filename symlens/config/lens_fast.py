"""Settings of the ``fast`` method."""

from __future__ import annotations

from pydantic import Field

from symlens.config.base import Block


class FastSettings(Block):
    """The ``fast`` learner: closed-form starts, cumulants that choose, a short refinement."""

    samples: int = Field(default=100_000, ge=10, le=10_000_000)
    """Samples that a seed draws from the data without replacement (all, if there are fewer)."""

    held_out: float = Field(default=0.2, gt=0.0, lt=1.0)
    """Fraction of the drawn samples kept out of the fit, on which the verdict is found."""

    rounds: int = Field(default=8, ge=1, le=50)
    """At most so many rounds of starts, each from its own random subset of the samples."""

    surrogates: int = Field(default=199, ge=19, le=100_000)
    """Surrogates in the null distribution of the symmetry statistic."""
