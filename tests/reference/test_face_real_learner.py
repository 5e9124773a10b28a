"""The public face with the real learner: one answer by every road; all scikit-learn checks."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from symlens import SymmetryLens
from symlens.cli import main
from symlens.config.lens_data import GaussianData, WhiteNoiseData
from symlens.errors import DataError
from symlens.lens.data import synthesize
from symlens.lens.schemas import RUN
from symlens.lens.train import train
from symlens.metrics import generator_cosine
from symlens.store import Provenance, read, write

SETTINGS = {"samples": 12_000, "rounds": 2, "surrogates": 59}


class Silent:
    """A tracker that keeps nothing."""

    def record(self, step, terms):
        pass


@pytest.fixture(scope="module")
def data():
    """Samples whose translation is hidden by a random basis."""
    return synthesize(GaussianData(n=9, samples=15_000, group="random_basis", group_seed=2, seed=5))


@pytest.fixture(scope="module")
def fitted(data):
    return SymmetryLens(random_state=4, settings=SETTINGS).fit(data["x"])


def test_the_hidden_translation_is_found(data, fitted):
    assert fitted.verdict_ == "symmetry"
    assert fitted.symmetry_pvalue_ <= 0.05
    assert generator_cosine(fitted.generator_, data["ideal_generator"].to_numpy()) > 0.98
    held_out = data["x"].to_numpy()[fitted.run_["held_out"]]
    assert fitted.score(held_out) > 0.9


def test_moves_are_undone_and_add_up(data, fitted):
    x = data["x"].to_numpy()[:50].astype(np.float64)
    np.testing.assert_allclose(fitted.act(fitted.act(x, 2.3), -2.3), x, atol=1e-10)
    np.testing.assert_allclose(fitted.act(fitted.act(x, 2.3), 0.9), fitted.act(x, 3.2), atol=1e-10)


def test_the_workflows_training_gives_the_same_numbers_and_its_file_is_an_estimator(
    data, fitted, tmp_path, capsys
):
    run = train(data, SETTINGS, "fast", 4, Silent(), None)
    xr.testing.assert_identical(run.drop_attrs(), fitted.run_.drop_attrs())
    config = {"data": {"source": "gaussian"}, "method": "fast", "settings": SETTINGS}
    write(run, tmp_path / "run.nc", RUN, Provenance("lens", "random_basis", "fast", 4, config))
    loaded = SymmetryLens.load(tmp_path / "run.nc")
    x = data["x"].to_numpy()[:20]
    np.testing.assert_array_equal(loaded.transform(x), fitted.transform(x))
    assert loaded.get_params() == fitted.get_params()
    assert main(["show", str(tmp_path / "run.nc")]) == 0
    assert "lens/random_basis" in capsys.readouterr().out


def test_a_csv_goes_to_a_run_file_and_a_figure_in_two_commands(data, fitted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame(data["x"].to_numpy()).to_csv("data.csv", index=False)
    options = [word for key, value in SETTINGS.items() for word in ("--set", f"{key}={value}")]
    assert main(["fit", "data.csv", "-o", "run.nc", "--seed", "4", *options]) == 0
    assert main(["show", "run.nc", "-o", "figure.png"]) == 0
    assert (tmp_path / "figure.png").stat().st_size > 10_000
    run = read("run.nc", RUN)
    xr.testing.assert_identical(run.drop_attrs(), fitted.run_.drop_attrs())
    assert SymmetryLens.load("run.nc").get_params()["settings"]["rounds"] == 2


def test_white_noise_is_not_identifiable():
    noise = synthesize(WhiteNoiseData(n=5, samples=4000, seed=1))["x"]
    lens = SymmetryLens(random_state=0, settings={"rounds": 1, "surrogates": 99}).fit(noise)
    assert lens.verdict_ == "not identifiable"


@pytest.mark.parametrize(("n_samples", "n"), [(3, 2), (4, 3), (7, 6), (8, 6)])
@pytest.mark.parametrize("cyclic", [False, True])
def test_barely_enough_samples_are_learned_from(n_samples, n, cyclic):
    x = np.random.default_rng(0).normal(size=(n_samples, n))
    lens = SymmetryLens(cyclic=cyclic, random_state=0, settings={"rounds": 1}).fit(x)
    assert lens.verdict_ == "not identifiable"
    np.testing.assert_allclose(lens.inverse_transform(lens.transform(x)), x, atol=1e-8)


def test_too_few_beside_those_held_out_are_refused():
    x = np.random.default_rng(0).normal(size=(6, 6))
    with pytest.raises(DataError, match=r"beside 1 held out: fewer samples \(5\) than features"):
        SymmetryLens(random_state=0).fit(x)


CHECKS = """
import json, warnings
warnings.simplefilter("error")
warnings.filterwarnings("ignore", message="numpy.ndarray size changed")
from sklearn.utils.estimator_checks import check_estimator
from symlens import SymmetryLens
results = check_estimator(SymmetryLens(), on_fail=None, on_skip=None)
print(json.dumps([[r["check_name"], r["status"], repr(r["exception"])] for r in results]))
"""


@pytest.mark.slow
def test_every_check_of_scikit_learn_passes_and_none_is_skipped():
    """In a process of its own: scipy reads SCIPY_ARRAY_API, which one check needs, at import."""
    environment = os.environ | {"SCIPY_ARRAY_API": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", CHECKS],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    results = json.loads(done.stdout.splitlines()[-1])
    assert len(results) > 40
    assert [result for result in results if result[1] != "passed"] == []
