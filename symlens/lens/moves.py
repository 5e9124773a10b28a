"""Moving many samples, each by its own group parameter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.lens.symmetry import LearnedSymmetry


def act(symmetry: LearnedSymmetry, x: NDArray[Any], t: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""Move sample i by its own :math:`t_i`: ``mean + (x_i - mean) expm(t_i S)``.

    With the spectrum :math:`i S = V \Lambda V^\dagger` one product serves all samples:
    :math:`x_i \to x_i V e^{-i t_i \Lambda} V^\dagger`.

    Parameters
    ----------
    symmetry : LearnedSymmetry
    x : ndarray, shape (n_samples, n)
    t : ndarray, shape () or (n_samples,)
        Group parameter, in canonical pixels.

    Returns
    -------
    ndarray, shape (n_samples, n)
    """
    values, vectors = np.linalg.eigh(1j * symmetry.action_log_generator)
    phases = np.exp(-1j * t[..., None] * values)
    moved: NDArray[np.float64] = (((x - symmetry.mean) @ vectors) * phases) @ vectors.conj().T
    return moved.real + symmetry.mean
