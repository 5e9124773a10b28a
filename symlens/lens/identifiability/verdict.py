"""From energies of moments to a verdict with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from symlens.groups import orthogonal_factor, random_orthogonal
from symlens.lens.identifiability.covariance import colour
from symlens.lens.identifiability.energy import cross_energy, energies, mean_moving
from symlens.lens.identifiability.null import boundary, signs, student, tail, turned
from symlens.lens.identifiability.white import Samples, levelled, whitened
from symlens.lens.symmetry import LearnedSymmetry

Array = NDArray[np.float64]
Verdict = Literal["symmetry", "no symmetry", "not identifiable"]

THRESHOLD = 0.25
"""Moving fraction between a symmetry and none (our choice). Measured on 20,000 samples of families
like those of ``symlens.lens.data``: at most 0.06 at the truth and 0.17 at a generator cosine of
0.97; 0.25 and more at cosines below 0.8, 0.63 and more for sources without a symmetry."""
ROTATIONS = 6
"""Random rotations that the power is measured with (our choice)."""
FLIPS = 1999
"""Turns of the signs of blocks that the power is judged by: they cost next to nothing."""
LEVEL = 0.05
POWER = 0.1
"""Level, as a fraction of the other, at which rotations must be told apart (our choice): with
anything to identify they are beyond doubt, and noise is the more surely recognised."""
FEWEST = 4
"""Samples below which nothing is said."""


@dataclass(frozen=True)
class Assessment:
    r"""A verdict and its evidence.

    Parameters
    ----------
    verdict : {'symmetry', 'no symmetry', 'not identifiable'}
    pvalue : float
        Small: evidence for an identifiable symmetry. It belongs to the hypothesis that there is
        none, which is that one of three things holds in the law of the samples: no rotation moves
        any of their moments; the learned action moves a quarter or more of them; it moves a quarter
        or more of the covariance. It is the largest of the p-values of the three, and so no more
        than a bound: the chance to find it at most p, if one of them holds, is at most p, and p
        itself where one holds only just and the others do not.
    statistic : float
        :math:`T = f_0 - f` with :math:`f_0 = 0.25` and f the moving fraction (of moments, noise
        added to their energy, or of the covariance, whichever has the larger p-value): positive,
        up to :math:`f_0`, for a symmetry; negative, to about -0.75, without; about zero where the
        samples hold no evidence.
    null : ndarray, shape (surrogates,)
        The statistic of surrogates for which :math:`f = f_0`.
    moving_fraction : float
        :math:`f = \|K_\to - K\|^2 / (2 \|K\|^2)` of the moments; nan where there is no energy.
    departure : float
        Fraction of the covariance's colour that is not stationary.
    power_pvalue : float
        Small: rotations are told apart, so that something can be identified.
    opposite_pvalue : float
        Small: evidence against a symmetry, in moments or covariance.
    """

    verdict: Verdict
    pvalue: float
    statistic: float
    null: Array
    moving_fraction: float
    departure: float
    power_pvalue: float
    opposite_pvalue: float


@dataclass(frozen=True)
class _Part:
    """One of the two things that a symmetry may not move: moments, covariance."""

    statistic: float
    null: Array

    @property
    def pvalue(self) -> float:
        return tail(self.statistic, self.null)

    @property
    def opposite(self) -> float:
        return tail(-self.statistic, -self.null)


def assess(
    fitted: NDArray[np.floating],
    held_out: NDArray[np.floating],
    filters: Array,
    *,
    cyclic: bool,
    surrogates: int,
    rng: np.random.Generator,
    level: float = LEVEL,
    candidates: int = 1,
) -> Assessment:
    """Judge, on samples kept out, whether learned filters show a symmetry.

    Three questions, each with its own error rate: are random rotations told apart at all; is less
    than the threshold moved by the learned action, of moments and of the covariance; is more?
    A verdict other than 'not identifiable' needs the first and one of the others.

    Parameters
    ----------
    fitted : ndarray, shape (n_samples, n)
        Samples that the learner saw, or some of them; only their mean and covariance are used.
    held_out : ndarray, shape (m, n)
        Samples that it never saw.
    filters : ndarray, shape (n, n)
        Orthogonal Q; row j is the filter of canonical pixel j on white samples.
    cyclic : bool
    surrogates : int
    rng : numpy.random.Generator
    level : float
        Largest p-value of a verdict other than 'not identifiable': at least 0.005 and
        ``1 / (surrogates + 1)``, or there is no other.
    candidates : int
        Of how many filters, judged on the same samples kept out, these are the best: p-values for
        a symmetry are multiplied by it (Bonferroni). One where the choice was made on samples
        that were learned from, however many there were.

    Returns
    -------
    Assessment
    """
    if len(held_out) < FEWEST:
        empty, nothing = np.zeros(surrogates), float("nan")
        return Assessment("not identifiable", 1.0, 0.0, empty, nothing, nothing, 1.0, 1.0)
    # All samples together: even if only few were learned from, the error of their covariance must
    # not pass for a moment.
    everything = np.concatenate([fitted, held_out])
    white = levelled(whitened(everything, held_out))
    learned = energies(white, filters, cyclic=cyclic)
    offset = held_out - everything.mean(axis=0, dtype=np.float64)
    tinted = colour(offset, filters, cyclic=cyclic)
    moments = _part(learned.total, learned.moving, learned.scale(), surrogates, rng)
    covariance = _part(tinted.total, tinted.departure, tinted.scale(), surrogates, rng)
    power = power_pvalue(white, rng, cyclic=cyclic)
    decisive = max(moments, covariance, key=lambda part: part.pvalue)
    pvalue = max(power, min(1.0, candidates * decisive.pvalue))
    # Either may speak against a symmetry: two chances to err.
    opposite = max(power, min(1.0, 2 * min(moments.opposite, covariance.opposite)))
    return Assessment(
        verdict=decide(pvalue, opposite, power, level),
        pvalue=pvalue,
        statistic=decisive.statistic,
        null=decisive.null,
        moving_fraction=learned.fraction(),
        departure=tinted.fraction(),
        power_pvalue=power,
        opposite_pvalue=opposite,
    )


def _part(
    total: Array, moving: Array, unit: float, surrogates: int, rng: np.random.Generator
) -> _Part:
    """Statistic and null distribution from products between blocks."""
    blocks = len(total)
    null = boundary(total, moving, THRESHOLD, signs(surrogates, blocks, rng))
    spread = student(surrogates, blocks, rng)
    return _Part(cross_energy(THRESHOLD * total - moving) / unit, null * spread / unit)


def power_pvalue(white: Samples, rng: np.random.Generator, *, cyclic: bool) -> float:
    """p-value of the hypothesis that rotations move no moments.

    Parameters
    ----------
    white : ndarray of float32, shape (m, n)
    rng : numpy.random.Generator
        Of the rotations and the signs of blocks.
    cyclic : bool
    """
    rotations = (random_orthogonal(white.shape[1], rng) for _ in range(ROTATIONS))
    power = mean_moving([energies(white, rotation, cyclic=cyclic) for rotation in rotations])
    return tail(cross_energy(power), turned(power, signs(FLIPS, len(power), rng)))


def decide(pvalue: float, opposite: float, power: float, level: float) -> Verdict:
    """Decide for the side whose p-value is at most the level, where rotations are told apart."""
    if power > POWER * level or min(pvalue, opposite) > level or pvalue == opposite:
        return "not identifiable"
    return "symmetry" if pvalue < opposite else "no symmetry"


def stationarity_score(x: NDArray[np.floating], symmetry: LearnedSymmetry) -> float:
    r"""Score a symmetry on samples that were not learned from; needs no truth.

    The share of their third and fourth moments that moves keep,
    :math:`(\|K\|^2 - \|K_\to - K\|^2 / 2) / (\|K\|^2 + \mathrm{noise})`: 1 at most, about 0 by
    chance and where the samples hold no evidence.

    Parameters
    ----------
    x : ndarray, shape (n_samples, n)
    symmetry : LearnedSymmetry

    Returns
    -------
    float
    """
    if len(x) < FEWEST:
        return 0.0
    filters = orthogonal_factor(symmetry.group_convolution).T
    learned = energies(levelled(whitened(x, x)), filters, cyclic=symmetry.cyclic)
    return min(1.0, cross_energy(learned.total - learned.moving) / learned.scale())
