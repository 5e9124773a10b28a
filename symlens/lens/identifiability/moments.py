r"""Moments of third and fourth order, free of everything that a Gaussian law would put into them.

Of white samples y (the canonical pixels) each one is the mean of Hermite polynomials
:math:`He_\alpha(y)`: zero for white noise, and to first order also when mean and covariance of
the samples are a little off those that they were whitened with. Translation makes each of them a
function of the difference of its pixels.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Samples = NDArray[np.float32]
Pair = tuple[NDArray[np.int64], NDArray[np.int64]]


def third(y: Samples) -> Array:
    r""":math:`K_{ij} = E[(y_i^2 - 1) y_j - 2 \delta_{ij} y_i] / \sqrt 2`.

    Parameters
    ----------
    y : ndarray of float32, shape (n_samples, n)

    Returns
    -------
    ndarray, shape (n, n)
        Off the diagonal white noise has the variance 1 / n_samples.
    """
    mean = y.mean(axis=0, dtype=np.float64)
    moment = _product(y * y, y) - mean - 2 * np.diag(mean)
    return np.asarray(moment / np.sqrt(2))


def fourth(y: Samples, first: Pair, second: Pair) -> Array:
    r"""Fourth moments of pairs :math:`(a_i, b_i)` with pairs :math:`(c_j, d_j)`.

    :math:`K_{ij} = E[y_a y_b y_c y_d - \delta_{ac} y_b y_d - \delta_{ad} y_b y_c
    - \delta_{bc} y_a y_d - \delta_{bd} y_a y_c] + \delta_{ac} \delta_{bd}
    + \delta_{ad} \delta_{bc}`.

    Parameters
    ----------
    y : ndarray of float32, shape (n_samples, n)
    first, second : pair of ndarray of int
        Pixels a, b and c, d; no pair has twice the same pixel.

    Returns
    -------
    ndarray, shape (len(a), len(c))
    """
    (a, b), (c, d) = first, second
    covariance = _product(y, y)
    moment = _product(y[:, a] * y[:, b], y[:, c] * y[:, d])
    for p, q, r, s in ((a, c, b, d), (a, d, b, c), (b, c, a, d), (b, d, a, c)):
        moment -= _equal(p, q) * covariance[np.ix_(r, s)]
    paired: Array = _equal(a, c) * _equal(b, d) + _equal(a, d) * _equal(b, c)
    return np.asarray(moment + paired)


def lagged(n: int, lag: int, *, cyclic: bool) -> Pair:
    """Pixels i and i + lag: all around a ring, as far as they go on a window."""
    first = np.arange(n if cyclic else max(n - lag, 0))
    return first, (first + lag) % n


def moments(y: Samples, *, cyclic: bool) -> Mapping[str, Array]:
    """All moments that a verdict looks at, by name.

    ``third``: the neighbours of a skewed pixel. ``fourth``: pixels at lag 1 with pixels at lag 2,
    which a common amplitude of all pixels leaves alone; it needs four pixels.

    Parameters
    ----------
    y : ndarray of float32, shape (n_samples, n)
        White samples in the canonical representation.
    cyclic : bool
    """
    n = y.shape[1]
    found: dict[str, Array] = {"third": third(y)}
    if n > 3:
        near, far = (lagged(n, lag, cyclic=cyclic) for lag in (1, 2))
        found["fourth"] = fourth(y, near, far)
    return found


def _product(left: Samples, right: Samples) -> Array:
    return (left.T @ right).astype(np.float64) / len(left)


def _equal(p: NDArray[np.int64], q: NDArray[np.int64]) -> Array:
    return (p[:, None] == q).astype(np.float64)
