"""From energies of moments to a verdict with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from symlens.groups import orthogonal_factor, random_orthogonal
from symlens.lens.identifiability.energy import cross_energy, energies, mean_moving
from symlens.lens.identifiability.moments import Samples
from symlens.lens.identifiability.null import centred, signs, tail, turned
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
        Small: evidence for an identifiable symmetry. The larger of ``power_pvalue`` and the
        fraction of ``null`` at or above ``statistic``.
    statistic : float
        :math:`T = (f_0 \|K\|^2 - \|K_\to - K\|^2 / 2) / (\|K\|^2 + \mathrm{noise})`: positive for
        a symmetry, up to :math:`f_0 = 0.25`; negative, to about -0.75, without; about zero where
        the samples hold no evidence.
    null : ndarray, shape (surrogates,)
        The statistic of surrogates that hold no evidence.
    moving_fraction : float
        :math:`f = \|K_\to - K\|^2 / (2 \|K\|^2)`; nan where there is no energy.
    power_pvalue : float
        Small: rotations are told apart, so that something can be identified.
    opposite_pvalue : float
        Small: evidence against a symmetry.
    """

    verdict: Verdict
    pvalue: float
    statistic: float
    null: Array
    moving_fraction: float
    power_pvalue: float
    opposite_pvalue: float


def assess(
    fitted: NDArray[np.floating],
    held_out: NDArray[np.floating],
    filters: Array,
    *,
    cyclic: bool,
    surrogates: int,
    rng: np.random.Generator,
    level: float = LEVEL,
) -> Assessment:
    """Judge, on samples kept out, whether learned filters show a symmetry.

    Three questions, each with its own error rate: are random rotations told apart at all; is the
    moving fraction of the learned one below the threshold; is it above? A verdict other than
    'not identifiable' needs the first and one of the others.

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

    Returns
    -------
    Assessment
    """
    if len(held_out) < FEWEST:
        return Assessment(
            "not identifiable", 1.0, 0.0, np.zeros(surrogates), float("nan"), 1.0, 1.0
        )
    # All samples together: even if only few were learned from, the error of their covariance must
    # not pass for a moment. The covariance itself is no part of the evidence.
    white = whitened(np.concatenate([fitted, held_out]), held_out)
    learned = energies(white, filters, cyclic=cyclic)
    rotations = (random_orthogonal(len(filters), rng) for _ in range(ROTATIONS))
    power = mean_moving([energies(white, rotation, cyclic=cyclic) for rotation in rotations])
    evidence = THRESHOLD * learned.total - learned.moving
    blocks = len(evidence)
    power_pvalue = tail(cross_energy(power), turned(power, signs(FLIPS, blocks, rng)))
    statistic = cross_energy(evidence) / learned.scale()
    null = centred(evidence, signs(surrogates, blocks, rng)) / learned.scale()
    pvalue = max(power_pvalue, tail(statistic, null))
    opposite = max(power_pvalue, tail(-statistic, -null))
    return Assessment(
        verdict=decide(pvalue, opposite, power_pvalue, level),
        pvalue=pvalue,
        statistic=statistic,
        null=null,
        moving_fraction=learned.fraction(),
        power_pvalue=power_pvalue,
        opposite_pvalue=opposite,
    )


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
    learned = energies(whitened(x, x), filters, cyclic=symmetry.cyclic)
    return min(1.0, cross_energy(learned.total - learned.moving) / learned.scale())


def whitened(fitted: NDArray[np.floating], samples: NDArray[np.floating]) -> Samples:
    """Samples less the mean of others, in units of the root of their covariance.

    ``(x - mean) C^(-1/2)``; directions in which the others hardly vary are not blown up.
    """
    mean = fitted.mean(axis=0, dtype=np.float64)
    offset = fitted - mean
    values, modes = np.linalg.eigh(offset.T @ offset / len(fitted))
    values = np.maximum(values, max(1e-9 * values[-1], np.finfo(np.float32).tiny))
    return np.asarray((samples - mean) @ ((modes / np.sqrt(values)) @ modes.T), dtype=np.float32)
