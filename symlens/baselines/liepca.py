"""Lie-PCA: the direction of the algebra that moves samples along their neighbourhoods.

After J. Cahill, D. Mixon, H. Parshall, *Lie PCA: density estimation for symmetric manifolds*,
arXiv:2008.04278.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.baselines.estimate import Estimate, Record, unit_speed
from symlens.baselines.resolving import white
from symlens.config.lens_baselines import LiePCASettings
from symlens.errors import DataError

Array = NDArray[np.float64]

SPECTRUM = 10
"""Smallest eigenvalues that are recorded."""


def tangents(x: Array, points: int, neighbours: int, dimension: int) -> Array:
    """Orthonormal tangents at the first samples, by local principal components.

    Parameters
    ----------
    x : ndarray, shape (samples, n)
    points : int
        Samples whose tangents are wanted; neighbours are looked for among all.
    neighbours : int
        Nearest samples, the sample itself not counted.
    dimension : int
        Of the tangents.

    Returns
    -------
    ndarray, shape (points, dimension, n)
    """
    from sklearn.neighbors import NearestNeighbors

    near = NearestNeighbors(n_neighbors=neighbours + 1, n_jobs=1).fit(x)
    around = x[near.kneighbors(x[:points], return_distance=False)[:, 1:]]
    around = around - around.mean(axis=1, keepdims=True)
    directions: Array = np.linalg.svd(around, full_matrices=False)[2][:, :dimension]
    return directions


def normal_form(x: Array, directions: Array, *, orthogonal: bool) -> tuple[Array, Array]:
    r"""Quadratic form :math:`q(A) = \langle \|\hat x A (1 - P_x)\|^2 \rangle` in a basis.

    :math:`P_x` projects on the tangents at x and :math:`\hat x = x / \|x\|`: q is how much the move
    :math:`x A` leaves the tangents. It is zero for a direction of the algebra of the symmetry
    group of a manifold without boundary.

    Parameters
    ----------
    x : ndarray, shape (points, n)
    directions : ndarray, shape (points, dimension, n)
        Orthonormal tangents.
    orthogonal : bool
        Skew matrices only.

    Returns
    -------
    form : ndarray, shape (d, d)
    basis : ndarray, shape (d, n * n)
        Rows are the orthonormal basis matrices, flattened.
    """
    points, n = x.shape
    hat = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), np.finfo(np.float64).tiny)
    normal = np.eye(n) - np.einsum("pdi,pdj->pij", directions, directions)
    outer = (hat[:, :, None] * hat[:, None, :]).reshape(points, n * n)
    # [i k, j l]: x_i x_k N_j l, so that A_ij and A_kl meet in x A N A^T x^T.
    product = (outer.T @ normal.reshape(points, n * n) / points).reshape(n, n, n, n)
    full = product.transpose(0, 2, 1, 3).reshape(n * n, n * n)
    if not orthogonal:
        return full, np.eye(n * n)
    upper, lower = np.triu_indices(n, k=1)
    basis = np.zeros((len(upper), n, n))
    rows = np.arange(len(upper))
    basis[rows, upper, lower], basis[rows, lower, upper] = np.sqrt(0.5), -np.sqrt(0.5)
    flat = basis.reshape(len(upper), n * n)
    plus, minus = upper * n + lower, lower * n + upper
    half = full[plus] - full[minus]
    return (half[:, plus] - half[:, minus]) / 2, flat


def liepca(
    x: Array, settings: LiePCASettings, *, rng: np.random.Generator, record: Record
) -> Estimate:
    """The matrix that moves samples out of their tangents the least.

    Parameters
    ----------
    x : ndarray, shape (samples, n)
        Centred, of unit scale, in random order.
    settings : LiePCASettings
    rng : numpy.random.Generator
        Not used: the answer is a function of the samples.
    record : callable

    Returns
    -------
    Estimate
        The direction, at unit speed; recorded are the smallest eigenvalues of the form.

    Raises
    ------
    DataError
        Fewer samples than neighbours, or tangents that fill the space.
    """
    del rng
    samples, n = x.shape
    if settings.neighbours >= samples:
        raise DataError(
            f"liepca: neighbours: below the number of samples to learn from, {samples}; "
            f"found {settings.neighbours}"
        )
    if settings.dimension >= n or settings.dimension > settings.neighbours:
        raise DataError(
            f"liepca: dimension: below the number of features, {n}, and at most that of "
            f"neighbours, {settings.neighbours}; found {settings.dimension}"
        )
    if settings.white:
        x = white(x)
    points = min(settings.points, samples)
    directions = tangents(x, points, settings.neighbours, settings.dimension)
    form, basis = normal_form(x[:points], directions, orthogonal=settings.orthogonal)
    values, vectors = np.linalg.eigh(form)
    smallest = values[:SPECTRUM]
    for number, value in enumerate(smallest):
        record(number, {"eigenvalue": float(value)})
    direction = (vectors[:, 0] @ basis).reshape(n, n)
    steps = np.arange(len(smallest), dtype=np.int64)
    return Estimate(unit_speed(direction), steps, ("eigenvalue",), smallest[:, None])
