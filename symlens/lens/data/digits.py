"""Slices of handwritten digits: rows through a window, or rings around the middle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from symlens.errors import FileError
from symlens.untrusted import one_line, require_plausible

Array = NDArray[np.float32]

SIDE = 28
# Radius of a ring, in pixels of the 28 x 28 image (official code).
RADIUS = 10.5
# Turns of a ring finer than a pixel of it: every angle is a multiple of 2 pi / (8 n). Neighbouring
# points of a ring see the digit through weights as wide as their distance, so that an eighth of it
# is fine enough, and a table of all angles replaces n 28 x 28 sums per sample.
TURNS = 8


def enlarge(images: NDArray[np.floating]) -> Array:
    """Enlarge square images to 28 x 28 pixels by linear interpolation.

    Pixels are areas: the outlines of the two grids coincide. Beyond the outline all is zero, as
    for the zero padding of the slices. (Our choice: unlike splines, it rings nowhere, so that blank
    paper stays blank.)

    Parameters
    ----------
    images : ndarray, shape (n_images, side, side)
        From 0 to 1.

    Returns
    -------
    ndarray, shape (n_images, 28, 28)
    """
    from scipy.ndimage import zoom

    side = images.shape[1]
    weights = zoom(np.eye(side), (SIDE / side, 1.0), order=1, mode="grid-constant", grid_mode=True)
    large = np.einsum("ij,bjk,lk->bil", weights, images, weights, optimize=True)
    enlarged: Array = large.astype(np.float32)
    return enlarged


def load_digits(mnist: str | None) -> Array:
    """Digits of 28 x 28 pixels, from 0 to 1: MNIST, or scikit-learn's enlarged from 8 x 8.

    Parameters
    ----------
    mnist : str or None
        Path of ``mnist.npz`` with ``x_train`` and ``x_test`` of shape (n_images, 28, 28).

    Returns
    -------
    ndarray, shape (n_images, 28, 28)
    """
    if mnist is None:
        # Imported here: scikit-learn takes a second that the other sources need not wait.
        from sklearn.datasets import load_digits as bundled

        images: NDArray[np.float64] = bundled().images / 16.0
        return enlarge(images)
    path = Path(mnist)
    if not path.is_file():
        raise FileError(
            f"{path}: no such file; digit_slices.mnist is the path of a local mnist.npz"
        )
    # Opened here: numpy leaves a damaged archive open.
    with (
        one_line(path, "not a .npz file that can be read"),
        path.open("rb") as file,
        np.load(file, allow_pickle=False) as archive,
    ):
        declared = sum(info.file_size for info in archive.zip.infolist())
        require_plausible(path, declared)
        parts = {name: archive[name] for name in archive.files if name.startswith("x_")}
    for name in ("x_train", "x_test"):
        if name not in parts:
            raise FileError(f"{path}: no array {name!r}; expected x_train and x_test")
        if parts[name].ndim != 3 or parts[name].shape[1:] != (SIDE, SIDE):
            raise FileError(
                f"{path}: {name} of shape (n_images, 28, 28) expected, found {parts[name].shape}"
            )
    digits: Array = np.concatenate([parts["x_train"], parts["x_test"]]).astype(np.float32)
    digits /= 255
    return digits


class DigitRows:
    """Windows on digit rows, padded by zeros, at a true step of one pixel.

    A row that is not empty and every place of the window that touches its ink are equally likely,
    which makes mean and covariance of the window exactly stationary. (The official code reads row
    13.5 of every digit only, at a step that is not a pixel; all rows are our choice.)

    Parameters
    ----------
    digits : ndarray, shape (n_images, 28, 28)
    n : int
        Pixels of a window.
    """

    def __init__(self, digits: Array, n: int) -> None:
        rows = digits.reshape(-1, digits.shape[2])
        ink = rows > 1e-6
        filled = ink.any(axis=1)
        rows, ink = rows[filled], ink[filled]
        if rows.shape[0] == 0:
            raise FileError("digit_slices: every digit is blank")
        width = rows.shape[1]
        self._first = np.argmax(ink, axis=1)
        self._last = width - 1 - np.argmax(ink[:, ::-1], axis=1)
        self._padded = np.pad(rows, ((0, 0), (n - 1, n - 1)))
        self._n = n

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        row = rng.integers(self._first.size, size=count)
        # In the padded row, pixel p of the digit is at p + n - 1: the window that begins there at
        # `first` is the leftmost that touches the ink.
        start = rng.integers(self._first[row], self._last[row] + self._n)
        samples: Array = self._padded[row[:, None], start[:, None] + np.arange(self._n)]
        return samples


def ring_weights(n: int, turns: int = TURNS) -> Array:
    r"""Weights that read a ring of n points at every turn of it.

    Point :math:`2 \pi k / (n \cdot \mathrm{turns})` is the mean of the image under a Gaussian of
    standard deviation :math:`2 R \sin(\pi / n)`, the chord between neighbouring points; the ring
    is centred on the middle of the image.

    Returns
    -------
    ndarray, shape (784, n * turns)
    """
    angle = 2 * np.pi * np.arange(n * turns) / (n * turns)
    middle = (SIDE - 1) / 2
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    squared = (column[:, None] - middle - RADIUS * np.cos(angle)) ** 2
    squared += (row[:, None] - middle - RADIUS * np.sin(angle)) ** 2
    weights = np.exp(-squared / (2 * (2 * RADIUS * np.sin(np.pi / n)) ** 2))
    normalised: Array = (weights / weights.sum(axis=0)).astype(np.float32)
    return normalised


class DigitRings:
    """Rings of n points around the middle of digits turned by a uniform angle.

    Turning a digit by 2 pi / n shifts its ring by one point, and the turns are uniform on a grid
    that this shift maps to itself: the samples are exactly cyclic.

    Parameters
    ----------
    digits : ndarray, shape (n_images, 28, 28)
    n : int
        Points of a ring.
    """

    def __init__(self, digits: Array, n: int) -> None:
        self._rings: Array = digits.reshape(len(digits), -1) @ ring_weights(n)
        self._n = n

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        positions = self._n * TURNS
        digit = rng.integers(self._rings.shape[0], size=count)
        turn = rng.integers(positions, size=count)
        point = (turn[:, None] + TURNS * np.arange(self._n)) % positions
        samples: Array = self._rings[digit[:, None], point]
        return samples
