"""From trained weights to the learned symmetry, in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.groups import group_action
from symlens.lens.symmetry import LearnedSymmetry


def read_out(
    parameters: NDArray[Any],
    resolving_filter: NDArray[Any],
    *,
    mean: float,
    scale: float,
    cyclic: bool,
) -> LearnedSymmetry:
    """The learned symmetry without filter noise.

    Parameters
    ----------
    parameters : ndarray, shape (N, N)
        Their skew part is the log-generator.
    resolving_filter : ndarray, shape (n,)
        Of any norm.
    mean, scale : float
        Of the normalisation, in the units of the data.
    cyclic : bool
    """
    square = parameters.astype(np.float64)
    log_generator = (square - square.T) / 2
    unit = resolving_filter.astype(np.float64)
    unit = unit / np.linalg.norm(unit)
    return LearnedSymmetry(
        log_generator=log_generator,
        group_convolution=group_convolution(unit, log_generator),
        filter=unit,
        mean=np.full(unit.size, mean),
        scale=scale,
        cyclic=cyclic,
    )


def group_convolution(
    unit: NDArray[np.float64], log_generator: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Matrix with the columns ``f expm(p_j S)``, ``p_j = j - (n - 1) / 2``. Shape (n, n)."""
    n = unit.size
    pad = (len(log_generator) - n) // 2
    row = np.pad(unit, pad) @ group_action(log_generator, -(n - 1) / 2)
    step = group_action(log_generator, 1.0)
    columns = []
    for _ in range(n):
        columns.append(row[pad : pad + n])
        row = row @ step
    return np.stack(columns, axis=1)
