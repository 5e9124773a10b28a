"""Window or ring? Which of two learned symmetries samples that were kept out speak for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.lens.identifiability.energy import stationary
from symlens.lens.symmetry import LearnedSymmetry

Array = NDArray[np.float64]

AGAINST = 3.0
"""Standard errors by which the window must be more likely for the ring to be given up: a ring is
a window too, so that at a true ring both are equally likely."""


def is_ring(
    fitted: NDArray[np.floating],
    held_out: NDArray[np.floating],
    window: LearnedSymmetry,
    ring: LearnedSymmetry,
) -> bool:
    """Whether samples are as well described by a ring as by a window.

    Parameters
    ----------
    fitted, held_out : ndarray, shape (n_samples, n)
        Samples that the two symmetries were learned from, and others.
    window, ring : LearnedSymmetry

    Returns
    -------
    bool
    """
    return evidence(fitted, held_out, window, ring) > -AGAINST


def evidence(
    fitted: NDArray[np.floating],
    held_out: NDArray[np.floating],
    window: LearnedSymmetry,
    ring: LearnedSymmetry,
) -> float:
    r"""Mean difference, ring minus window, of held-out log-likelihoods in its standard errors.

    Samples are taken as normal with a covariance that is circulant in the canonical coordinates
    of the ring, or Toeplitz in those of the window. A ring pairs the powers of all waves but one
    or two, which is hardly ever true of a window; where the covariance is white, both are equally
    likely and nothing speaks against the ring.
    """
    gained = log_likelihood(fitted, held_out, ring) - log_likelihood(fitted, held_out, window)
    error = float(np.std(gained) / np.sqrt(len(gained)))
    return float(np.mean(gained)) / max(error, 1e-300)


def log_likelihood(
    fitted: NDArray[np.floating], held_out: NDArray[np.floating], symmetry: LearnedSymmetry
) -> Array:
    r"""Log-density of held-out samples under the stationary normal model of a symmetry, in nats.

    :math:`-\tfrac12 (\log\det 2\pi\bar K + y \bar K^{-1} y^T) + \log|\det M| - n \log s` with
    :math:`y = (x - mean) M / s` and the stationary average :math:`\bar K` of the covariance of
    fitted y. Shape (n_samples,).
    """
    y = symmetry.transform(fitted.astype(np.float64))
    covariance = y.T @ y / len(y)
    powers, waves = np.linalg.eigh(stationary(covariance, cyclic=symmetry.cyclic))
    # The average of a covariance along lines need not be one: no power is less than there was.
    powers = np.maximum(powers, np.linalg.eigvalsh(covariance)[0])
    levels = (symmetry.transform(held_out.astype(np.float64)) @ waves) ** 2 / powers
    volume = np.linalg.slogdet(symmetry.group_convolution)[1]
    volume -= symmetry.n_features * np.log(symmetry.scale)
    density: Array = volume - 0.5 * (np.log(2 * np.pi * powers).sum() + levels.sum(axis=1))
    return density
