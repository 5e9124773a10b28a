r"""Samples moved by ``x expm(w S)``, each by its own amount w, and the gradients of that.

The exponential acts by its Taylor series on pieces short enough for it (Al-Mohy and Higham,
*Computing the action of the matrix exponential*, 2011); no matrix is exponentiated, and the
gradients are those of the series itself, term by term.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ORDER = 12
"""Terms of the series on a piece of norm at most 1: the first one left out is below 2e-10."""


@dataclass(frozen=True)
class Move:
    """Moved samples and what their gradient needs.

    Parameters
    ----------
    moved : ndarray, shape (samples, n)
    terms : list of list of ndarray, each of shape (samples, n)
        Terms of the series, by piece and order.
    """

    moved: Array
    terms: list[list[Array]]


def pieces(log_generator: Array, amounts: Array) -> int:
    """Number of pieces of norm at most 1 that the longest move is cut into."""
    reach = float(np.linalg.norm(log_generator, 2) * np.abs(amounts).max(initial=0.0))
    return max(1, int(np.ceil(reach)))


def move(x: Array, log_generator: Array, amounts: Array) -> Move:
    r"""Rows :math:`x_b \exp(w_b S)`.

    On a piece, with :math:`h_b = w_b / m`: terms :math:`u_0 = x`,
    :math:`u_k = (h / k)\, u_{k-1} S`, and the moved samples :math:`\sum_k u_k`.

    Parameters
    ----------
    x : ndarray, shape (samples, n)
    log_generator : ndarray, shape (n, n)
    amounts : ndarray, shape (samples,)
    """
    m = pieces(log_generator, amounts)
    step = amounts[:, None] / m
    terms: list[list[Array]] = []
    for _ in range(m):
        series = [x]
        for k in range(1, ORDER + 1):
            series.append((step / k) * (series[-1] @ log_generator))
        terms.append(series)
        x = np.sum(series, axis=0)
    return Move(x, terms)


def move_gradient(way: Move, upstream: Array, log_generator: Array, amounts: Array) -> Array:
    r"""Gradient, by S, of a function of the moved samples, shape (n, n).

    Backwards through the series: with :math:`\bar u_k` the derivative by :math:`u_k`,
    :math:`\bar S = \sum_k u_{k-1}^\top (h / k)\, \bar u_k` and
    :math:`\bar u_{k-1} = \bar x + (h / k)\, \bar u_k S^\top`.

    Parameters
    ----------
    way : Move
        From :func:`move` with the same ``log_generator`` and ``amounts``.
    upstream : ndarray, shape (samples, n)
        Derivative by the moved samples.
    log_generator : ndarray, shape (n, n)
    amounts : ndarray, shape (samples,)
    """
    step = amounts[:, None] / len(way.terms)
    gradient = np.zeros_like(log_generator)
    for series in reversed(way.terms):
        back = upstream
        for k in range(ORDER, 0, -1):
            scaled = (step / k) * back
            gradient += series[k - 1].T @ scaled
            back = upstream + scaled @ log_generator.T
        upstream = back
    return gradient
