"""Putting unordered things on a line: pixels found by ICA, modes by frequency."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Order = NDArray[np.intp]

LONGEST_SEGMENT = 3


def path_order(affinity: Array) -> Order:
    """Order of the items that puts those of high affinity next to each other.

    Begins with the Fiedler vector of the affinity's Laplacian, then improves the sum of the
    affinities of neighbours by reversing stretches (2-opt) and moving short ones (or-opt) until
    neither helps.

    Parameters
    ----------
    affinity : ndarray, shape (n, n)
        Symmetric, not negative.

    Returns
    -------
    ndarray of int, shape (n,)
        Items in order; the direction is arbitrary.
    """
    laplacian = np.diag(affinity.sum(axis=1)) - affinity
    order = np.argsort(np.linalg.eigh(laplacian)[1][:, min(1, len(affinity) - 1)])
    margin = 1e-12 * max(float(affinity.max()), 1e-300)
    while True:
        better = _reversed_stretch(affinity, order, margin)
        if better is None:
            better = _moved_segment(affinity, order, margin)
        if better is None:
            return order
        order = better


def chain_signs(matrix: Array) -> Array:
    """Signs s that make neighbours ``s_i M_ij s_j`` positive: leading vector of the off-diagonal.

    Shape (n, n) -> (n,).
    """
    near = np.diag(np.diag(matrix, 1), 1)
    leading = np.linalg.eigh(near + near.T)[1][:, -1]
    return np.where(leading < 0, -1.0, 1.0)


def _reversed_stretch(affinity: Array, order: Order, margin: float) -> Order | None:
    """Give the order after the reversal that gains most, or None."""
    n = len(order)
    padded = np.zeros((n + 2, n + 2))
    padded[1:-1, 1:-1] = affinity[np.ix_(order, order)]
    first, last = np.triu_indices(n, 1)
    i, j = first + 1, last + 1
    gain = padded[i - 1, j] + padded[i, j + 1] - padded[i - 1, i] - padded[j, j + 1]
    if not len(gain) or not gain.max() > margin:
        return None
    best = int(gain.argmax())
    better = order.copy()
    better[first[best] : last[best] + 1] = better[first[best] : last[best] + 1][::-1]
    return better


def _moved_segment(affinity: Array, order: Order, margin: float) -> Order | None:
    """Give the order after the move of a short segment that gains most, or None."""
    best_gain, best = margin, None
    n = len(order)
    for length in range(1, min(LONGEST_SEGMENT, n - 1) + 1):
        for start in range(n - length + 1):
            segment = order[start : start + length]
            rest = np.concatenate([order[:start], order[start + length :]])
            links = np.concatenate([[0.0], affinity[rest[:-1], rest[1:]], [0.0]])
            closed = links[start]
            opened = _link(affinity, order, start - 1) + _link(affinity, order, start + length - 1)
            for turned in (segment, segment[::-1]):
                before = np.concatenate([[0.0], affinity[rest, turned[0]]])
                after = np.concatenate([affinity[turned[-1], rest], [0.0]])
                gain = before + after - links + closed - opened
                place = int(gain.argmax())
                if gain[place] > best_gain:
                    best_gain = float(gain[place])
                    best = np.concatenate([rest[:place], turned, rest[place:]])
    return best


def _link(affinity: Array, order: Order, position: int) -> float:
    """Affinity of the items at ``position`` and the next; 0 beyond the ends."""
    if position < 0 or position + 1 >= len(order):
        return 0.0
    return float(affinity[order[position], order[position + 1]])
