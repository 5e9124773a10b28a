"""Start for sparse signals: independent components are the moved copies of the filter."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import FastICA
from sklearn.exceptions import ConvergenceWarning

from symlens.groups import orthogonal_factor
from symlens.lens.fast.ordering import chain_signs, path_order
from symlens.lens.fast.whitening import Samples, Whitened

Array = NDArray[np.float64]

ITERATIONS = 100
SHARPNESS = 3
"""Power of the correlation of magnitudes that serves as affinity: near pixels stand out."""


def ica_start(white: Whitened, samples: Samples, *, seed: int) -> Array:
    """Filters from independent components, put on a line.

    Components are ordered by the correlation of their magnitudes, since what excites one pixel
    excites its neighbours, and signed so that neighbours are positively correlated.

    Parameters
    ----------
    white : Whitened
    samples : ndarray of float32, shape (n_samples, n)
        White samples.
    seed : int
        Of the random start of FastICA.

    Returns
    -------
    ndarray, shape (n, n)
        Orthogonal; row j is the filter at pixel j.
    """
    ica = FastICA(whiten=False, fun="logcosh", max_iter=ITERATIONS, tol=1e-3, random_state=seed)
    with warnings.catch_warnings():
        # Not converging means that the sources are not independent: the objective will say so.
        warnings.simplefilter("ignore", ConvergenceWarning)
        ica.fit(samples)
    filters = orthogonal_factor(ica.components_.astype(np.float64))
    magnitudes = np.abs(samples @ filters.T.astype(np.float32))
    return line_up(filters, magnitudes, white)


def line_up(filters: Array, magnitudes: Samples, white: Whitened) -> Array:
    """Order and sign unordered filters by what their outputs have in common. Shape (n, n)."""
    affinity = np.maximum(np.corrcoef(magnitudes.T), 0.0) ** SHARPNESS
    np.fill_diagonal(affinity, 0.0)
    ordered = filters[path_order(affinity)]
    signs = chain_signs(ordered @ white.covariance @ ordered.T)
    return signs[:, None] * ordered
