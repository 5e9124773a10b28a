"""How the latents move when the samples are moved by a symmetry."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from symlens.latent.network import Network

Array = NDArray[np.float64]

ANGLES = 8
ACTIVE = 0.01
"""Variance of the mean above which a code is used (Burda et al., arXiv:1509.00519)."""
STEP = 1e-4
"""Of the central difference, in units of the group parameter."""


@dataclass(frozen=True)
class Motion:
    """What a one-parameter symmetry does to the latents.

    Parameters
    ----------
    error : float
        Of `linear_error`, the mean over ANGLES movements.
    untrained : float
        The same of a network with random weights: what the architecture gives by itself.
    rate : ndarray, shape (latents,)
        sqrt(E (d mu_i/dt)^2 / Var mu_i): 0 for an invariant latent, 1 for one of (cos, sin).
    frequency : ndarray, shape (codes,)
        Imaginary parts, descending, of the eigenvalues of the linear action that fits d mu/dt best
        on the codes that are used; 0 for the others.
    """

    error: float
    untrained: float
    rate: Array
    frequency: Array


def linear_error(before: Array, after: Array) -> float:
    """How far a movement of the latents is from any linear map, relative to their spread.

    RMS of after - (before W + w) over the RMS of after around its mean; W and w are fitted on one
    half of the samples, the error is of the other. 0: the latents carry a linear representation;
    1: no better than the mean, as for unrelated samples.

    Parameters
    ----------
    before, after : ndarray, shape (m, codes)
        Means of the posterior of samples and of the moved samples.
    """
    half = len(before) // 2
    design = np.hstack([before, np.ones((len(before), 1))])
    weights, *_ = np.linalg.lstsq(design[:half], after[:half], rcond=1e-10)
    residual = after[half:] - design[half:] @ weights
    spread = after[half:] - after[half:].mean(axis=0)
    return float(np.sqrt(np.sum(residual**2) / max(np.sum(spread**2), 1e-300)))


def motion(network: Network, x: Array, generator: Array, rng: np.random.Generator) -> Motion:
    """Move samples by a symmetry and watch the means of the posterior.

    Parameters
    ----------
    network : Network
    x : ndarray, shape (m, features)
        Held-out samples in their own units.
    generator : ndarray, shape (features, features)
        Skew matrix A; the symmetry acts as x expm(t A), t an angle.
    rng : numpy.random.Generator
        Of the untrained network.
    """
    mean = network.posterior(x).mean
    forward, backward = (
        network.posterior(x @ expm(sign * STEP * generator)).mean for sign in (1.0, -1.0)
    )
    slope = (forward - backward) / (2 * STEP)
    owner = network.shapes.layout.owner()
    moved = np.bincount(owner, weights=np.mean(slope**2, axis=0))
    spread = np.bincount(owner, weights=mean.var(axis=0))
    centred = mean - mean.mean(axis=0)
    used = np.flatnonzero(mean.var(axis=0) > ACTIVE)
    action = np.zeros((mean.shape[1], mean.shape[1]))
    action[np.ix_(used, used)] = np.linalg.lstsq(centred[:, used], slope[:, used], rcond=1e-4)[0]
    random = replace(network, parameters=network.shapes.initial(rng, 1)[0])
    return Motion(
        error=_mean_error(network, x, generator),
        untrained=_mean_error(random, x, generator),
        rate=np.sqrt(moved / np.maximum(spread, 1e-12)) * network.mask,
        frequency=np.sort(np.linalg.eigvals(action).imag)[::-1],
    )


def _mean_error(network: Network, x: Array, generator: Array) -> float:
    before = network.posterior(x).mean
    angles = 2 * np.pi * (np.arange(ANGLES) + 0.5) / ANGLES
    moved = (network.posterior(x @ expm(t * generator)).mean for t in angles)
    return float(np.mean([linear_error(before, after) for after in moved]))
