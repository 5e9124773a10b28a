"""The calculator: what a symmetry saves, before any sample is drawn."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from symlens.errors import DataError
from symlens.gain.checks import LARGEST_N, check, numbers
from symlens.gain.predictor import best_ridge, predicted_multiplier, samples_for
from symlens.gain.symmetry import Symmetry, symmetry
from symlens.gain.targets import Spectrum, spectra

MODES = 400_000
"""Invariant and other eigenfunctions that the finite-n prediction sums over, about, at most."""

LARGEST_CUT = 20_000


@dataclass(frozen=True)
class Law:
    """Risk of the best estimator in the worst case: constant * n^-rate.

    Parameters
    ----------
    dim : int
        d of the quotient.
    constant, rate : float
        Pinsker's constant for the ellipsoid sum lam^(s theta) c^2 <= 1, and
        2 s theta / (2 s theta + d).
    """

    dim: int
    constant: float
    rate: float

    def risk(self, n: float) -> float:
        """Risk at n samples."""
        return float(self.constant * n**-self.rate)

    def samples(self, risk: float) -> float:
        """Samples for a risk; infinitely many where no double precision number is enough."""
        power = math.log(self.constant / risk) / self.rate
        return math.exp(power) if power < math.log(sys.float_info.max) else math.inf


@dataclass(frozen=True)
class Finite:
    """What the asymptotic laws leave out at n samples.

    Parameters
    ----------
    samples : int
    eigenvalue : int
        lam* = eta*^(-1/s), eta* the invariant arm's best penalty: how far it resolves.
    count, count_invariant : int
        Exact numbers of eigenfunctions up to it, all and invariant.
    risk_plain, risk_invariant : float
        Predicted risks for a typical target of unit norm, each at its best penalty.
    sample_multiplier : float
        Samples that the plain kernel needs for the invariant kernel's risk, over n.
    """

    samples: int
    eigenvalue: int
    count: int
    count_invariant: int
    risk_plain: float
    risk_invariant: float
    sample_multiplier: float

    @property
    def count_ratio(self) -> float:
        """Exact finite counterpart of |G|: all eigenfunctions over the invariant ones."""
        return self.count / self.count_invariant


@dataclass(frozen=True)
class Gain:
    """Predicted gain of a symmetry.

    Parameters
    ----------
    symmetry : Symmetry
    smoothness, theta, noise : float
    samples : int
        Where a multiplier depends on n, it is the one at this n.
    plain, invariant : Law
    finite : Finite
    """

    symmetry: Symmetry
    smoothness: float
    theta: float
    noise: float
    samples: int
    plain: Law
    invariant: Law
    finite: Finite

    @property
    def order(self) -> int | None:
        """|G|, of the elements that act differently; None for a group of positive dimension."""
        return self.symmetry.order

    @property
    def rate_plain(self) -> float:
        """Exponent of the risk without the symmetry: 2 s theta / (2 s theta + dim M)."""
        return self.plain.rate

    @property
    def rate_invariant(self) -> float:
        """Exponent of the risk with it: 2 s theta / (2 s theta + dim(M/G))."""
        return self.invariant.rate

    @property
    def sample_multiplier(self) -> float:
        """Samples that the symmetry is worth, asymptotically: |G|, or by the two laws at n."""
        if self.order is not None:
            return float(self.order)
        return self.plain.samples(self.invariant.risk(self.samples)) / self.samples

    @property
    def risk_ratio(self) -> float:
        """Plain risk over invariant risk at equal n, asymptotically: |G|^rate, or by the laws."""
        if self.order is not None:
            return float(self.order**self.rate_plain)
        return self.plain.risk(self.samples) / self.invariant.risk(self.samples)

    @property
    def crossover(self) -> float | None:
        """The n at which the two laws meet; None where they are parallel (finite groups)."""
        if self.plain.dim == self.invariant.dim:
            return None
        ratio = self.invariant.constant / self.plain.constant
        return float(ratio ** (1 / (self.invariant.rate - self.plain.rate)))

    def samples_for(self, risk: float) -> tuple[float, float]:
        """Samples for a risk, without and with the symmetry, predicted for a typical target.

        Raises
        ------
        DataError
            Where ``risk`` is not between 0 and 1 (the norm of the target), or out of reach.
        """
        numbers(risk=risk)
        if not 0 < risk < 1:
            raise DataError(f"risk: a number between 0 and 1 expected, found {risk:g}")
        guess = int(min(max(self.plain.samples(risk), 100), LARGEST_N))
        arms = _arms(self.symmetry, self.smoothness, self.theta, guess, self.noise)
        plain, own = (samples_for(arm, risk, self.noise) for arm in arms)
        return plain, own


def predict_gain(
    manifold: str,
    group: str,
    *,
    smoothness: float,
    theta: float = 1.0,
    samples: int = 1000,
    noise: float = 0.5,
) -> Gain:
    """Predict what a symmetry saves in kernel ridge regression.

    Parameters
    ----------
    manifold : str
        ``T<D>`` (side 2 pi), ``S<m>`` (radius 1) or a product such as ``T2xS2``.
    group : str
        For instance ``translations(4,4)``, ``signs``, ``so(2)``.
    smoothness : float
        s of the kernel's space H^s; more than half of the manifold's dimension.
    theta : float
        Smoothness of the target over s, in (0, 1].
    samples : int
    noise : float
        Standard deviation of the noise, for a target of unit norm.

    Returns
    -------
    Gain

    Raises
    ------
    DataError

    Examples
    --------
    >>> predict_gain("T2", "translations(4,4)", smoothness=2).sample_multiplier
    16.0
    """
    found = symmetry(manifold, group)
    check(found, smoothness, theta, samples, noise)
    laws = [_law(arm, smoothness * theta, noise) for arm in (found.plain, found)]
    finite = _finite(found, smoothness, theta, samples, noise)
    return Gain(found, smoothness, theta, noise, samples, laws[0], laws[1], finite)


def theory_ridge(
    found: Symmetry, smoothness: float, theta: float, n: float, noise: float, norm: float
) -> float:
    """Give the penalty of the theory's schedule, from d and C of the quotient.

    eta* = ((1 / (kappa theta)) C sigma^2 / (n ||f||^2))^(s / (theta s + d/2)), kappa = 2s/d - 1.
    ``norm`` is ||f||^2 in H^(s theta).
    """
    d = found.quotient_dim
    kappa = 2 * smoothness / d - 1
    base = found.weyl_constant() * noise**2 / (kappa * theta * n * norm)
    return float(base ** (smoothness / (theta * smoothness + d / 2)))


def _law(found: Symmetry, s: float, noise: float) -> Law:
    """Pinsker: P_b (C sigma^2 / n)^(2b/(2b+1)), b = s/d."""
    d = found.quotient_dim
    b = s / d
    rate = 2 * b / (2 * b + 1)
    pinsker = (2 * b + 1) ** (1 / (2 * b + 1)) * (b / (b + 1)) ** rate
    return Law(d, float(pinsker * (found.weyl_constant() * noise**2) ** rate), rate)


def _finite(found: Symmetry, s: float, theta: float, n: int, noise: float) -> Finite:
    plain, own = _arms(found, s, theta, n, noise)
    risk_plain, (eta, risk) = best_ridge(plain, n, noise)[1], best_ridge(own, n, noise)
    lam = max(1, min(int(eta ** (-1 / s)), LARGEST_CUT))
    counts = [int(arm.multiplicities(lam).sum()) for arm in (found.plain, found)]
    return Finite(
        samples=n,
        eigenvalue=lam,
        count=counts[0],
        count_invariant=counts[1],
        risk_plain=risk_plain,
        risk_invariant=risk,
        sample_multiplier=predicted_multiplier(plain, own, n, noise),
    )


def _resolved(found: Symmetry, s: float, theta: float, n: float, noise: float) -> int:
    """lam* = eta*^(-1/s) for a target of unit norm in H^(s theta); at least the first shell."""
    eta = theory_ridge(found, s, theta, n, noise, 1.0)
    return max(1, min(int(eta ** (-1 / s)), LARGEST_CUT))


@lru_cache(maxsize=8)
def _arms(
    found: Symmetry, s: float, theta: float, n: float, noise: float
) -> tuple[Spectrum, Spectrum]:
    """Spectra cut far beyond what n samples, |G| times as many or 100 times resolve."""
    more = n * max(100, min(found.order or 100, 10**6))
    d = found.dim
    largest = (MODES / found.plain.weyl_constant()) ** (2 / d)
    cut = 20 ** (1 / s) * _resolved(found, s, theta, more, noise)
    cut = max(12, min(4 * cut, largest, LARGEST_CUT), 4 * _first_invariant(found))
    return spectra(found, s, theta, int(min(cut, LARGEST_CUT)))


def _first_invariant(found: Symmetry) -> int:
    """Least eigenvalue above 0 that an invariant eigenfunction has.

    Raises
    ------
    DataError
        Where there is none that the prediction could sum over.
    """
    lam = 16
    while True:
        places = np.flatnonzero(found.multiplicities(lam))
        if len(places) > 1:
            return int(places[1])
        if lam == LARGEST_CUT:
            raise DataError(
                f"group: up to the eigenvalue {LARGEST_CUT} of {found.manifold}, {found.group} "
                "leaves constants only; there is nothing to predict"
            )
        lam = min(4 * lam, LARGEST_CUT)
