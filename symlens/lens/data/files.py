"""A user's own samples: from a file to checked single-precision chunks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.config.lens_data import FileData
from symlens.errors import DataError, FileError
from symlens.lens.data.checks import SampleChecker
from symlens.lens.data.tables import Table, open_nc, open_npy, open_npz
from symlens.lens.data.text import open_csv

Array = NDArray[np.float32]


def open_table(path: Path, variable: str | None) -> Table:
    """Open a file by the kind its ending tells."""
    if not path.is_file():
        raise FileError(f"{path}: no such file")
    kind = path.suffix.lower()
    if variable is not None and kind in (".npy", ".csv"):
        raise FileError(f"{path}: a {kind} file has no variables; leave out {variable!r}")
    match kind:
        case ".npy":
            return open_npy(path)
        case ".npz":
            return open_npz(path, variable)
        case ".nc":
            return open_nc(path, variable)
        case ".csv":
            return open_csv(path)
    raise FileError(f"{path}: its ending must be .nc, .npy, .npz or .csv")


def _single(block: NDArray[Any]) -> Array:
    """Block in single precision; too large a number becomes infinite, which the check refuses."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(block, dtype=np.float32)


def chunks(cfg: FileData) -> Iterator[Array]:
    """Open a file now and stream its samples, shape (rows, n) each.

    The samples are checked on the way: the stream raises where they cannot be learned from, after
    its last chunk where only all of them show it (a constant feature, too few samples).
    """
    table = open_table(Path(cfg.path), cfg.variable)
    return _chunks(cfg, table, SampleChecker(cfg.path, table.n_features, table.names))


def _chunks(cfg: FileData, table: Table, checker: SampleChecker) -> Iterator[Array]:
    left = cfg.samples
    for block in table.blocks:
        chosen = block if left is None else block[:left]
        checker.update(chosen)
        chunk = _single(chosen)
        if not np.isfinite(chunk).all():
            raise DataError(f"{cfg.path}: a number is too large for single precision (3.4e38)")
        yield chunk
        if left is not None:
            left -= len(chunk)
            if left == 0:
                break
    checker.finish()
