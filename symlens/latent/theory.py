"""What is known beforehand: the linear autoencoder, and two codes of the circle.

For the objective E||x - xhat||^2 (sum over features) + beta sum_i KL_i.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def active(eigenvalues: Array, beta: float) -> NDArray[np.bool_]:
    """Which latents of a linear VAE are used at a global optimum: lambda_i > beta/2."""
    return np.asarray(eigenvalues) > beta / 2


def linear_kl(eigenvalues: Array, beta: float) -> Array:
    """KL of every latent of a linear VAE at a global optimum: max(0, ln(2 lambda_i/beta)/2), nats.

    Parameters
    ----------
    eigenvalues : ndarray, shape (n,)
        Of the covariance of the features, as the network takes them.
    beta : float

    Returns
    -------
    ndarray, shape (n,)
        In the order of the eigenvalues.
    """
    values = np.maximum(np.asarray(eigenvalues, np.float64), np.finfo(float).tiny)
    found: Array = np.maximum(0.5 * np.log(2 * values / beta), 0.0)
    return found


def linear_cost(eigenvalues: Array, beta: float) -> float:
    """Objective there: sum_i min(lambda_i, beta/2) + beta sum_i KL_i (reverse water-filling)."""
    error = np.minimum(np.asarray(eigenvalues, np.float64), beta / 2).sum()
    return float(error + beta * linear_kl(eigenvalues, beta).sum())


def angle_cost(beta: float) -> float:
    """Objective of one latent that holds the angle of a circle of radius^2 2, cut open.

    With angle = 2 pi Phi(z) the KL at an error D is ln(7.26/D)/2, 7.26 = 4 pi/sqrt(3); the best D
    is beta/2, and the cost beta/2 + (beta/2) ln(14.52/beta). For small beta.
    """
    return beta / 2 * (1 + float(np.log(14.52 / beta)))


def plane_cost(beta: float) -> float:
    """Objective of two latents (cos, sin) of a circle of radius^2 2: beta + beta ln(1/beta)."""
    return beta * (1 + float(np.log(1 / beta)))
