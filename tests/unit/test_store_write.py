"""What is written is what is read; a failed write leaves nothing behind."""

from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tracemalloc
from types import SimpleNamespace

import netCDF4
import numpy as np
import pytest
import xarray as xr

from symlens import store
from symlens.errors import FileError
from symlens.lens.schemas import DATA, RUN
from symlens.provenance import Provenance

ORIGIN = Provenance("lens", "translation", None, 1, {"n": 5, "noise": 0.05, "mnist": None})


def samples(n_samples=1000, n=5):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(n_samples, n)).astype(np.float32)
    return xr.Dataset(
        {
            "x": (("sample", "pixel"), x),
            "representation": (("row", "col"), np.eye(n)),
            "ideal_generator": (("row", "col"), np.eye(n, k=1)),
        },
        attrs={"cyclic": 0},
    )


def run(n=5, terms=("loss", "rank")):
    matrix = (("row", "col"), np.eye(n))
    return xr.Dataset(
        {
            "log_generator": (("embedded_row", "embedded_col"), np.zeros((3 * n, 3 * n))),
            "generator": matrix,
            "group_convolution": matrix,
            "filter": ("pixel", np.eye(n)[0]),
            "mean": ("pixel", np.zeros(n)),
            "scale": ((), 1.0),
            "raw": (("sample", "pixel"), np.ones((4, n), np.float32)),
            "canonical": (("sample", "pixel"), np.ones((4, n), np.float32)),
            "history": (("step", "term"), np.ones((3, len(terms)))),
            "held_out": ("held_sample", np.arange(9)),
            "symmetry_statistic": ((), 0.5),
            "symmetry_null": ("surrogate", np.zeros(19)),
            "symmetry_pvalue": ((), 0.05),
        },
        coords={"step": np.arange(3), "term": list(terms)},
        attrs={"cyclic": 0, "verdict": "symmetry"},
    )


@pytest.mark.parametrize(("ds", "schema"), [(samples(), DATA), (run(), RUN)])
def test_a_file_holds_what_was_written(tmp_path, ds, schema):
    store.write(ds, tmp_path / "a.nc", schema, ORIGIN)
    found = store.read(tmp_path / "a.nc", schema)
    xr.testing.assert_equal(found, ds)
    assert {name: var.dtype for name, var in found.variables.items()} == {
        name: var.dtype for name, var in ds.variables.items()
    }


def test_attributes_say_where_a_file_comes_from(tmp_path):
    store.write(run(), tmp_path / "a.nc", RUN, Provenance("lens", "faces", "fast", 7, {"a": [1.5]}))
    attrs = store.read(tmp_path / "a.nc", RUN).attrs
    expected = {
        "Conventions": "CF-1.11",
        "title": "Learned symmetry: faces, fast, seed 7",
        "kind": "lens run",
        "study": "lens",
        "experiment": "faces",
        "method": "fast",
        "seed": 7,
        "config": {"a": [1.5]},
        "verdict": "symmetry",
        "cyclic": 0,
    }
    assert {name: attrs[name] for name in expected} == expected
    assert attrs["references"].endswith("arXiv:2410.05232")
    assert attrs["history"].startswith(f"{attrs['created']} symlens {attrs['code_version']}: ")
    assert attrs["library_versions"]["numpy"] == np.__version__


def test_provenance_replaces_what_a_data_set_was_read_with(tmp_path):
    store.write(samples(), tmp_path / "a.nc", DATA, ORIGIN)
    again = store.read(tmp_path / "a.nc", DATA)
    store.write(again, tmp_path / "b.nc", DATA, Provenance("lens", "other", seed=2))
    attrs = store.read(tmp_path / "b.nc", DATA).attrs
    assert (attrs["experiment"], attrs["seed"], attrs["config"]) == ("other", 2, {})


def test_the_device_that_a_training_names_is_kept(tmp_path):
    store.write(run().assign_attrs(device="a GPU"), tmp_path / "a.nc", RUN, ORIGIN)
    assert store.read(tmp_path / "a.nc", RUN).attrs["device"] == "a GPU"


@pytest.mark.parametrize(("ds", "schema"), [(samples(), DATA), (run(), RUN)])
def test_every_variable_says_what_it_is(tmp_path, ds, schema):
    store.write(ds, tmp_path / "a.nc", schema, ORIGIN)
    with netCDF4.Dataset(tmp_path / "a.nc") as file:
        for name, variable in file.variables.items():
            assert variable.long_name == schema.variables[name].long_name
            assert variable.units == schema.variables[name].units
            if variable.dtype is not str and variable.dimensions:
                assert variable.filters()["zlib"]
                assert variable.filters()["complevel"] == 4


def test_the_same_data_give_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for name in "ab":
        (tmp_path / name).mkdir()
        store.write(run(), tmp_path / name / "run.nc", RUN, ORIGIN)
    assert (tmp_path / "a/run.nc").read_bytes() == (tmp_path / "b/run.nc").read_bytes()


def test_an_open_schema_takes_described_variables_only(tmp_path):
    seed = store.Variable(("seed",), "int64", "1", "seed of a training")
    schema = store.Schema(kind="scores", variables={"seed": seed}, open=True)
    scores = xr.Dataset({"cosine": ("seed", [0.9, 1.0])}, {"seed": [1, 2]})
    with pytest.raises(FileError, match="'cosine': expected long_name and units"):
        store.write(scores, tmp_path / "a.nc", schema, ORIGIN)
    scores.cosine.attrs = {"long_name": "cosine to the ideal generator", "units": "1"}
    store.write(scores, tmp_path / "a.nc", schema, ORIGIN)
    xr.testing.assert_equal(store.read(tmp_path / "a.nc", schema), scores)


BROKEN = {
    "x without its name": (lambda ds: ds.drop_vars("x"), "variable 'x': expected float32 "),
    "float64": (
        lambda ds: ds.assign(x=ds.x.astype(np.float64)),
        "variable 'x': expected float32, found float64",
    ),
    "turned": (
        lambda ds: ds.assign(x=ds.x.T),
        r"variable 'x': expected float32 \(sample, pixel\), found dimensions \(pixel, sample\)",
    ),
    "NaN": (
        lambda ds: ds.assign(x=ds.x.where(np.arange(1000)[:, None] != 3)),
        "variable 'x': expected finite numbers, found nan, sample 3, pixel 0",
    ),
    "infinite": (
        lambda ds: ds.assign(x=ds.x.where(np.arange(5) != 2, np.float32(np.inf))),
        "variable 'x': expected finite numbers, found inf, sample 0, pixel 2",
    ),
    "unknown": (lambda ds: ds.assign(y=ds.x), "variable 'y': expected one of x, representation"),
    "empty": (lambda ds: ds.isel(sample=slice(0)), "'x': expected at least one value"),
    "not square": (
        lambda ds: ds.isel(row=slice(4)),
        "dimensions pixel, row, col: expected one size, found pixel = 5, row = 4, col = 5",
    ),
    "no attribute": (
        lambda ds: ds.drop_attrs(),
        "attribute 'cyclic': expected int, found no such attribute",
    ),
    "wrong type": (
        lambda ds: ds.assign_attrs(cyclic="yes"),
        "attribute 'cyclic': expected int, found 'yes'",
    ),
    "wrong value": (
        lambda ds: ds.assign_attrs(cyclic=2),
        "attribute 'cyclic': expected one of 0, 1, -1, found 2",
    ),
}


def refusal(tmp_path, write):
    """The line with which a data set is refused."""
    with pytest.raises(FileError) as error:
        write(tmp_path / "a.nc")
    assert list(tmp_path.iterdir()) == []
    line = str(error.value)
    assert line.startswith(f"{tmp_path / 'a.nc'}: not written: ")
    assert "\n" not in line
    return line


@pytest.mark.parametrize(("breaks", "message"), BROKEN.values(), ids=BROKEN)
def test_what_breaks_the_schema_is_not_written(tmp_path, breaks, message):
    ds = breaks(samples())
    assert re.search(message, refusal(tmp_path, lambda path: store.write(ds, path, DATA, ORIGIN)))


@pytest.mark.parametrize("fault", ["float64", "NaN", "unknown", "not square", "no attribute"])
def test_what_breaks_the_schema_is_not_streamed(tmp_path, fault):
    breaks, message = BROKEN[fault]
    ds = breaks(samples())
    header, pieces = ds.drop_vars("x"), [ds.x.values]
    line = refusal(
        tmp_path, lambda path: store.write_stream(path, DATA, header, "x", pieces, ORIGIN)
    )
    assert re.search(message, line)


@pytest.mark.parametrize("sizes", [[1000], [300, 300, 300, 100], [1] * 50 + [950], [999, 1]])
def test_a_stream_is_the_file_written_at_once(tmp_path, sizes):
    ds = samples()
    edges = np.cumsum([0, *sizes])
    pieces = (ds.x.values[a:b] for a, b in itertools.pairwise(edges))
    store.write(ds, tmp_path / "a.nc", DATA, ORIGIN)
    store.write_stream(tmp_path / "b.nc", DATA, ds.drop_vars("x"), "x", pieces, ORIGIN)
    first, second = (store.read(tmp_path / name, DATA) for name in ("a.nc", "b.nc"))
    xr.testing.assert_equal(first, second)
    when = {"created": "", "history": ""}
    assert first.attrs | when == second.attrs | when


def test_a_stream_of_nothing_is_refused(tmp_path):
    header = samples().drop_vars("x")
    with pytest.raises(FileError, match="variable 'x': expected data, found none"):
        store.write_stream(tmp_path / "a.nc", DATA, header, "x", [], ORIGIN)


@pytest.mark.parametrize(
    ("piece", "message"),
    [
        (np.zeros((3, 4), np.float32), r"pieces of float32 \(any, 5\), found float32 \(3, 4\) at"),
        (np.zeros((3, 5)), r"pieces of float32 \(any, 5\), found float64 \(3, 5\) at sample 10"),
        (np.full((3, 5), np.nan, np.float32), "expected finite numbers, found nan, sample 10,"),
    ],
)
def test_a_later_piece_that_differs_is_refused(tmp_path, piece, message):
    pieces = [np.zeros((10, 5), np.float32), piece]
    header = samples().drop_vars("x")
    with pytest.raises(FileError, match=message):
        store.write_stream(tmp_path / "a.nc", DATA, header, "x", pieces, ORIGIN)
    assert list(tmp_path.iterdir()) == []


def test_a_stream_takes_the_memory_of_a_piece(tmp_path):
    pieces = (np.full((8192, 64), i, np.float32) for i in range(64))  # 128 MiB in all
    header = xr.Dataset(attrs={"cyclic": 0})
    tracemalloc.start()
    try:
        store.write_stream(tmp_path / "a.nc", DATA, header, "x", pieces, ORIGIN)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 32 * 2**20
    with store.open_lazy(tmp_path / "a.nc", DATA) as ds:
        assert ds.x.shape == (64 * 8192, 64)
        assert ds.x[-1, -1].item() == 63


def test_what_raises_inside_a_stream_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.nc"
    store.write(samples(), path, DATA, ORIGIN)
    before = path.read_bytes()

    def pieces():
        yield np.zeros((10, 5), np.float32)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write_stream(path, DATA, samples().drop_vars("x"), "x", pieces(), ORIGIN)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileError, match=r"cannot be written: there is no folder .*nowhere$"):
        store.write(samples(), tmp_path / "nowhere" / "a.nc", DATA, ORIGIN)


def test_a_name_that_is_a_folder(tmp_path):
    (tmp_path / "a.nc").mkdir()
    with pytest.raises(FileError, match="cannot be written: Is a directory"):
        store.write(samples(), tmp_path / "a.nc", DATA, ORIGIN)
    assert [path.name for path in tmp_path.iterdir()] == ["a.nc"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(FileError, match="cannot be written: Permission denied"):
        store.write(samples(), tmp_path / "a.nc", DATA, ORIGIN)


def test_a_quota(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with pytest.raises(FileError, match=r"a\.nc: cannot be written: Disk quota exceeded$"):
        store.write(samples(), tmp_path / "a.nc", DATA, ORIGIN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("free", "fits"), [(0, False), (2**30, True)])
def test_a_file_system_that_cannot_reserve(tmp_path, monkeypatch, free, fits):
    def refuse(*arguments):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    if fits:
        store.write(samples(), tmp_path / "a.nc", DATA, ORIGIN)
    else:
        with pytest.raises(FileError, match="cannot be written: No space left on device"):
            store.write(samples(), tmp_path / "a.nc", DATA, ORIGIN)
    assert [path.name for path in tmp_path.iterdir()] == (["a.nc"] if fits else [])


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one mebibyte."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.parametrize("n_samples", [60_000, 600_000])
def test_a_full_disk(small_disk, n_samples):
    ds = samples(n_samples)
    with pytest.raises(FileError, match=r"a\.nc: cannot be written: No space left on device$"):
        store.write(ds, small_disk / "a.nc", DATA, ORIGIN)
    assert list(small_disk.iterdir()) == []
    store.write(samples(100), small_disk / "a.nc", DATA, ORIGIN)  # the disk and HDF5 still work


def test_a_disk_that_fills_while_a_stream_is_written(small_disk):
    piece = samples().x.values
    header = samples().drop_vars("x")
    with pytest.raises(FileError, match=r"cannot be written: No space left on device$"):
        store.write_stream(small_disk / "a.nc", DATA, header, "x", [piece] * 100, ORIGIN)
    assert list(small_disk.iterdir()) == []
    store.write(samples(100), small_disk / "a.nc", DATA, ORIGIN)


def test_an_error_inside_the_netcdf_library_is_one_line(tmp_path, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("NetCDF: HDF error")

    monkeypatch.setattr("symlens.store.writing.fill", broken)
    with pytest.raises(FileError, match=r"cannot be written: NetCDF: HDF error \(disk full\?\)$"):
        store.write(samples(), tmp_path / "a.nc", DATA, ORIGIN)
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from symlens.store import replacing
with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_writer_leaves_the_old_file_and_the_next_one_cleans_up(tmp_path):
    path = tmp_path / "a.nc"
    store.write(samples(), path, DATA, ORIGIN)
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2
    store.write(samples(), path, DATA, ORIGIN)
    assert list(tmp_path.iterdir()) == [path]


def test_another_live_writer_is_left_alone(tmp_path):
    path = tmp_path / "a.txt"
    with store.replacing(path) as first:
        first.write_text("first")
        with store.replacing(path) as second:
            second.write_text("second")
        assert first.exists()
    assert path.read_text() == "first"


def test_the_store_starts_without_the_heavy_libraries():
    code = (
        "import sys, symlens.store, symlens.lens.schemas\n"
        "heavy = {'xarray', 'pandas', 'netCDF4', 'tensorflow', 'keras', 'mlflow', 'matplotlib'}\n"
        "sys.exit(','.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
