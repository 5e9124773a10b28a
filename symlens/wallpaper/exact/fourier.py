"""Fourier coefficients of the averaged cell, with their noise, straight from the pixels.

No cell is cut out and nothing is interpolated: c_h = Σ w(p) f(p) exp(-2πi k_h·p) / Σ w(p), with
k_h = A^{-T} h. The window w is a box that is smeared over one cell, so that its transform vanishes
at every k_h but 0: one coefficient does not leak into another, wherever the cells are cut by the
border of the image. The same from the left and right and from the upper and lower half of the box
says how much a coefficient can be trusted, and corrects the lattice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from symlens.wallpaper.exact.nufft import FineTransform
from symlens.wallpaper.exact.weights import ring_mean, weights_of

REACH = 0.30
"""Highest spatial frequency that is looked at, in cycles per pixel (our choice)."""


TURNED = 0.05
"""Relative change of the lattice that phases are not believed beyond."""

HIGHEST = 0.45
"""Cycles per pixel beyond which nothing is asked of an image."""


Pairs = list[tuple[NDArray[np.complex128], NDArray[np.complex128]]]
"""Coefficients of left and right, of top and bottom."""

BETWEEN = ((0.5, 0.5), (0.5, 0.0), (0.0, 0.5))
"""Steps from a frequency of the lattice to the middles between."""


@dataclass(frozen=True)
class Spectrum:
    """Coefficients of the averaged cell.

    Parameters
    ----------
    basis : ndarray, shape (2, 2)
        Cell vectors as columns, pixels (x, y).
    h : ndarray of int, shape (m, 2)
        Indices, (0, 0) left out, -h with every h.
    values : ndarray of complex, shape (m, channel)
    noise : ndarray, shape (m,)
        Variance of a coefficient, summed over the channels, as a smooth function of |k_h|.
    coherence : float
        Correlation of the coefficients of one half of the image with those of the other, with
        even weights (see `weights_of`): 1 for a lattice without noise, about 0 for none.
    contrast : float
        1 - power half way between the lattice's frequencies, along the vector or the diagonal
        where there is most, over power at them, with even weights: 1 for a lattice without
        noise, about 0 for none.
    channels : float
        How many channels have noise of their own: one where all have the same.
    """

    basis: NDArray[np.float64]
    h: NDArray[np.int64]
    values: NDArray[np.complex128]
    noise: NDArray[np.float64]
    coherence: float
    contrast: float
    channels: float = 1.0

    @property
    def power(self) -> NDArray[np.float64]:
        """Σ |c_h|² over the channels, shape (m,)."""
        return np.asarray((np.abs(self.values) ** 2).sum(axis=1))

    @property
    def frequency(self) -> NDArray[np.float64]:
        """|k_h| in cycles per pixel, shape (m,)."""
        return np.asarray(np.linalg.norm(self.h @ np.linalg.inv(self.basis), axis=1))


def indices(basis: NDArray[np.float64], reach: float) -> NDArray[np.int64]:
    """Indices h of all frequencies |k_h| up to ``reach`` but 0, shape (m, 2).

    The second half of them are the negatives of the first, in reversed order.
    """
    most = np.floor(reach * np.linalg.norm(basis, axis=0)).astype(int)
    grid = np.meshgrid(*(np.arange(-n, n + 1) for n in most), indexing="ij")
    h = np.stack([part.ravel() for part in grid], axis=1)
    length = np.linalg.norm(h @ np.linalg.inv(basis), axis=1)
    return np.asarray(h[(length <= reach) & (length > 0)])


def view(h: NDArray[np.int64], values: NDArray[np.complex128], points: int) -> NDArray[np.float64]:
    """Σ_h c_h exp(2πi h·x) of a real cell at x = (i, j) / points.

    Parameters
    ----------
    h : ndarray of int, shape (m, 2)
        Each smaller than half of the points, with every h also -h.
    values : ndarray of complex, shape (..., m)

    Returns
    -------
    ndarray, shape (..., points, points)
    """
    upper = h[:, 1] >= 0  # the others are conjugate
    waves = np.zeros((*values.shape[:-1], points, points // 2 + 1), dtype=np.complex128)
    waves[..., h[upper, 0], h[upper, 1]] = values[..., upper]
    return np.asarray(fft.irfft2(waves, (points, points), norm="forward"))


class Halves:
    """An image seen through a window and through the window's halves.

    Parameters
    ----------
    image : ndarray, shape (height, width, channel)
    basis : ndarray, shape (2, 2)
        Cell vectors that the windows are made for.
    """

    def __init__(self, image: NDArray[np.float64], basis: NDArray[np.float64]) -> None:
        self.windows = windows(image.shape[:2], basis)
        images = np.moveaxis(image, 2, 0)
        self.fine = FineTransform(self.windows[:, None] * images)
        whole = self.windows[0]
        self.total = float(whole.sum())
        self.parts, self.distances, self.ratios, shared = [], [], [], []
        grid = np.indices(whole.shape)
        for half, axis in ((self.windows[1], 1), (self.windows[2], 0)):
            rest = whole - half
            sums = float(half.sum()), float(rest.sum())
            centres = [(w * grid[axis]).sum() / s for w, s in zip((half, rest), sums, strict=True)]
            difference = ((half / sums[0] - rest / sums[1]) ** 2).sum()
            self.parts.append(sums)
            self.distances.append(float(centres[1] - centres[0]))
            alone = float((whole**2).sum() / self.total**2)
            self.ratios.append(float(alone / difference))
            shared.append(float((half * rest).sum() / (sums[0] * sums[1]) / alone))
        self.shared = float(np.mean(shared))

    def coefficients(
        self, basis: NDArray[np.float64], h: NDArray[np.int64]
    ) -> tuple[NDArray[np.complex128], Pairs]:
        """Coefficients of the whole, and of left and right, top and bottom; (m, channel) each.

        Parameters
        ----------
        basis : ndarray, shape (2, 2)
        h : ndarray of int, shape (m, 2)
            In the order of `indices`: the second half of the coefficients are conjugates.
        """
        first = self.fine.at(h[: len(h) // 2] @ np.linalg.inv(basis))
        both = np.concatenate([first, first[..., ::-1].conj()], axis=-1)
        whole, *halves = (np.moveaxis(part, 0, 1) for part in both)
        pairs = [
            (half / one, (whole - half) / other)
            for half, (one, other) in zip(halves, self.parts, strict=True)
        ]
        return whole / self.total, pairs

    def corrected(self, basis: NDArray[np.float64]) -> NDArray[np.float64]:
        """A basis without the small error that turns phases across the image.

        A frequency that is off by D h turns the coefficient of one half against the other's by
        2π (D h)·d, where d lies between the centres of the halves: linear least squares for D.
        """
        for reach in (0.4 * REACH, REACH):
            least = 2.2 / np.linalg.norm(basis, axis=0).min()
            h = indices(basis, min(max(reach, least), HIGHEST))
            if len(h) < 4:
                return basis
            _, pairs = self.coefficients(basis, h)
            rows = []
            for (one, other), d in zip(pairs, self.distances, strict=True):
                cross = (other * one.conj()).sum(axis=1)
                phase = np.angle(cross)
                weight = np.sqrt(np.abs(cross)) * (np.abs(phase) < 1.2)
                system, target = h * weight[:, None], -phase / (2 * np.pi * d) * weight
                rows.append(np.linalg.lstsq(system, target, rcond=None)[0])
            reciprocal = np.linalg.inv(basis).T - np.array(rows)
            change = np.abs(reciprocal @ basis.T - np.eye(2)).max()
            if change > TURNED:
                return basis  # not a lattice, or none that the phases agree on
            basis = np.linalg.inv(reciprocal).T
        return basis

    def noise(self, pairs: Pairs) -> NDArray[np.float64]:
        """Variance of the coefficients of the whole, from what halves do not share; shape (m,)."""
        each = [
            (np.abs(one - other) ** 2).sum(axis=1) * ratio
            for (one, other), ratio in zip(pairs, self.ratios, strict=True)
        ]
        return np.asarray(np.mean(each, axis=0))

    @staticmethod
    def channels(pairs: Pairs) -> float:
        """How many channels have noise of their own: (tr Σ)² / tr Σ² of its covariance Σ."""
        left = np.concatenate([one - other for one, other in pairs])
        covariance = left.conj().T @ left
        total = float(np.trace(covariance).real)
        return total**2 / max(float((np.abs(covariance) ** 2).sum()), 1e-300) if total > 0 else 1.0

    @staticmethod
    def common(pairs: Pairs) -> NDArray[np.float64]:
        """Power that both halves have in common, Re conj(c) c' over the channels; shape (m,)."""
        each = [(one.conj() * other).sum(axis=1).real for one, other in pairs]
        return np.asarray(np.mean(each, axis=0))

    def signal(self, pairs: Pairs, noise: NDArray[np.float64]) -> NDArray[np.float64]:
        """Power that both halves have in common beyond the noise of pixels that both see.

        The windows of halves overlap by a cell. White noise of variance σ² of the whole's
        coefficients gives σ² Σ v v' / (Σ v Σ v') (Σ w)² / Σ w² to that of the halves v and v'.
        """
        return self.common(pairs) - self.shared * noise

    def spectrum(self, basis: NDArray[np.float64], h: NDArray[np.int64]) -> Spectrum:
        """Coefficients at the indices h, with their noise."""
        values, pairs = self.coefficients(basis, h)
        frequency = np.linalg.norm(h @ np.linalg.inv(basis), axis=1)
        common, noise = self.common(pairs), ring_mean(frequency, self.noise(pairs))
        single = np.mean(
            [(np.abs(part) ** 2).sum(axis=1) for pair in pairs for part in pair], axis=0
        )
        weight = weights_of(frequency, (np.abs(values) ** 2).sum(axis=1), noise)[0]
        coherence = float((weight * common).sum() / (weight * single).sum())
        contrast = self._contrast(basis, h, values, weight)
        return Spectrum(basis, h, values, noise, coherence, contrast, self.channels(pairs))

    def _contrast(
        self,
        basis: NDArray[np.float64],
        h: NDArray[np.int64],
        values: NDArray[np.complex128],
        weight: NDArray[np.float64],
    ) -> float:
        """1 - power between the points of the reciprocal lattice over power at them.

        Of the three kinds of middles the one with most power counts: stripes repeat along one
        vector only.
        """
        half = len(h) // 2  # the power at -k is that at k
        between = np.concatenate([h[:half] + step for step in BETWEEN])
        whole = self.fine.at(between @ np.linalg.inv(basis), 0) / self.total
        off = (np.abs(whole) ** 2).sum(axis=0).reshape(len(BETWEEN), -1)
        on = (np.abs(values[:half]) ** 2).sum(axis=1)
        return float(1 - (off @ weight[:half]).max() / (weight[:half] @ on))


def windows(size: tuple[int, int], basis: NDArray[np.float64]) -> NDArray[np.float64]:
    """The window of an image, of its left and of its upper half; shape (3, height, width).

    A box in the image's middle, smeared along both cell vectors: its transform is that of the box
    times sinc(k·a) sinc(k·b), which is 0 on the reciprocal lattice but at its origin.
    """
    height, width = size
    reach = np.abs(basis).sum(axis=1) / 2 + 1.0  # half of what a cell spans along x and y
    edges = []
    for length, wanted in ((width, reach[0]), (height, reach[1])):
        margin = min(wanted, length / 2 - 2.0)
        edges.append((margin, length - 1 - margin))
    (x0, x1), (y0, y1) = edges
    box_x, box_y = _box(width, x0, x1), _box(height, y0, y1)
    left, top = _box(width, x0, (x0 + x1) / 2), _box(height, y0, (y0 + y1) / 2)
    boxes = np.stack([np.outer(box_y, box_x), np.outer(box_y, left), np.outer(top, box_x)])
    ky, kx = fft.fftfreq(height)[:, None], fft.rfftfreq(width)[None, :]
    gain = np.ones((height, len(kx[0])))
    for x, y in basis.T:
        gain = gain * np.sinc(kx * x + ky * y)
    return np.asarray(fft.irfft2(fft.rfft2(boxes) * gain, s=size))


def _box(n: int, low: float, high: float) -> NDArray[np.float64]:
    """A box on whole numbers with borders between them."""
    edges = np.arange(n + 1) - 0.5
    return np.diff(np.clip(edges, low, high))
