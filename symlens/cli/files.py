"""Files that a command reads and writes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens import store
from symlens.config.lens_data import FileData
from symlens.errors import DataError, FileError
from symlens.lens.data import files
from symlens.lens.data.checks import SampleChecker
from symlens.lens.data.text import layout

CANONICAL = store.Schema(
    kind="lens canonical samples",
    title="Samples in canonical representation",
    references="Efe and Ozakin, SymmetryLens, arXiv:2410.05232",
    variables={
        "canonical": store.Variable(
            ("sample", "pixel"), "float32", "1", "samples in canonical representation"
        )
    },
)


@dataclass(frozen=True)
class Samples:
    """Samples of a user's file.

    Parameters
    ----------
    x : ndarray, shape (n_samples, n), float32
    names : tuple of str or None
        Names of the features, where the file has any.
    """

    x: NDArray[np.float32]
    names: tuple[str, ...] | None


def require_new(path: Path, endings: Sequence[str], *, force: bool) -> None:
    """Refuse an output file before the work is done that would fill it.

    Raises
    ------
    FileError
        Unknown ending, no such folder, no right to write there, or a file that is there already.
    """
    if path.suffix.lower() not in endings:
        raise FileError(f"{path}: the ending must be {', '.join(endings)}")
    folder = path.parent
    if not folder.is_dir():
        raise FileError(f"{path}: there is no folder {folder}")
    if path.is_dir():
        raise FileError(f"{path}: is a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FileError(f"{path}: no permission to write in {folder}")
    if path.exists() and not force:
        raise FileError(f"{path}: exists already; --force replaces it")


def read_to_learn(path: Path, variable: str | None) -> Samples:
    """Read samples and refuse what cannot be learned from, as the workflow does."""
    chunks = list(files.chunks(FileData(path=str(path), variable=variable)))
    return _learnable(path, Samples(np.concatenate(chunks), _names(path)))


def read_to_apply(path: Path, variable: str | None) -> Samples:
    """Read samples that a symmetry is applied to: finite, and as few as one."""
    table = files.open_table(path, variable)
    checker = SampleChecker(str(path), table.n_features, table.names)
    blocks = []
    for block in table.blocks:
        checker.update(block)
        blocks.append(np.asarray(block, dtype=np.float32))
    if not blocks:
        raise DataError(f"{path}: no samples")
    return Samples(np.concatenate(blocks), _names(path))


def write_samples(path: Path, y: NDArray[Any], provenance: store.Provenance) -> None:
    """Write canonical samples, shape (n_samples, n), in the kind of file the ending tells."""
    match path.suffix.lower():
        case ".nc":
            import xarray as xr

            canonical = xr.Dataset({"canonical": (("sample", "pixel"), y)})
            store.write(canonical, path, CANONICAL, provenance)
        case ".npy":
            with store.replacing(path) as temporary, temporary.open("wb") as file:
                # Not np.save, which hides what the system says of a full disk.
                header = np.lib.format.header_data_from_array_1_0(y)
                np.lib.format.write_array_header_1_0(file, header)
                file.write(np.ascontiguousarray(y).data)
        case ".csv":
            with store.replacing(path) as temporary, temporary.open("w") as file:
                np.savetxt(file, y, fmt="%.9g", delimiter=",")


def _learnable(path: Path, samples: Samples) -> Samples:
    if samples.x.shape[1] < 2:
        raise DataError(f"{path}: one feature only; a symmetry acts on two or more")
    return samples


def _names(path: Path) -> tuple[str, ...] | None:
    """Names in the header of a text file; numbers are no names."""
    if path.suffix.lower() != ".csv":
        return None
    names = layout(path).columns
    return None if all(name.isdigit() for name in names) else names
