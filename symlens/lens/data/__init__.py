"""Samples with a hidden symmetry, made from a seed or read from a file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.config.lens_data import FileData, SynthesizedData
from symlens.lens.data import files, pipeline
from symlens.lens.data.checks import check_samples
from symlens.lens.schemas import UNDECLARED

__all__ = ["check_samples", "stream", "synthesize"]


def stream(cfg: SynthesizedData | FileData) -> tuple[xr.Dataset, Iterator[NDArray[np.float32]]]:
    """Samples of a configuration, chunk by chunk, in bounded memory.

    Parameters
    ----------
    cfg : a block of ``lens.experiments.<name>.data``

    Returns
    -------
    header : xarray.Dataset
        ``representation(row, col)`` and ``ideal_generator(row, col)`` where they are known;
        attribute ``cyclic``: 1, 0, or -1 where it is not declared.
    chunks : iterator of ndarray, shape (rows, n)
        In order; together the samples.
    """
    if isinstance(cfg, FileData):
        declared = UNDECLARED if cfg.cyclic == "auto" else int(cfg.cyclic)
        return xr.Dataset(attrs={"cyclic": declared}), files.chunks(cfg)
    return pipeline.header(cfg), pipeline.chunks(cfg)


def synthesize(cfg: SynthesizedData | FileData, seed: int | None = None) -> xr.Dataset:
    """Samples of a configuration, in memory: the chunks of :func:`stream` put together.

    Parameters
    ----------
    cfg : a block of ``lens.experiments.<name>.data``
    seed : int, optional
        In place of the configuration's own; a file has none.

    Returns
    -------
    xarray.Dataset
        ``x(sample, pixel)`` beside what the header of :func:`stream` has.
    """
    if seed is not None and not isinstance(cfg, FileData):
        cfg = cfg.model_copy(update={"seed": seed})
    header, chunks = stream(cfg)
    if isinstance(cfg, FileData):
        x = np.concatenate(list(chunks))
    else:
        x = np.empty((cfg.samples, cfg.n), dtype=np.float32)
        first = 0
        for chunk in chunks:
            x[first : first + len(chunk)] = chunk
            first += len(chunk)
    return header.assign(x=(("sample", "pixel"), x))
