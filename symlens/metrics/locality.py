"""Locality of a filter and orthogonality of a group convolution matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def participation(filter_: Array) -> float:
    r"""Inverse participation ratio :math:`(\sum_j f_j^2)^2 / \sum_j f_j^4`, in pixels.

    Parameters
    ----------
    filter_ : ndarray, shape (n,)
        In natural (or canonical) coordinates.

    Returns
    -------
    float
        1 for a single pixel, n for a constant; nan for a zero filter.
    """
    energy = filter_**2
    total = float(energy.sum())
    return total**2 / float(np.sum(energy**2)) if total > 0 else float("nan")


def rms_width(filter_: Array, *, cyclic: bool) -> float:
    r"""RMS distance of the filter's energy from its centre, in pixels.

    :math:`w^2 = \sum_j p_j\, d(j, c)^2` with :math:`p = f^2 / \sum f^2`, the centre c the mean
    of p (cyclic: its circular mean) and d the distance (cyclic: the signed periodic one).

    Parameters
    ----------
    filter_ : ndarray, shape (n,)
        In natural (or canonical) coordinates.
    cyclic : bool

    Returns
    -------
    float
        0 for a single pixel; nan for a zero filter.
    """
    n = filter_.size
    energy = filter_**2
    if not energy.sum() > 0:
        return float("nan")
    weights = energy / energy.sum()
    pixels = np.arange(n)
    if cyclic:
        centre = np.angle(weights @ np.exp(2j * np.pi * pixels / n)) * n / (2 * np.pi)
        distance = (pixels - centre + n / 2) % n - n / 2
    else:
        distance = pixels - weights @ pixels
    return float(np.sqrt(weights @ distance**2))


def orthogonality_defect(matrix: Array) -> float:
    r""":math:`\|M^\top M - I\|_F / \sqrt n`: 0 for an orthogonal matrix, 1 for the zero matrix.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
    """
    n = matrix.shape[1]
    return float(np.linalg.norm(matrix.T @ matrix - np.eye(n)) / np.sqrt(n))
