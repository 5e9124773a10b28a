"""LieGAN without labels: a direction of the Lie algebra along which random moves are not seen.

After J. Yang, R. Walters, N. Dehmamy, R. Yu, *Generative adversarial symmetry discovery*,
arXiv:2302.00236, with one basis element and a constant in the place of the labels.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from symlens.baselines.estimate import Estimate, Record, unit_speed
from symlens.baselines.game import play
from symlens.config.lens_baselines import LieGANSettings

Array = NDArray[np.float64]


def liegan(
    x: Array, settings: LieGANSettings, *, rng: np.random.Generator, record: Record
) -> Estimate:
    r"""Play with elements :math:`\exp(w S)`, w standard normal for every sample.

    S starts at normal entries of standard deviation :math:`1 / \sqrt n`.

    Parameters
    ----------
    x : ndarray, shape (samples, n)
        Centred, of unit scale.
    settings : LieGANSettings
    rng : numpy.random.Generator
    record : callable

    Returns
    -------
    Estimate
        The direction, at unit speed: the method does not say how far one step is.
    """
    n = x.shape[1]
    found = play(
        x,
        settings,
        start=rng.standard_normal((n, n)) / np.sqrt(n),
        amounts=rng.standard_normal,
        displacement=settings.displacement,
        rng=rng,
        record=record,
    )
    return replace(found, log_generator=unit_speed(found.log_generator))
