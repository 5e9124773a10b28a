"""Checkpoints of an official training: one atomic file that knows what it belongs to."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.config.lens_official import OfficialSettings
from symlens.errors import FileError

LAYOUT = 1  # raise it when the meaning of a checkpoint's arrays changes

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checkpoint:
    """A training after ``step`` steps.

    Batches and noise depend on seed and step alone, so that these two numbers are the whole
    state of its random numbers.

    Parameters
    ----------
    step : int
        Steps done.
    arrays : dict
        Lists of arrays by name: variables and the optimisers' slots.
    recorded : ndarray of int, shape (n_records,)
        Steps of the history so far.
    history : ndarray, shape (n_records, n_terms)
    """

    step: int
    arrays: dict[str, list[NDArray[Any]]]
    recorded: NDArray[np.int64]
    history: NDArray[np.float64]


def fingerprint(
    x: NDArray[np.float32], settings: OfficialSettings, *, cyclic: bool, seed: int, backend: str
) -> str:
    """Hash of all that a training depends on: samples, settings, boundary, seed, backend."""
    described = {
        "layout": LAYOUT,
        "settings": settings.model_dump(mode="json"),
        "shape": list(x.shape),
        "dtype": str(x.dtype),
        "cyclic": cyclic,
        "seed": seed,
        "backend": backend,
    }
    digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(x).data)
    return digest.hexdigest()


def save(path: Path, checkpoint: Checkpoint, belongs_to: str) -> None:
    """Write a checkpoint so that the path holds the old one or the new one, never a part.

    Raises
    ------
    FileError
        If it cannot be written; the old checkpoint then stays.
    """
    lists = {
        f"{name}.{index}": array
        for name, arrays in checkpoint.arrays.items()
        for index, array in enumerate(arrays)
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.savez(
                file,
                belongs_to=np.array(belongs_to),
                step=np.array(checkpoint.step),
                recorded=checkpoint.recorded,
                history=checkpoint.history,
                **lists,  # type: ignore[arg-type]
            )
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        message = f"{path}: the checkpoint cannot be written: {error.strerror or error}"
        raise FileError(message) from error


def load(path: Path, belongs_to: str) -> Checkpoint | None:
    """Read a checkpoint whole, or None where there is none or only a damaged one.

    A damaged file is named in a warning and the training starts anew.

    Raises
    ------
    FileError
        If it belongs to another training.
    """
    if not path.exists():
        return None
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}  # every array's CRC is checked
        owner = str(found.pop("belongs_to"))
        step = int(found.pop("step"))
        recorded, history = found.pop("recorded"), found.pop("history")
        arrays: dict[str, list[NDArray[Any]]] = {}
        for key, array in found.items():
            arrays.setdefault(key.rpartition(".")[0], []).append(array)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        log.warning("%s: damaged checkpoint (%s); the training starts anew", path, error)
        return None
    if owner != belongs_to:
        raise FileError(
            f"{path}: the checkpoint belongs to another training (other samples, settings, seed "
            "or Keras backend); delete it or choose another path"
        )
    return Checkpoint(step, arrays, recorded, history)
