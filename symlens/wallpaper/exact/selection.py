"""Which of the groups that an averaged cell nearly has is its group: probabilities for the 17.

The residual of a setting is the highest of 1 - correlation over its operations. If the group is
there, the residual is 0 up to noise and the error e of the model; if it is not, the residual is
anything from what can be told apart to 1, spread evenly in the logarithm. The ratio of both
densities gives the odds that a group is there; e grows with the residual of the subgroups that are
taken for granted, since what spoils them spoils their supergroups too: the idea of the geometric
AIC, with a distribution in the place of a threshold (Kanatani, IEEE PAMI 19 (1997) 246; Moeck,
Symmetry 10 (2018) 133).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.exact.matching import Match
from symlens.wallpaper.exact.settings import parents
from symlens.wallpaper.groups import NAMES


@dataclass(frozen=True)
class Criterion:
    """What decides between a group and its supergroups.

    Parameters
    ----------
    alone : float
        Residual of a symmetry that is there, without noise, where no other says how exact the
        image is.
    error : float
        The same where there is a subgroup besides p1, at least.
    share : float
        That part of the subgroups' residual, beyond two standard errors, is taken for such an
        error too.
    least : float
        Smallest residual of an operation that is not there, at least.
    apart : float
        And at least that many times the error.
    spread : float
        Relative width of the density about each such residual.
    temperature : float
        The logarithm of the odds is divided by it: calibration.
    """

    alone: float = 0.02
    error: float = 0.012
    share: float = 1.0
    least: float = 0.045
    apart: float = 2.0
    spread: float = 0.25
    temperature: float = 1.0


DEFAULT = Criterion()


def residuals(matches: Sequence[Match], weighting: int = 1) -> NDArray[np.float64]:
    """The highest 1 - correlation over the operations of every setting; 0 for p1."""
    return np.array([1 - match.correlations[weighting].min(initial=1.0) for match in matches])


def log_odds(residual: float, noise: float, error: float, criterion: Criterion) -> float:
    """Logarithm of the density of a residual if the group is there over that if it is not.

    Symmetric: normal about 0 with variance noise² + error². Not: the mean of normal densities
    about residuals r from the least to 1.2, evenly spread in log r, with variance
    noise² + (spread r)².
    """
    sigma = np.hypot(noise, error)
    there = -0.5 * (max(residual, 0.0) / sigma) ** 2 - np.log(sigma)
    grid = np.geomspace(max(criterion.least, criterion.apart * error), 1.2, 40)
    width = np.hypot(noise, criterion.spread * grid)
    terms = -0.5 * ((residual - grid) / width) ** 2 - np.log(width)
    absent = np.logaddexp.reduce(terms) - np.log(len(grid))
    return float(np.clip((there - absent) / criterion.temperature, -60, 60))


def posterior(
    matches: Sequence[Match], noise: float, criterion: Criterion = DEFAULT
) -> NDArray[np.float64]:
    """Probability of every setting.

    A setting is the group where its own operations are there and those of no setting above it:
    P(K) = q_K Π (1 - q_M) over the M that hold K, normalised, where q falls from a group to its
    supergroups.

    Parameters
    ----------
    matches : sequence of Match
        Of settings in the order of `settings`: subgroups first, p1 at the beginning.
    noise : float
        Standard error of a correlation.
    criterion : Criterion

    Returns
    -------
    ndarray, shape (setting,)
    """
    values = residuals(matches)
    below = parents(tuple(match.setting for match in matches))
    chance = np.ones(len(matches))
    for index in range(1, len(matches)):
        lower = [k for k in below[index] if k > 0]
        error = criterion.alone
        if lower:
            own = max(max(values[k] for k in lower) - 2 * noise, 0.0)
            error = float(np.hypot(criterion.error, criterion.share * own))
        odds = log_odds(values[index], noise, error, criterion)
        chance[index] = min([1 / (1 + np.exp(-odds)), *(chance[k] for k in lower)])
    absent = np.zeros(len(matches))
    for index, held in enumerate(below):
        for k in held:
            absent[k] += np.log1p(-min(chance[index], 1 - 1e-12))
    logarithm = np.log(np.maximum(chance, 1e-300)) + absent
    weight = np.exp(logarithm - logarithm.max())
    return np.asarray(weight / weight.sum())


def by_name(matches: Sequence[Match], probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of each of the 17 groups, in their order, by their best settings.

    Settings of one group share most of their evidence: they are not added up.
    """
    found = np.zeros(len(NAMES))
    for match, value in zip(matches, probability, strict=True):
        label = NAMES.index(match.setting.name)
        found[label] = max(found[label], value)
    return np.asarray(found / found.sum())
