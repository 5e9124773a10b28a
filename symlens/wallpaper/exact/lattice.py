"""The lattice of an image from the peaks of its autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from symlens.wallpaper.exact.autocorrelation import autocorrelation
from symlens.wallpaper.exact.peaks import Peaks, highest
from symlens.wallpaper.exact.reduction import different

BLUR = 1.5
"""Standard deviation, in pixels, of the Gaussian that the image is blurred with (our choice)."""

WIDE = 12.0
"""Content smoother than this Gaussian, in pixels, is left out: it correlates everywhere."""

RINGS = 128
"""Of spatial frequencies, per cycle per pixel."""

HIGH = 0.45
"""Cycles per pixel beyond which there is noise only, as far as a filter against it is concerned."""

RINGS_BLUR = 1.5
"""Rings that their mean power is blurred by."""

FINALISTS = 8
"""Lattices that are fitted and compared by all their peaks."""


@dataclass(frozen=True)
class Lattice:
    """The translations of an image.

    Parameters
    ----------
    basis : ndarray, shape (2, 2)
        Shortest vectors a and b as columns, pixels (x, y), with 60 to 90 degrees between them
        and positive determinant.
    peak : float
        Correlation of the image with itself moved by lattice vectors, mean of the best peaks.
    """

    basis: NDArray[np.float64]
    peak: float


def denoised(image: NDArray[np.float64]) -> NDArray[np.float64]:
    """Wiener's filter, f_k (1 - N / P(|k|)), with the mean power P of rings and that of noise, N.

    Noise is white and as strong as the highest frequencies are, by the median of their power: that
    of an exponential distribution is log 2 times its mean.

    Parameters
    ----------
    image : ndarray, shape (height, width)
    """
    height, width = image.shape
    window = np.hanning(height)[:, None] * np.hanning(width)
    power = np.abs(fft.rfft2((image - image.mean()) * window)) ** 2
    frequency = np.hypot(fft.fftfreq(height)[:, None], fft.rfftfreq(width))
    ring = (RINGS * frequency).astype(int)
    mean = np.bincount(ring.ravel(), power.ravel()) / np.maximum(np.bincount(ring.ravel()), 1)
    mean = ndimage.gaussian_filter1d(mean, RINGS_BLUR)
    noise = np.median(power[frequency > HIGH]) / np.log(2)
    gain = np.clip(1 - noise / np.maximum(mean, np.finfo(float).tiny), 0, 1)
    return np.asarray(fft.irfft2(fft.rfft2(image) * gain[ring], image.shape))


def find_lattice(image: NDArray[np.float64]) -> Lattice | None:
    """Find the lattice of an image; None where its autocorrelation has no two directions of peaks.

    Of the lattices that two of the highest peaks span, the one is taken at whose points the
    autocorrelation is highest together, z = Σ r_n ω_n / sqrt(Σ ω_n) with the overlap ω: noise that
    hides a single peak does not hide a lattice of them. That may be too fine a lattice, if a part
    of the content repeats more often than all of it: cosets whose peaks are lower are left out.

    Parameters
    ----------
    image : ndarray, shape (height, width)
    """
    seen = denoised(image)
    band = ndimage.gaussian_filter(seen, BLUR) - ndimage.gaussian_filter(seen, WIDE)
    r, columns = autocorrelation(band)
    map_ = Peaks(r, columns, image.shape)
    places = highest(r, columns)
    one, other = np.triu_indices(len(places), 1)
    bases = np.stack([places[one], places[other]], axis=2)
    size = np.linalg.norm(bases, axis=1).prod(axis=1)
    bases = bases[np.abs(np.linalg.det(bases)) > 0.3 * size]
    if len(bases) == 0:
        return None
    order = np.argsort(-map_.scores(bases, 3))
    fitted = [map_.fitted(basis) for basis in different(bases[order], FINALISTS)]
    finalists = np.array([basis for basis in fitted if map_.holds(basis)])
    if len(finalists) == 0:
        return None
    basis = finalists[int(np.argmax(map_.scores(finalists, 6)))]
    basis = map_.coarser(basis)
    values, _ = map_.at(basis)
    return Lattice(basis, float(values.mean()))
