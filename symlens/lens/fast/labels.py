r"""Which multiple of the lowest frequency an invariant plane carries, by selection rules.

A shift multiplies :math:`X_k` by :math:`e^{i \theta \lambda_k}`. A cumulant of a stationary
signal can only be different from zero if the signed labels :math:`\lambda` of its factors sum to
zero modulo n. So the right labels are those whose zero-sum cumulants hold all the power.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cumulants import Cumulants
from symlens.lens.fast.planes import Planes, ring_labels

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Powers = NDArray[np.float32]

WIDTH = 64
"""Partial labellings that the search keeps."""


@dataclass(frozen=True)
class Selection:
    """Power of the cumulants that tell labels apart, as multiples of the chance level.

    Parameters
    ----------
    third, fourth : ndarray of float32, shapes (n, n, n) and (n, n, n, n)
        Between the rows of `Planes.fourier`, weighted by the number of samples and by the
        permutations of an entry (1/6 and 1/24).
    """

    third: Powers
    fourth: Powers

    @property
    def total(self) -> float:
        """Power of all of them."""
        return float(self.third.sum(dtype=np.float64) + self.fourth.sum(dtype=np.float64))


def selection(turned: Cumulants) -> Selection:
    r"""Weights :math:`N \max(|\kappa|^2 - 2/N, 0) / d!` of the cumulants of order d = 3, 4.

    A complex cumulant of N samples is zero up to a variance of 1/N; twice of that is taken off.
    Monomials that every labelling allows, like :math:`|X_k|^2 |X_l|^2`, are left out.

    Parameters
    ----------
    turned : Cumulants
        Of the rows of `Planes.fourier`.
    """
    n, count = len(turned.third), turned.samples
    powers = []
    for tensor, permutations in ((turned.third, 6), (turned.fourth, 24)):
        power = tensor.real**2 + tensor.imag**2
        power = np.maximum(power - 2 / count, 0) * (count / permutations)
        power[always_allowed(n, tensor.ndim)] = 0
        powers.append(power.astype(np.float32))
    return Selection(*powers)


def always_allowed(n: int, order: int) -> NDArray[np.bool_]:
    """Whether a monomial of rows of `Planes.fourier` is invariant whatever the labels are.

    It is when its planes cancel as symbols and the alternating mode occurs an even number of
    times. Symbols are random integers below 2^50: four of them cancel by chance with
    probability about n^4 / 2^50.
    """
    singles = 2 - n % 2
    symbols = np.random.default_rng(0).integers(1, 2**50, (n - singles) // 2)
    charges = np.zeros(n, dtype=np.int64)
    charges[singles::2], charges[singles + 1 :: 2] = symbols, -symbols
    if singles == 2:
        charges[1] = 2**56  # an even number of it is a multiple of the modulus, an odd one is not
    allowed: NDArray[np.bool_] = _sums(charges, order) % 2**57 == 0
    return allowed


def score(weights: Selection, labels: Integers) -> float:
    """Power of the cumulants that the labels, one per plane, allow."""
    ring = ring_labels(labels, len(weights.third))
    n = len(ring)
    third = weights.third[_sums(ring, 3) % n == 0].sum(dtype=np.float64)
    fourth = weights.fourth[_sums(ring, 4) % n == 0].sum(dtype=np.float64)
    return float(third + fourth)


def explained(weights: Selection, labels: Integers) -> float:
    """Fraction of the power that the labels allow, 0 to 1; 0 where there is no power at all."""
    total = weights.total
    return score(weights, labels) / total if total > 0 else 0.0


def best_labels(weights: Selection, planes: Planes) -> Integers:
    """Labels that allow the most power, by a beam search over planes in order of power.

    Multiplying all labels by a unit modulo n changes no selection rule: it replaces the generator
    by another one of the same group. The first plane is therefore given one label of every orbit
    (the divisors of n), and of the equivalent answers that of the best alignment is returned.

    Parameters
    ----------
    weights : Selection
    planes : Planes

    Returns
    -------
    ndarray, shape (number of planes,)
        In 1 .. n/2 up to sign; the sign is the orientation of the plane.
    """
    n = len(planes.basis)
    beams: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for plane in range(len(planes.powers)):
        grown = []
        for value, labels in beams:
            gains = label_gains(weights, np.array(labels, dtype=np.int64))
            used = {abs(label) for label in labels}
            for label in range(1, (n + 1) // 2):
                if label in used or (plane == 0 and n % label):
                    continue
                signs = (1,) if plane == 0 else (1, -1)
                grown += [(value + gains[s * label], (*labels, s * label)) for s in signs]
        beams = sorted(grown, key=lambda beam: -beam[0])[:WIDTH]
    return most_aligned(np.array(beams[0][1], dtype=np.int64), planes)


def label_gains(weights: Selection, labels: Integers) -> Array:
    r"""Power that the next plane's label makes allowed, for every label modulo n. Shape (n,).

    With m the next plane, monomials :math:`X_m^p Y`, p = 1 .. 4, with Y made of planes that have
    labels, are allowed when :math:`p \lambda_m` is minus the sum of the labels of Y. Powers are
    binned by that sum. Monomials with both :math:`X_m` and its conjugate do not depend on the
    label; they are always allowed, or not at all as long as labels are distinct.
    """
    n = len(weights.third)
    ring = ring_labels(labels, n)
    row, known = len(ring), slice(len(ring))
    tensors: tuple[Powers, ...] = (weights.third, weights.fourth)
    gains = np.zeros(n)
    for factors in range(1, 5):
        by_sum = np.zeros(n)
        for tensor, choose in zip(tensors, ((3, 3, 1, 0), (4, 6, 4, 1)), strict=True):
            rest = tensor.ndim - factors
            if rest < 0:
                continue
            power = tensor[(row,) * factors + (known,) * rest]
            sums = _sums(ring, rest) % n
            # Positions of the factors; and as much again for the conjugate monomial.
            by_sum += 2 * choose[factors - 1] * np.bincount(sums.ravel(), power.ravel(), n)
        gains += by_sum[(-factors * np.arange(n)) % n]
    return gains


def most_aligned(labels: Integers, planes: Planes) -> Integers:
    r"""Of the labels :math:`u \lambda`, u a unit modulo n, those of largest neighbour correlation.

    The correlation of neighbouring pixels is :math:`\sum_k w_k \cos(2 \pi \lambda_k / n)` up to
    positive constants.
    """
    n = len(planes.basis)
    units = [u for u in range(1, n // 2 + 1) if gcd(u, n) == 1]
    if not units:
        return labels
    best = max(units, key=lambda u: planes.powers @ np.cos(2 * np.pi * u * labels / n))
    folded: Integers = (best * labels + n // 2) % n - n // 2
    return folded


def _sums(values: Integers, order: int) -> Integers:
    """All sums of ``order`` values, shape ``(len(values),) * order``; order 0 gives zero."""
    total = np.zeros((), dtype=np.int64)
    for _ in range(order):
        total = np.add.outer(total, values)
    return total
