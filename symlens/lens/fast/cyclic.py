"""Start for cyclic data: invariant planes, labelled by selection rules and refined on cumulants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.groups import orthogonal_factor
from symlens.lens.fast.cumulants import Cumulants, Tensor, cumulants
from symlens.lens.fast.invariance import Invariance
from symlens.lens.fast.labels import Selection, best_labels, explained, selection
from symlens.lens.fast.planes import Planes, eigenplanes, planes_of, ring_labels
from symlens.lens.fast.position import contrast_normalised
from symlens.lens.fast.rotations import minimise
from symlens.lens.fast.whitening import Whitened

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST = 65
"""Largest number of pixels: memory grows with its fourth power."""
SPLITS = 4
"""Splits into planes that are labelled; powers may tie."""
ROUNDS = 3
ITERATIONS = 40


@dataclass(frozen=True)
class CyclicStart:
    """Filters that a cyclic symmetry of the samples implies.

    Parameters
    ----------
    filters : ndarray, shape (n, n)
        Orthogonal Q; row j is the filter at pixel j: ``y = x_w Q^T``, ``G = Q^T P Q`` with the
        cyclic shift P.
    explained : float
        Fraction, 0 to 1, of the power of those third and fourth cumulants that could contradict
        the symmetry, that does not. Near 1 with a cyclic symmetry, a few percent without one.
    labels : ndarray, shape (number of planes,)
        Multiples of ``2 pi / n`` by which the shift turns the planes, in order of their power.
    powers : ndarray, shape (number of planes,)
        In units of the mean variance.
    """

    filters: Array
    explained: float
    labels: Integers
    powers: Array


@dataclass(frozen=True)
class _Labelled:
    planes: Planes
    labels: Integers
    explained: float
    fourth: Tensor


def cyclic_start(white: Whitened, *, samples: int = 40_000) -> CyclicStart:
    r"""Filters of a cyclic symmetry from the selection rules of third and fourth cumulants.

    1. A shift commutes with the covariance: modes of equal power are paired to planes.
    2. Cumulants of contrast-normalised modes are estimated once.
    3. The labels of the planes are those whose zero-sum cumulants hold the most power.
    4. The relative phases of the planes follow from fourth cumulants.
    5. Planes that noise has mixed are set right: the filters are turned until covariance and
       cumulants are as invariant under the shift as they can be, and labelled again.

    Parameters
    ----------
    white : Whitened
        At most 65 pixels.
    samples : int
        How many of the samples, from the first, the cumulants are estimated from.

    Returns
    -------
    CyclicStart

    Notes
    -----
    For even n the true cyclic shift has determinant -1: the alternating mode only changes its
    sign, and no rotation by half a pixel exists. The filters are those of the true shift; the
    caller chooses a logarithm for it. Closed form and deterministic, and the same in every basis
    of the samples. Memory about ``40 n^4`` bytes (15 MB at n = 25, 0.7 GB at n = 65).
    """
    if white.n_features > LARGEST:
        raise ValueError(f"at most {LARGEST} pixels, got {white.n_features}")
    modes = contrast_normalised(white, white.x[:samples])
    known = cumulants(modes - modes.mean(axis=0))
    splits = eigenplanes(white.powers, SPLITS)
    found = max((_labelled(split, known) for split in splits), key=lambda one: one.explained)
    misfit = Invariance(white, known)
    best: CyclicStart | None = None
    for _ in range(ROUNDS):
        start = phased_filters(found.planes, found.labels, found.fourth) @ white.modes.T
        filters = minimise(misfit, start, iterations=ITERATIONS).point
        planes, labels = planes_of(filters @ white.modes, np.diag(white.powers))
        weights = selection(known.turned(planes.fourier()))
        value = explained(weights, labels)
        if best is not None and value <= best.explained:
            break
        best = CyclicStart(filters, value, labels, planes.powers)
        found = _labelled(planes, known)
        if found.explained <= value:
            break
    assert best is not None
    return best


def _labelled(planes: Planes, known: Cumulants) -> _Labelled:
    turned = known.turned(planes.fourier())
    weights: Selection = selection(turned)
    labels = best_labels(weights, planes)
    return _Labelled(planes, labels, explained(weights, labels), turned.fourth)


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
