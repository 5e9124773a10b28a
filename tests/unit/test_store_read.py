"""A file that is not what is expected is refused by name; a long one is read in pieces."""

from __future__ import annotations

import os

import netCDF4
import numpy as np
import pytest
import xarray as xr

from symlens import store
from symlens.errors import FileError
from symlens.lens.schemas import DATA, RUN
from symlens.provenance import Provenance
from symlens.store.reading import opened


@pytest.fixture
def path(tmp_path):
    """A good data file of 1000 samples of 5 pixels; sample i holds i in every pixel."""
    x = np.repeat(np.arange(1000, dtype=np.float32)[:, None], 5, axis=1)
    ds = xr.Dataset({"x": (("sample", "pixel"), x)}, attrs={"cyclic": 1})
    store.write(ds, tmp_path / "data.nc", DATA, Provenance("lens", "a", seed=1))
    return tmp_path / "data.nc"


def refused(path, schema=DATA):
    """The line with which a file is refused, without the name of the file."""
    with pytest.raises(FileError) as error:
        store.read(path, schema)
    line = str(error.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    return line.removeprefix(f"{path}: ")


def test_no_such_file(tmp_path):
    assert refused(tmp_path / "none.nc") == "no such file"


def test_a_folder(tmp_path):
    assert refused(tmp_path) == "is a folder"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x89HDF\r\n\x1a\n" + b"\0" * 100])
def test_not_netcdf(tmp_path, content):
    (tmp_path / "a.nc").write_bytes(content)
    assert refused(tmp_path / "a.nc").startswith("not a NetCDF-4 file, or damaged (")


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_truncated_file(path, share):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert refused(path).startswith("not a NetCDF-4 file, or damaged (")


def test_damaged_values(tmp_path):
    x = np.random.default_rng(0).normal(size=(20_000, 5)).astype(np.float32)
    ds = xr.Dataset({"x": (("sample", "pixel"), x)}, attrs={"cyclic": 1})
    path = tmp_path / "data.nc"
    store.write(ds, path, DATA, Provenance("lens", "a"))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2  # inside of x, which is nearly the whole file
    content[middle : middle + 100] = bytes(100)
    path.write_bytes(content)
    assert refused(path).startswith("not a NetCDF-4 file, or damaged (")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_no_permission(path):
    path.chmod(0)
    assert refused(path) == "cannot be read: Permission denied"


def test_another_kind_of_file(path):
    assert refused(path, RUN) == "expected a file of 'lens run', found a file of 'lens data'"


def test_a_file_of_another_origin(path):
    xr.Dataset({"x": ("a", [1.0])}).to_netcdf(path)
    assert refused(path) == "expected a file of 'lens data', found a file of another origin"


def edited(path, change):
    """The file, changed by hand."""
    with netCDF4.Dataset(path, "a") as file:
        change(file)
    return path


def test_missing_provenance(path):
    edited(path, lambda file: file.delncattr("config_hash"))
    assert refused(path) == "expected attribute 'config_hash', found no such attribute"


def test_missing_attribute(path):
    edited(path, lambda file: file.delncattr("cyclic"))
    assert refused(path) == "attribute 'cyclic': expected int, found no such attribute"


def test_wrong_variable_name(path):
    edited(path, lambda file: file.renameVariable("x", "y"))
    line = "variable 'x': expected float32 (sample, pixel), found no such variable (y)"
    assert refused(path) == line


def test_wrong_dimensions(path):
    edited(path, lambda file: file.renameDimension("pixel", "feature"))
    line = "variable 'x': expected float32 (sample, pixel), found dimensions (sample, feature)"
    assert refused(path) == line


def test_wrong_dtype(path):
    def change(file):
        file.renameVariable("x", "old")
        file.createVariable("x", "f8", ("sample", "pixel"))[:] = 0

    edited(path, change)
    assert refused(path) == "variable 'x': expected float32, found float64"


def test_matrix_of_another_size(path):
    def change(file):
        for dim in ("row", "col"):
            file.createDimension(dim, 4)
        file.createVariable("ideal_generator", "f8", ("row", "col"))[:] = np.eye(4)

    line = "dimensions pixel, row, col: expected one size, found pixel = 5, row = 4, col = 4"
    assert refused(edited(path, change)) == line


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite(path, value):
    edited(path, lambda file: file["x"].__setitem__((17, 2), value))
    line = f"variable 'x': expected finite numbers, found {value}, sample 17, pixel 2"
    assert refused(path) == line


def test_a_lazy_file_is_checked_but_for_its_values(path):
    edited(path, lambda file: file["x"].__setitem__((17, 2), np.nan))
    with store.open_lazy(path, DATA) as ds:
        assert np.isnan(ds.x[17, 2].item())
        assert ds.attrs["cyclic"] == 1
    with pytest.raises(FileError, match="lens run"), store.open_lazy(path, RUN):
        pass


def test_coordinates_are_indexes_as_by_default(path):
    def change(file):
        file.createVariable("pixel", "f8", ("pixel",))[:] = [4, 3, 2, 1, 0]

    edited(path, change)
    with opened(path) as ds, xr.open_dataset(path, decode_cf=False) as plain:
        assert list(ds.indexes) == ["pixel"]
        assert ds.indexes["pixel"].equals(plain.indexes["pixel"])
        assert ds.identical(plain)
        assert ds.encoding == plain.encoding
        np.testing.assert_array_equal(ds.x.sel(pixel=1.0), plain.x[:, 3])


def test_a_compression_that_may_not_end_is_refused(path):
    def change(file):
        file.createVariable("more", "f8", ("pixel",), compression="bzip2")

    edited(path, change)
    with pytest.raises(FileError, match=r"more: compressed by bzip2, allowed: "), opened(path):
        pass


def test_damage_met_while_a_lazy_file_is_read_is_one_line(path):
    def fail():
        raise RuntimeError("NetCDF: HDF error")

    with pytest.raises(FileError) as error, store.open_lazy(path, DATA):
        fail()
    assert str(error.value) == f"{path}: not a NetCDF-4 file, or damaged (NetCDF: HDF error)"


def test_errors_of_the_caller_pass_through_an_open_file(path):
    with pytest.raises(RuntimeError, match="mine"), store.open_lazy(path, DATA):
        raise RuntimeError("mine")


@pytest.mark.parametrize("rows", [1, 7, 250, 1000, 5000])
def test_blocks_are_the_whole(path, rows):
    with store.open_lazy(path, DATA) as ds:
        pieces = list(store.blocks(ds.x, rows))
        assert all(len(piece) <= rows for piece in pieces)
        np.testing.assert_array_equal(np.concatenate(pieces), ds.x.values)


@pytest.mark.parametrize("block", [10, 333, 65_536])
def test_rows_come_in_the_order_asked_for(path, monkeypatch, block):
    monkeypatch.setattr("symlens.store.reading.BLOCK_ROWS", block)
    generator = np.random.default_rng(3)
    rows = np.concatenate([generator.permutation(1000)[:400], [5, 5, 999, 0]])
    with store.open_lazy(path, DATA) as ds:
        taken = store.take(ds.x, rows)
    assert taken.dtype == np.float32
    np.testing.assert_array_equal(taken, np.repeat(rows[:, None], 5, axis=1))
    assert store.take(xr.DataArray(np.ones((3, 2))), np.array([], int)).shape == (0, 2)


@pytest.mark.parametrize("rows", [[-1], [1000], [0, 2000]])
def test_rows_that_are_not_there(path, rows):
    with store.open_lazy(path, DATA) as ds, pytest.raises(IndexError, match=r"0 \.\. 999"):
        store.take(ds.x, np.array(rows))


def test_a_header_reads_like_documentation(path):
    text = store.header(path)
    for line in (
        "  sample  1000",
        "  x(sample, pixel)  float32",
        "      samples as they are observed",
        "  experiment        a",
        "  method            none",
    ):
        assert line in text.splitlines()
    assert max(len(line) for line in text.splitlines()) <= max(100, len(str(path)))
