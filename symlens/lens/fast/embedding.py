"""From orthogonal filters to the objects of the lens: S, M and f."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.groups import cyclic_log_generator, group_action
from symlens.lens.fast.whitening import Whitened
from symlens.lens.symmetry import LearnedSymmetry

Array = NDArray[np.float64]


def embed(filters: Array, white: Whitened, *, cyclic: bool) -> LearnedSymmetry:
    r"""Learned symmetry of filters Q: :math:`S = B^T \log(P) B`, exactly.

    P is the cyclic shift of N pixels (anti-periodic for even N): on a ring N = n and B = Q; for
    a window N = 3n and ``B = blockdiag(I, Q, I)``, whose central n x n block of ``expm(S)`` is
    :math:`\sum_j q_j^T q_{j+1}`.

    Parameters
    ----------
    filters : ndarray, shape (n, n)
        Row j is the filter at pixel j.
    white : Whitened
        Gives mean and scale.
    cyclic : bool

    Returns
    -------
    LearnedSymmetry
    """
    n = len(filters)
    margin = 0 if cyclic else n
    basis = np.eye(n + 2 * margin)
    basis[margin : margin + n, margin : margin + n] = filters
    log_generator = basis.T @ cyclic_log_generator(len(basis)) @ basis
    middle = basis[margin + (n - 1) // 2]
    if n % 2 == 0:  # the centre lies half a pixel further than a pixel
        middle = middle @ group_action(log_generator, 0.5)
    centre = middle[margin : margin + n]
    return LearnedSymmetry(
        log_generator=(log_generator - log_generator.T) / 2,
        group_convolution=np.ascontiguousarray(filters.T),
        filter=centre / np.linalg.norm(centre),
        mean=white.mean,
        scale=white.scale,
        cyclic=cyclic,
    )
