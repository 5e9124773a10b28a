"""The terms of the objective: alignment, uniformity, entropies and the time-dependent rank."""

from __future__ import annotations

import math
from typing import Any

from keras import ops

Tensor = Any

FLOOR = 1.0e-7
EXPONENT_LIMIT = 50.0  # of the rank window


def alignment(y: Tensor) -> Tensor:
    r"""Minus the mean correlation of neighbouring pixels, in [-1, 1].

    .. math:: -\frac{1}{2(n-1)} \sum_{|i-j|=1} \rho_{ij}

    Parameters
    ----------
    y : tensor, shape (n_samples, n)
    """
    centred = y - ops.mean(y, axis=0)
    norms = ops.sqrt(ops.sum(ops.square(centred), axis=0) + FLOOR) + FLOOR
    standard = centred / norms
    return -ops.mean(ops.sum(standard[:, 1:] * standard[:, :-1], axis=0))


def divergence(own: Tensor, other: Tensor) -> Tensor:
    """Estimate ``max(0, own - other)`` of KL(p || q) from mean log-densities under p and q."""
    return ops.relu(own - other)


def mean_of_available(left: Tensor, right: Tensor) -> Tensor:
    """Per pixel (or pair) the mean over the neighbours that exist.

    Parameters
    ----------
    left : tensor, shape (n - 1,) or (n - 1, n - 1)
        Divergences to the left neighbour, of the pixels 1 .. n - 1.
    right : the same of the pixels 0 .. n - 2

    Returns
    -------
    tensor, shape (n,) or (n, n)
        Zero where there is no neighbour.
    """
    before, after = [(1, 0)] * len(left.shape), [(0, 1)] * len(left.shape)
    total = ops.pad(left, before) + ops.pad(right, after)
    count = ops.pad(ops.ones_like(left), before) + ops.pad(ops.ones_like(right), after)
    return total / (count + FLOOR)


def marginal_uniformity(own: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Mean over pixels of the divergence between neighbouring marginals (R1), in nats.

    Parameters
    ----------
    own : tensor, shape (n,)
        Mean of ``log p_i(y_i)``.
    left, right : tensor, shape (n - 1,)
        Means of ``log p_{i-1}(y_i)``, i > 0, and of ``log p_{i+1}(y_i)``, i < n - 1.
    """
    to_left, to_right = divergence(own[1:], left), divergence(own[:-1], right)
    return ops.mean(mean_of_available(to_left, to_right))


def conditional_uniformity(own: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Mean over pairs g != e of the divergence between shifted conditionals (R2), in nats.

    Parameters
    ----------
    own : tensor, shape (n, n)
    left, right : tensor, shape (n - 1, n - 1)
        As given by :func:`symlens.lens.model.conditional.densities_of_pairs`.
    """
    to_left, to_right = divergence(own[1:, 1:], left), divergence(own[:-1, :-1], right)
    return mean_of_pairs(mean_of_available(to_left, to_right))


def mean_of_pairs(values: Tensor) -> Tensor:
    """Mean over the pairs g != e of a matrix, shape (n, n)."""
    n = values.shape[0]
    pairs = 1.0 - ops.eye(n, dtype=values.dtype)
    return ops.sum(values * pairs) / (n * (n - 1))


def rank_window(n: int, time: Tensor, gain: float) -> Tensor:
    r"""Weights of the ordered components, shape (n,): the time-dependent rank.

    .. math:: w_r = \frac{1}{1 + e^{g (s_r - t)}}, \quad s_r = \frac{r - 1}{n - 1}

    Parameters
    ----------
    n : int
    time : scalar tensor in (0, 1]
    gain : float
        g; about ``1 + t (n - 1)`` components count.
    """
    positions = ops.arange(n, dtype=time.dtype) / (n - 1)
    exponents = ops.clip(gain * (positions - time), -EXPONENT_LIMIT, EXPONENT_LIMIT)
    return 1 / (1 + ops.exp(exponents))


def component_variances(y: Tensor) -> Tensor:
    """Eigenvalues of the covariance (over n_samples), largest first, shape (n,).

    They are formed as ``u_r^T C u_r`` of fixed eigenvectors: the same value, and the exact
    gradient ``u_r u_r^T`` of an eigenvalue, which does not divide by differences of eigenvalues.

    Parameters
    ----------
    y : tensor, shape (n_samples, n)
    """
    centred = y - ops.mean(y, axis=0)
    covariance = ops.matmul(ops.transpose(centred), centred) / y.shape[0]
    # eigh itself fails on NaN; the variances, and so the loss, are NaN all the same.
    fit = ops.where(ops.isfinite(covariance), covariance, ops.zeros_like(covariance))
    _, vectors = ops.linalg.eigh(ops.stop_gradient(fit))
    vectors = ops.stop_gradient(vectors)
    variances = ops.sum(vectors * ops.matmul(covariance, vectors), axis=0)
    return ops.flip(ops.relu(variances))


def joint_entropy(variances: Tensor, window: Tensor) -> Tensor:
    r"""Gaussian entropy per effective dimension, in nats.

    .. math:: H = \frac{\sum_r w_r h_r}{\sum_r w_r}, \quad
              h_r = \tfrac12 \big(\log(2 \pi v_r + \epsilon) + 1\big)

    Parameters
    ----------
    variances : tensor, shape (n,)
        Largest first.
    window : tensor, shape (n,)
    """
    entropies = (ops.log(2 * math.pi * variances + FLOOR) + 1) / 2
    return ops.sum(window * entropies) / ops.sum(window)
