r"""Is the covariance stationary too, along the pixels that were learned?

Moments of white samples know nothing of the covariance. Yet an orthogonal symmetry leaves it alone:
with :math:`K = Q C Q^T` the covariance between canonical pixels, it has to be a function of the
difference of its pixels. Without this, sources of one law in unequal units, which after whitening
may be put into any order, would pass for a symmetry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.identifiability.energy import cross_energy, in_blocks, stationary

Array = NDArray[np.float64]

WHITE = 0.04
"""Energy of the covariance, as a fraction of that of white samples, that is there in any case (our
choice): in samples that are white already only rounding and noise could move."""


@dataclass(frozen=True)
class Colour:
    r"""Products between blocks of what a covariance is, and of what is not stationary in it.

    Parameters
    ----------
    total : ndarray, shape (B, B)
        Of :math:`K - 1`, with 0.04 n added; K has the trace n.
    departure : ndarray, shape (B, B)
        Of :math:`K - \bar K`, with :math:`\bar K` the average along diagonals.
    white : float
        0.04 n.
    """

    total: Array
    departure: Array
    white: float

    def scale(self) -> float:
        r""":math:`\|K - 1\|^2 + 0.04 n`, not below its second part."""
        return max(cross_energy(self.total), self.white)

    def fraction(self) -> float:
        """The departure as a fraction of the scale: 0 for a symmetry, about 1 by chance."""
        return cross_energy(self.departure) / self.scale()


def colour(centred: NDArray[np.floating], filters: Array, *, cyclic: bool) -> Colour:
    """Covariance between canonical pixels, by blocks of samples.

    Parameters
    ----------
    centred : ndarray, shape (n_samples, n)
        Samples kept out, in the units of the data, less their mean.
    filters : ndarray, shape (n, n)
    cyclic : bool

    Returns
    -------
    Colour
    """
    n = len(filters)
    power = float((centred.astype(np.float64) ** 2).mean())
    blocks = in_blocks((centred / np.sqrt(power or 1.0) @ filters.T).astype(np.float32))
    covariance = (np.swapaxes(blocks, -1, -2) @ blocks).astype(np.float64) / blocks.shape[1]
    departure = _gram(covariance - stationary(covariance, cyclic=cyclic))
    # The energy of the white part is a number: it has no noise.
    return Colour(_gram(covariance - np.eye(n)) + WHITE * n, departure, WHITE * n)


def _gram(matrices: Array) -> Array:
    rows = matrices.reshape(len(matrices), -1)
    return np.asarray(rows @ rows.T)
