"""The lattice of an image from the peaks of its autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

BLUR = 1.5
"""Standard deviation, in pixels, of the Gaussian that the image is blurred with (our choice)."""

OVERLAP = 0.2
"""Lags at which less than this part of the image overlaps with itself are not looked at."""

SHORTEST = 4.0
"""Pixels below which no translation is looked for."""

WIDE = 8.0
"""Content smoother than this Gaussian, in pixels, is left out: it correlates everywhere."""

CANDIDATES = 28
"""Highest peaks whose pairs are tried as cell vectors."""

FINALISTS = 8
"""Lattices that are fitted and compared by all their peaks."""

LEAST_GAP, GAP = 0.008, 0.3
"""A coset of lattice points counts as lower than the others from a difference of 0.008, or 0.3
times what those lack to 1, beyond three standard errors (our choice)."""

SUBLATTICES = tuple(
    np.array(step)
    for step in (
        ((2, 0), (0, 1)),
        ((1, 0), (0, 2)),
        ((2, 1), (0, 1)),
        ((3, 0), (0, 1)),
        ((1, 0), (0, 3)),
        ((3, 1), (0, 1)),
        ((3, 2), (0, 1)),
        ((2, 0), (0, 2)),
    )
)
"""Columns: bases of the coarser lattices of index 2, 3 and one of 4."""


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


def autocorrelation(image: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Correlation coefficient of an image with itself, moved, over the part that overlaps.

    r(d) = Σ (f(p) - m)(f(p + d) - m') / sqrt(Σ (f(p) - m)² Σ (f(p + d) - m')²) with the means m
    and m' over the overlap; the sums are those of one Fourier transform and of running sums.

    Parameters
    ----------
    image : ndarray, shape (height, width)

    Returns
    -------
    r : ndarray, shape (rows, 2 * columns - 1)
        At lags (dy, dx), dy from 0 and dx from -(columns - 1).
    columns : int
        Lag 0 lies at ``[0, columns - 1]``.
    """
    height, width = image.shape
    rows, columns = (max(2, int(side * (1 - OVERLAP))) for side in image.shape)
    shape = [fft.next_fast_len(2 * side, real=True) for side in image.shape]
    spectrum = fft.rfft2(image, shape)
    full = fft.irfft2(np.abs(spectrum) ** 2, shape)
    product = np.concatenate([full[:rows, -(columns - 1) :], full[:rows, :columns]], axis=1)

    dy, dx = np.arange(rows)[:, None], np.arange(1 - columns, columns)[None, :]
    right = np.maximum(dx, 0)
    left = np.maximum(-dx, 0)
    boxes = (
        (0 * dy, height - dy, left, width - right),
        (dy, height + 0 * dy, right, width - left),
    )
    count = (height - dy) * (width - np.abs(dx))
    sums = [_boxes(image, *box) for box in boxes]
    squares = [_boxes(image**2, *box) for box in boxes]
    variance = [s2 - s**2 / count for s, s2 in zip(sums, squares, strict=True)]
    scale = np.sqrt(np.maximum(variance[0] * variance[1], 1e-24))
    return (product - sums[0] * sums[1] / count) / scale, columns


def _boxes(
    values: NDArray[np.float64],
    top: NDArray[np.int64],
    bottom: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Sums of an image over boxes [top, bottom) x [left, right)."""
    integral = np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    total = integral[bottom, right] - integral[top, right]
    return np.asarray(total - integral[bottom, left] + integral[top, left])


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
    band = ndimage.gaussian_filter(image, BLUR) - ndimage.gaussian_filter(image, WIDE)
    r, columns = autocorrelation(band)
    map_ = Peaks(r, columns, image.shape)
    places = _peaks(r, columns)[:CANDIDATES]
    pairs = [
        np.stack([a, b], axis=1)
        for index, a in enumerate(places)
        for b in places[index + 1 :]
        if abs(a[0] * b[1] - a[1] * b[0]) > 0.3 * np.hypot(*a) * np.hypot(*b)
    ]
    if not pairs:
        return None
    bases = np.array(pairs)
    best = np.argsort(-map_.scores(bases, 3))[:FINALISTS]
    fitted = [map_.fitted(reduced(basis)) for basis in bases[best]]
    finalists = np.array([basis for basis in fitted if map_.holds(basis)])
    if len(finalists) == 0:
        return None
    basis = finalists[int(np.argmax(map_.scores(finalists, 6)))]
    basis = map_.coarser(basis)
    values, _ = map_.at(basis)
    return Lattice(basis, float(values.mean()))


class Peaks:
    """An autocorrelation, asked at the points of lattices.

    Parameters
    ----------
    r : ndarray, shape (rows, 2 * columns - 1)
    columns : int
    size : tuple of int
        Height and width of the image.
    """

    def __init__(self, r: NDArray[np.float64], columns: int, size: tuple[int, ...]) -> None:
        self.r, self.columns, self.size = r, columns, size

    def points(self, basis: NDArray[np.float64], reach: float) -> NDArray[np.int64]:
        """Half of the indices n of lattice points A n within lags, 0 left out; shape (2, m)."""
        most = max(1, int(reach))
        grid = np.stack(np.meshgrid(*[np.arange(-most, most + 1)] * 2), axis=0).reshape(2, -1)
        x, y = basis @ grid
        inside = (np.abs(x) <= self.columns - 3) & (y <= len(self.r) - 3)
        return grid[:, inside & ((y > 0.5) | ((y > -0.5) & (x > 0.5)))]

    def scores(self, bases: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
        """The score z of many lattices, from the points up to ``reach`` cells away."""
        grid = np.stack(np.meshgrid(*[np.arange(-reach, reach + 1)] * 2), axis=0).reshape(2, -1)
        x, y = np.moveaxis(bases @ grid, 1, 0)
        inside = (np.abs(x) <= self.columns - 3) & (y <= len(self.r) - 3)
        inside &= (y > 0.5) | ((y > -0.5) & (x > 0.5))
        values = self._value(np.where(inside, x, 0.0), np.where(inside, y, 0.0))
        weight = np.where(inside, self._overlap(x, y), 0.0)
        return np.asarray((values * weight).sum(axis=1) / np.sqrt(weight.sum(axis=1) + 1e-9))

    def at(
        self, basis: NDArray[np.float64], reach: float = 6.0
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Heights of the maxima near lattice points, and the points' indices."""
        n = self.points(basis, reach)
        return self._summit(*(basis @ n))[1], n

    def fitted(self, basis: NDArray[np.float64]) -> NDArray[np.float64]:
        """Least squares of the basis to the maxima near its points, of nearer and nearer to all."""
        for reach in (1.0, 2.0, 4.0, 8.0):
            n = self.points(basis, reach)
            if np.linalg.det(n @ n.T) < 0.5:
                continue  # along one direction, if any
            places, height = self._summit(*(basis @ n))
            weight = np.maximum(height, 1e-3) * self._overlap(*places)
            system = n * weight
            basis = places @ system.T @ np.linalg.inv(n @ system.T)
        return reduced(basis)

    def holds(self, basis: NDArray[np.float64]) -> bool:
        """Whether a lattice is not too fine and has points in both directions within lags."""
        n = self.points(basis, 2.0)
        return shortest(basis) >= SHORTEST and bool(np.linalg.det(n @ n.T) > 0.5)

    def coarser(self, basis: NDArray[np.float64]) -> NDArray[np.float64]:
        """The lattice without the points at which the image correlates less than at the others."""
        for _ in range(4):
            best: tuple[float, NDArray[np.float64]] | None = None
            for step in SUBLATTICES:
                if not self.holds(reduced(basis @ step)):
                    continue
                values, n = self.at(basis)
                inside = np.abs(np.linalg.solve(step, n) % 1.0 - 0.5) > 0.499
                own = inside.all(axis=0)
                if own.sum() < 2 or own.all():
                    continue
                gap = values[own].mean() - values[~own].mean()
                error = np.sqrt(values[own].var() / own.sum() + values[~own].var() / (~own).sum())
                limit = max(GAP * (1 - values[own].mean()), LEAST_GAP) + 3 * error
                if gap > limit and (best is None or gap > best[0]):
                    best = gap, self.fitted(reduced(basis @ step))
            if best is None or not self.holds(best[1]):
                return basis
            basis = best[1]
        return basis

    def _value(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the nearest lags."""
        return np.asarray(self.r[np.rint(y).astype(int), np.rint(x).astype(int) + self.columns - 1])

    def _summit(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The maxima next to places, to a fraction of a pixel, (2, m), and their heights."""
        col = np.clip(np.rint(x).astype(int) + self.columns - 1, 3, self.r.shape[1] - 4)
        row = np.clip(np.rint(y).astype(int), 3, len(self.r) - 4)
        offsets = np.arange(-2, 3)
        around = self.r[row[:, None, None] + offsets[:, None], col[:, None, None] + offsets]
        flat = around.reshape(len(row), -1).argmax(axis=1)
        row, col = row + flat // 5 - 2, col + flat % 5 - 2
        shift_y, rise_y = _vertex(np.stack([self.r[row + d, col] for d in (-1, 0, 1)], axis=1))
        shift_x, rise_x = _vertex(np.stack([self.r[row, col + d] for d in (-1, 0, 1)], axis=1))
        places = np.stack([col - (self.columns - 1) + shift_x, row + shift_y])
        return places, self.r[row, col] + rise_x + rise_y

    def _overlap(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Part of the image that overlaps at a lag."""
        height, width = self.size
        part = (1 - np.abs(y) / height) * (1 - np.abs(x) / width)
        return np.asarray(np.maximum(part, 1e-3))


def _peaks(r: NDArray[np.float64], columns: int) -> NDArray[np.float64]:
    """Places (x, y) of the local maxima, to a fraction of a pixel, highest first."""
    mirrored = np.concatenate([r[2:0:-1, ::-1], r])  # r(-d) = r(d): the border row has neighbours
    top = ndimage.maximum_filter(mirrored, 5, mode="constant", cval=2.0)[2:]
    rows, cols = np.nonzero((r == top) & (r > 0))
    x, y = cols - (columns - 1), rows
    far = (x**2 + y**2 >= SHORTEST**2) & ((y > 0) | (x > 0))
    rows, cols = rows[far], cols[far]
    order = np.argsort(-r[rows, cols])[:CANDIDATES]
    rows, cols = rows[order], cols[order]
    shift_y, _ = _vertex(np.stack([mirrored[rows + 2 + d, cols] for d in (-1, 0, 1)], axis=1))
    shift_x, _ = _vertex(np.stack([r[rows, cols + d] for d in (-1, 0, 1)], axis=1))
    return np.stack([cols - (columns - 1) + shift_x, rows + shift_y], axis=1)


def _vertex(three: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the parabola through three values is highest, and by how much above the middle one."""
    low, middle, high = three.T
    bend = np.maximum(2 * middle - low - high, 1e-12)
    shift = np.clip((high - low) / (2 * bend), -0.5, 0.5)
    return shift, 0.25 * (high - low) * shift


def reduced(basis: NDArray[np.float64]) -> NDArray[np.float64]:
    """The basis of the two shortest vectors, 60 to 90 degrees apart, of positive determinant.

    Either of them may be the shortest: see `shortest`.
    """
    a, b = basis[:, 0], basis[:, 1]
    for _ in range(64):
        if np.hypot(*a) > np.hypot(*b):
            a, b = b, a
        steps = np.round(a @ b / (a @ a))
        if steps == 0:
            break
        b = b - steps * a
    if a @ b < 0:
        b = -b
    if a[0] * b[1] - a[1] * b[0] < 0:
        a, b = b, a
    return np.stack([a, b], axis=1)


def shortest(basis: NDArray[np.float64]) -> float:
    """Length of the shorter vector of a reduced basis."""
    return float(np.linalg.norm(basis, axis=0).min())
