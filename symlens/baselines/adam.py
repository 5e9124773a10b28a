"""Adam, for arrays that are changed in place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FIRST, SECOND, TINY = 0.9, 0.999, 1e-7


class Adam:
    r"""Steps of :math:`-\eta\, \hat m / (\sqrt{\hat v} + \epsilon)`.

    :math:`m, v` are running means of the gradient (decay 0.9) and of its square (0.999),
    :math:`\hat m, \hat v` the same divided by one minus the decay's power; epsilon is 1e-7.

    Parameters
    ----------
    parameters : sequence of ndarray
        Changed in place by :meth:`step`.

    Notes
    -----
    Kingma and Ba, *Adam*, arXiv:1412.6980.
    """

    def __init__(self, parameters: Sequence[Array]) -> None:
        self._parameters = parameters
        self._mean = [np.zeros_like(p) for p in parameters]
        self._square = [np.zeros_like(p) for p in parameters]
        self._count = 0

    def step(self, gradients: Sequence[Array], rate: float) -> None:
        """Take one step down the gradients of the parameters, at the given learning rate."""
        self._count += 1
        first, second = 1 - FIRST**self._count, 1 - SECOND**self._count
        for k, gradient in enumerate(gradients):
            self._mean[k] += (1 - FIRST) * (gradient - self._mean[k])
            self._square[k] += (1 - SECOND) * (gradient**2 - self._square[k])
            size = np.sqrt(self._square[k] / second) + TINY
            self._parameters[k][...] -= (rate / first) * self._mean[k] / size
