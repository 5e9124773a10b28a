"""Tables of numbers in .npy, .npz and .nc files, read block by block."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import xarray as xr
from numpy.lib import format as npy
from numpy.typing import NDArray

from symlens.errors import DataError, FileError
from symlens.lens.data.checks import check_dtype, check_shape
from symlens.lens.data.pipeline import chunk_rows


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
    return max(1, shape[1])


def _slices(array: NDArray[Any], rows: int) -> Iterator[NDArray[Any]]:
    for first in range(0, array.shape[0], rows):
        yield array[first : first + rows]


def _npy_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, Fortran order and type of an array from the head of its stream."""
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    return shape, fortran, dtype


def _npy_rows(stream: IO[bytes], rows: int, source: str) -> Iterator[NDArray[Any]]:
    """Rows of an array in C order from its stream: unlike a memory map, it holds one block."""
    shape, _, dtype = _npy_header(stream)
    width = shape[1] * dtype.itemsize
    for first in range(0, shape[0], rows):
        count = min(rows, shape[0] - first)
        try:
            data = stream.read(count * width)
        except (OSError, zipfile.BadZipFile) as error:
            raise FileError(f"{source}: damaged ({error})") from error
        if len(data) != count * width:
            raise FileError(f"{source}: damaged (it ends before its {shape[0]} samples do)")
        yield np.frombuffer(data, dtype).reshape(count, shape[1])


def open_npy(path: Path) -> Table:
    """Table of a .npy file; an array in Fortran order is memory-mapped."""
    try:
        with path.open("rb") as file:
            shape, fortran, dtype = _npy_header(file)
    except (OSError, ValueError, EOFError) as error:
        raise FileError(f"{path}: not a .npy file that can be read ({error})") from error
    rows = chunk_rows(_checked(shape, dtype, str(path)))
    if fortran:
        try:
            return Table(shape[1], _slices(np.load(path, mmap_mode="r"), rows))
        except (OSError, ValueError) as error:
            raise FileError(f"{path}: damaged ({error})") from error
    return Table(shape[1], _read_npy(path, rows))


def _read_npy(path: Path, rows: int) -> Iterator[NDArray[Any]]:
    with path.open("rb") as file:
        yield from _npy_rows(file, rows, str(path))


def open_npz(path: Path, variable: str | None) -> Table:
    """Table of a .npz file; an array in C order is unpacked as a stream."""
    try:
        heads = {}
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as member:
                    heads[name.removesuffix(".npy")] = _npy_header(member)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise FileError(f"{path}: not a .npz file that can be read ({error})") from error
    name = choose({key: head[0] for key, head in heads.items()}, variable, source=str(path))
    shape, fortran, dtype = heads[name]
    n = _checked(shape, dtype, f"{path}: {name}")
    if fortran:
        with np.load(path, allow_pickle=False) as arrays:
            return Table(shape[1], _slices(arrays[name], chunk_rows(n)))
    return Table(shape[1], _unpack(path, name, chunk_rows(n)))


def _unpack(path: Path, name: str, rows: int) -> Iterator[NDArray[Any]]:
    with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as member:
        yield from _npy_rows(member, rows, f"{path}: {name}")


def open_nc(path: Path, variable: str | None) -> Table:
    """Table of a NetCDF file, read lazily."""
    with _netcdf(path) as ds:
        shapes = {str(name): tuple(array.shape) for name, array in ds.variables.items()}
        name = choose(shapes, variable, source=str(path))
        n = _checked(shapes[name], ds[name].dtype, f"{path}: {name}")
    return Table(shapes[name][1], _read_nc(path, name, chunk_rows(n)))


def _netcdf(path: Path) -> xr.Dataset:
    try:
        return xr.open_dataset(path, engine="netcdf4", decode_times=False, cache=False)
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: not a NetCDF file that can be read ({error})") from error


def _read_nc(path: Path, name: str, rows: int) -> Iterator[NDArray[Any]]:
    with _netcdf(path) as ds:
        array = ds[name]
        for first in range(0, array.shape[0], rows):
            try:
                yield array[first : first + rows].to_numpy()
            except (OSError, RuntimeError) as error:
                raise FileError(f"{path}: {name}: damaged ({error})") from error
