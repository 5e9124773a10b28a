"""SymmetryGAN: one group element whose moves a discriminator cannot see.

After K. Desai, B. Nachman, J. Thaler, *Symmetry discovery with deep learning*, arXiv:2112.05722, in
the orthogonal form ``G = expm(S)`` that the SymmetryLens code compares itself with.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from symlens.baselines.estimate import Estimate, Record, principal, skew
from symlens.baselines.game import play
from symlens.config.lens_baselines import SymmetryGANSettings

Array = NDArray[np.float64]


def symmetrygan(
    x: Array, settings: SymmetryGANSettings, *, rng: np.random.Generator, record: Record
) -> Estimate:
    """Play with one element ``expm(S)`` that moves every sample by the same amount.

    It starts at entries of S that are uniform in (-1, 1), as in the code named above. Any power
    of a generator, the identity among them, and whatever else leaves the samples alike is as good
    an answer to the game.

    Parameters
    ----------
    x : ndarray, shape (samples, n)
        Centred, of unit scale.
    settings : SymmetryGANSettings
    rng : numpy.random.Generator
    record : callable

    Returns
    -------
    Estimate
        The principal logarithm of the element found: its scale is part of the answer.
    """
    n = x.shape[1]
    found = play(
        x,
        settings,
        start=rng.uniform(-1.0, 1.0, (n, n)),
        amounts=np.ones,
        displacement=0.0,
        rng=rng,
        record=record,
    )
    element = principal(found.log_generator)
    return replace(found, log_generator=skew(element) if settings.orthogonal else element)
