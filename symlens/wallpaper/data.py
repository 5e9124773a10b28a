"""The images of an experiment as a file, and as many files of equal size for large sets."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symlens import store
from symlens.config.wallpaper_data import ImageData
from symlens.errors import DataError
from symlens.provenance import Provenance
from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.schemas import DATA, IMAGE
from symlens.wallpaper.synthesis import Sample, as_bytes, samples

if TYPE_CHECKING:
    import xarray as xr

PIECE = 64
"""Images that are read at a time."""


def write(data: ImageData, output: Path | str, origin: Provenance) -> None:
    """Draw all images of a configuration and write them as one file."""
    _write(samples(data), _count(data), data, output, origin)


def write_shards(data: ImageData, folder: Path, per_shard: int, origin: Provenance) -> list[Path]:
    """Draw all images and write them as files of ``per_shard`` images, the last one of the rest.

    Every content has all 17 groups in turn, so that shards of a multiple of 17 are balanced.

    Raises
    ------
    DataError
        Where a shard would not hold whole rounds of the 17 groups.
    """
    if per_shard < 1 or per_shard % len(NAMES):
        raise DataError(f"per_shard: a multiple of {len(NAMES)} expected, found {per_shard}")
    drawn, left = samples(data), _count(data)
    files: list[Path] = []
    while left > 0:
        count = min(per_shard, left)
        file = folder / f"shard-{len(files):05d}.nc"
        _write(islice(drawn, count), count, data, file, origin)
        files.append(file)
        left -= count
    return files


def dataset(files: Sequence[Path], batch: int, *, shuffle: int = 0, seed: int = 0) -> Any:
    """Stream images and labels of shards through tf.data, one shard's piece in memory at a time.

    Parameters
    ----------
    files : sequence of Path
    batch : int
    shuffle : int
        Images of the buffer that a batch is drawn from; 0 keeps the order.
    seed : int

    Returns
    -------
    tf.data.Dataset
        Of pairs: images from 0 to 1, (batch, size, size, channel) float32, and labels, int64.
    """
    import tensorflow as tf

    with store.open_lazy(files[0], DATA) as first:
        shape = tuple(first["image"].shape[1:])

    def pairs() -> Iterator[tuple[NDArray[np.uint8], np.int64]]:
        for file in files:
            with store.open_lazy(file, DATA) as shard:
                labels = shard["label"].values
                start = 0
                for images in store.blocks(shard["image"], PIECE):
                    yield from zip(images, labels[start : start + len(images)], strict=True)
                    start += len(images)

    signature = (tf.TensorSpec(shape, tf.uint8), tf.TensorSpec((), tf.int64))
    stream = tf.data.Dataset.from_generator(pairs, output_signature=signature)
    if shuffle:
        stream = stream.shuffle(shuffle, seed=seed)
    scaled = stream.batch(batch).map(lambda x, y: (tf.cast(x, tf.float32) / 255.0, y))
    return scaled.prefetch(tf.data.AUTOTUNE)


def _count(data: ImageData) -> int:
    return len(data.contents) * data.per_class * len(NAMES)


def _write(
    drawn: Iterator[Sample], count: int, data: ImageData, output: Path | str, origin: Provenance
) -> None:
    """Write images; those that are drawn wait in a temporary file, not in memory."""
    shape = (count, data.size, data.size, data.channels)
    about: list[Sample] = []
    with tempfile.TemporaryFile() as room:
        images = np.memmap(room, np.uint8, "w+", shape=shape)
        for index, sample in enumerate(drawn):
            images[index] = as_bytes(sample.image)
            about.append(
                Sample(np.empty(0), sample.label, sample.basis, sample.origin, sample.content)
            )
        store.write(_header(about).assign(image=(IMAGE, images)), output, DATA, origin)


def _header(drawn: list[Sample]) -> xr.Dataset:
    """Labels, contents, cells and origins of images."""
    import xarray as xr

    return xr.Dataset(
        {
            "label": ("sample", np.array([sample.label for sample in drawn], dtype=np.int64)),
            "content": ("sample", np.array([sample.content for sample in drawn], dtype=object)),
            "cell": (("sample", "axis", "vector"), np.array([s.basis for s in drawn])),
            "origin": (("sample", "axis"), np.array([sample.origin for sample in drawn])),
        }
    )
