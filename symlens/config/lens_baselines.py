"""Settings of the baselines: what other methods of symmetry discovery need to be told."""

from __future__ import annotations

from pydantic import Field

from symlens.config.base import Block


class BaselineSettings(Block):
    """What every baseline has."""

    samples: int = Field(default=100_000, ge=10, le=10_000_000)
    """Samples that a seed draws from the data without replacement (all, if there are fewer)."""

    held_out: float = Field(default=0.2, gt=0.0, lt=1.0)
    """Fraction of the drawn samples kept out of the fit, on which the verdict is found."""

    surrogates: int = Field(default=199, ge=19, le=100_000)
    """Surrogates in the null distribution of the symmetry statistic."""

    orthogonal: bool = True
    """Whether the method is told that the group acts orthogonally, as `fast` and `official` are;
    if not, it searches all n x n matrices."""


class GameSettings(BaselineSettings):
    """A game of a group against a discriminator."""

    steps: int = Field(default=10_000, ge=1, le=10_000_000)
    """Steps, each one of the discriminator and one of the group; learning rates fall linearly to
    zero over them."""

    batch_size: int = Field(default=64, ge=2, le=100_000)
    """Samples in each of the two batches of a step, real and moved."""

    hidden: int = Field(default=25, ge=1, le=4096)
    """Hidden units in each of the discriminator's two layers; 25 in the official comparison."""

    group_learning_rate: float = Field(default=1.0e-3, gt=0.0, le=1.0)
    """Adam's first learning rate of the group, per step."""

    discriminator_learning_rate: float = Field(default=1.0e-3, gt=0.0, le=1.0)
    """Adam's first learning rate of the discriminator, per step."""

    record_every: int = Field(default=100, ge=1, le=1_000_000)
    """Steps between two records of the losses."""


class SymmetryGANSettings(GameSettings):
    """SymmetryGAN: one group element whose moves a discriminator cannot see."""


class LieGANSettings(GameSettings):
    """LieGAN without labels: one direction of a Lie algebra, moved along by random amounts."""

    displacement: float = Field(default=1.0, ge=0.0, le=1000.0)
    """Weight of the mean absolute cosine between a sample and its move, which keeps the group
    from standing still."""


class LiePCASettings(BaselineSettings):
    """Lie-PCA: the direction that moves samples along the tangents of their neighbourhoods."""

    points: int = Field(default=2000, ge=1, le=100_000)
    """Samples whose tangents are estimated."""

    neighbours: int = Field(default=20, ge=2, le=10_000)
    """Nearest samples that a tangent is estimated from."""

    dimension: int = Field(default=1, ge=1, le=2047)
    """Dimension of the tangents."""

    white: bool = False
    """Whether samples are made white first: directions in which they hardly vary count as much as
    others (an orthogonal symmetry stays what it is)."""
