"""What an experiment does to an image: noise, blur, shear, drift, missing cells, a smaller view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Image = NDArray[np.float64]


@dataclass(frozen=True)
class Disturbance:
    """A kind of disturbance.

    Parameters
    ----------
    unit : str
        What its level counts.
    strongest : float
        The highest level of the robustness curves.
    apply : callable
        Image (height, width, channel), level and random generator to the disturbed image.
    """

    unit: str
    strongest: float
    apply: Callable[[Image, float, np.random.Generator], Image]


def noise(image: Image, level: float, rng: np.random.Generator) -> Image:
    """Add white Gaussian noise with the standard deviation of the image times ``level``.

    The signal-to-noise ratio is -20 log10(level) dB: 0 dB at level 1.
    """
    return grain(image, level * float(image.std()), rng)


def grain(image: Image, level: float, rng: np.random.Generator) -> Image:
    """Add white Gaussian noise of the standard deviation ``level``, whatever the image's is.

    Images reach from 0, black, to 1, white.
    """
    return np.asarray(image + level * rng.normal(size=image.shape))


def blur(image: Image, level: float, rng: np.random.Generator) -> Image:  # noqa: ARG001
    """Blur with a Gaussian of ``level`` pixels."""
    return np.asarray(ndimage.gaussian_filter(image, (level, level, 0), mode="reflect"))


def shear(image: Image, level: float, rng: np.random.Generator) -> Image:
    """Shear by an angle whose tangent is ``level``, along a direction at random."""
    angle = rng.uniform(0, np.pi)
    u = np.array([np.cos(angle), np.sin(angle)])
    return _moved(image, np.eye(2) + level * np.outer(u, [-u[1], u[0]]))


def drift(image: Image, level: float, rng: np.random.Generator) -> Image:
    """Let the view drift while rows are scanned: x by ``level`` pixels at the end, faster at first.

    The part that is linear in time is a shear; a third of the drift is not linear, as of a
    scanner that comes to rest.
    """
    height, width = image.shape[:2]
    t = np.arange(height) / (height - 1)
    path = level * rng.choice((-1, 1)) * (2 * t + np.exp(-4 * t) * -1 + 1) / 3
    rows, cols = np.indices((height, width), dtype=float)
    return _sampled(image, rows, cols + path[:, None] - path.mean())


def missing(image: Image, level: float, rng: np.random.Generator) -> Image:
    """Cover a part ``level`` of the image with spots of its mean, as vacancies and dirt do."""
    height, width = image.shape[:2]
    radius = 0.06 * min(height, width)
    count = int(np.ceil(-np.log(max(1 - level, 1e-9)) * height * width / (np.pi * radius**2)))
    rows, cols = np.indices((height, width))
    covered = np.zeros((height, width), dtype=bool)
    for y, x in rng.uniform(0, (height, width), size=(count, 2)):
        covered |= (rows - y) ** 2 + (cols - x) ** 2 < radius**2
    return np.where(covered[..., None], image.mean(axis=(0, 1)), image)


def crop(image: Image, level: float, rng: np.random.Generator) -> Image:
    """Leave out a part ``level`` of the area, the rest a square at a place at random."""
    side = max(32, round(image.shape[0] * np.sqrt(1 - level)))
    top, left = (int(rng.integers(0, length - side + 1)) for length in image.shape[:2])
    return image[top : top + side, left : left + side]


def _moved(image: Image, matrix: NDArray[np.float64]) -> Image:
    """An image under a linear map about its middle."""
    height, width = image.shape[:2]
    grid = np.indices((height, width), dtype=float).reshape(2, -1)[::-1]
    middle = (np.array([[width], [height]]) - 1) / 2
    x, y = np.linalg.inv(matrix) @ (grid - middle) + middle
    return _sampled(image, y.reshape(height, width), x.reshape(height, width))


def _sampled(image: Image, rows: NDArray[np.float64], cols: NDArray[np.float64]) -> Image:
    """An image read between its pixels; beyond its border, the border's nearest pixel."""
    planes = [
        ndimage.map_coordinates(plane, (rows, cols), order=3, mode="nearest")
        for plane in np.moveaxis(image, 2, 0)
    ]
    return np.stack(planes, axis=2)


DISTURBANCES: Mapping[str, Disturbance] = {
    "noise": Disturbance("noise over signal", 1.0, noise),
    "grain": Disturbance("deviation, white is 1", 0.3, grain),
    "blur": Disturbance("pixels", 4.0, blur),
    "shear": Disturbance("tangent of the angle", 0.06, shear),
    "drift": Disturbance("pixels over the image", 12.0, drift),
    "missing": Disturbance("part of the area", 0.4, missing),
    "crop": Disturbance("part of the area", 0.8, crop),
}


def levels(name: str, count: int) -> NDArray[np.float64]:
    """Levels of a disturbance, evenly spaced up to its strongest."""
    return DISTURBANCES[name].strongest * np.arange(1, count + 1) / count


def disturbed(image: Image, name: str, level: float, rng: np.random.Generator) -> Image:
    """An image with a disturbance of a level; itself at level 0."""
    return DISTURBANCES[name].apply(image, level, rng) if level else image
