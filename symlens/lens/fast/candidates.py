"""Filters that a search starts from: pixels, independent components, waves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cumulants import Cumulants, cumulants
from symlens.lens.fast.frequencies import chained_signs, wave_starts, window_waves
from symlens.lens.fast.ica import SAME, independent_components, line_up, overlap
from symlens.lens.fast.position import (
    CONTRAST,
    contrast_normalised,
    equalised,
    position_operators,
)
from symlens.lens.fast.whitening import Samples, Whitened
from symlens.lens.fast.window import pixel_start

Array = NDArray[np.float64]

SAMPLES_PER_PIXEL = 1_000
"""Samples, for every pixel, that positions and independent components are found from."""
CONTRASTS = ((0.05, 0.2), (0.2, 0.6), (0.6, 1.6))
"""Ranges of the contrast constant, one drawn from each: answers differ with it by chance."""
EQUALISED = 0.5
"""Power of the gains of modes that position operators are freed from."""
CUMULANT_CONTRAST = 1.0
"""At it the cumulants of photographs told right from wrong best."""


def independent(white: Whitened, samples: Samples, rng: np.random.Generator) -> tuple[Array, bool]:
    """Filters from independent components, and whether both halves of the samples have them.

    Parameters
    ----------
    white : Whitened
    samples : ndarray of float32, shape (n_samples, n)
        White samples.
    rng : Generator
        Draws the halves.

    Returns
    -------
    filters : ndarray, shape (n, n)
        Of all samples if both halves have them, else of one.
    twice : bool
    """
    if len(samples) < 2 * white.n_features:
        return white.modes.T.copy(), False
    order = rng.permutation(len(samples))
    few = SAMPLES_PER_PIXEL * white.n_features
    first, second = (np.sort(half[:few]) for half in np.array_split(order, 2))
    found = [
        independent_components(samples[rows], pixels(white, samples[rows]))
        for rows in (first, second)
    ]
    twice = overlap(*found) > SAME
    filters = independent_components(samples, found[0]) if twice else found[0]
    return line_up(filters, samples, white), twice


def pixels(white: Whitened, samples: Samples, contrast: float = CONTRAST) -> Array:
    """Filters at positions that the leading position operators tell apart. Shape (n, n)."""
    operators = position_operators(contrast_normalised(white, samples, contrast), 2)
    return pixel_start(white, equalised(operators, EQUALISED)[0])


def known_cumulants(white: Whitened, samples: Samples) -> tuple[Cumulants, Cumulants]:
    """Cumulants of contrast-normalised modes, and how far they may be wrong by chance.

    Both from two halves of the samples: their mean, and half their difference, which scatters as
    the mean does and knows nothing of the symmetry.
    """
    modes = contrast_normalised(white, samples, CUMULANT_CONTRAST)
    modes -= modes.mean(axis=0)
    one, other = cumulants(modes[::2]), cumulants(modes[1::2])
    return one.combined(other, 1.0), one.combined(other, -1.0)


def window_starts(
    white: Whitened, samples: Samples, known: Cumulants, rng: np.random.Generator
) -> Iterator[Array]:
    """Filters for a window: waves in two orders, pixels by positions of several contrasts.

    Parameters
    ----------
    white : Whitened
    samples : ndarray of float32, shape (n_samples, n)
        White samples of this round.
    known : Cumulants
        Of the modes, in the same samples.
    rng : Generator
        Draws the contrasts.
    """
    yield from wave_starts(white, known)
    yield falling_waves(white, samples)
    for low, high in CONTRASTS:
        yield pixels(white, samples, float(rng.uniform(low, high)))


def falling_waves(white: Whitened, samples: Samples) -> Array:
    """Filters of a window whose power falls with frequency: modes are waves in their order.

    Their signs follow from what neighbouring frequencies have in common. Shape (n, n).
    """
    modes = contrast_normalised(white, samples)
    products = modes[:, :-1] * modes[:, 1:]
    signs = chained_signs(np.atleast_2d(np.cov(products.T)))
    return window_waves(white.powers) @ (signs[:, None] * white.modes.T)
