"""Filters that a search starts from: pixels, independent components, waves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cumulants import Cumulants, cumulants
from symlens.lens.fast.ica import SAME, independent_components, line_up, overlap
from symlens.lens.fast.position import (
    CONTRAST,
    contrast_normalised,
    equalised,
    position_operators,
)
from symlens.lens.fast.signs import agreeing_signs, chained_signs, lagged_products
from symlens.lens.fast.stationarity import cosine_basis
from symlens.lens.fast.waves import walk, window_waves
from symlens.lens.fast.whitening import Samples, Whitened
from symlens.lens.fast.window import pixel_start
from symlens.lens.fast.window_invariance import WindowInvariance

Array = NDArray[np.float64]

SAMPLES_PER_PIXEL = 1_000
"""Samples, for every pixel, that positions and independent components are found from."""
CONTRASTS = ((0.05, 0.2), (0.2, 0.6), (0.6, 1.6))
"""Ranges of the contrast constant, one drawn from each: answers differ with it by chance."""
EQUALISED = 0.5
"""Power of the gains of modes that position operators are freed from."""
CUMULANT_CONTRAST = 1.0
"""At it the cumulants of photographs told right from wrong best."""
WALK_CONTRASTS = ((0.7, 1.1), (1.1, 1.6))
WALK_GAINS = (0.0, 0.5)
WALK_WIDTHS = (0.25, 0.35, 0.5)
"""Contrasts, one drawn from each range, gains and widths of walks. Our choice: on 14 sets of rows
of photographs each single one of them failed in some, all of them together in none."""


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


def walks(white: Whitened, samples: Samples, contrast: float) -> list[Array]:
    """Filters from walks along a position operator, as it is and its modes rescaled."""
    operators = position_operators(contrast_normalised(white, samples, contrast), 1)
    basis = cosine_basis(white.n_features).T
    return [
        basis @ walk(equalised(operators, gain)[0], white.powers, width) @ white.modes.T
        for gain in WALK_GAINS
        for width in WALK_WIDTHS
    ]


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
    white: Whitened, samples: Samples, misfit: WindowInvariance, rng: np.random.Generator
) -> Iterator[Array]:
    """Filters for a window: waves in falling order, pixels by positions, the best of walks.

    Parameters
    ----------
    white : Whitened
    samples : ndarray of float32, shape (n_samples, n)
        White samples of this round.
    misfit : WindowInvariance
        Chooses among the walks of a contrast.
    rng : Generator
        Draws the contrasts.
    """
    yield falling_waves(white, samples)
    for low, high in CONTRASTS:
        yield pixels(white, samples, float(rng.uniform(low, high)))
    for low, high in WALK_CONTRASTS:
        yield min(walks(white, samples, float(rng.uniform(low, high))), key=misfit.departure)


def falling_waves(white: Whitened, samples: Samples, reach: int = 1) -> Array:
    """Filters of a window whose power falls with frequency: modes are waves in their order.

    Their signs follow from what neighbouring frequencies have in common, with a longer reach also
    from what those further apart have. Shape (n, n).
    """
    modes = contrast_normalised(white, samples)
    lagged = lagged_products(modes, reach)
    signs = chained_signs(lagged[0])
    if reach > 1:
        signs = agreeing_signs(signs, lagged)
    return window_waves(white.powers) @ (signs[:, None] * white.modes.T)
