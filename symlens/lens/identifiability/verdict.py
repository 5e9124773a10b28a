"""From energies of moments to a verdict with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from symlens.groups import orthogonal_factor, random_orthogonal
from symlens.lens.identifiability.energy import Grams, cross_energy, grams
from symlens.lens.identifiability.moments import Samples
from symlens.lens.identifiability.null import centred, signs, tail, turned
from symlens.lens.symmetry import LearnedSymmetry

Array = NDArray[np.float64]
Verdict = Literal["symmetry", "no symmetry", "not identifiable"]

BLOCKS = 20
ROTATIONS = 6
THRESHOLD = 0.3
LEVEL = 0.05
VOICE = 10.0
"""Standard errors of the energy of a moment at which it speaks with its full voice."""


@dataclass(frozen=True)
class Assessment:
    """A verdict and its evidence.

    Parameters
    ----------
    verdict : {'symmetry', 'no symmetry', 'not identifiable'}
    pvalue : float
        Small: evidence for an identifiable symmetry. The larger of ``power_pvalue`` and the
        fraction of ``null`` at or above ``statistic``.
    statistic : float
        How far the moving fraction lies below the threshold, weighted by the power of the
        moments: positive for a symmetry, negative without one, about zero where the samples
        hold no evidence.
    null : ndarray, shape (surrogates,)
        The statistic of surrogates that hold no evidence.
    moving : float
        Moving fraction of the energy of the moments: 0 for a symmetry, about 1 by chance.
    power_pvalue : float
        Small: random rotations are told apart, something can be identified.
    opposite_pvalue : float
        Small: evidence against a symmetry.
    """

    verdict: Verdict
    pvalue: float
    statistic: float
    null: Array
    moving: float
    power_pvalue: float
    opposite_pvalue: float


@dataclass(frozen=True)
class Energies:
    """Grams of one kind of moment at the filters, and their averages over random rotations."""

    learned: Grams
    random: Grams

    def reference(self) -> Array:
        """Gram whose energy the moving part is a fraction of. Shape (B, B)."""
        return (self.learned.total + self.random.total) / 2

    def noise(self) -> float:
        """Standard error of the energy of the reference when there is nothing but noise."""
        gram = self.reference()
        apart = gram - np.diag(np.diag(gram))
        blocks = len(gram)
        return float(np.sqrt(2 * (apart**2).sum()) / (blocks * (blocks - 1)))


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
    """Judge on samples kept out whether learned filters show a symmetry.

    Parameters
    ----------
    fitted : ndarray, shape (n_samples, n)
        Samples that the learner saw, or some of them: they whiten the others.
    held_out : ndarray, shape (m, n)
        Samples that it never saw.
    filters : ndarray, shape (n, n)
        Orthogonal Q; row j is the filter at canonical pixel j of white samples.
    cyclic : bool
    surrogates : int
    rng : numpy.random.Generator
    level : float
        Error rate of a verdict other than 'not identifiable'.

    Returns
    -------
    Assessment
    """
    if len(held_out) < 4:
        return Assessment("not identifiable", 1.0, 0.0, np.zeros(surrogates), 1.0, 1.0, 1.0)
    energies = measure(whitened(fitted, held_out), filters, cyclic=cyclic, rng=rng)
    evidence = sum(
        (THRESHOLD * e.reference() - e.learned.moving) * voice(e) for e in energies.values()
    )
    power = sum(e.random.moving * voice(e) for e in energies.values())
    assert isinstance(evidence, np.ndarray)
    assert isinstance(power, np.ndarray)
    flips = signs(surrogates, len(evidence), rng)
    statistic, null = cross_energy(evidence), centred(evidence, flips)
    power_pvalue = tail(cross_energy(power), turned(power, flips))
    pvalue = max(power_pvalue, tail(statistic, null))
    opposite = max(power_pvalue, tail(-statistic, -null))
    verdict: Verdict = "not identifiable"
    if min(pvalue, opposite) <= level:
        verdict = "symmetry" if pvalue < opposite else "no symmetry"
    return Assessment(
        verdict, pvalue, statistic, null, moving_fraction(energies), power_pvalue, opposite
    )


def stationarity_score(x: NDArray[np.floating], symmetry: LearnedSymmetry) -> float:
    """Score samples that were not learned from: 1 for a symmetry, about 0 by chance, at most 1.

    One minus the moving fraction of third and fourth moments in the canonical representation;
    no truth is needed.

    Parameters
    ----------
    x : ndarray, shape (n_samples, n)
    symmetry : LearnedSymmetry

    Returns
    -------
    float
    """
    if len(x) < 4:
        return 0.0
    filters = orthogonal_factor(symmetry.group_convolution).T
    white = whitened(x, x)
    rng = np.random.default_rng(0)
    energies = measure(white, filters, cyclic=symmetry.cyclic, rng=rng)
    return min(1.0, 1.0 - moving_fraction(energies))


def whitened(fitted: NDArray[np.floating], samples: NDArray[np.floating]) -> Samples:
    """Samples in units of the covariance of others: ``(x - mean) C^(-1/2)``."""
    mean = fitted.mean(axis=0, dtype=np.float64)
    offset = fitted - mean
    values, modes = np.linalg.eigh(offset.T @ offset / len(fitted))
    values = np.maximum(values, max(1e-9 * values[-1], np.finfo(float).tiny))
    white = (samples - mean) @ ((modes / np.sqrt(values)) @ modes.T)
    return white.astype(np.float32)


def measure(
    white: Samples, filters: Array, *, cyclic: bool, rng: np.random.Generator
) -> dict[str, Energies]:
    """Energies at the filters and at random rotations, by kind of moment."""
    blocks = min(BLOCKS, len(white))
    learned = grams(white, filters, blocks, cyclic=cyclic)
    n = filters.shape[0]
    others = [
        grams(white, random_orthogonal(n, rng), blocks, cyclic=cyclic) for _ in range(ROTATIONS)
    ]
    return {name: Energies(learned[name], _mean([o[name] for o in others])) for name in learned}


def voice(energies: Energies) -> float:
    """Weight of a kind of moment, in inverse units of its energy: none without power."""
    floor = max(VOICE * energies.noise(), np.finfo(float).tiny)
    return 1 / max(cross_energy(energies.reference()), floor)


def moving_fraction(energies: Mapping[str, Energies]) -> float:
    """Moving fraction of the kinds of moments, weighted by their voices."""
    moving = sum(cross_energy(e.learned.moving) * voice(e) for e in energies.values())
    total = sum(cross_energy(e.reference()) * voice(e) for e in energies.values())
    return float(moving / total) if total > 0 else 1.0


def _mean(many: list[Grams]) -> Grams:
    total = np.mean([one.total for one in many], axis=0)
    moving = np.mean([one.moving for one in many], axis=0)
    return Grams(total, moving)
