"""Synthesis: draw, normalise, add noise, change the basis; chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.config.lens_controls import Controls, WhiteNoiseData
from symlens.config.lens_data import SO2Data, SynthesizedData
from symlens.errors import DataError
from symlens.groups import (
    cyclic_log_generator,
    dispersed_phases,
    group_action,
    ideal_generator,
    plane_log_generator,
    representation,
)
from symlens.lens.data.sources import Source, open_source

Array = NDArray[np.float32]

# Branches of the seed: the calibration chunk and the chunks of samples never share numbers.
_CALIBRATION, _SAMPLES = 0, 1
# Numbers and rows of a chunk. Part of what a seed means: changing them changes every sample.
_CHUNK_NUMBERS, _CHUNK_ROWS = 2**21, 2**14


def chunk_rows(n: int) -> int:
    """Rows of a chunk of samples with n features."""
    return max(1, min(_CHUNK_ROWS, _CHUNK_NUMBERS // n))


def _rng(cfg: SynthesizedData, *branch: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(cfg.seed, spawn_key=branch))


def _mixing(cfg: SynthesizedData) -> Array | None:
    """Change of basis R that natural samples are multiplied by; None where it is the identity."""
    if isinstance(cfg, WhiteNoiseData | SO2Data):
        return None
    if cfg.group == "translation" or cfg.group == "dispersed_translation":  # noqa: PLR1714 (mypy)
        return None
    return representation(cfg.group, cfg.n, cfg.group_seed).astype(np.float32)


def header(cfg: SynthesizedData) -> xr.Dataset:
    """What is known of the samples beside themselves.

    Returns
    -------
    xarray.Dataset
        ``representation(row, col)`` and ``ideal_generator(row, col)`` where there is a symmetry (a
        dispersed translation has no representation in which it is a shift); attribute ``cyclic``.
    """
    known: dict[str, tuple[tuple[str, str], NDArray[np.float64]]] = {}
    if isinstance(cfg, SO2Data):
        # Any rotation would do; the quarter turn is the shift of the anti-periodic ring of two.
        known["ideal_generator"] = (("row", "col"), group_action(cyclic_log_generator(2), 1.0))
    elif isinstance(cfg, Controls) or cfg.broken is not None:
        pass
    elif cfg.group == "dispersed_translation":
        phases = dispersed_phases(cfg.n, cfg.velocity())
        generator = group_action(plane_log_generator(cfg.n, phases), 1.0)
        known["ideal_generator"] = (("row", "col"), generator)
    else:
        basis = representation(cfg.group, cfg.n, cfg.group_seed)
        known["representation"] = (("row", "col"), basis)
        known["ideal_generator"] = (("row", "col"), ideal_generator(basis, cyclic=cfg.cyclic))
    return xr.Dataset(known, attrs={"cyclic": int(cfg.cyclic)})


def calibrate(cfg: SynthesizedData, source: Source) -> float:
    """Standard deviation over samples and pixels of a chunk that is not among the samples.

    It stands for the one over all samples, which a stream cannot know beforehand.
    """
    rows = chunk_rows(cfg.n)
    deviation = float(np.std(source.draw(_rng(cfg, _CALIBRATION), rows), dtype=np.float64))
    if not deviation > 0.0:
        raise DataError(f"{cfg.source}: every drawn sample is the same constant, nothing to scale")
    return deviation


def chunks(cfg: SynthesizedData) -> Iterator[Array]:
    """Open a source now, so that its mistakes show at once, and stream its samples.

    Chunk i is drawn from its own branch (1, i) of the seed: a sample does not depend on how many
    are made after it.

    Returns
    -------
    iterator of ndarray, shape (rows, n)
    """
    source = open_source(cfg)
    return _chunks(cfg, source, np.float32(calibrate(cfg, source)), _mixing(cfg))


def _chunks(
    cfg: SynthesizedData, source: Source, deviation: np.float32, mixing: Array | None
) -> Iterator[Array]:
    rows = chunk_rows(cfg.n)
    for number, first in enumerate(range(0, cfg.samples, rows)):
        rng = _rng(cfg, _SAMPLES, number)
        # The last chunk is made in full and cut: its samples do not depend on their number.
        x = source.draw(rng, rows)
        x /= deviation
        if cfg.noise > 0.0:
            noise = rng.standard_normal(x.shape, dtype=np.float32)
            noise *= np.float32(cfg.noise)
            x += noise
        if mixing is not None:
            x = x @ mixing
        yield x[: cfg.samples - first]
