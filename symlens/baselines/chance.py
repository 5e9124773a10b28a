"""What a direction drawn at random scores, in closed form."""

from __future__ import annotations

import numpy as np


def algebra_dimension(n: int, *, orthogonal: bool) -> int:
    """Dimension of the algebra that is searched: so(n), ``n (n - 1) / 2``, or gl(n), ``n^2``."""
    return n * (n - 1) // 2 if orthogonal else n * n


def direction_floor(dimension: int, level: float) -> float:
    r"""Absolute cosine to a given line that a fraction ``level`` of random directions do not beat.

    For a direction uniform on the sphere of d dimensions :math:`\cos^2` has the law
    :math:`\mathrm{Beta}(1/2, (d - 1)/2)`. On a line every direction is the same: 1.

    Parameters
    ----------
    dimension : int
        :math:`d \ge 1`.
    level : float
        In (0, 1).
    """
    from scipy.stats import beta

    if dimension == 1:
        return 1.0
    return float(np.sqrt(beta.ppf(level, 0.5, (dimension - 1) / 2)))
