"""The command line on good input: files, summaries, figures, and what -h costs."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import symlens
from symlens import SymmetryLens
from symlens.cli import INTERRUPTED, main
from symlens.lens.schemas import RUN
from symlens.store import read

pytestmark = pytest.mark.usefixtures("learner")


@pytest.fixture
def folder(tmp_path, monkeypatch, x, learner):
    """A folder with the same samples in every kind of file, where commands are run."""
    monkeypatch.chdir(tmp_path)
    pd.DataFrame(x, columns=list("abcde")).to_csv("data.csv", index=False)
    np.save("data.npy", x)
    np.savez("data.npz", x=x, other=np.zeros((3, 3)))
    xr.Dataset({"values": (("sample", "pixel"), x)}).to_netcdf("data.nc")
    return tmp_path


def test_a_csv_goes_to_a_run_file_and_a_figure_in_two_commands(folder, capsys):
    assert main(["fit", "data.csv", "-o", "run.nc"]) == 0
    assert main(["show", "run.nc", "-o", "figure.png"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "symlens show run.nc" in printed.out
    assert (folder / "figure.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", ["csv", "npy", "npz", "nc"])
def test_every_kind_of_file_is_the_same_samples(folder, learner, x, kind):
    assert main(["fit", f"data.{kind}", "-o", "run.nc"]) == 0
    (call,) = learner
    np.testing.assert_allclose(call["x"], x, rtol=1e-6)


def test_options_of_fit_reach_the_learner(folder, learner):
    options = ["--cyclic", "--seed", "5", "--samples", "60", "--set", "rounds=2"]
    options += ["--set", "held_out=0.25", "--variable", "values"]
    assert main(["fit", "data.nc", "-o", "run.nc", *options]) == 0
    (call,) = learner
    assert (call["cyclic"], call["seed"], call["method"]) == (True, 5, "fast")
    assert call["settings"].samples == 60
    assert call["settings"].rounds == 2
    assert call["settings"].held_out == 0.25


def test_a_run_file_says_where_it_comes_from(folder):
    main(["fit", "data.csv", "-o", "run.nc", "--seed", "9"])
    attrs = read("run.nc", RUN).attrs
    assert (attrs["study"], attrs["experiment"], attrs["seed"]) == ("lens", "data", 9)
    assert attrs["data_file"] == "data.csv"
    assert attrs["config"]["data"]["features"] == list("abcde")
    assert attrs["config"]["settings"]["samples"] == 100_000


def test_the_command_line_and_the_estimator_give_one_answer(folder, x):
    main(["fit", "data.npy", "-o", "run.nc", "--seed", "3"])
    loaded = SymmetryLens.load("run.nc")
    fitted = SymmetryLens(random_state=3).fit(x)
    xr.testing.assert_identical(loaded.run_.drop_attrs(), fitted.run_.drop_attrs())
    fitted.save("own.nc")
    assert main(["show", "own.nc"]) == 0


def test_the_same_command_twice_gives_the_same_numbers(folder):
    for name in ("one.nc", "two.nc"):
        assert main(["fit", "data.csv", "-o", name]) == 0
    xr.testing.assert_identical(read("one.nc", RUN).drop_attrs(), read("two.nc", RUN).drop_attrs())


@pytest.fixture
def run(folder):
    """A run file made by the command line."""
    assert main(["fit", "data.csv", "-o", "run.nc"]) == 0
    return folder / "run.nc"


@pytest.mark.usefixtures("run")
class TestTransform:
    @pytest.mark.parametrize("ending", ["nc", "npy", "csv"])
    def test_writes_what_the_estimator_gives(self, x, ending):
        assert main(["transform", "run.nc", "data.csv", "-o", f"out.{ending}"]) == 0
        readers = {
            "nc": lambda path: xr.load_dataset(path)["canonical"].to_numpy(),
            "npy": np.load,
            "csv": lambda path: np.loadtxt(path, delimiter=","),
        }
        written = readers[ending](f"out.{ending}")
        frame = pd.DataFrame(x, columns=list("abcde"))
        expected = SymmetryLens.load("run.nc").transform(frame)
        np.testing.assert_allclose(written, expected, atol=2e-5)

    def test_takes_a_single_sample(self, x, capsys):
        np.save("one.npy", x[:1])
        assert main(["transform", "run.nc", "one.npy", "-o", "out.npy"]) == 0
        assert "1 samples of 5 pixels" in capsys.readouterr().out

    def test_its_file_can_be_learned_from_again(self, learner):
        main(["transform", "run.nc", "data.csv", "-o", "out.nc"])
        assert main(["fit", "out.nc", "-o", "again.nc"]) == 0
        assert learner[-1]["x"].shape == (200, 5)

    @pytest.mark.parametrize("ending", ["nc", "npy"])
    def test_keeps_an_older_file_without_force(self, folder, ending, capsys):
        target = folder / f"out.{ending}"
        target.write_text("precious")
        assert main(["transform", "run.nc", "data.csv", "-o", target.name]) == 2
        assert "--force" in capsys.readouterr().err
        assert target.read_text() == "precious"
        assert main(["transform", "run.nc", "data.csv", "-o", target.name, "--force"]) == 0
        assert target.read_bytes()[:8] != b"precious"


@pytest.mark.usefixtures("folder")
class TestCheck:
    def test_says_what_the_file_holds_and_writes_nothing(self, folder, learner, capsys):
        before = sorted(folder.iterdir())
        assert main(["check", "data.csv"]) == 0
        printed = capsys.readouterr().out
        assert "200 samples of 5 features (40 per feature)" in printed
        assert "a, b, c, d, e" in printed
        assert sorted(folder.iterdir()) == before
        assert learner == []

    def test_normal_samples_are_not_identifiable(self, capsys):
        assert main(["check", "data.npy", "--seed", "4"]) == 0
        printed = capsys.readouterr().out
        assert "not identifiable" in printed
        assert "symlens fit" not in printed

    @pytest.mark.parametrize("options", [[], ["--cyclic"]])
    def test_samples_that_rotations_change_are(self, capsys, options):
        np.save("sparse.npy", np.random.default_rng(1).exponential(size=(5000, 6)))
        assert main(["check", "sparse.npy", *options]) == 0
        printed = capsys.readouterr().out
        assert "enough to identify a symmetry" in printed
        assert "symlens fit sparse.npy -o run.nc" in printed

    def test_many_names_are_shortened(self, capsys):
        names = [f"f{i}" for i in range(12)]
        samples = np.random.default_rng(1).normal(size=(50, 12))
        pd.DataFrame(samples, columns=names).to_csv("many.csv", index=False)
        main(["check", "many.csv"])
        assert "f7 and 4 more" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
class TestShow:
    def test_prints_the_answer_and_its_evidence(self, capsys):
        main(["fit", "data.csv", "-o", "run.nc", "--cyclic"])
        capsys.readouterr()
        assert main(["show", "run.nc"]) == 0
        printed = capsys.readouterr().out
        for expected in ("symmetry", "0.05", "19 surrogates", "5, cyclic", "seed 0", "data.csv"):
            assert expected in printed
        assert symlens.__version__ in printed

    @pytest.mark.parametrize(("ending", "magic"), [("pdf", b"%PDF"), ("svg", b"<?xml")])
    def test_draws_in_other_kinds_too(self, run, ending, magic):
        assert main(["show", str(run), "-o", f"figure.{ending}"]) == 0
        assert run.with_name(f"figure.{ending}").read_bytes().startswith(magic)


def test_interrupted_is_130_and_one_line(folder, monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("symlens.cli.fit.learn", interrupt)
    assert main(["fit", "data.csv", "-o", "run.nc"]) == INTERRUPTED
    assert capsys.readouterr().err == "symlens: interrupted, nothing was written\n"
    assert not (folder / "run.nc").exists()


def test_a_fault_of_ours_is_not_passed_off_as_the_users(folder, monkeypatch):
    def fault(*_, **__):
        raise RuntimeError("a bug")

    monkeypatch.setattr("symlens.cli.fit.learn", fault)
    with pytest.raises(RuntimeError, match="a bug"):
        main(["fit", "data.csv", "-o", "run.nc"])


@pytest.mark.parametrize("command", [[], ["fit"], ["transform"], ["check"], ["show"]])
def test_help_has_examples_or_tells_what_is_done(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([*command, "-h"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert printed.startswith("usage: symlens")
    assert len(printed.splitlines()) > 10
    assert max(map(len, printed.splitlines())) <= 100


def test_version(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"symlens {symlens.__version__}\n"


HEAVY = ("numpy", "tensorflow", "keras", "mlflow", "snakemake", "sklearn", "matplotlib")


def loaded_after(code):
    """Heavy modules that a fresh Python has loaded after running some code."""
    report = f"import sys\n{code}\nprint(*(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", report], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1].split()


def test_importing_the_package_and_asking_for_help_loads_nothing():
    assert loaded_after("import symlens") == []
    code = """
from symlens.cli import main
for arguments in (["-h"], ["fit", "-h"], ["--version"]):
    try:
        main(arguments)
    except SystemExit:
        pass
"""
    assert loaded_after(code) == []


def test_no_library_of_learning_is_loaded_to_show_a_run_or_to_refuse_a_file(run):
    run.with_name("bad.nc").write_text("not NetCDF")
    code = """
from symlens.cli import main
assert main(["show", "bad.nc"]) == 2
assert main(["fit", "bad.nc", "-o", "new.nc"]) == 2
assert main(["show", "run.nc"]) == 0
"""
    assert loaded_after(code) == ["numpy"]


def test_python_m_symlens_is_the_command_line():
    done = subprocess.run(
        [sys.executable, "-m", "symlens", "fit"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "symlens fit -h" in done.stderr


def test_a_reader_that_has_seen_enough_is_no_mistake(run):
    shell = f"{sys.executable} -m symlens show {run} | head -1"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
