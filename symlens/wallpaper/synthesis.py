"""Images of the plane groups: drawn, refused where their label would not be true, rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symlens.config.wallpaper_data import ImageData
from symlens.errors import DataError
from symlens.wallpaper.cell import blurred, contrast, grid_size, invariant, spectrum
from symlens.wallpaper.contents import canvases
from symlens.wallpaper.contents.atoms import atoms_cell, probe_cell
from symlens.wallpaper.contents.cut import cut_cell, noise_cell
from symlens.wallpaper.contents.published import published_image
from symlens.wallpaper.groups import GROUPS, NAMES, PlaneGroup
from symlens.wallpaper.lattices import draw_basis, draw_shape, primitive_area
from symlens.wallpaper.pseudosymmetry import excess
from symlens.wallpaper.rendering import render

FULL_SIZE: Final = 256
"""Side of the images that areas are given for."""

DENSITY = 1.0
"""Grid points of a cell per pixel."""

TRIES = 300
CANVASES = 24
"""Canvases of every kind that a data set is cut from."""

GREY = np.array([0.299, 0.587, 0.114])
"""Luminance of red, green and blue (ITU-R BT.601)."""


@dataclass(frozen=True)
class Sample:
    """An image with what it was made with.

    Parameters
    ----------
    image : ndarray of float, shape (size, size, channel)
        From 0 to 1.
    label : int
        Index into `symlens.wallpaper.groups.NAMES`.
    basis : ndarray, shape (2, 2)
        Vectors of the standard cell as columns, pixels (x, y).
    origin : ndarray, shape (2,)
        Pixels (x, y); NaN where it is not known.
    content : str
    """

    image: NDArray[np.float64]
    label: int
    basis: NDArray[np.float64]
    origin: NDArray[np.float64]
    content: str


class Painter:
    """Draws images of the plane groups as a configuration says.

    Parameters
    ----------
    data : ImageData
    held_out_canvases : int
        Seed of the procedural canvases, so that tests can use others than training.
    """

    def __init__(self, data: ImageData) -> None:
        keep_memory()
        self.data = data
        self.scale = data.size / FULL_SIZE
        self._canvases: dict[str, list[canvases.Canvas]] = {}

    def draw(self, name: str, content: str, rng: np.random.Generator) -> Sample:
        """Draw an image of a group.

        Raises
        ------
        DataError
            Where 300 draws in a row say nothing or have more symmetry than the group.
        """
        group = GROUPS[name]
        if content == "published_atoms":
            return self._published(group, rng)
        for _ in range(TRIES):
            basis = self._basis(group, rng)
            waves = self._waves(group, basis, content, rng)
            if contrast(waves) < self.data.contrast or self._larger(group, waves, basis):
                continue
            cell = invariant(group, waves)
            origin = rng.uniform(0, self.data.size, 2)
            size = (self.data.size, self.data.size)
            image = render(cell, basis, origin, size, triangles=group.system == "hexagonal")
            return Sample(image.clip(0, 1, out=image), NAMES.index(name), basis, origin, content)
        raise DataError(
            f"{name}, {content}: {TRIES} draws in a row had a contrast below {self.data.contrast} "
            f"or more symmetry than {name}, to within the margin {self.data.margin}"
        )

    def _larger(
        self, group: PlaneGroup, waves: NDArray[np.complex128], basis: NDArray[np.float64]
    ) -> bool:
        """Whether the cell of a spectrum has, to within the margin, more than its group."""
        limit = 1 - self.data.margin
        return limit < 1 and excess(group, waves, basis, above=limit) > limit

    def _basis(self, group: PlaneGroup, rng: np.random.Generator) -> NDArray[np.float64]:
        area = primitive_area(
            group, self.data.area_mode, self.data.unit_area, self.data.cell_area, rng
        )
        return draw_basis(group, self.scale**2 * area, draw_shape(group, rng), rng)

    def _waves(
        self, group: PlaneGroup, basis: NDArray[np.float64], content: str, rng: np.random.Generator
    ) -> NDArray[np.complex128]:
        """Spectrum of a cell: whether it is taken is seen there, before it is transformed back."""
        shape = grid_size(group, basis, DENSITY)
        if content == "noise":
            cell = noise_cell(group, shape, rng)
        elif content == "atoms":
            cell = atoms_cell(group, basis, shape, rng)
        elif content == "probe":
            cell = probe_cell(group, basis, shape, rng)
        else:
            cell = cut_cell(group, basis, shape, self._sources(content), rng)
        if self.data.channels == 1:
            cell = cell.reshape(-1, len(GREY)).dot(GREY).reshape(*shape, 1)
        return blurred(spectrum(cell), basis, self.data.aperture)

    def _sources(self, content: str) -> list[canvases.Canvas]:
        """The canvases of a content, made or read once."""
        if content not in self._canvases:
            rng = np.random.default_rng([CANVASES, self.data.seed])
            folder = self.data.folder
            if content in ("textures", "photographs") and folder is not None:
                found = canvases.folder(Path(folder), held_out=content == "photographs")
            elif content in ("textures", "photographs"):
                found = canvases.photographs(("china" if content == "textures" else "flower",))
            else:
                kind = {"glyphs": "glyphs", "drawings": "strokes"}[content]
                found = [canvases.DRAWN[kind](rng) for _ in range(CANVASES)]
            if content == "textures":
                each = CANVASES // len(canvases.PROCEDURAL)
                found = found * (each if folder is None else 1)  # as often as each procedural kind
                for paint in canvases.PROCEDURAL.values():
                    found += [paint(rng) for _ in range(each)]
            factor = max(1, round(1 / self.scale))
            self._canvases[content] = [
                canvases.by_channel(canvases.shrunk(canvas, factor)) for canvas in found
            ]
        return self._canvases[content]

    def _published(self, group: PlaneGroup, rng: np.random.Generator) -> Sample:
        image, cell = published_image(group, self.data.size, rng)
        if self.data.channels == 1:
            image = (np.ascontiguousarray(image) @ GREY)[..., None]
        label = NAMES.index(group.name)
        return Sample(image, label, cell, np.full(2, np.nan), "published_atoms")


def keep_memory() -> None:
    """Let the C library keep what one image gives back for the next one.

    glibc returns the end of its heap to the system whenever more than 128 KiB of it are free, and
    asks for it again at once: up to a third of an image's time. Once a larger block was freed, the
    limit is twice that block: 32 MiB, none of which is touched here.
    """
    np.empty(2**21)


def samples(data: ImageData, first: int = 0, count: int | None = None) -> Iterator[Sample]:
    """Draw images of a configuration: contents in order, within each the groups in turn.

    Every image has a random stream of its own: the first ones stay the same when more are asked
    for, or other contents.

    Parameters
    ----------
    data : ImageData
    first : int
        Number of the image to begin with.
    count : int or None
        Images, None for all that follow.
    """
    painter = _painter(data)
    per_content = data.per_class * len(NAMES)
    whole = len(data.contents) * per_content
    for number in range(first, whole if count is None else min(whole, first + count)):
        content = data.contents[number // per_content]
        index, label = divmod(number % per_content, len(NAMES))
        yield painter.draw(NAMES[label], content, stream(data.seed, content, index, label))


@lru_cache(maxsize=1)
def _painter(data: ImageData) -> Painter:
    """A painter with its canvases, which take seconds to make, for one shard after the other."""
    return Painter(data)


def stream(seed: int, content: str, index: int, label: int) -> np.random.Generator:
    """The random numbers of one image."""
    # Numbers below 2**32 mean the same in a list, which takes twice as long to be read.
    return np.random.default_rng(np.array([seed, CODES[content], index, label], dtype=np.uint32))


CODES: Mapping[str, int] = {
    "textures": 0,
    "photographs": 1,
    "noise": 2,
    "atoms": 3,
    "published_atoms": 4,
    "glyphs": 5,
    "drawings": 6,
    "probe": 7,
}
"""Number of every content, as its random streams know it."""


def as_bytes(image: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Values from 0 to 1 as whole numbers from 0 to 255."""
    whole: NDArray[np.float64] = image.clip(0, 1)
    whole *= 255
    return np.rint(whole, out=whole).astype(np.uint8)
