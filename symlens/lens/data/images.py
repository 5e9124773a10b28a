"""Windows of the rows of photographs: a real, only approximate translation symmetry."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from symlens.errors import FileError
from symlens.untrusted import opened_image

Array = NDArray[np.float32]

# Luma of ITU-R BT.601.
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
_DEEP_GREY = ("I", "F", "I;16", "I;16B", "I;16L")


def grey(colours: NDArray[np.uint8]) -> Array:
    """Grey value ``0.299 R + 0.587 G + 0.114 B`` (BT.601 luma, not rounded).

    Parameters
    ----------
    colours : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    ndarray, shape (height, width)
        From 0 to 255.
    """
    values: Array = colours.astype(np.float32) @ _LUMA
    return values


def _read(path: Path) -> Array:
    with opened_image(path, "not an image that can be read") as image:
        if image.mode in _DEEP_GREY:
            return np.asarray(image, dtype=np.float32)
        return grey(np.asarray(image.convert("RGB")))


def load_images(path: str | None) -> list[Array]:
    """Grey images of a file or a folder, or scikit-learn's two photographs.

    Parameters
    ----------
    path : str or None
        An image, or a folder of .png, .jpg, .jpeg, .tif, .tiff or .bmp files, taken in the order of
        their names. None: china.jpg and flower.jpg, 427 x 640 pixels each.

    Returns
    -------
    list of ndarray, shape (height, width)
    """
    if path is None:
        # Imported here: scikit-learn takes a second that the other sources need not wait.
        from sklearn.datasets import load_sample_image

        return [grey(load_sample_image(name)) for name in ("china.jpg", "flower.jpg")]
    place = Path(path)
    if not place.exists():
        raise FileError(f"{place}: no such image file or folder")
    if place.is_file():
        return [_read(place)]
    files = sorted(file for file in place.iterdir() if file.suffix.lower() in _SUFFIXES)
    if not files:
        raise FileError(f"{place}: no images in this folder; looked for {', '.join(_SUFFIXES)}")
    return [_read(file) for file in files]


class ImageRows:
    """Windows of n neighbouring pixels of image rows, at a true step of one pixel.

    Every row of every image is equally likely, and so is every place of the window in it.

    Parameters
    ----------
    images : list of ndarray, shape (height, width)
    n : int
        Pixels of a window.
    """

    def __init__(self, images: list[Array], n: int) -> None:
        for number, image in enumerate(images):
            if image.shape[1] < n:
                raise FileError(
                    f"image_rows: image {number} (counted from 0) is {image.shape[1]} pixels wide, "
                    f"at least n = {n} needed"
                )
        widths = np.concatenate([np.full(image.shape[0], image.shape[1]) for image in images])
        self._pixels = np.concatenate([image.ravel() for image in images])
        self._starts = np.cumsum(widths) - widths
        self._places = widths - n + 1
        self._n = n

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw samples, shape (count, n)."""
        rows = rng.integers(self._starts.size, size=count)
        first = self._starts[rows] + rng.integers(self._places[rows])
        windows = np.lib.stride_tricks.sliding_window_view(self._pixels, self._n)
        samples: Array = windows[first]
        return samples
