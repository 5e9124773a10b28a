"""Pictures that asymmetric units are cut from: photographs, procedural textures, drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from symlens.errors import DataError
from symlens.untrusted import opened_image

Canvas = NDArray[np.float32]
"""Shape (height, width, 3), values from 0 to 1; see `by_channel`."""

SIDE = 384
"""Pixels of a procedural canvas, along each side."""

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")
SMALLEST = 128
"""Pixels; smaller photographs are left out."""


def photographs(names: tuple[str, ...]) -> list[Canvas]:
    """Photographs that come with scikit-learn: ``china`` and ``flower``."""
    from sklearn.datasets import load_sample_image

    images = [load_sample_image(f"{name}.jpg") for name in names]
    return [np.asarray(image / 255, dtype=np.float32) for image in images]


def folder(path: Path, *, held_out: bool, share: float = 0.2) -> list[Canvas]:
    """Photographs of a folder, such as a part of ImageNet; whole files are held out.

    Parameters
    ----------
    path : Path
        Searched with all folders below it.
    held_out : bool
        Give the part ``share`` of the files that training never sees, or the others.
    share : float
    """
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in ENDINGS)
    order = np.random.default_rng(0).permutation(len(files))
    cut = max(1, round(share * len(files)))
    canvases: list[Canvas] = []
    for index in order[:cut] if held_out else order[cut:]:
        file = files[index]
        with opened_image(file, "cannot be read as an image") as image:
            values = np.asarray(np.asarray(image.convert("RGB")) / 255, dtype=np.float32)
        if min(values.shape[:2]) >= SMALLEST:
            canvases.append(values)
    if not canvases:
        raise DataError(f"{path}: expected at least 2 images of {SMALLEST} pixels, found too few")
    return canvases


def shrunk(canvas: Canvas, factor: int) -> Canvas:
    """A canvas of means over ``factor`` x ``factor`` pixels."""
    height, width = (side // factor * factor for side in canvas.shape[:2])
    blocks = canvas[:height, :width].reshape(height // factor, factor, width // factor, factor, 3)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)


def by_channel(canvas: Canvas) -> Canvas:
    """The same canvas, in memory channel by channel: it is read several times faster."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(canvas, 2, 0)), 0, 2)


def _colours(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    return rng.random((count, 3))


def clouds(rng: np.random.Generator) -> Canvas:
    """Coloured noise with the spectrum 1/|k|^a, a from 0.6 to 1.6."""
    k = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :])
    gain = np.maximum(k, 1 / SIDE) ** -rng.uniform(0.6, 1.6)
    noise = np.fft.rfft2(rng.normal(size=(3, SIDE, SIDE))) * gain
    fields = np.fft.irfft2(noise, s=(SIDE, SIDE))
    mixed = np.einsum("ij,jyx->yxi", rng.normal(size=(3, 3)), fields)
    return _stretched(mixed)


def mosaic(rng: np.random.Generator) -> Canvas:
    """Flat colours in the cells of points at random (a Voronoi diagram)."""
    from scipy.spatial import cKDTree

    points = rng.uniform(0, SIDE, size=(int(rng.integers(300, 1500)), 2))
    grid = np.indices((SIDE, SIDE)).reshape(2, -1).T
    nearest = cKDTree(points).query(grid)[1]
    return np.asarray(
        _colours(rng, len(points))[nearest].reshape(SIDE, SIDE, 3).astype(np.float32),
        dtype=np.float32,
    )


def blobs(rng: np.random.Generator) -> Canvas:
    """Spots of several sizes and colours, light and dark, added up."""
    total = np.zeros((SIDE, SIDE, 3))
    for sigma in rng.uniform(2.0, 9.0, size=3):
        hits = rng.random((SIDE, SIDE)) < 0.35 / sigma**2
        colours = np.where(hits[..., None], rng.normal(size=(SIDE, SIDE, 3)), 0)
        total += sigma * ndimage.gaussian_filter(colours, (sigma, sigma, 0), mode="wrap")
    return _stretched(total)


def strokes(rng: np.random.Generator) -> Canvas:
    """Line drawings: straight strokes, arcs and outlines on a plain ground."""
    from PIL import Image, ImageDraw

    ground, *inks = (tuple(int(v) for v in 255 * c) for c in _colours(rng, 6))
    image = Image.new("RGB", (SIDE, SIDE), ground)
    pen = ImageDraw.Draw(image)
    for index in range(int(rng.integers(250, 450))):
        x, y = rng.uniform(-10, SIDE, 2)
        dx, dy = rng.uniform(8, 50, 2)
        ink, width = inks[index % len(inks)], int(rng.integers(1, 5))
        kind = index % 3
        if kind == 0:
            pen.line((x, y, x + dx * rng.choice((-1, 1)), y + dy), fill=ink, width=width)
        elif kind == 1:
            start = rng.uniform(0, 360)
            pen.arc((x, y, x + dx, y + dy), start, start + rng.uniform(60, 300), ink, width)
        else:
            corners = [(x + u, y + v) for u, v in rng.uniform(0, 30, size=(3, 2))]
            pen.polygon(corners, outline=ink)
    return np.asarray(np.asarray(image, dtype=np.float32) / 255, dtype=np.float32)


def glyphs(rng: np.random.Generator) -> Canvas:
    """Letters and signs of several sizes, colours and directions."""
    from PIL import Image, ImageDraw, ImageFont

    ground, *inks = (tuple(int(v) for v in 255 * c) for c in _colours(rng, 6))
    image = Image.new("RGB", (SIDE, SIDE), ground)
    signs = "FGJLPQR2457abdefghkqrty&%?$"
    for index in range(int(rng.integers(220, 350))):
        size = int(rng.integers(14, 34))
        stamp = Image.new("L", (2 * size, 2 * size))
        ImageDraw.Draw(stamp).text(
            (size // 2, size // 4),
            signs[int(rng.integers(len(signs)))],
            fill=255,
            font=ImageFont.load_default(size),
        )
        turned = stamp.rotate(float(rng.uniform(0, 360)), resample=Image.Resampling.BICUBIC)
        x, y = rng.integers(-size, SIDE, 2)
        image.paste(inks[index % len(inks)], (int(x), int(y)), turned)
    return np.asarray(np.asarray(image, dtype=np.float32) / 255, dtype=np.float32)


def _stretched(values: NDArray[np.float64]) -> Canvas:
    """Values between their 1st and 99th percentile, from 0 to 1."""
    low, high = np.percentile(values, [1, 99], axis=(0, 1))
    return np.asarray(
        np.clip((values - low) / (high - low), 0, 1).astype(np.float32), dtype=np.float32
    )


PROCEDURAL: Mapping[str, Callable[[np.random.Generator], Canvas]] = {
    "clouds": clouds,
    "mosaic": mosaic,
    "blobs": blobs,
}
DRAWN: Mapping[str, Callable[[np.random.Generator], Canvas]] = {
    "strokes": strokes,
    "glyphs": glyphs,
}
