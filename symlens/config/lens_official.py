"""Settings of the ``official`` method."""

from __future__ import annotations

from pydantic import Field

from symlens.config.base import Block

BATCH_PER_PIXEL = 100  # ours, where no batch size is given; the ablation's ratio (2500 / 25)


class OfficialSettings(Block):
    """The official SymmetryLens algorithm; defaults are those of its code (arXiv 2410.05232)."""

    samples: int = Field(default=100_000, ge=10, le=10_000_000)
    """Samples that a seed draws from the data without replacement (all, if there are fewer)."""

    held_out: float = Field(default=0.2, gt=0.0, lt=1.0)
    """Fraction of the drawn samples kept out of the fit, on which the verdict is found."""

    surrogates: int = Field(default=199, ge=19, le=100_000)
    """Surrogates in the null distribution of the symmetry statistic."""

    epochs: int = Field(default=1000, ge=1, le=1_000_000)
    """Epochs; the learning rates are constant inside one."""

    steps_per_epoch: int = Field(default=100, ge=1, le=1_000_000)
    """Optimiser steps in an epoch, each on its own batch."""

    batch_size: int | None = Field(default=None, ge=2, le=1_000_000)
    """Samples in a batch, a multiple of the number of features n; null: 100 n."""

    model_learning_rate: float = Field(default=1.0e-4, gt=0.0, le=1.0)
    """Adam's first learning rate for generator and resolving filter, per step."""

    estimator_learning_rate: float = Field(default=1.0e-3, gt=0.0, le=1.0)
    """Adam's first learning rate for the density estimators, per step."""

    learning_rate_decay: float = Field(default=0.1, gt=0.0, le=1.0)
    """Last learning rate over the first; geometric in between. It also sets the rank schedule."""

    alignment: float = Field(default=1.0, ge=0.0, le=1000.0)
    """Coefficient of the alignment (mean correlation of neighbouring pixels)."""

    uniformity: float = Field(default=2.0, ge=0.0, le=1000.0)
    """Coefficient of the uniformity, i.e. stationarity of marginals and conditionals, in nats."""

    resolution: float = Field(default=1.0, ge=0.0, le=1000.0)
    """Coefficient of the resolution (marginal entropy minus joint entropy per dimension), nats."""

    information: float = Field(default=0.75, ge=0.0, le=1000.0)
    """Coefficient of the information preservation (joint entropy per dimension), in nats."""

    paired_kl: bool = False
    """Take both densities of a conditional divergence at the same samples (official: no)."""

    kernels: int = Field(default=4, ge=1, le=64)
    """Gaussian kernels in every mixture density."""

    hidden_multiple: int = Field(default=16, ge=1, le=256)
    """Hidden units of the conditional networks, per feature (H = 16 n)."""

    filter_noise: float = Field(default=0.1, ge=0.0, le=10.0)
    """First standard deviation of the noise added to the resolving filter."""

    filter_noise_epochs: float = Field(default=10.0, gt=0.0, le=1.0e6)
    """Epochs in which the noise of the resolving filter falls by a factor e."""

    window_gain: float = Field(default=50.0, gt=0.0, le=10_000.0)
    """Slope of the window of the time-dependent rank."""

    xla: bool = False
    """Compile the TensorFlow step with XLA (the last digits of results depend on it)."""

    record_every: int = Field(default=100, ge=1, le=1_000_000)
    """Steps between two records of the loss terms."""

    checkpoint_every: int = Field(default=1000, ge=1, le=10_000_000)
    """Steps between two checkpoints, where a checkpoint is asked for."""

    @property
    def steps(self) -> int:
        """Optimiser steps in all."""
        return self.epochs * self.steps_per_epoch

    def batch(self, n: int) -> int:
        """Samples in a batch for data of n features."""
        return BATCH_PER_PIXEL * n if self.batch_size is None else self.batch_size

    def batch_mistake(self, n: int) -> str | None:
        """One line on a batch size that n does not divide, or None.

        The conditional estimator gives every feature the same number of samples of a batch.
        """
        if self.batch(n) % n == 0:
            return None
        nearest = max(round(self.batch(n) / n), 1) * n
        return (
            f"batch_size: {self.batch_size} is not a multiple of the number of features n = {n}; "
            f"the nearest is {nearest} (or null for {BATCH_PER_PIXEL * n})"
        )
