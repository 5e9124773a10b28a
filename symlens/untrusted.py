"""Files that anybody may have made: what is in them, or one line, in the memory that they fill."""

from __future__ import annotations

import io
import math
import mmap
import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy

from symlens.errors import FileError, SymlensError

if TYPE_CHECKING:
    from PIL import Image

DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the libraries that read files raise when these make no sense."""

INFLATION = 1032
"""Bytes that a deflated byte stands for, at most (zlib's technical notes, "maximum compression
factor")."""

SLACK = 1 << 20
"""Bytes that any file may declare."""

HEAP = b"GCOL\x01\0\0\0"
"""What a global heap of HDF5 begins with."""

LONGEST_HEADER = 10_000
"""Bytes of an array's header, numpy's own limit: but numpy reads it before it looks."""

MOST_FEATURES = 65_536
"""Features of a table. Learning takes matrices of their square; a wider one was turned round."""


@contextmanager
def one_line(path: Path | str, what: str) -> Iterator[None]:
    """Turn whatever a library says of a file that it cannot read into one line.

    Parameters
    ----------
    path : path
    what : str
        What is wrong then, e.g. ``not a .npy file that can be read``.

    Raises
    ------
    FileError
        ``path: what (the library's words)``.
    """
    try:
        yield
    except SymlensError:
        raise
    except DAMAGE as error:
        raise FileError(f"{path}: {what} ({_words(error)})") from error


@contextmanager
def opened_image(path: Path, what: str) -> Iterator[Image.Image]:
    """Open an image file; whatever is wrong with it, also while its pixels are read, is one line.

    Images of more than 89 million pixels are refused, as Pillow advises against what unpacks into
    more memory than its file lets expect.
    """
    import warnings

    from PIL import Image

    bombs = (Image.DecompressionBombWarning, Image.DecompressionBombError)
    with one_line(path, what), warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(path) as image:
                yield image
        except bombs as error:
            raise FileError(f"{path}: {what} ({error})") from error


def require_plausible(path: Path, declared: int, source: str | None = None) -> None:
    """Refuse a file that declares more bytes of numbers than it can hold, before it is read.

    Parameters
    ----------
    path : Path
    declared : int
        Bytes.
    source : str, optional
        What to call it.
    """
    size = path.stat().st_size
    if declared > INFLATION * size + SLACK:
        raise FileError(
            f"{source or path}: damaged (it declares {declared:,} bytes of numbers, and a file of "
            f"{size:,} bytes holds no more than {INFLATION * size:,})"
        )


def require_ending_filters(path: Path, encoding: Mapping[str, Any], name: str) -> None:
    """Refuse a variable of NetCDF-4 that is compressed by bzip2, before it is read.

    HDF5's filter for it runs for ever over a stream that is cut off, or was never one.

    Parameters
    ----------
    path : Path
    encoding : mapping
        Of the variable, as xarray gives it.
    name : str
    """
    if encoding.get("bzip2"):
        raise FileError(f"{path}: {name}: compressed by bzip2, allowed: zlib, zstd or nothing")


@dataclass(frozen=True)
class Head:
    """The head of an array in numpy's format.

    Parameters
    ----------
    shape : tuple of int
    fortran : bool
        Whether the first index runs fastest.
    dtype : numpy.dtype
    """

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]

    @property
    def nbytes(self) -> int:
        """Bytes of the array."""
        return math.prod(self.shape) * self.dtype.itemsize


def npy_head(stream: IO[bytes]) -> Head:
    """Read the head of an array from the beginning of its stream.

    Raises
    ------
    ValueError
        Or another of ``DAMAGE``, where it makes no sense.
    """
    begin = stream.read(npy.MAGIC_LEN)
    version = npy.read_magic(io.BytesIO(begin))
    if version not in ((1, 0), (2, 0), (3, 0)):
        raise ValueError(f"its format is of version {version[0]}.{version[1]}")
    width = "<H" if version == (1, 0) else "<I"
    counted = stream.read(struct.calcsize(width))
    (length,) = struct.unpack(width, counted)
    if length > LONGEST_HEADER:
        raise ValueError(f"its head is of {length:,} bytes")
    head = io.BytesIO(counted + stream.read(length))
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(head)
    if any(side < 0 for side in shape):
        raise ValueError(f"its shape is {shape}")
    return Head(shape, fortran, dtype)


def netcdf_engine(path: Path) -> str:
    """Name of xarray's engine for a NetCDF file, from its first bytes.

    Files of the classic format go to a reader written in Python: that of the C library follows
    sizes in a damaged head without a look at the file's.

    Raises
    ------
    ValueError
        If it is neither.
    """
    with path.open("rb") as file:
        begin = file.read(4)
    if begin == b"\x89HDF":
        return "netcdf4"
    if begin in (b"CDF\x01", b"CDF\x02"):
        return "scipy"
    if begin == b"CDF\x05":
        raise ValueError("its format is CDF-5; nccopy -k nc4 makes another copy of it")
    raise ValueError("neither NetCDF-4 nor classic NetCDF")


def require_sound_head(path: Path) -> None:
    """Refuse a file of the classic format whose head speaks of more than the file holds.

    The reader itself goes through the head, the file lying in memory's pages, and nothing that it
    asks for is given before it is known to be there: names and attributes have their sizes in
    front of them, and it would make room for 16 GiB on the word of four bytes.

    Raises
    ------
    ValueError
        Or another of ``DAMAGE``, where the head makes no sense.
    """
    from scipy.io import netcdf_file

    with _Within(io.FileIO(path)) as file, np.errstate(over="raise"):
        netcdf_file(file, mmap=True).close()


class _Within(io.BufferedReader):
    """A file from which nothing is asked that it does not hold."""

    def read(self, size: int | None = -1, /) -> bytes:
        left = os.fstat(self.fileno()).st_size - self.tell()
        asked = -1 if size is None else size
        if not 0 <= asked <= left:
            raise ValueError(f"its head asks for {asked:,} bytes where {left:,} are left")
        return super().read(size)


def require_sound_heaps(path: Path) -> None:
    """Refuse a NetCDF-4 file with a heap of texts and references in which HDF5 would run for ever.

    Its reader goes from object to object by their sizes, and does not end where one is nothing.
    Found by looking for the heaps' signature; HDF5's format specification, III.E, "Global Heap".

    Raises
    ------
    ValueError
        Or another of ``DAMAGE``.
    """
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        begin = content.find(HEAP)
        while begin >= 0:
            _walk(content, begin)
            begin = content.find(HEAP, begin + len(HEAP))


def _walk(content: mmap.mmap, begin: int) -> None:
    """Go through the objects of a heap; sizes of 8 bytes, as NetCDF-4 has them."""
    if len(content) < begin + 16:
        return
    (size,) = struct.unpack_from("<Q", content, begin + 8)
    place, end = begin + 16, min(begin + size, len(content))
    while end - place >= 16:
        number, _, length = struct.unpack_from("<H6sQ", content, place)
        step = (16 + -(-length // 8) * 8 if number else length) % 2**64
        if step == 0:
            raise ValueError(f"a heap at byte {begin:,} has an object of no size")
        place += step


def load_npy(path: Path) -> np.ndarray[Any, Any]:
    """Read the array of a .npy file whole; one whose file is too short for it is refused.

    Raises
    ------
    FileError
    """
    with one_line(path, "not a .npy file that can be read"), path.open("rb") as file:
        head = npy_head(file)
        require_filled(path, head, path.stat().st_size - file.tell())
        file.seek(0)
        return np.asarray(np.load(file, allow_pickle=False))


def require_filled(source: Path | str, head: Head, left: int) -> None:
    """Refuse an array of which only ``left`` bytes are there."""
    if head.nbytes > left:
        count = head.shape[0] if head.shape else 1
        raise FileError(f"{source}: damaged (it ends before its {count} samples do)")


def _words(error: BaseException) -> str:
    words = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
    return " ".join(words.split())[:300]
