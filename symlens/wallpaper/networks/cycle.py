"""One cycle of learning rate and momentum (Smith and Topin, arXiv:1708.07120), and Adam for it.

As PyTorch's ``OneCycleLR`` has it, which the paper's code uses: over the first three tenths of the
steps the rate rises from 1/25 of its highest value while β1 falls from 0.95 to 0.85; then the rate
falls to 1/250,000 and β1 rises again; half cosines all of them.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any

RISING = 0.3
FIRST, LAST = 1 / 25, 1 / 25e4
"""Learning rates at both ends over the highest."""

BETA_HIGH, BETA_LOW = 0.95, 0.85


def cycle(step: Tensor, steps: int, ends: tuple[float, float, float]) -> Tensor:
    """Value at a step, from 0: half cosines through three values, at 0, the turn and the end.

    The turn is at RISING · steps - 1, the end at steps - 1.
    """
    turn = max(RISING * steps - 1, 1e-6)
    end = max(steps - 1.0, turn + 1e-6)
    step = ops.cast(step, "float32")
    up = ops.clip(step / turn, 0.0, 1.0)
    down = ops.clip((step - turn) / (end - turn), 0.0, 1.0)
    first, middle, last = ends
    return first + (middle - first) * _half_cosine(up) + (last - middle) * _half_cosine(down)


def _half_cosine(part: Tensor) -> Tensor:
    """(1 - cos π part) / 2: from 0 to 1."""
    return 0.5 * (1.0 - ops.cos(3.141592653589793 * part))


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """Learning rate of a step.

    Parameters
    ----------
    rate : float
        The highest.
    steps : int
        Of the whole training.
    """

    def __init__(self, rate: float, steps: int) -> None:
        super().__init__()
        self.rate, self.steps = rate, steps

    def __call__(self, step: Tensor) -> Tensor:
        """Give the learning rate of a step."""
        return cycle(step, self.steps, (self.rate * FIRST, self.rate, self.rate * LAST))

    def get_config(self) -> dict[str, float]:
        """Give the arguments."""
        return {"rate": self.rate, "steps": self.steps}


class CycledAdam(keras.optimizers.Adam):  # type: ignore[misc]
    """Adam (Kingma and Ba, ICLR 2015) with the learning rate and the β1 of a cycle.

    m ← β1 m + (1 - β1) g, v ← β2 v + (1 - β2) g²,
    w ← w - rate m / (1 - β1^t) / (sqrt(v / (1 - β2^t)) + ε), with the β1 of the step.

    Parameters
    ----------
    rate : float
        The highest learning rate.
    steps : int
        Of the whole training.
    """

    def __init__(self, rate: float, steps: int) -> None:
        super().__init__(OneCycle(rate, steps), beta_2=0.999, epsilon=1e-8)
        self.steps = steps

    def update_step(self, gradient: Tensor, variable: Tensor, learning_rate: Tensor) -> None:
        """Change one variable."""
        kind = variable.dtype
        rate, gradient = ops.cast(learning_rate, kind), ops.cast(gradient, kind)
        beta = ops.cast(cycle(self.iterations, self.steps, (BETA_HIGH, BETA_LOW, BETA_HIGH)), kind)
        count = ops.cast(self.iterations + 1, kind)
        place = self._get_variable_index(variable)
        m, v = self._momentums[place], self._velocities[place]
        self.assign(m, beta * m + (1 - beta) * gradient)
        self.assign(v, self.beta_2 * v + (1 - self.beta_2) * gradient * gradient)
        first = m / (1 - beta**count)
        second = ops.sqrt(v / (1 - self.beta_2**count))
        self.assign_sub(variable, rate * first / (second + self.epsilon))
