"""What a verdict makes of samples before it looks at moments: white, and of like contrast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

CONTRAST = 0.5
"""Root mean square of a sample, in units of the mean one, below which it is not fully brought to
the common contrast (our choice)."""


def whitened(fitted: NDArray[np.floating], samples: NDArray[np.floating]) -> Samples:
    """Samples less the mean of others, in units of the root of their covariance.

    ``(x - mean) C^(-1/2)``; directions in which the others hardly vary are not blown up.
    """
    mean = fitted.mean(axis=0, dtype=np.float64)
    offset = fitted - mean
    values, modes = np.linalg.eigh(offset.T @ offset / len(fitted))
    values = np.maximum(values, max(1e-9 * values[-1], np.finfo(np.float32).tiny))
    return np.asarray((samples - mean) @ ((modes / np.sqrt(values)) @ modes.T), dtype=np.float32)


def levelled(white: Samples) -> Samples:
    r"""White samples brought to a like contrast, :math:`x_w / (r + \bar r / 2)`, of unit variance.

    r is the root mean square over the features of a sample and :math:`\bar r` its mean over the
    samples. It is the same in every basis, so that symmetries, of any kind, stay what they are;
    but few samples of much contrast, such as edges in photographs, no longer rule all moments.
    """
    radius = np.sqrt((white**2).mean(axis=1, keepdims=True, dtype=np.float64))
    usual = float(radius.mean())
    if not usual > 0:
        return white
    level = white / (radius + CONTRAST * usual)
    return np.asarray(level / np.sqrt((level**2).mean()), dtype=np.float32)
