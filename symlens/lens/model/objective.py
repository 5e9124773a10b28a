"""The whole model and its two losses, computed in one forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from symlens.lens.model.conditional import ConditionalMixture, densities_of_pairs
from symlens.lens.model.group import GroupConvolution
from symlens.lens.model.losses import (
    alignment,
    component_variances,
    conditional_uniformity,
    joint_entropy,
    marginal_uniformity,
    mean_of_pairs,
    rank_window,
)
from symlens.lens.model.mixture import MarginalMixture

Tensor = Any

PENALTY = 1.0e-5  # of the norms of the conditional networks' matrices
TERMS = (
    "loss",
    "alignment",
    "uniformity",
    "marginal_entropy",
    "joint_entropy",
    "conditional_nll",
    "rank",
)


@dataclass(frozen=True)
class Weighting:
    """What the total loss is made of.

    Parameters
    ----------
    alignment, uniformity, resolution, information : float
        Coefficients of the four terms.
    window_gain : float
        Slope of the window of the time-dependent rank.
    paired : bool
        Whether a conditional divergence takes both densities at the same samples.
    """

    alignment: float
    uniformity: float
    resolution: float
    information: float
    window_gain: float
    paired: bool


class LensModel:
    """Group convolution and density estimators, with the losses as pure functions.

    Parameters
    ----------
    n : int
        Number of features.
    cyclic : bool
    kernels : int
        Gaussian kernels in a mixture.
    hidden : int
        Hidden units of a conditional network.
    seed : int
        Of all initial weights.
    """

    def __init__(self, n: int, *, cyclic: bool, kernels: int, hidden: int, seed: int) -> None:
        seeds = [int(each) for each in np.random.SeedSequence(seed).generate_state(3) >> 1]
        self.group = GroupConvolution(n, cyclic=cyclic, seed=seeds[0])
        self.marginal = MarginalMixture(n, kernels=kernels, seed=seeds[1])
        self.conditional = ConditionalMixture(n, hidden=hidden, kernels=kernels, seed=seeds[2])

    @property
    def model_variables(self) -> list[Any]:
        """Trainable weights of generator and resolving filter, in this order."""
        return list(self.group.trainable_weights)

    @property
    def estimator_variables(self) -> list[Any]:
        """Trainable weights of the density estimators."""
        return [*self.marginal.trainable_weights, *self.conditional.trainable_weights]

    def losses(
        self,
        model: Sequence[Tensor],
        estimator: Sequence[Tensor],
        batch: tuple[Tensor, Tensor, Tensor],
        weighting: Weighting,
    ) -> tuple[Tensor, Tensor, Tensor]:
        r"""Total loss, loss of the estimators and the terms, for given values of the variables.

        .. math:: L = \alpha L_{align} + \beta L_{unif} + \gamma (H_{marg} - H_{joint})
                      - \delta H_{joint}

        Parameters
        ----------
        model, estimator : sequences of tensors
            Values of ``model_variables`` and ``estimator_variables``.
        batch : tuple
            Normalised samples (n_samples, n), noise of the filter (n,), time in (0, 1].
        weighting : Weighting

        Returns
        -------
        total, estimation : scalar tensors
        terms : tensor, shape (len(TERMS),)
            In the order of ``TERMS``; ``rank`` is the number of components that count.
        """
        variables = [*self.model_variables, *self.estimator_variables]
        mapping = list(zip(variables, [*model, *estimator], strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return self._losses(batch, weighting)

    def _losses(
        self, batch: tuple[Tensor, Tensor, Tensor], weighting: Weighting
    ) -> tuple[Tensor, Tensor, Tensor]:
        x, noise, time = batch
        y = self.group(x, noise)
        own, left, right = (ops.mean(each, axis=0) for each in self.marginal(y))
        pairs = densities_of_pairs(self.conditional, y, paired=weighting.paired)
        aligned = alignment(y)
        uniform = (marginal_uniformity(own, left, right) + conditional_uniformity(*pairs)) / 2
        marginal_entropy = -ops.mean(own)
        conditional_nll = -mean_of_pairs(pairs[0])
        window = rank_window(x.shape[1], time, weighting.window_gain)
        joint = joint_entropy(component_variances(y), window)
        total = (
            weighting.alignment * aligned
            + weighting.uniformity * uniform
            + weighting.resolution * (marginal_entropy - joint)
            - weighting.information * joint
        )
        estimation = marginal_entropy + conditional_nll + PENALTY * self.conditional.penalty()
        rank = ops.sum(window)
        values = [total, aligned, uniform, marginal_entropy, joint, conditional_nll, rank]
        return total, estimation, ops.stack(values)
