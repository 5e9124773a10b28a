r"""Signs of waves, read off what products of near frequencies have in common.

The product of two waves, :math:`c_k c_{k+h}`, follows :math:`\cos(\pi h x / n)` at the places x
where a sample has its energy, whatever k is: over samples, products of equal lags h go together,
once all waves have the right signs. Where modes of the covariance are mixed a product may be lost,
and with the lag 1 alone all signs above it; longer lags reach over it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.whitening import Samples, covariance_of, in_blocks

Array = NDArray[np.float64]


def lagged_products(modes: Samples, reach: int) -> list[Array]:
    r"""Covariances of the products :math:`c_k c_{k+h}` of one lag, without their diagonals.

    Parameters
    ----------
    modes : ndarray of float32, shape (n_samples, n)
        In the order of frequency.
    reach : int
        Largest lag.

    Returns
    -------
    list of ndarray, shape (n - h, n - h)
        For h = 1, 2, ....
    """
    found = []
    for lag in range(1, min(reach, modes.shape[1] - 1) + 1):
        products = (block[:, :-lag] * block[:, lag:] for block in in_blocks(modes))
        covariance = covariance_of(products)
        np.fill_diagonal(covariance, 0.0)
        found.append(covariance)
    return found


def agreement(signs: Array, lagged: Sequence[Array]) -> Array:
    r"""How much products go together at given signs s.

    :math:`\sum_h \sum_{kl} s_k s_{k+h} s_l s_{l+h} \, cov(c_k c_{k+h}, c_l c_{l+h})`.
    Shape (candidates, n) -> (candidates,).
    """
    total = np.zeros(len(signs))
    for lag, covariance in enumerate(lagged, start=1):
        turned = signs[:, :-lag] * signs[:, lag:]
        total += np.sum((turned @ covariance) * turned, axis=1)
    return total


def agreeing_signs(signs: Array, lagged: Sequence[Array]) -> Array:
    """Turn one sign, or one and all above, where products agree most, as long as that helps.

    Parameters
    ----------
    signs : ndarray, shape (n,)
        To begin with.
    lagged : sequence of ndarray
        From `lagged_products`.
    """
    n = len(signs)
    turns = np.concatenate([1 - 2 * np.eye(n), 1 - 2 * np.triu(np.ones((n, n)))])
    best = agreement(signs[None], lagged)[0]
    while True:
        trials = signs * turns
        values = agreement(trials, lagged)
        place = int(values.argmax())
        if not values[place] > best + 1e-9 * abs(best):
            return signs
        best, signs = values[place], trials[place]


def chained_signs(products: NDArray[np.floating]) -> Array:
    """Signs of waves from the covariance of the products of neighbours.

    Its leading eigenvector, without the diagonal, holds the signs of the products. Shape
    (n - 1, n - 1) -> (n,).
    """
    apart = products.astype(np.float64)
    np.fill_diagonal(apart, 0)
    steps = np.where(np.linalg.eigh(apart)[1][:, -1] < 0, -1.0, 1.0)
    return np.cumprod(np.concatenate([[1.0], steps]))
