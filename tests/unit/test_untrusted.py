"""Files that lie about what is in them."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import netCDF4
import numpy as np
import pytest
from PIL import Image

from symlens import store
from symlens.config.lens_data import FileData
from symlens.errors import DataError, FileError
from symlens.lens.data import stream
from symlens.lens.schemas import DATA
from symlens.untrusted import (
    DAMAGE,
    HEAP,
    INFLATION,
    MOST_FEATURES,
    SLACK,
    load_npy,
    npy_head,
    one_line,
    opened_image,
    require_plausible,
    require_sound_head,
    require_sound_heaps,
)


def samples(path):
    _, chunks = stream(FileData(path=str(path)))
    return np.concatenate(list(chunks))


def refused(path, error=FileError, read=samples):
    with pytest.raises(error) as caught:
        read(path)
    line = str(caught.value)
    assert line.startswith(str(path))
    assert "\n" not in line
    return line


def array_file(head, body=bytes(480), version=(1, 0), length=None):
    """A file in numpy's format with a head of our own."""
    text = head.encode() + b"\n"
    width = "<H" if version == (1, 0) else "<I"
    counted = struct.pack(width, len(text) if length is None else length)
    return b"\x93NUMPY" + bytes(version) + counted + text + body


def head(shape="(40, 3)", descr="'<f4'", order="False"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


def test_a_plausible_file_is_let_past_and_no_other(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(bytes(100))
    require_plausible(path, 100 * INFLATION + SLACK)
    with pytest.raises(FileError, match=r"a: damaged \(it declares 1,151,777 bytes"):
        require_plausible(path, 100 * INFLATION + SLACK + 1)


def test_zeros_as_small_as_they_get_are_plausible(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros((2_000_000, 4)))
    require_plausible(tmp_path / "a.npz", 64_000_000)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (array_file(head("(10**9, 3)".replace("10**9", str(10**9)))), "ends before its 1000000000"),
        (array_file(head(f"(3, {MOST_FEATURES})")), "ends before its 3 samples"),
        (array_file(head("(-40, 3)")), "its shape is (-40, 3)"),
        (array_file(head(order="True"), body=bytes(100)), "ends before its 40 samples"),
        (array_file(head("(4" + "0" * 60 + ", 3)")), "ends before its"),
        (
            array_file(head(), version=(2, 0), length=2**32 - 1),
            "its head is of 4,294,967,295 bytes",
        ),
        (array_file("(" * 9000), "not a .npy file that can be read"),
        (array_file("{'descr'"), "not a .npy file that can be read"),
        (array_file(head(), version=(9, 9)), "not a .npy file that can be read"),
        (b"\x93NUMPY", "not a .npy file that can be read"),
    ],
)
@pytest.mark.parametrize("read", [samples, load_npy])
def test_an_array_that_lies_is_one_line(tmp_path, made, words, read):
    path = tmp_path / "a.npy"
    path.write_bytes(made)
    line = refused(path, read=read)
    assert words in line


def test_a_table_that_was_turned_round_is_told(tmp_path):
    path = tmp_path / "a.npy"
    path.write_bytes(
        array_file(head(f"(1, {MOST_FEATURES + 1})"), body=bytes(4 * MOST_FEATURES + 4))
    )
    assert "at most 65,536 features, found 65,537" in refused(path, DataError)


def test_the_head_of_a_good_array(tmp_path):
    x = np.asfortranarray(np.ones((4, 3)))
    stream = io.BytesIO()
    np.save(stream, x)
    stream.seek(0)
    found = npy_head(stream)
    assert (found.shape, found.fortran, found.dtype) == ((4, 3), True, x.dtype)
    assert found.nbytes == x.nbytes
    (tmp_path / "a.npy").write_bytes(stream.getvalue())
    np.testing.assert_array_equal(load_npy(tmp_path / "a.npy"), x)


def test_a_head_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", array_file(head(), version=(2, 0), length=2**31))
    assert "its head is of 2,147,483,648 bytes" in refused(path)


@pytest.mark.parametrize("order", ["True", "False"])
def test_an_archive_that_declares_more_than_it_can_hold(tmp_path, order):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", array_file(head(f"({10**10}, 3)", order=order)))
    assert "x: damaged (it declares 120,000,000,000 bytes" in refused(path)


def test_an_archive_of_thousands_of_arrays(tmp_path):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1001):
            archive.writestr(f"{number}.npy", b"")
    assert "at most 1000 arrays, found 1001" in refused(path)


def netcdf(path, shape, chunks, form="NETCDF4"):
    with netCDF4.Dataset(path, "w", format=form) as file:
        for name, size in zip(("sample", "pixel"), shape, strict=True):
            file.createDimension(name, size)
        options = {} if chunks is None else {"zlib": True, "chunksizes": chunks}
        file.createVariable("x", "f4", ("sample", "pixel"), **options)
    return path


@pytest.mark.parametrize("read", [samples, lambda path: store.read(path, DATA), store.header])
def test_a_netcdf_file_that_declares_terabytes(tmp_path, read):
    path = netcdf(tmp_path / "a.nc", (10**9, 1000), (1000, 10))
    assert "it declares 4,000,000,000,000 bytes" in refused(path, read=read)


def test_a_netcdf_file_with_chunks_of_gigabytes(tmp_path):
    path = netcdf(tmp_path / "a.nc", (None, 2**14), (2**14, 2**14))
    assert "its chunks are of shape (16384, 16384)" in refused(path)


@pytest.mark.parametrize("form", ["NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET"])
def test_the_classic_format_is_read(tmp_path, form):
    x = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    path = netcdf(tmp_path / "a.nc", x.shape, None, form)
    with netCDF4.Dataset(path, "a") as file:
        file["x"][:] = x
    np.testing.assert_array_equal(samples(path), x)
    assert "not a NetCDF-4 file, or damaged (it is of the classic format)" in refused(
        path, read=lambda path: store.read(path, DATA)
    )


def test_a_classic_file_with_millions_of_dimensions(tmp_path):
    path = netcdf(tmp_path / "a.nc", (40, 3), None, "NETCDF3_CLASSIC")
    content = bytearray(path.read_bytes())
    content[12:16] = (2**24 - 1).to_bytes(4, "big")  # how many dimensions follow
    path.write_bytes(content)
    assert "not a NetCDF file that can be read" in refused(path)


def classic(path, form="NETCDF3_CLASSIC"):
    with netCDF4.Dataset(netcdf(path, (40, 3), None, form), "a") as file:
        file.setncattr("title", "twelve bytes")
        file["x"].setncattr("scales", np.arange(5.0))
    return bytearray(path.read_bytes())


@pytest.mark.parametrize("form", ["NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET"])
@pytest.mark.parametrize("size", [2**31 - 1, 2**30, 10_000, -1, -(2**31)])
def test_a_classic_head_with_a_name_or_value_longer_than_the_file(tmp_path, form, size):
    """Every size that stands before a name or before values, one after the other."""
    path = tmp_path / "a.nc"
    content = classic(path, form)
    names = [content.index(name) - 4 for name in (b"sample", b"pixel", b"title", b"scales")]
    values = [content.index(b"twelve") - 4, content.index(np.arange(5, dtype=">f8").tobytes()) - 4]
    for place in (*names, *values):
        path.write_bytes(content)
        require_sound_head(path)
        path.write_bytes(
            content[:place] + size.to_bytes(4, "big", signed=True) + content[place + 4 :]
        )
        tracemalloc.start()
        line = refused(path)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert "its head asks for" in line
        assert peak < 10 << 20


def test_a_classic_head_that_ends_too_soon(tmp_path):
    path = tmp_path / "a.nc"
    content = classic(path)
    end = content.index(np.arange(5, dtype=">f8").tobytes())
    for length in range(4, end):
        path.write_bytes(content[:length])
        with pytest.raises(DAMAGE):
            require_sound_head(path)


def test_a_classic_head_whose_places_are_beyond_what_can_be_counted(tmp_path):
    path = tmp_path / "a.nc"
    content = classic(path, "NETCDF3_64BIT_OFFSET")
    begin = len(content) - 480
    place = content.rindex(begin.to_bytes(8, "big"))
    content[place : place + 8] = (2**63 - 1).to_bytes(8, "big")
    path.write_bytes(content)
    assert "not a NetCDF file that can be read" in refused(path)


@pytest.mark.parametrize("read", [samples, lambda path: store.read(path, DATA), store.header])
@pytest.mark.parametrize("head", [(0, 0), (1, 2**64 - 16)])
def test_a_heap_in_which_hdf5_would_run_for_ever(tmp_path, read, head):
    path = netcdf(tmp_path / "a.nc", (40, 3), (10, 3))
    content = bytearray(path.read_bytes())
    require_sound_heaps(path)
    place = content.index(HEAP) + 16
    number, size = head
    content[place : place + 16] = struct.pack("<H6xQ", number, size)
    path.write_bytes(content)
    assert "has an object of no size" in refused(path, read=read)


@pytest.mark.parametrize("read", [samples, lambda path: store.read(path, DATA), store.header])
def test_a_coordinate_of_gigabytes_is_not_made_an_index(tmp_path, read):
    path = netcdf(tmp_path / "a.nc", (10**10, 3), (1000, 3))
    with netCDF4.Dataset(path, "a") as file:
        file.createVariable("sample", "f8", ("sample",), zlib=True, chunksizes=(1000,))
    assert "bytes of numbers, and a file of" in refused(path, read=read)


def test_the_youngest_classic_format_is_named(tmp_path):
    path = netcdf(tmp_path / "a.nc", (40, 3), None, "NETCDF3_64BIT_DATA")
    assert "its format is CDF-5" in refused(path)


def test_a_line_without_an_end(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1," * (1 << 21))
    assert "line 1 has 4,194,304 letters or more" in refused(path)
    path.write_text("1," * (MOST_FEATURES + 5))
    assert "at most 65,536 features, found 65,542" in refused(path, DataError)


def test_an_image_that_unpacks_to_gigabytes(tmp_path):
    path = tmp_path / "a.png"
    Image.new("1", (30_000, 30_000)).save(path)
    with (
        pytest.raises(FileError, match=r"a\.png: odd \(Image size \(900000000 pixels\)"),
        opened_image(path, "odd") as image,
    ):
        np.asarray(image)


def test_what_a_library_says_becomes_one_line_and_our_own_words_stay():
    with pytest.raises(FileError, match=r"^a: odd \(first second\)$"), one_line("a", "odd"):
        raise RuntimeError("first\n  second")
    with pytest.raises(FileError, match=r"^a: odd \(KeyError\)$"), one_line("a", "odd"):
        raise KeyError
    with pytest.raises(DataError, match=r"^ours$"), one_line("a", "odd"):
        raise DataError("ours")
    with pytest.raises(KeyboardInterrupt), one_line("a", "odd"):
        raise KeyboardInterrupt
