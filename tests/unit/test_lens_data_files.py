"""A user's own files: every kind gives the same samples, every mistake one line."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from symlens.config.lens_data import FileData
from symlens.errors import DataError, FileError
from symlens.lens.data import stream, synthesize
from symlens.lens.data.pipeline import chunk_rows


def table(samples=30, features=4):
    return np.random.default_rng(0).standard_normal((samples, features)).round(4)


def save(path, x):
    """Write a table as the kind of file its ending says."""
    match path.suffix:
        case ".npy":
            np.save(path, x)
        case ".npz":
            np.savez_compressed(path, x=x)
        case ".nc":
            xr.Dataset({"x": (("sample", "pixel"), x)}).to_netcdf(path)
        case ".csv":
            np.savetxt(path, x, delimiter=",", fmt="%.8g")
    return path


def read(path, **more):
    return synthesize(FileData(path=str(path), **more))


KINDS = pytest.mark.parametrize("kind", [".npy", ".npz", ".nc", ".csv"])


@KINDS
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int32])
def test_every_kind_of_file_gives_its_samples(tmp_path, kind, dtype):
    x = (100 * table()).astype(dtype)
    ds = read(save(tmp_path / f"data{kind}", x), cyclic=True)
    assert ds["x"].dims == ("sample", "pixel")
    assert ds["x"].dtype == np.float32
    np.testing.assert_allclose(ds["x"], x, rtol=1e-6)
    assert ds.attrs == {"cyclic": 1}
    assert set(ds.data_vars) == {"x"}


@KINDS
def test_a_long_file_comes_in_chunks(tmp_path, kind):
    rows = chunk_rows(2)
    x = table(rows + 7, 2)
    header, chunks = stream(FileData(path=str(save(tmp_path / f"data{kind}", x))))
    parts = list(chunks)
    assert [len(part) for part in parts] == [rows, 7]
    np.testing.assert_allclose(np.concatenate(parts), x, rtol=1e-6)
    assert not header.data_vars


@KINDS
def test_only_the_first_samples_are_read_when_so_asked(tmp_path, kind):
    x = table(chunk_rows(2) + 7, 2)
    x[50, 1] = np.nan
    path = save(tmp_path / f"data{kind}", x)
    np.testing.assert_allclose(read(path, samples=50)["x"], x[:50], rtol=1e-6)
    with pytest.raises(DataError, match="NaN at sample 50, feature 1"):
        read(path, samples=51)
    x[50, 1] = 0
    path = save(tmp_path / f"data{kind}", x)
    assert read(path, samples=10**9)["x"].shape == x.shape


@KINDS
def test_samples_that_cannot_be_learned_from_are_refused(tmp_path, kind):
    path = tmp_path / f"data{kind}"
    x = table()
    x[7, 2] = np.inf
    with pytest.raises(DataError, match=rf"data\{kind}: infinity at sample 7, feature 2"):
        read(save(path, x))
    x = table()
    x[:, 1] = 3
    with pytest.raises(DataError, match=r"feature 1 \(counted from 0\) is constant, 3 "):
        read(save(path, x))
    with pytest.raises(DataError, match=r"fewer samples \(3\) than features \(4\)"):
        read(save(path, table(3)))
    x = table()
    x[2, 2] = 1e300
    with pytest.raises(DataError, match="too large for single precision"):
        read(save(path, x))


@KINDS
def test_a_missing_or_damaged_file_is_named(tmp_path, kind):
    path = tmp_path / f"data{kind}"
    with pytest.raises(FileError, match=rf"data\{kind}: no such file"):
        read(path)
    path.write_bytes(b"\xff\xfe\x00damaged\x00\x81")
    with pytest.raises(FileError, match=rf"data\{kind}: not a .* that can be read") as caught:
        read(path)
    assert "\n" not in str(caught.value)
    path.unlink()
    path.mkdir()
    with pytest.raises(FileError, match="no such file"):
        read(path)


@pytest.mark.parametrize("kind", [".npy", ".npz", ".nc"])
def test_a_table_of_another_shape_is_refused(tmp_path, kind):
    path = tmp_path / f"data{kind}"
    if kind == ".nc":
        xr.Dataset({"x": ("sample", np.arange(9.0))}).to_netcdf(path)
    else:
        save(path, np.arange(9.0))
    with pytest.raises(DataError, match=r"shape \(sample, feature\) expected, found \(9,\)"):
        read(path)


def test_an_unknown_kind_of_file_is_refused(tmp_path):
    path = tmp_path / "data.xlsx"
    path.write_text("1,2")
    with pytest.raises(FileError, match=r"its ending must be \.nc, \.npy, \.npz or \.csv"):
        read(path)


@pytest.mark.parametrize("kind", [".npy", ".csv"])
def test_a_variable_is_refused_where_there_are_none(tmp_path, kind):
    with pytest.raises(FileError, match=rf"a \{kind} file has no variables; leave out 'x'"):
        read(save(tmp_path / f"data{kind}", table()), variable="x")


def several(path, **arrays):
    if path.suffix == ".npz":
        np.savez(path, **arrays)
    else:
        variables = {
            name: (tuple(f"{name}_{axis}" for axis in range(value.ndim)), value)
            for name, value in arrays.items()
        }
        xr.Dataset(variables).to_netcdf(path)
    return path


@pytest.mark.parametrize("kind", [".npz", ".nc"])
def test_the_table_is_found_or_asked_for_among_several(tmp_path, kind):
    path, x = tmp_path / f"data{kind}", table()
    several(path, labels=np.arange(30), images=x)
    np.testing.assert_allclose(read(path)["x"], x, rtol=1e-6)
    several(path, first=2 * x, second=x)
    np.testing.assert_allclose(read(path, variable="second")["x"], x, rtol=1e-6)
    with pytest.raises(FileError, match=r"name the variable to read; there: first \(30, 4\), sec"):
        read(path)
    with pytest.raises(FileError, match=r"no variable 'third'; there: first \(30, 4\), second"):
        read(path, variable="third")
    several(path, first=2 * x, x=x)
    np.testing.assert_allclose(read(path)["x"], x, rtol=1e-6)
    several(path, a=np.arange(3), b=np.arange(4))
    with pytest.raises(DataError, match=r"expected, found a \(3,\), b \(4,\)"):
        read(path)


@pytest.mark.parametrize("kind", [".npy", ".npz"])
def test_arrays_of_text_or_objects_are_refused(tmp_path, kind):
    path = tmp_path / f"data{kind}"
    with pytest.raises(DataError, match="real numbers expected, found <U1"):
        read(save(path, np.full((9, 2), "a")))
    with pytest.raises(DataError, match="real numbers expected, found object"):
        read(save(path, np.full((9, 2), None)))


@pytest.mark.parametrize("kind", [".npy", ".npz"])
def test_columns_first_in_memory_are_read_the_same(tmp_path, kind):
    x = np.asfortranarray(table())
    np.testing.assert_allclose(read(save(tmp_path / f"data{kind}", x))["x"], x, rtol=1e-6)


def test_a_compression_that_may_not_end_is_refused(tmp_path):
    x = np.random.default_rng(0).standard_normal((9, 3))
    samples = xr.Dataset({"x": (("sample", "pixel"), x)})
    for name in ("zlib", "zstd", "bzip2"):
        samples.to_netcdf(tmp_path / f"{name}.nc", encoding={"x": {"compression": name}})
    for name in ("zlib", "zstd"):
        assert read(tmp_path / f"{name}.nc")["x"].shape == x.shape
    with pytest.raises(FileError, match=r"bzip2\.nc: x: compressed by bzip2, allowed: "):
        read(tmp_path / "bzip2.nc")


def test_missing_values_of_netcdf_are_pointed_at(tmp_path):
    x = table()
    x[3, 1] = -999
    ds = xr.Dataset({"x": (("sample", "pixel"), x)})
    ds["x"].encoding["_FillValue"] = -999.0
    ds.to_netcdf(tmp_path / "data.nc")
    with pytest.raises(DataError, match="NaN at sample 3, feature 1"):
        read(tmp_path / "data.nc")


CSV = "1,2\n3,5\n-4,6e1\n"
NUMBERS = [[1, 2], [3, 5], [-4, 60]]


@pytest.mark.parametrize(
    "text",
    [
        CSV,
        "left,right\n" + CSV,
        '"left","right"\n' + CSV,
        "\ufeffleft,right\n" + CSV,
        "# measured by hand\n\n" + CSV,
        "0,1\n" + CSV,
        ",0,1\n0,1,2\n1,3,5\n2,-4,60\n",
        ",a,b\nx,1,2\ny,3,5\nz,-4,60\n",
        CSV.replace(",", ";"),
        CSV.replace(",", "\t"),
        CSV.replace("\n", "\r\n"),
        CSV.replace(",", " , "),
        CSV.removesuffix("\n"),
        CSV + "\n\n",
    ],
    ids=[
        "plain",
        "header",
        "quoted header",
        "byte order mark",
        "comment",
        "pandas without index",
        "pandas",
        "pandas with names",
        "semicolons",
        "tabs",
        "windows",
        "spaces",
        "no last newline",
        "blank end",
    ],
)
def test_a_csv_is_read_in_the_ways_it_is_written(tmp_path, text):
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="utf-8", newline="")
    np.testing.assert_array_equal(read(path)["x"], NUMBERS)


def test_a_frame_of_pandas_is_read_back(tmp_path):
    frame = pd.DataFrame(table(), columns=["a", "b", "c", "d"])
    for index in (True, False):
        frame.to_csv(tmp_path / "data.csv", index=index)
        np.testing.assert_allclose(read(tmp_path / "data.csv")["x"], frame, rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", DataError, "no samples"),
        ("# only words\n\n", DataError, "no samples"),
        ("a,b\n", DataError, r"fewer samples \(0\) than features \(2\)"),
        ("a,b\n1,2\n3,four\n5,6\n", DataError, "text 'four' at sample 1, column 'b'"),
        ("1,2\n3,four\n5,6\n", DataError, "text 'four' at sample 1, column '1'"),
        ("1,x\n3,4\n5,6\n", DataError, "text 'x' at sample 0, column '1'"),
        ("1,2\n3,\n5,6\n", DataError, "NaN at sample 1, feature 1"),
        ("1,2\n3\n5,6\n", DataError, "NaN at sample 1, feature 1"),
        ("1,2\n3,inf\n5,6\n", DataError, "infinity at sample 1, feature 1"),
        ("1,2\n3,4,5\n5,6\n", FileError, "do not all have as many cells"),
        ("a,b,c\n3,4\n5,6\n7,8\n", FileError, "header names 3 columns, the samples have 2"),
        ("a,b\n3,4,1\n5,6,2\n7,8,1\n", FileError, "header names 2 columns, the samples have 3"),
    ],
)
def test_a_mistake_in_a_csv_is_pointed_at(tmp_path, text, error, message):
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message) as caught:
        read(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_text_in_a_later_chunk_is_counted_from_the_start(tmp_path):
    rows = chunk_rows(2)
    lines = [f"{k},{k % 7}" for k in range(rows + 20)]
    lines[rows + 5] = "1,oops"
    path = tmp_path / "data.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(DataError, match=f"text 'oops' at sample {rows + 5}, column '1'"):
        read(path)


def test_a_cut_off_archive_is_refused(tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, x=table(500))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match=r"not a \.npz file that can be read"):
        read(path)
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(FileError, match=r"x: damaged"):
        read(path)


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_cut_off_array_is_refused(tmp_path, order):
    path = tmp_path / "data.npy"
    np.save(path, np.asarray(table(500), order=order))
    path.write_bytes(path.read_bytes()[:-80])
    with pytest.raises(FileError, match=r"data\.npy: damaged"):
        read(path)


def test_a_long_array_is_read_in_the_memory_of_a_chunk(tmp_path):
    path = tmp_path / "data.npy"
    x = np.random.default_rng(0).random((20 * chunk_rows(8), 8), dtype=np.float32)
    np.save(path, x)
    tracemalloc.start()
    try:
        _, chunks = stream(FileData(path=str(path)))
        assert sum(len(chunk) for chunk in chunks) == len(x)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < x.nbytes / 4
