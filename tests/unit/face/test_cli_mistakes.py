"""Every mistake of a user's: exit code 2, one line that says what and where, nothing written."""

import errno
import os
import subprocess

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from symlens.cli import MISTAKE, main

NAMES = list("abcde")


@pytest.fixture(scope="module")
def made(tmp_path_factory, fixed_x, closed_form):
    """A folder of good and bad files. No command below may change it."""
    folder = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("symlens.lens.estimator.learn", closed_form)
        _make(folder, fixed_x)
    return folder


@pytest.fixture
def folder(made, monkeypatch, learner):
    """That folder, where commands are run."""
    monkeypatch.chdir(made)
    return made


def _make(folder, x):
    def csv(name, samples, columns=NAMES):
        pd.DataFrame(samples, columns=columns).to_csv(name, index=False)

    csv("good.csv", x)
    main(["fit", "good.csv", "-o", "run.nc"])
    csv("nan.csv", _with(x, (17, 3), np.nan))
    np.save("inf.npy", _with(x, (0, 1), np.inf))
    np.save("huge.npy", _with(x, (2, 4), 1e300))
    csv("constant.csv", _with(x, (slice(None), 2), 4.5))
    csv("few.csv", x[:4])
    csv("renamed.csv", x, list("abxde"))
    csv("narrow.csv", x[:, :4], NAMES[:4])
    np.save("wide.npy", np.hstack([x, x[:, :1] ** 2]))
    np.save("line.npy", x[0])
    np.save("many.npy", np.tile(x, (20, 1)))
    np.save("cube.npy", x.reshape(10, 20, 5))
    np.save("single.npy", x[:, :1])
    np.save("none.npy", x[:0])
    np.save("complex.npy", x + 1j)
    np.save("objects.npy", np.array([{}, []], dtype=object), allow_pickle=True)
    np.savez("two.npz", first=x, second=x)
    xr.Dataset({"values": (("sample", "pixel"), x)}).to_netcdf("data.nc")
    whole = (folder / "run.nc").read_bytes()
    (folder / "cut.nc").write_bytes(whole[: len(whole) // 2])
    (folder / "garbage.nc").write_bytes(b"this is not NetCDF" * 100)
    (folder / "garbage.npz").write_bytes(b"this is no archive")
    (folder / "empty.csv").write_text("")
    (folder / "header.csv").write_text("a,b,c\n")
    (folder / "text.csv").write_text("a,b\n1,2\n3,oops\n5,6\n")
    (folder / "ragged.csv").write_text("1,2\n3,4\n5,6,7\n")
    (folder / "binary.csv").write_bytes(bytes(range(128, 256)))
    (folder / "data.xls").write_text("1")
    (folder / "folder.csv").mkdir()
    (folder / "closed").mkdir(mode=0o500)
    (folder / "old.nc").write_text("precious")


def _with(x, place, value):
    changed = x.copy()
    changed[place] = value
    return changed


def tree(folder):
    """Every file with its contents."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_refused(folder, capsys, arguments, *expected):
    before = tree(folder)
    capsys.readouterr()
    assert main(arguments) == MISTAKE
    error = capsys.readouterr().err
    assert error.startswith("symlens: ")
    assert error.count("\n") == 1
    assert error.endswith("\n")
    for text in expected:
        assert text in error
    assert "Traceback" not in error
    assert tree(folder) == before


UNUSABLE = {
    "missing.csv": "no such file",
    "folder.csv": "folder.csv",
    "data.xls": "its ending must be",
    "nan.csv": "NaN at sample 17, feature 3 'd'",
    "inf.npy": "infinity at sample 0, feature 1",
    "huge.npy": "single precision",
    "constant.csv": "feature 2 'c' (counted from 0) is constant, 4.5",
    "few.csv": "fewer samples (4) than features (5)",
    "line.npy": "(sample, feature)",
    "cube.npy": "(sample, feature)",
    "single.npy": "one feature",
    "none.npy": "none.npy",
    "complex.npy": "complex",
    "objects.npy": "objects.npy",
    "two.npz": "name the variable",
    "garbage.npz": "garbage.npz",
    "garbage.nc": "garbage.nc",
    "empty.csv": "no samples",
    "header.csv": "fewer samples (0)",
    "text.csv": "'oops' at sample 1, column 'b'",
    "ragged.csv": "cells",
    "binary.csv": "binary.csv",
}


@pytest.mark.parametrize(("name", "expected"), UNUSABLE.items())
def test_data_that_cannot_be_learned_from(folder, learner, capsys, name, expected):
    assert_refused(folder, capsys, ["fit", name, "-o", "new.nc"], name, expected)
    assert_refused(folder, capsys, ["check", name], name, expected)
    assert learner == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["good.csv", "--variable", "x", "-o", "new.nc"], "has no variables"),
        (["data.nc", "--variable", "valuse", "-o", "new.nc"], "no variable 'valuse'"),
        (["two.npz", "--variable", "third", "-o", "new.nc"], "no variable 'third'"),
        (["good.csv", "-o", "missing/new.nc"], "there is no folder missing"),
        (["good.csv", "-o", "good.csv/new.nc"], "there is no folder good.csv"),
        (["good.csv", "-o", "new.csv"], "the ending must be .nc"),
        (["good.csv", "-o", "old.nc"], "exists already; --force replaces it"),
        (["good.csv"], "required: -o/--output"),
        (["-o", "new.nc"], "required: DATA"),
        (["good.csv", "-o", "new.nc", "--method", "slow"], "'fast', 'official'"),
        (["good.csv", "-o", "new.nc", "--seed", "-1"], "'-1' is not a seed"),
        (["good.csv", "-o", "new.nc", "--seed", "one"], "'one' is not a seed"),
        (["good.csv", "-o", "new.nc", "--samples", "0"], "'0' is not a whole number of samples"),
        (["good.csv", "-o", "new.nc", "--samples", "3"], "settings.samples"),
        (["good.csv", "-o", "new.nc", "--set", "roun=2"], "did you mean 'rounds'?"),
        (["good.csv", "-o", "new.nc", "--set", "rounds=two"], "settings.rounds"),
        (["good.csv", "-o", "new.nc", "--set", "rounds"], "KEY=VALUE"),
        (["good.csv", "-o", "new.nc", "--set", "rounds=[1"], "not a value of YAML"),
        (["good.csv", "-o", "new.nc", "--set", "a=1", "--set", "b=2"], "settings.b"),
        (["good.csv", "-o", "new.nc", "--cycle"], "unrecognized arguments: --cycle"),
    ],
)
def test_fit(folder, capsys, arguments, expected):
    assert_refused(folder, capsys, ["fit", *arguments], expected)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["missing.nc", "good.csv", "-o", "new.npy"], "missing.nc: no such file"),
        (["good.csv", "good.csv", "-o", "new.npy"], "good.csv: not a NetCDF-4 file"),
        (["data.nc", "good.csv", "-o", "new.npy"], "expected a file of 'lens run'"),
        (["garbage.nc", "good.csv", "-o", "new.npy"], "garbage.nc: not a NetCDF-4 file"),
        (["cut.nc", "good.csv", "-o", "new.npy"], "cut.nc"),
        (["run.nc", "narrow.csv", "-o", "new.npy"], "5 features expected, as in the run, found 4"),
        (["run.nc", "wide.npy", "-o", "new.npy"], "5 features expected, as in the run, found 6"),
        (["run.nc", "renamed.csv", "-o", "new.npy"], "column 2 is 'x', the run was learned with"),
        (["run.nc", "nan.csv", "-o", "new.npy"], "NaN at sample 17, feature 3 'd'"),
        (["run.nc", "none.npy", "-o", "new.npy"], "no samples"),
        (["run.nc", "line.npy", "-o", "new.npy"], "(sample, feature)"),
        (["run.nc", "good.csv", "-o", "new.txt"], "the ending must be .nc, .npy, .csv"),
        (["run.nc", "good.csv", "-o", "old.nc"], "exists already"),
        (["run.nc", "good.csv", "-o", "missing/new.npy"], "there is no folder missing"),
    ],
)
def test_transform(folder, capsys, arguments, expected):
    assert_refused(folder, capsys, ["transform", *arguments], expected)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["missing.nc"], "missing.nc: no such file"),
        (["folder.csv"], "is a folder"),
        (["garbage.nc"], "not a NetCDF-4 file"),
        (["cut.nc"], "cut.nc"),
        (["data.nc"], "expected a file of 'lens run'"),
        (["run.nc", "-o", "figure.gif"], "the ending must be .png, .pdf, .svg"),
        (["run.nc", "-o", "missing/figure.png"], "there is no folder missing"),
        ([], "required: RUN"),
    ],
)
def test_show(folder, capsys, arguments, expected):
    assert_refused(folder, capsys, ["show", *arguments], expected)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "required: command"),
        (["learn"], "invalid choice: 'learn'"),
        (["--verbose"], "required: command"),
    ],
)
def test_commands(folder, capsys, arguments, expected):
    assert_refused(folder, capsys, arguments, expected, "symlens -h")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write(folder, capsys):
    assert_refused(folder, capsys, ["fit", "good.csv", "-o", "closed/new.nc"], "no permission")


COMMANDS_THAT_WRITE = {
    "fit": ["fit", "many.npy", "-o"],
    "transform": ["transform", "run.nc", "many.npy", "-o"],
    "show": ["show", "run.nc", "-o"],
}
FULL = [("fit", "nc"), ("transform", "npy"), ("transform", "csv"), ("transform", "nc")]


@pytest.fixture
def small_disk(folder):
    """A file system of 8 KiB, half full."""
    path = folder / "small"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    (path / "filler").write_bytes(bytes(4096))
    yield path
    subprocess.run(["umount", str(path)], check=True)
    path.rmdir()


@pytest.mark.usefixtures("small_disk")
@pytest.mark.parametrize(("command", "ending"), [*FULL, ("show", "pdf")])
def test_a_full_disk(folder, capsys, command, ending):
    arguments = [*COMMANDS_THAT_WRITE[command], f"small/new.{ending}"]
    assert_refused(folder, capsys, arguments, f"small/new.{ending}: cannot be written: No space")


@pytest.mark.parametrize(("command", "ending"), FULL)
def test_a_disk_that_is_found_full_at_the_end(folder, capsys, monkeypatch, command, ending):
    """The same without the right to mount: the system speaks when the file is synced."""

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    arguments = [*COMMANDS_THAT_WRITE[command], f"new.{ending}"]
    assert_refused(folder, capsys, arguments, f"new.{ending}: cannot be written: No space")
