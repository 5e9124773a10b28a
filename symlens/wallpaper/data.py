"""The images of an experiment as a file, and as many files of equal size for large sets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
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


def write_shards(
    data: ImageData, folder: Path, per_shard: int, origin: Provenance, *, workers: int = 1
) -> list[Path]:
    """Draw all images and write them as files of ``per_shard`` images, the last one of the rest.

    Every content has all 17 groups in turn, so that shards of a multiple of 17 are balanced. The
    files are the same in any number of ``workers``, processes that write a shard each.

    Raises
    ------
    DataError
        Where a shard would not hold whole rounds of the 17 groups.
    """
    if per_shard < 1 or per_shard % len(NAMES):
        raise DataError(f"per_shard: a multiple of {len(NAMES)} expected, found {per_shard}")
    firsts = range(0, _count(data), per_shard)
    files = [folder / f"shard-{index:05d}.nc" for index in range(len(firsts))]
    task = partial(_write_shard, data, per_shard, origin)
    if workers <= 1:
        list(map(task, firsts, files))
        return files
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(task, firsts, files))
    return files


def _write_shard(
    data: ImageData, per_shard: int, origin: Provenance, first: int, file: Path
) -> None:
    """Write the images from number ``first`` as one file."""
    count = min(per_shard, _count(data) - first)
    _write(samples(data, first, count), count, data, file, origin)


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

    scaled = _shuffled(pairs, shape, shuffle, seed).batch(batch).map(_from_bytes)
    return scaled.prefetch(tf.data.AUTOTUNE)


def batches(
    samples: xr.Dataset,
    rows: NDArray[np.int64],
    batch: int,
    *,
    shuffle: int,
    seed: int,
    transform: Callable[[NDArray[np.float32]], NDArray[np.float32]] | None = None,
) -> Any:
    """Stream some images of a file, and their labels, through tf.data: what an epoch learns from.

    Parameters
    ----------
    samples : Dataset
        Data file, lazy or not; read a piece at a time, as often as the stream is run through.
    rows : ndarray of int
        Numbers of the images.
    batch : int
        An incomplete one at the end is left out.
    shuffle : int
        Images of the buffer that a batch is drawn from.
    seed : int
        The order is a function of it.
    transform : callable or None
        Of batches of images, from 0 to 1.

    Returns
    -------
    tf.data.Dataset
        Of pairs: images, (batch, size, size, channel) float32, and labels, int64.
    """
    import tensorflow as tf

    rows, labels = np.sort(rows), samples["label"].values

    def pairs() -> Iterator[tuple[NDArray[np.uint8], np.int64]]:
        for first in range(0, samples.sizes["sample"], PIECE):
            begin, end = np.searchsorted(rows, [first, first + PIECE])
            if begin < end:
                piece = np.asarray(samples["image"][first : first + PIECE].values)
                own = rows[begin:end]
                yield from zip(piece[own - first], labels[own], strict=True)

    shape = tuple(samples["image"].shape[1:])
    stream = _shuffled(pairs, shape, shuffle, seed)
    stream = stream.batch(batch, drop_remainder=True).map(_from_bytes)
    stream = stream.apply(tf.data.experimental.assert_cardinality(len(rows) // batch))
    if transform is not None:
        size = transform(np.zeros((1, *shape), np.float32)).shape[1:]

        def changed(x: Any, y: Any) -> tuple[Any, Any]:
            return tf.ensure_shape(tf.numpy_function(transform, [x], tf.float32), (batch, *size)), y

        stream = stream.map(changed)
    return stream.prefetch(1)


def _shuffled(
    pairs: Callable[[], Iterator[tuple[NDArray[np.uint8], np.int64]]],
    shape: tuple[int, ...],
    shuffle: int,
    seed: int,
) -> Any:
    """Pairs of an image and a label as a stream, through a buffer of ``shuffle``, 0 for none."""
    import tensorflow as tf

    signature = (tf.TensorSpec(shape, tf.uint8), tf.TensorSpec((), tf.int64))
    stream = tf.data.Dataset.from_generator(pairs, output_signature=signature)
    return stream.shuffle(shuffle, seed=seed) if shuffle else stream


def _from_bytes(images: Any, labels: Any) -> tuple[Any, Any]:
    """Images from 0 to 1."""
    import tensorflow as tf

    return tf.cast(images, tf.float32) / 255.0, labels


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
