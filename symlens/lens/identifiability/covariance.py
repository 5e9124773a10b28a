r"""Is the covariance stationary too, along the pixels that were learned?

Moments of white samples know nothing of the covariance. Yet an orthogonal symmetry leaves it alone:
with :math:`K = Q C Q^T` the covariance between canonical pixels, it has to be a function of the
difference of its pixels. Without this, sources of one law in unequal units, which after whitening
may be put into any order, would pass for a symmetry.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.lens.identifiability.energy import cross_energy, in_blocks, stationary

Array = NDArray[np.float64]

WHITE = 0.04
"""Energy of the covariance, as a fraction of that of white samples, that is there in any case (our
choice): in samples that are white already only rounding and noise could move."""


def colour_evidence(
    centred: NDArray[np.floating], filters: Array, threshold: float, *, cyclic: bool
) -> tuple[Array, float, float]:
    r"""Products between blocks of ``threshold * unit - departure``, the unit, and their fraction.

    The departure is :math:`\|K - \bar K\|^2`, with :math:`\bar K` the average along diagonals, and
    the unit :math:`\|K - 1\|^2 + 0.04 n`; K has the trace n.

    Parameters
    ----------
    centred : ndarray, shape (n_samples, n)
        Samples kept out, in the units of the data, less their mean.
    filters : ndarray, shape (n, n)
    threshold : float
    cyclic : bool

    Returns
    -------
    evidence : ndarray, shape (B, B)
    unit : float
    departure : float
        The departure as a fraction of the unit.
    """
    n = len(filters)
    power = float((centred.astype(np.float64) ** 2).mean())
    blocks = in_blocks((centred / np.sqrt(power or 1.0) @ filters.T).astype(np.float32))
    covariance = (np.swapaxes(blocks, -1, -2) @ blocks).astype(np.float64) / blocks.shape[1]
    colour = _gram(covariance - np.eye(n))
    departure = _gram(covariance - stationary(covariance, cyclic=cyclic))
    # The energy of the white part is a number: it has no noise.
    unit = max(cross_energy(colour), 0.0) + WHITE * n
    evidence = threshold * (colour + WHITE * n) - departure
    return evidence, unit, cross_energy(departure) / unit


def _gram(matrices: Array) -> Array:
    rows = matrices.reshape(len(matrices), -1)
    return np.asarray(rows @ rows.T)
