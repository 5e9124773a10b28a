"""How many invariant eigenfunctions there are: Weyl's law for the quotient, and exact counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real

import numpy as np

from symlens.errors import DataError
from symlens.gain.symmetry import Symmetry, symmetry

LARGEST_LAM = 200_000


def count_invariant(manifold: str, group: str, lam: int) -> int:
    """Count the invariant eigenfunctions of the Laplacian with eigenvalues up to ``lam``, exactly.

    Parameters
    ----------
    manifold : str
        ``T<D>`` (side 2 pi), ``S<m>`` (radius 1) or a product such as ``T2xS2``.
    group : str
        For instance ``translations(4,4)``, ``signs``, ``so(2)``.
    lam : int
        Largest eigenvalue.

    Returns
    -------
    int

    Raises
    ------
    DataError

    Examples
    --------
    >>> count_invariant("T2", "translations(4,4)", 100)
    21
    """
    if not _is_level(lam):
        raise DataError(f"lam: a whole number from 0 to {LARGEST_LAM} expected, found {lam!r}")
    return int(symmetry(manifold, group).multiplicities(int(lam)).sum())


def _is_level(value: object) -> bool:
    """Whether a value is a whole number that counts can be asked up to."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    return 0 <= float(value) <= LARGEST_LAM and float(value).is_integer()


def predicted_count(found: Symmetry, lam: float) -> float:
    """Give Weyl's leading term C lam^(d/2), d and C those of the quotient."""
    return float(found.weyl_constant() * lam ** (found.quotient_dim / 2))


@dataclass(frozen=True)
class Counts:
    """Counting functions of a manifold and of its invariant part.

    Parameters
    ----------
    lam : tuple of int
        The eigenvalues that occur.
    plain, invariant : tuple of int
        Eigenfunctions up to each of them.
    """

    lam: tuple[int, ...]
    plain: tuple[int, ...]
    invariant: tuple[int, ...]


def counts(found: Symmetry, lam: int) -> Counts:
    """Count all and the invariant eigenfunctions up to every eigenvalue that occurs."""
    plain, own = found.plain.multiplicities(lam), found.multiplicities(lam)
    places = np.flatnonzero(plain)
    totals = [np.cumsum(series)[places] for series in (plain, own)]
    return Counts(
        tuple(int(p) for p in places),
        tuple(int(v) for v in totals[0]),
        tuple(int(v) for v in totals[1]),
    )


def remainder_exponent(found: Symmetry, lams: Sequence[int]) -> float:
    """Fit the exponent a of |N_G - Weyl| ~ lam^a on windows between neighbouring ``lams``.

    In each window the remainder is its root mean square over all integers, so that the places
    where it changes sign do no harm. Theory: a <= (d - 1) / 2, and d' / 2 where d' is the
    largest dimension that an element leaves in its place.
    """
    total = np.cumsum(found.multiplicities(max(lams))).astype(float)
    # Staircases are read in the middle of a step: from either side of it.
    middle = np.arange(len(total)) + 0.5
    rest = (total - np.array([predicted_count(found, lam) for lam in middle])) ** 2
    sizes, places = [], []
    for low, high in pairwise(lams):
        sizes.append(np.sqrt(rest[low:high].mean()))
        places.append(np.sqrt(low * high))
    return float(np.polyfit(np.log(places), np.log(sizes), 1)[0])
