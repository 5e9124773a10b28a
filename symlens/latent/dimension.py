"""How many directions the samples fill, asked of the samples alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ESTIMATORS = ("twonn", "mle", "local_pca")
POINTS = 4000
ANCHORS = 300
"""Neighbourhoods of the local PCA (our choice)."""
NEIGHBOURS = 40
FEWEST = 10
"""Points in each: a tenth of all, within these bounds (our choice): of few samples, more would
reach around the bend."""
RANK = 1e-6
"""Variances below this fraction of the largest are none: rounding, not spread."""


def intrinsic(x: Array, rng: np.random.Generator) -> dict[str, float]:
    """Intrinsic dimension by scikit-dimension: TwoNN, maximum likelihood, local PCA.

    TwoNN: Facco et al., Sci. Rep. 7, 12140 (2017). MLE: Levina and Bickel (2004) in Haro's form.
    Local PCA with the Fukunaga-Olsen rule, the mean over neighbourhoods.

    Parameters
    ----------
    x : ndarray, shape (m, n)
        In features of comparable scale. At most POINTS of them are used, each once.
    rng : numpy.random.Generator

    Returns
    -------
    dict
        Of ESTIMATORS.
    """
    from scipy.spatial import cKDTree
    from skdim.id import MLE, TwoNN, lPCA

    x = hull(np.unique(x, axis=0))
    x = x[rng.permutation(len(x))[:POINTS]]
    neighbours = min(NEIGHBOURS, max(FEWEST, len(x) // 10))
    if x.shape[1] < 2 or len(x) <= neighbours:
        return dict.fromkeys(ESTIMATORS, float(x.shape[1]))
    anchors = x[:ANCHORS]
    _, near = cKDTree(x).query(anchors, k=neighbours)
    local = [lPCA().fit(x[rows]).dimension_ for rows in near]
    return {
        "twonn": float(TwoNN().fit(x).dimension_),
        "mle": float(MLE().fit(x).dimension_),
        "local_pca": float(np.mean(local)),
    }


def hull(x: Array) -> Array:
    """The samples in coordinates of the linear space that they fill: distances are the same.

    A neighbourhood that is exactly flat has eigenvalues 0, whose ratios local PCA would take.
    """
    centred = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(
        np.cov(centred, rowvar=False, bias=True).reshape(x.shape[1], -1)
    )
    return np.asarray(centred @ vectors[:, values > RANK * values.max()], np.float64)


def spectrum(x: Array) -> Array:
    """Eigenvalues of the covariance, descending. Shape (n,)."""
    covariance = np.cov(x, rowvar=False, bias=True)
    values = np.asarray(np.linalg.eigvalsh(covariance)[::-1], np.float64)
    return np.maximum(values, 0.0)


def linear_rank(eigenvalues: Array, level: float = RANK) -> int:
    """Number of eigenvalues above a fraction of the largest."""
    return int(np.count_nonzero(eigenvalues > level * max(eigenvalues[0], np.finfo(float).tiny)))
