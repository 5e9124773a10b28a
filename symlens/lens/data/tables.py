"""Tables of numbers in .npy, .npz and .nc files, read block by block."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.errors import DataError, FileError
from symlens.lens.data.checks import check_dtype, check_shape
from symlens.lens.data.pipeline import chunk_rows
from symlens.untrusted import (
    MOST_FEATURES,
    Head,
    netcdf_engine,
    npy_head,
    one_line,
    require_ending_filters,
    require_filled,
    require_plausible,
    require_sound_head,
    require_sound_heaps,
)

MOST_ARRAYS = 1000
"""Arrays in a .npz file."""

LARGEST_CHUNK = 256 << 20
"""Bytes of a chunk of a NetCDF file, which is always read whole."""


@dataclass(frozen=True)
class Table:
    """A table in a file.

    Parameters
    ----------
    n_features : int
    blocks : iterator of ndarray, shape (rows, n_features)
        Of any real type.
    names : tuple of str or None
        Names of the features, where the file has any.
    """

    n_features: int
    blocks: Iterator[NDArray[Any]]
    names: tuple[str, ...] | None = None


def choose(shapes: Mapping[str, tuple[int, ...]], variable: str | None, *, source: str) -> str:
    """Name of the array to read: the wanted one, or ``x``, or the only two-dimensional one."""
    there = ", ".join(f"{name} {shape}" for name, shape in shapes.items()) or "nothing"
    if variable is not None:
        if variable not in shapes:
            raise FileError(f"{source}: no variable {variable!r}; there: {there}")
        return variable
    tables = [name for name, shape in shapes.items() if len(shape) == 2]
    if "x" in shapes:
        return "x"
    if not tables:
        raise DataError(f"{source}: shape (sample, feature) expected, found {there}")
    if len(tables) > 1:
        raise FileError(f"{source}: name the variable to read; there: {there}")
    return tables[0]


def _checked(shape: tuple[int, ...], dtype: np.dtype[Any], source: str) -> int:
    check_shape(shape, source=source)
    check_dtype(dtype, source=source)
    if shape[1] > MOST_FEATURES:
        raise DataError(
            f"{source}: at most {MOST_FEATURES:,} features, found {shape[1]:,}; the shape must be "
            "(sample, feature)"
        )
    return max(1, shape[1])


def _slices(array: NDArray[Any], rows: int) -> Iterator[NDArray[Any]]:
    for first in range(0, array.shape[0], rows):
        yield array[first : first + rows]


def _npy_rows(stream: IO[bytes], rows: int, source: str) -> Iterator[NDArray[Any]]:
    """Rows of an array in C order from its stream: unlike a memory map, it holds one block."""
    with one_line(source, "damaged"):
        head = npy_head(stream)
    width = head.shape[1] * head.dtype.itemsize
    for first in range(0, head.shape[0], rows):
        count = min(rows, head.shape[0] - first)
        with one_line(source, "damaged"):
            data = stream.read(count * width)
        if len(data) != count * width:
            raise FileError(f"{source}: damaged (it ends before its {head.shape[0]} samples do)")
        yield np.frombuffer(data, head.dtype).reshape(count, head.shape[1])


def open_npy(path: Path) -> Table:
    """Table of a .npy file; an array in Fortran order is memory-mapped."""
    with one_line(path, "not a .npy file that can be read"), path.open("rb") as file:
        head = npy_head(file)
        left = path.stat().st_size - file.tell()
    rows = chunk_rows(_checked(head.shape, head.dtype, str(path)))
    require_filled(path, head, left)
    if head.fortran and head.nbytes:
        with one_line(path, "damaged"):
            return Table(head.shape[1], _slices(np.load(path, mmap_mode="r"), rows))
    return Table(head.shape[1], _read_npy(path, rows))


def _read_npy(path: Path, rows: int) -> Iterator[NDArray[Any]]:
    with path.open("rb") as file:
        yield from _npy_rows(file, rows, str(path))


def open_npz(path: Path, variable: str | None) -> Table:
    """Table of a .npz file; an array in C order is unpacked as a stream."""
    heads: dict[str, Head] = {}
    members: dict[str, str] = {}
    with one_line(path, "not a .npz file that can be read"), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if len(names) > MOST_ARRAYS:
            raise FileError(f"{path}: at most {MOST_ARRAYS} arrays, found {len(names)}")
        for name in names:
            with archive.open(name) as member:
                heads[name.removesuffix(".npy")] = npy_head(member)
            members[name.removesuffix(".npy")] = name
    name = choose({key: head.shape for key, head in heads.items()}, variable, source=str(path))
    head, source = heads[name], f"{path}: {name}"
    n = _checked(head.shape, head.dtype, source)
    require_plausible(path, head.nbytes, source)
    if head.fortran:
        with one_line(source, "damaged"), np.load(path, allow_pickle=False) as arrays:
            return Table(head.shape[1], _slices(arrays[members[name]], chunk_rows(n)))
    return Table(head.shape[1], _unpack(path, members[name], source, chunk_rows(n)))


def _unpack(path: Path, member: str, source: str, rows: int) -> Iterator[NDArray[Any]]:
    with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
        yield from _npy_rows(stream, rows, source)


def open_nc(path: Path, variable: str | None) -> Table:
    """Table of a NetCDF file, read lazily."""
    with _netcdf(path) as ds:
        shapes = {str(name): tuple(array.shape) for name, array in ds.variables.items()}
        name = choose(shapes, variable, source=str(path))
        shape, dtype, source = shapes[name], ds[name].dtype, f"{path}: {name}"
        require_ending_filters(path, ds[name].encoding, name)
        n = _checked(shape, dtype, source)
        stored = np.dtype(ds[name].encoding.get("dtype", dtype)).itemsize
        require_plausible(path, math.prod(shape) * stored, source)
        chunk = ds[name].encoding.get("chunksizes") or ()
        if math.prod(chunk) * stored > LARGEST_CHUNK:
            raise FileError(f"{source}: damaged (its chunks are of shape {chunk})")
    return Table(shape[1], _read_nc(path, name, chunk_rows(n)))


def _netcdf(path: Path) -> xr.Dataset:
    with one_line(path, "not a NetCDF file that can be read"):
        engine = netcdf_engine(path)
        check = require_sound_head if engine == "scipy" else require_sound_heaps
        check(path)
        return xr.open_dataset(
            path, engine=engine, decode_times=False, cache=False, create_default_indexes=False
        )


def _read_nc(path: Path, name: str, rows: int) -> Iterator[NDArray[Any]]:
    with _netcdf(path) as ds:
        array = ds[name]
        for first in range(0, array.shape[0], rows):
            with one_line(f"{path}: {name}", "damaged"):
                block = array[first : first + rows].to_numpy()
            yield block
