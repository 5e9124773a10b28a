"""Windows of the plane: patches of photographs, and blobs at random places, in a hidden basis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.config.lens_data import GAUSSIAN_REACH
from symlens.config.plane import BlobsData, PatchesData
from symlens.errors import DataError, FileError
from symlens.groups import representation
from symlens.lens.data.images import load_images
from symlens.lens.data.signals import gaussian
from symlens.lens.plane.grid import Grid

Array = NDArray[np.float32]
Windows = PatchesData | BlobsData

# Branches of the seed: the calibration chunk and the chunks of samples never share numbers.
_CALIBRATION, _SAMPLES = 0, 1
# Numbers of a chunk. Part of what a seed means: changing it changes every sample.
_CHUNK_NUMBERS = 2**18


class Source(Protocol):
    """Draws windows on the natural pixels, in units of its own."""

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw windows, row by row, shape (count, height * width)."""


class Patches:
    """Windows of images: every image is equally likely, and so is every place in it.

    Parameters
    ----------
    images : list of ndarray, shape (height, width)
    shape : (int, int)
        Height and width of a window, in pixels.
    """

    def __init__(self, images: list[Array], shape: tuple[int, int]) -> None:
        for number, image in enumerate(images):
            if image.shape[0] < shape[0] or image.shape[1] < shape[1]:
                raise FileError(
                    f"image_patches: image {number} (counted from 0) has {image.shape[0]} x "
                    f"{image.shape[1]} pixels, at least {shape[0]} x {shape[1]} needed"
                )
        self._windows = [np.lib.stride_tricks.sliding_window_view(one, shape) for one in images]
        self._n = shape[0] * shape[1]

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw windows, shape (count, n)."""
        drawn = np.empty((count, self._n), np.float32)
        chosen = rng.integers(len(self._windows), size=count)
        for number, windows in enumerate(self._windows):
            own = np.flatnonzero(chosen == number)
            rows = rng.integers(windows.shape[0], size=own.size)
            columns = rng.integers(windows.shape[1], size=own.size)
            drawn[own] = windows[rows, columns].reshape(own.size, self._n)
        return drawn


class Blobs:
    """Sums of Gaussian blobs, whose number is Poisson and whose centres are uniform.

    Centres reach as far beyond the window as any blob can be seen, so that the window is
    stationary.

    Parameters
    ----------
    cfg : BlobsData
    """

    def __init__(self, cfg: BlobsData) -> None:
        self._cfg = cfg
        self._margin = GAUSSIAN_REACH * cfg.scale[1]

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw windows, shape (count, n)."""
        cfg = self._cfg
        sides = np.array(cfg.shape) + 2 * self._margin
        numbers = rng.poisson(cfg.density * sides.prod(), size=count)
        size = int(numbers.sum())
        amplitude = rng.uniform(*cfg.amplitude, size=size).astype(np.float32)
        down, right = (
            self._profiles(rng, size, pixels, side)
            for pixels, side in zip(cfg.shape, sides, strict=True)
        )
        signals = (amplitude[:, None] * down)[:, :, None] * right[:, None, :]
        drawn = np.zeros((count, cfg.n), np.float32)
        occupied = numbers > 0  # a sum over no blobs is not what reduceat gives
        if occupied.any():
            first = (np.cumsum(numbers) - numbers)[occupied]
            drawn[occupied] = np.add.reduceat(signals.reshape(-1, cfg.n), first, axis=0)
        return drawn

    def _profiles(self, rng: np.random.Generator, count: int, pixels: int, side: float) -> Array:
        """Blobs along one axis. Shape (count, pixels)."""
        centres = rng.uniform(0.0, side, size=(count, 1)) - self._margin - 0.5
        scales = rng.uniform(*self._cfg.scale, size=(count, 1)).astype(np.float32)
        return gaussian((np.arange(pixels) - centres).astype(np.float32), scales)


def open_source(cfg: Windows) -> Source:
    """Source of a configuration; reads its images now."""
    if isinstance(cfg, PatchesData):
        return Patches(load_images(cfg.path), cfg.shape)
    return Blobs(cfg)


def basis(cfg: Windows) -> NDArray[np.float64]:
    """Orthogonal change of basis R, ``x_observed = x_natural R``. Shape (n, n)."""
    return representation(cfg.group, cfg.n, cfg.group_seed)


def header(cfg: Windows) -> xr.Dataset:
    """What is known of the samples beside themselves: basis, ideal generators, shape."""
    change = basis(cfg)
    ideal = np.stack([change.T @ shift @ change for shift in Grid(*cfg.shape).shifts()])
    return xr.Dataset(
        {
            "representation": (("row", "col"), change),
            "ideal_generators": (("generator", "row", "col"), ideal),
        },
        attrs={"height": cfg.shape[0], "width": cfg.shape[1]},
    )


def stream(cfg: Windows) -> tuple[xr.Dataset, Iterator[Array]]:
    """Header and samples of a configuration, chunk by chunk, each of its own branch of the seed.

    Parameters
    ----------
    cfg : a block of ``plane.experiments.<name>.data``

    Returns
    -------
    header : xarray.Dataset
    chunks : iterator of ndarray, shape (rows, n)
        In order; together the samples.
    """
    source = open_source(cfg)
    rows = max(1, _CHUNK_NUMBERS // cfg.n)
    deviation = np.float32(np.std(source.draw(_rng(cfg, _CALIBRATION), rows), dtype=np.float64))
    if not deviation > 0.0:
        raise DataError(f"{cfg.source}: every drawn sample is the same constant, nothing to scale")
    return header(cfg), _chunks(cfg, source, rows, deviation)


def _chunks(cfg: Windows, source: Source, rows: int, deviation: np.float32) -> Iterator[Array]:
    mixing = basis(cfg).astype(np.float32)
    for number, first in enumerate(range(0, cfg.samples, rows)):
        rng = _rng(cfg, _SAMPLES, number)
        # The last chunk is made in full and cut: its samples do not depend on their number.
        x: Array = source.draw(rng, rows)
        x /= deviation
        if cfg.noise > 0.0:
            x += np.float32(cfg.noise) * rng.standard_normal(x.shape, dtype=np.float32)
        yield (x @ mixing)[: cfg.samples - first]


def _rng(cfg: Windows, *branch: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(cfg.seed, spawn_key=branch))
