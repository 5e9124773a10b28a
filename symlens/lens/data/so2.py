"""Points of the plane whose distribution every rotation leaves alike."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Shape = Literal["circle", "annulus", "disc", "gaussian"]


class Rotations:
    r"""Points :math:`r (\cos \phi, \sin \phi)` with uniform angle and a radius of some law.

    ``circle``: r = 1. ``annulus``: even over the area between ``inner`` and 1. ``disc``: even over
    the area within 1. ``gaussian``: standard normal coordinates.

    Parameters
    ----------
    shape : {'circle', 'annulus', 'disc', 'gaussian'}
    inner : float
        Inner radius of the annulus.
    """

    def __init__(self, shape: Shape, inner: float) -> None:
        self._shape = shape
        self._inner = inner

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw points, shape (count, 2)."""
        angle = rng.uniform(0.0, 2 * np.pi, count)
        radius = self._radius(rng, count)
        points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        single: Array = points.astype(np.float32)
        return single

    def _radius(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        match self._shape:
            case "circle":
                square = np.ones(count)
            case "annulus":
                square = rng.uniform(self._inner**2, 1.0, count)
            case "disc":
                square = rng.uniform(0.0, 1.0, count)
            case "gaussian":
                # Twice a standard exponential number is the square of a two-dimensional normal.
                square = 2 * rng.standard_exponential(count)
        radius: NDArray[np.float64] = np.sqrt(square)
        return radius
