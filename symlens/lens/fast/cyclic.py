"""Start for cyclic data: invariant planes, labelled by selection rules and refined on cumulants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cumulants import Cumulants, Tensor, cumulants
from symlens.lens.fast.invariance import Invariance, covariance_excess
from symlens.lens.fast.labels import Selection, best_labels, explained, selection
from symlens.lens.fast.phases import phased_filters
from symlens.lens.fast.planes import Planes, eigenplanes, mixed_ties, planes_of
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
"""Labellings, each of the planes that the refinement before has set right."""
ITERATIONS = 40
RESTARTS = 3
"""Other bases of tied modes that are tried while the covariance is not circulant."""
SAME = 1e-6
"""Relative difference below which two misfits are the same."""
SUSPICIOUS = 3.0
"""Excess of the covariance above which an answer is doubted; true ones had 1.0 to 1.4, or 6
with sparse pulses. A false alarm costs time only."""


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
        the symmetry, that does not. Near 1 with a cyclic symmetry, a few percent without one; of
        white noise, where hardly any cumulant stands out, a third or less for many pixels.
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
class _Refined:
    filters: Array
    misfit: float


@dataclass(frozen=True)
class _Labelled:
    planes: Planes
    labels: Integers
    explained: float
    fourth: Tensor


def cyclic_start(white: Whitened, known: Cumulants | None = None) -> CyclicStart:
    r"""Filters of a cyclic symmetry from the selection rules of third and fourth cumulants.

    1. A shift commutes with the covariance: modes of equal power are paired to planes.
    2. Cumulants of contrast-normalised modes are estimated once.
    3. The labels of the planes are those whose zero-sum cumulants hold the most power.
    4. The relative phases of the planes follow from fourth cumulants.
    5. Planes that noise has mixed are set right: the filters are turned until covariance and
       cumulants are as invariant under the shift as they can be, and labelled again.
    6. Where modes tie in power and the covariance does not come out circulant, other bases of the
       tied modes are tried; the smallest misfit is kept.

    Parameters
    ----------
    white : Whitened
        At most 65 pixels.
    known : Cumulants, optional
        From `ring_cumulants`, estimated here if they are not given.

    Returns
    -------
    CyclicStart

    Notes
    -----
    For even n the true cyclic shift has determinant -1: the alternating mode only changes its
    sign, and no rotation by half a pixel exists. The filters are those of the true shift; the
    caller chooses a logarithm for it. Deterministic, and the same answer in every basis
    of the samples. Memory about ``40 n^4`` bytes (15 MB at n = 25, 0.7 GB at n = 65).
    """
    if white.n_features > LARGEST:
        raise ValueError(f"at most {LARGEST} pixels, got {white.n_features}")
    known = ring_cumulants(white) if known is None else known
    misfit = Invariance(white, known)
    rng = np.random.default_rng(0)
    bases = [np.eye(white.n_features)]
    best = _refined(white, known, misfit, bases[0])
    for _ in range(RESTARTS):
        if covariance_excess(white, best.filters) < SUSPICIOUS:
            break
        basis = mixed_ties(white.powers, len(white.x), rng)
        if np.array_equal(basis, bases[0]):
            break
        best = min(best, _refined(white, known, misfit, basis), key=lambda one: one.misfit)
    planes, labels = planes_of(best.filters @ white.modes, np.diag(white.powers))
    weights = selection(known.turned(planes.fourier()))
    return CyclicStart(best.filters, explained(weights, labels), labels, planes.powers)


def ring_cumulants(white: Whitened) -> Cumulants:
    """Cumulants of contrast-normalised modes."""
    modes = contrast_normalised(white, white.x)
    return cumulants(modes - modes.mean(axis=0))


def _refined(white: Whitened, known: Cumulants, misfit: Invariance, basis: Array) -> _Refined:
    """Filters from the eigenplanes in a basis of the modes, labelled and turned in alternation."""
    splits = [Planes(one.basis @ basis, one.powers) for one in eigenplanes(white.powers, SPLITS)]
    found = max((_labelled(split, known) for split in splits), key=lambda one: one.explained)
    best: _Refined | None = None
    for _ in range(ROUNDS):
        start = phased_filters(found.planes, found.labels, found.fourth) @ white.modes.T
        end = minimise(misfit, start, iterations=ITERATIONS)
        # An alias of the generator has the same misfit: then the relabelled one is better aligned.
        if best is not None and end.value > best.misfit + SAME * abs(best.misfit):
            break
        best = _Refined(end.point, end.value)
        planes, labels = planes_of(end.point @ white.modes, np.diag(white.powers))
        found = _labelled(planes, known)
        if np.array_equal(found.labels, labels):
            break
    assert best is not None
    return best


def _labelled(planes: Planes, known: Cumulants) -> _Labelled:
    turned = known.turned(planes.fourier())
    weights: Selection = selection(turned)
    labels = best_labels(weights, planes)
    return _Labelled(planes, labels, explained(weights, labels), turned.fourth)
