"""How well a transform turns the group action into a shift."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.metrics.cosine import wrap_signs

Array = NDArray[np.float64]


def equivariance_error(
    second_moment: Array, transform: Array, generator: Array, *, cyclic: bool
) -> float:
    r"""Normalised RMS difference between transform-of-moved and moved-transform.

    .. math:: e = \min_\pm \left[\frac{\mathrm E \sum_j ((x G M)_{j \pm 1} - (x M)_j)^2}
                                     {\mathrm E \sum_j (x M)_j^2}\right]^{1/2}

    over held-out samples ``x``. Cyclic: j runs over all columns, modulo n. Window: the content
    of the column that enters at the border is unknown, so j runs over the n - 1 columns that stay
    inside. The minimum over the two directions is the ambiguity between a generator and its
    inverse. The definition is ours; 0 is perfect, about :math:`\sqrt 2` is unrelated.

    Parameters
    ----------
    second_moment : ndarray, shape (n, n)
        :math:`\mathrm E\, x^\top x` of held-out, centred samples; the error depends on nothing
        else of them. Squared units of the data.
    transform : ndarray, shape (n, n)
        :math:`M`, in ``y = x M``; its scale cancels.
    generator : ndarray, shape (n, n)
        Ideal generator in the observed basis; for a window, its central block.
    cyclic : bool

    Returns
    -------
    float
        Dimensionless; nan if the transform is zero.
    """
    n = transform.shape[1]
    moved = generator @ transform
    candidates: list[tuple[Array, Array]] = []
    if cyclic:
        for wrap in wrap_signs(n):
            for step in (1, -1):
                shifted = np.roll(transform, step, axis=1)
                shifted[:, 0 if step == 1 else -1] *= wrap
                candidates.append((moved, shifted))
    else:
        candidates = [(moved[:, 1:], transform[:, :-1]), (moved[:, :-1], transform[:, 1:])]
    errors = []
    for found, expected in candidates:
        power = _power(second_moment, expected)
        errors.append(
            np.sqrt(_power(second_moment, found - expected) / power) if power > 0 else np.nan
        )
    return float(min(errors))


def _power(second_moment: Array, columns: Array) -> float:
    """Mean squared norm of ``x columns``: ``tr(columns^T E[x^T x] columns)``, never negative."""
    return max(float(np.sum(columns * (second_moment @ columns))), 0.0)
