"""Everything about an official training that depends on the step alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.config.lens_official import OfficialSettings


def decay(epochs: int, last: float) -> NDArray[np.float64]:
    """Factor of the learning rates in every epoch: geometric from 1 to ``last``.

    Parameters
    ----------
    epochs : int
    last : float

    Returns
    -------
    ndarray, shape (epochs,)
    """
    return np.logspace(0.0, math.log10(last), epochs)


@dataclass(frozen=True)
class Moment:
    """What a step needs to know of the schedule.

    Parameters
    ----------
    model_rate, estimator_rate : float
        Learning rates, constant inside an epoch.
    time : float
        Training time scaled by the learning rate, in (0, 1]: the time of the rank. The sum of
        the rates up to and with this step over that of all steps; about ``(1 - r^u) / (1 - r)``
        at the fraction u of the epochs, for a total decay r.
    filter_noise : float
        Standard deviation of the noise on the resolving filter.
    """

    model_rate: float
    estimator_rate: float
    time: float
    filter_noise: float


class Schedule:
    """The moments of a training.

    Parameters
    ----------
    settings : OfficialSettings
    """

    def __init__(self, settings: OfficialSettings) -> None:
        self._settings = settings
        self._factors = decay(settings.epochs, settings.learning_rate_decay)
        self._before = np.concatenate([[0.0], np.cumsum(self._factors)])

    def at(self, step: int) -> Moment:
        """The moment of a step, 0 .. steps - 1."""
        settings = self._settings
        epoch, inside = divmod(step, settings.steps_per_epoch)
        factor = float(self._factors[epoch])
        done = self._before[epoch] + factor * (inside + 1) / settings.steps_per_epoch
        # The official code counts forward passes, two in a step, and divides the count by "200
        # steps per epoch" of 100 real ones: the same decay per step as here.
        fall = math.exp(-step / settings.steps_per_epoch / settings.filter_noise_epochs)
        return Moment(
            model_rate=factor * settings.model_learning_rate,
            estimator_rate=factor * settings.estimator_learning_rate,
            time=float(done / self._before[-1]),
            filter_noise=settings.filter_noise * fall,
        )
