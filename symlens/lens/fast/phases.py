"""Relative phases of labelled planes, and the localised filters they make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.groups import orthogonal_factor
from symlens.lens.fast.cumulants import Tensor
from symlens.lens.fast.planes import Integers, Planes, ring_labels

Array = NDArray[np.float64]


def phased_filters(planes: Planes, labels: Integers, fourth: Tensor) -> Array:
    r"""Filters of labelled planes, :math:`q_j = n^{-1/2} \sum_k e^{i (2 \pi k j/n - \phi_k)} X_k`.

    Parameters
    ----------
    planes : Planes
    labels : ndarray, shape (number of planes,)
    fourth : ndarray, shape (n, n, n, n)
        Fourth cumulants between the rows of ``planes.fourier()``.

    Returns
    -------
    ndarray, shape (n, n)
        Orthogonal; in the coordinates of ``planes.basis``.
    """
    n = len(planes.basis)
    row = np.empty(n, dtype=np.intp)
    row[ring_labels(labels, n)] = np.arange(n)  # row[k] is where frequency k modulo n stands
    frequencies = np.arange(n)
    turns = 2j * np.pi * np.outer(frequencies, frequencies) / n
    waves = np.exp(turns - 1j * frequency_phases(fourth, row)) / np.sqrt(n)
    return orthogonal_factor((waves @ planes.fourier()[row]).real)


def frequency_phases(fourth: Tensor, row: NDArray[np.intp]) -> Array:
    r"""Phase :math:`\phi_k` of every frequency of a localised signal, up to a shift of it.

    The leading eigenvector of :math:`H_{kl} = \kappa(X_{-k}, X_{k+1}, X_l, X_{-l-1})` without its
    diagonal holds :math:`\phi_{k+1} - \phi_k` up to a constant. Around the ring the differences
    sum to a multiple of :math:`2 \pi`, which fixes the constant up to a shift by whole pixels.
    Since :math:`X_{-k}` is the conjugate of :math:`X_k`, half of the ring suffices.

    Parameters
    ----------
    fourth : ndarray, shape (n, n, n, n)
    row : ndarray, shape (n,)
        Where frequency k modulo n stands in ``fourth``.

    Returns
    -------
    ndarray, shape (n,)
        In radians, odd in k.
    """
    n = len(row)
    half = np.arange(-(-n // 2))
    here, there = row[-half % n], row[(half + 1) % n]
    back, forth = row[half], row[(-half - 1) % n]
    coherence = fourth[here[:, None], there[:, None], back, forth].astype(np.complex128)
    coherence = (coherence + coherence.conj().T) / 2
    np.fill_diagonal(coherence, 0)
    steps = np.zeros(n)
    steps[half] = np.angle(np.linalg.eigh(coherence)[1][:, -1])
    steps[n - 1 - half] = steps[half]  # the step from -k-1 to -k is that from k to k+1
    steps -= steps.mean()
    phases: Array = np.concatenate([[0.0], np.cumsum(steps[:-1])])
    return phases
