"""Reading NetCDF: a file of the kind that is expected, or one line that says what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symlens.errors import FileError
from symlens.store.attributes import decode
from symlens.store.schema import PROVENANCE, Schema, check
from symlens.untrusted import (
    netcdf_engine,
    one_line,
    require_ending_filters,
    require_plausible,
    require_sound_heaps,
)

if TYPE_CHECKING:
    import xarray as xr

BLOCK_ROWS = 65_536

BROKEN = "not a NetCDF-4 file, or damaged"


def read(path: Path | str, schema: Schema) -> xr.Dataset:
    """Read a whole file into memory and check all of it, values included.

    Parameters
    ----------
    path : path
    schema : Schema
        Kind of file that is expected.

    Returns
    -------
    Dataset
        With its attributes as they were given when it was written.

    Raises
    ------
    FileError
        Naming the file and, where it breaks the schema, the variable, expected and found.
    """
    with _of_kind(Path(path), schema) as ds, one_line(path, BROKEN):
        loaded = ds.load()
        check(loaded, schema, str(path))
        return loaded


@contextmanager
def open_lazy(path: Path | str, schema: Schema) -> Iterator[xr.Dataset]:
    """Open a file whose variables are read when they are indexed; its values are not checked.

    Use as ``with open_lazy(path, DATA) as ds: ds.x[a:b].values``; nothing is cached.
    """
    with _of_kind(Path(path), schema) as ds:
        check(ds, schema, str(path), values=False)
        yield ds


def blocks(array: xr.DataArray, rows: int = BLOCK_ROWS) -> Iterator[NDArray[Any]]:
    """The values of an array, lazy or not, in pieces along its first dimension."""
    for first in range(0, array.shape[0], rows):
        yield np.asarray(array[first : first + rows].values)


def take(array: xr.DataArray, rows: NDArray[np.integer[Any]]) -> NDArray[Any]:
    """Rows of an array, lazy or not, in the order asked for.

    The file is read once in blocks: picking single rows from compressed chunks would inflate
    the same chunk again and again. Memory: one block and the result.

    Parameters
    ----------
    array : DataArray, shape (n, ...)
    rows : ndarray of int, shape (m,)
        In 0 .. n - 1.

    Returns
    -------
    ndarray, shape (m, ...)
    """
    rows = np.asarray(rows)
    if rows.size and not 0 <= rows.min() <= rows.max() < array.shape[0]:
        raise IndexError(f"rows must lie in 0 .. {array.shape[0] - 1}")
    taken = np.empty((len(rows), *array.shape[1:]), array.dtype)
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    for first in range(0, array.shape[0], BLOCK_ROWS):
        begin, end = np.searchsorted(ordered, [first, first + BLOCK_ROWS])
        if begin < end:
            block = np.asarray(array[first : first + BLOCK_ROWS].values)
            taken[order[begin:end]] = block[ordered[begin:end] - first]
    return taken


@contextmanager
def opened(path: Path) -> Iterator[xr.Dataset]:
    """Any NetCDF-4 file, open and lazy, nothing decoded, its errors turned into one line."""
    import xarray as xr

    if not path.is_file():
        raise FileError(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}")
    if not os.access(path, os.R_OK):
        raise FileError(f"{path}: cannot be read: Permission denied")
    with one_line(path, BROKEN):
        if netcdf_engine(path) != "netcdf4":
            raise ValueError("it is of the classic format")
        require_sound_heaps(path)
        ds = xr.open_dataset(  # without indexes: these are read whole, be they as long as they say
            path, engine="netcdf4", decode_cf=False, cache=False, create_default_indexes=False
        )
    with ds:
        for name, variable in ds.variables.items():
            require_plausible(path, variable.nbytes)
            require_ending_filters(path, variable.encoding, str(name))
        with one_line(path, BROKEN):
            indexed = _indexed(ds)
        with _netcdf_errors(path):
            yield indexed


def _indexed(ds: xr.Dataset) -> xr.Dataset:
    """A dataset with the indexes of its coordinates, as they are by default."""
    for name, variable in ds.variables.items():
        if variable.dims == (name,):
            ds = ds.set_xindex(str(name))
    return ds


@contextmanager
def _of_kind(path: Path, schema: Schema) -> Iterator[xr.Dataset]:
    """A file of ours of the right kind, open and lazy, with decoded attributes."""
    with opened(path) as raw:
        with one_line(path, BROKEN):
            attrs = decode(raw.attrs)
            _check_kind(path, attrs, schema)
        ds = raw.copy(deep=False)
        ds.attrs = attrs
        yield ds


def _check_kind(path: Path, attrs: dict[str, Any], schema: Schema) -> None:
    kind = attrs.get("kind")
    if kind != schema.kind:
        found = "a file of another origin" if kind is None else f"a file of {kind!r}"
        raise FileError(f"{path}: expected a file of {schema.kind!r}, found {found}")
    missing = [name for name in PROVENANCE if name not in attrs]
    if missing:
        raise FileError(f"{path}: expected attribute {missing[0]!r}, found no such attribute")


@contextmanager
def _netcdf_errors(path: Path) -> Iterator[None]:
    """Turn the NetCDF library's own errors into one line, while others use the open file."""
    try:
        yield
    except FileError:
        raise
    except (OSError, RuntimeError) as error:
        if "NetCDF" not in str(error):
            raise
        text = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        raise FileError(f"{path}: {BROKEN} ({text})") from error
