"""One optimiser step: a forward pass, two gradients, two Adams, one compiled function."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from symlens.backend import compiled, split_gradients, tensor
from symlens.lens.model.objective import LensModel, Weighting
from symlens.lens.official.schedules import Moment

Tensor = Any

FIRST_DECAY, SECOND_DECAY, FLOOR = 0.9, 0.999, 1.0e-7  # Adam's, as in Keras


def adam_rate(rate: float, step: int) -> float:
    r"""Adam's rate corrected for its moments' start at zero.

    .. math:: \alpha_k = \alpha \frac{\sqrt{1 - \beta_2^{k+1}}}{1 - \beta_1^{k+1}}

    Parameters
    ----------
    rate : float
    step : int
        k = 0, 1, ...
    """
    return rate * math.sqrt(1 - SECOND_DECAY ** (step + 1)) / (1 - FIRST_DECAY ** (step + 1))


def adam(
    values: Sequence[Tensor], gradients: Sequence[Tensor], slots: Sequence[Tensor], rate: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    r"""One Adam update of all variables.

    .. math:: m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad
              v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
              \theta \leftarrow \theta - \alpha_k \frac{m}{\sqrt{v} + \epsilon}

    Parameters
    ----------
    values, gradients : sequences of tensors
    slots : sequence of tensors
        All m, then all v.
    rate : scalar tensor
        From :func:`adam_rate`.

    Returns
    -------
    values, slots : lists of tensors
    """
    count = len(values)
    first = [
        FIRST_DECAY * m + (1 - FIRST_DECAY) * g
        for m, g in zip(slots[:count], gradients, strict=True)
    ]
    second = [
        SECOND_DECAY * v + (1 - SECOND_DECAY) * ops.square(g)
        for v, g in zip(slots[count:], gradients, strict=True)
    ]
    moved = [
        value - rate * m / (ops.sqrt(v) + FLOOR)
        for value, m, v in zip(values, first, second, strict=True)
    ]
    return moved, first + second


@dataclass(frozen=True)
class State:
    """Variables and Adam's slots of the model and of the estimators.

    Parameters
    ----------
    model, model_slots, estimator, estimator_slots : tuples of tensors
    """

    model: tuple[Tensor, ...]
    model_slots: tuple[Tensor, ...]
    estimator: tuple[Tensor, ...]
    estimator_slots: tuple[Tensor, ...]

    @classmethod
    def initial(cls, lens: LensModel) -> State:
        """Initial weights of a model and empty slots."""
        model = [np.asarray(ops.convert_to_tensor(each)) for each in lens.model_variables]
        estimator = [np.asarray(ops.convert_to_tensor(each)) for each in lens.estimator_variables]
        return cls.from_arrays(
            {
                "model": model,
                "model_slots": [np.zeros_like(each) for each in model] * 2,
                "estimator": estimator,
                "estimator_slots": [np.zeros_like(each) for each in estimator] * 2,
            }
        )

    @classmethod
    def from_arrays(cls, arrays: dict[str, list[NDArray[Any]]]) -> State:
        """State of host arrays, by the names of the fields."""
        return cls(**{name: tuple(tensor(each) for each in arrays[name]) for name in STATE_FIELDS})

    def arrays(self) -> dict[str, list[NDArray[Any]]]:
        """Host arrays by the names of the fields."""
        return {
            name: [ops.convert_to_numpy(each) for each in getattr(self, name)]
            for name in STATE_FIELDS
        }


STATE_FIELDS = ("model", "model_slots", "estimator", "estimator_slots")


@dataclass(frozen=True)
class Architecture:
    """What a compiled step depends on, apart from the size of its batches.

    Parameters
    ----------
    n : int
        Number of features.
    cyclic : bool
    kernels : int
        Gaussian kernels in a mixture.
    hidden : int
        Hidden units of a conditional network.
    """

    n: int
    cyclic: bool
    kernels: int
    hidden: int

    def lens(self, seed: int) -> LensModel:
        """A model with initial weights of its own."""
        return LensModel(
            self.n, cyclic=self.cyclic, kernels=self.kernels, hidden=self.hidden, seed=seed
        )


def updated(
    lens: LensModel,
    weighting: Weighting,
    state: Sequence[Sequence[Tensor]],
    inputs: tuple[Tensor, Tensor, Tensor],
) -> tuple[Any, Tensor]:
    """The update of one training; inside a compiled function.

    Parameters
    ----------
    lens : LensModel
    weighting : Weighting
    state : sequence of sequences of tensors
        In the order of ``STATE_FIELDS``.
    inputs : tuple of tensors
        Samples (n_samples, n), noise (n,), and time, model rate and estimators' rate (3,).

    Returns
    -------
    state, terms
    """
    model, model_slots, estimator, estimator_slots = state
    x, noise, scalars = inputs
    time, model_rate, estimator_rate = scalars[0], scalars[1], scalars[2]
    terms, by_model, by_estimator = split_gradients(
        lambda first, second: lens.losses(first, second, (x, noise, time), weighting),
        model,
        estimator,
    )
    model, model_slots = adam(model, by_model, model_slots, model_rate)
    estimator, estimator_slots = adam(estimator, by_estimator, estimator_slots, estimator_rate)
    return (model, model_slots, estimator, estimator_slots), terms


def scalars_at(moment: Moment, index: int) -> NDArray[np.float32]:
    """Time, model rate and estimators' rate of a step, as its graph takes them. Shape (3,)."""
    rates = (adam_rate(rate, index) for rate in (moment.model_rate, moment.estimator_rate))
    return np.array([moment.time, *rates], np.float32)


@lru_cache(maxsize=4)  # a compiled step holds no state, so that several seeds can share it
def make_step(
    architecture: Architecture, weighting: Weighting, *, xla: bool
) -> Callable[..., tuple[State, NDArray[np.float32]]]:
    """The compiled training step of an architecture.

    Returns
    -------
    callable
        ``step(state, x, noise, moment, index) -> (state, terms)`` with normalised samples x
        (n_samples, n), standard normal noise (n,) and the terms of
        :data:`symlens.lens.model.objective.TERMS` *before* the update.
    """
    lens = architecture.lens(seed=0)  # its weights are placeholders of those in the state

    def update(
        state: Sequence[Sequence[Tensor]], x: Tensor, noise: Tensor, scalars: Tensor
    ) -> tuple[Any, Tensor]:
        return updated(lens, weighting, state, (x, noise, scalars))

    call = compiled(update, xla=xla)

    def step(
        state: State,
        x: NDArray[np.float32],
        noise: NDArray[np.float32],
        moment: Moment,
        index: int,
    ) -> tuple[State, NDArray[np.float32]]:
        fields = [list(getattr(state, name)) for name in STATE_FIELDS]
        noise = (moment.filter_noise * noise).astype(np.float32)
        found, terms = call(fields, tensor(x), tensor(noise), tensor(scalars_at(moment, index)))
        return State(*(tuple(each) for each in found)), ops.convert_to_numpy(terms)

    return step
