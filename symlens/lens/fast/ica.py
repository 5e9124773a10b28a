"""Start for sparse signals: independent components are the moved copies of the filter."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.decomposition import FastICA
from sklearn.exceptions import ConvergenceWarning

from symlens.groups import orthogonal_factor
from symlens.lens.fast.ordering import chain_signs, path_order
from symlens.lens.fast.whitening import Samples, Whitened, covariance_of, in_blocks
from symlens.lens.fast.window import stationarity

Array = NDArray[np.float64]

ITERATIONS = 60
TOLERANCE = 1e-4
SHARPNESS = 3
"""Power of the correlation of magnitudes that serves as affinity: near pixels stand out."""
SAME = 0.98
"""Mean overlap above which two halves of the samples have the same components."""


def independent_components(samples: Samples, start: Array, iterations: int = ITERATIONS) -> Array:
    """Orthogonal filters whose outputs are the most independent, by FastICA. Shape (n, n).

    Fewer samples than features tell nothing: the start is returned.

    Parameters
    ----------
    samples : ndarray of float32, shape (n_samples, n)
        White samples.
    start : ndarray, shape (n, n)
        Orthogonal.
    iterations : int
        At most so many; few of them sharpen filters that are nearly right.
    """
    if len(samples) < len(start):
        return start
    ica = FastICA(
        whiten=False, fun="logcosh", max_iter=iterations, tol=TOLERANCE, w_init=np.float32(start)
    )
    with warnings.catch_warnings():
        # Not converging means that the sources are not independent: the overlap will say so.
        warnings.simplefilter("ignore", ConvergenceWarning)
        ica.fit(samples)
    return orthogonal_factor(ica.components_.astype(np.float64))


def overlap(one: Array, other: Array) -> float:
    """Mean absolute cosine of filters matched one to one, whatever their order and signs."""
    cosines = np.abs(one @ other.T)
    return float(cosines[linear_sum_assignment(cosines, maximize=True)].mean())


def line_up(filters: Array, samples: Samples, white: Whitened) -> Array:
    """Order and sign unordered filters. Shape (n, n).

    They are put in order by the correlation of the magnitudes of their outputs, since what
    excites one pixel excites its neighbours, or by that of the canonical pixels themselves,
    whichever leaves the covariance nearer to Toeplitz, and signed so that neighbours are
    positively correlated.
    """
    magnitudes = magnitude_correlation(samples, filters)
    canonical = np.abs(filters @ white.covariance @ filters.T)
    affinities = (np.maximum(magnitudes, 0.0) ** SHARPNESS, canonical)
    return min(
        (_in_order(filters, affinity, white) for affinity in affinities),
        key=lambda ordered: stationarity(white)(ordered)[0],
    )


def magnitude_correlation(samples: Samples, filters: Array) -> Array:
    """Correlation of the magnitudes of the outputs of filters, in blocks of samples.

    Parameters
    ----------
    samples : ndarray of float32, shape (n_samples, n)
    filters : ndarray, shape (m, n)

    Returns
    -------
    ndarray, shape (m, m)
    """
    turned = filters.T.astype(np.float32)
    covariance = covariance_of(np.abs(block @ turned) for block in in_blocks(samples))
    deviation = np.sqrt(np.diag(covariance))
    correlation: Array = covariance / deviation / deviation[:, None]
    return correlation


def _in_order(filters: Array, affinity: Array, white: Whitened) -> Array:
    apart = affinity.copy()
    np.fill_diagonal(apart, 0.0)
    ordered = filters[path_order(apart)]
    signs = chain_signs(ordered @ white.covariance @ ordered.T)
    return signs[:, None] * ordered
