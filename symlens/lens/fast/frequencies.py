r"""Which frequency every mode of a window carries, and with which sign, by selection rules.

The modes of the covariance of a stationary window are nearly waves, :math:`\cos(\pi k (j + 1/2)/n)`
for the frequencies k = 0 .. n-1. A cumulant of waves is stationary, and so can stand out, only if a
signed sum of its frequencies vanishes; by third cumulants, also where it is one, since a window
is no ring. The right frequencies are those that allow most of the power.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from symlens.lens.fast.cumulants import Cumulants, Tensor
from symlens.lens.fast.differences import ascending
from symlens.lens.fast.stationarity import cosine_basis, stationary_average
from symlens.lens.fast.whitening import Whitened

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

STRONGEST = 0.8
"""Share of the power whose monomials are looked at, the strongest first."""
LEAK = {3: 1, 4: 0}
"""Largest signed sum of the frequencies of a cumulant of that order that is allowed."""
LONGEST_STRETCH = 4
WAVE_STEPS = 30


@dataclass(frozen=True)
class Monomials:
    """Cumulants of modes that stand out.

    Parameters
    ----------
    indices : ndarray of int, shape (order, k)
        Ascending.
    powers : ndarray of float32, shape (k,)
        In multiples of the chance level, over all permutations of the indices.
    """

    indices: NDArray[np.intp]
    powers: NDArray[np.float32]

    @classmethod
    def of(cls, tensor: Tensor, samples: int) -> Monomials:
        r"""Strongest monomials; those that every frequency allows, like ``(k, k, l, l)``, left out.

        Powers are :math:`N \max(\kappa^2 - 2/N, 0) / d!` times the number of permutations.
        """
        places, indices, counts = ascending(len(tensor), tensor.ndim)
        known = tensor.ravel()[places].astype(np.float64) ** 2
        powers = counts / factorial(tensor.ndim) * np.maximum(samples * known - 2, 0)
        if tensor.ndim == 4:
            powers[(indices[0] == indices[1]) & (indices[2] == indices[3])] = 0
        order = np.argsort(-powers, kind="stable")
        reached = np.cumsum(powers[order])
        kept = order[: int(np.searchsorted(reached, STRONGEST * reached[-1])) + 1]
        return cls(indices[:, kept].astype(np.intp), powers[kept].astype(np.float32))

    def allowed(self, labels: NDArray[np.int16]) -> Array:
        """Power that frequencies allow. Shape (candidates, n) -> (candidates,)."""
        first, *others = (labels[:, index] for index in self.indices)
        sums = [first]
        for other in others:
            sums = [total + signed for total in sums for signed in (other, -other)]
        nearest = np.min([np.abs(total) for total in sums], axis=0)
        power: Array = (nearest <= LEAK[len(self.indices)]).astype(np.float32) @ self.powers
        return power


def frequency_order(known: Cumulants) -> Integers:
    """Modes in the order of frequency: the order that allows most power among its neighbours.

    Begins with the order of power, which is that of frequency in a falling spectrum, and takes one
    mode after the other to the place, or exchanges it with the mode, where that helps most, until
    nothing does.

    Parameters
    ----------
    known : Cumulants
        Of the modes in the order of power.

    Returns
    -------
    ndarray of int, shape (n,)
        Mode of every frequency, from the lowest.
    """
    rules = [Monomials.of(tensor, known.samples) for tensor in (known.third, known.fourth)]
    order = np.arange(len(known.third))
    best, moved = allowed(rules, order[None])[0], True
    while moved:
        moved = False
        for length in range(1, LONGEST_STRETCH + 1):
            for first in range(len(order) - length + 1):
                trials = np.array(list(elsewhere(order, first, length)))
                powers = allowed(rules, trials)
                place = int(powers.argmax())
                if powers[place] > best * (1 + 1e-6):
                    best, order, moved = powers[place], trials[place], True
    return order


def allowed(rules: list[Monomials], orders: Integers) -> Array:
    """Power that orders of modes allow. Shape (orders, n) -> (orders,)."""
    labels = np.argsort(orders, axis=1).astype(np.int16)
    power: Array = np.sum([rule.allowed(labels) for rule in rules], axis=0)
    return power


def elsewhere(order: Integers, first: int, length: int) -> Iterator[Integers]:
    """Orders with a stretch of modes at another place, as it is and reversed, or exchanged."""
    stretch = order[first : first + length]
    rest = np.delete(order, np.s_[first : first + length])
    for there in range(len(rest) + 1):
        yield np.insert(rest, there, stretch)
        yield np.insert(rest, there, stretch[::-1])
    for there in [*range(first - length + 1), *range(first + length, len(order) - length + 1)]:
        swapped = order.copy()
        swapped[first : first + length] = order[there : there + length]
        swapped[there : there + length] = stretch
        yield swapped


def frequency_signs(fourth: Tensor) -> Array:
    r"""Signs of waves in the order of frequency that let their energies go together.

    Locality makes :math:`\kappa_{abcd} s_a s_b s_c s_d > 0` where a + b = c + d. Their sum is
    maximised, first over pairs of neighbours (a leading eigenvector holds the signs of their
    products), then by turning the sign of one wave, or of it and all above, as long as that helps.

    Parameters
    ----------
    fourth : ndarray, shape (n, n, n, n)
        Fourth cumulants of waves in the order of frequency.

    Returns
    -------
    ndarray, shape (n,)
    """
    n = len(fourth)
    a, b, c = np.indices((n, n, n)).reshape(3, -1)
    d = a + b - c
    inside = (a < c) & (c <= d) & (d < b)
    quads = np.stack([a[inside], b[inside], c[inside], d[inside]])
    terms = fourth[tuple(quads)].astype(np.float64) * np.where(quads[2] == quads[3], 1, 2)
    turns = np.concatenate([np.eye(n), np.triu(np.ones((n, n)))])  # one wave; it and all above
    flips = 1 - 2 * (turns[:, quads].sum(axis=1) % 2)
    pairs = np.arange(n - 1)
    signs = chained_signs(fourth[pairs[:, None], pairs[:, None] + 1, pairs, pairs + 1])
    terms = terms * signs[quads].prod(axis=0)
    while len(terms):
        sums = flips @ terms
        best = int(sums.argmax())
        if not sums[best] > terms.sum() + 1e-9 * np.abs(terms).sum():
            break
        terms = terms * flips[best]
        signs = signs * (1 - 2 * turns[best])
    return signs


def chained_signs(products: NDArray[np.floating]) -> Array:
    """Signs of waves from the covariance of the products of neighbours.

    Its leading eigenvector, without the diagonal, holds the signs of the products. Shape
    (n - 1, n - 1) -> (n,).
    """
    apart = products.astype(np.float64)
    np.fill_diagonal(apart, 0)
    steps = np.where(np.linalg.eigh(apart)[1][:, -1] < 0, -1.0, 1.0)
    return np.cumprod(np.concatenate([[1.0], steps]))


def window_waves(powers: Array) -> Array:
    """Modes of the Toeplitz matrix with given powers in the order of frequency, as columns.

    From cosines, by taking turns between the stationary average of ``E diag(w) E^T`` and its
    eigenvectors, each matched to the wave most like it. Shape (n,) -> (n, n).
    """
    waves = cosine_basis(len(powers)).T
    for _ in range(WAVE_STEPS):
        vectors = np.linalg.eigh(stationary_average((waves * powers) @ waves.T, cyclic=False))[1]
        overlap = waves.T @ vectors
        match = linear_sum_assignment(-(overlap**2))[1]
        signs = np.where(overlap[np.arange(len(powers)), match] < 0, -1.0, 1.0)
        waves = signs * vectors[:, match]
    return waves


def wave_starts(white: Whitened, known: Cumulants) -> tuple[Array, Array]:
    """Filters from modes in the order of frequency that the selection rules give.

    Parameters
    ----------
    white : Whitened
    known : Cumulants
        Real, in the coordinates of ``white.modes``.

    Returns
    -------
    tuple of two ndarray, shape (n, n)
        Modes taken as the waves of the Toeplitz matrix of their powers, and as cosines.
    """
    order = frequency_order(known)
    signs = frequency_signs(known.fourth[np.ix_(order, order, order, order)])
    signed = signs[:, None] * white.modes[:, order].T
    return window_waves(white.powers[order]) @ signed, cosine_basis(len(order)).T @ signed
