"""The study through its door: files, figures, page, table, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from symlens import store
from symlens.config import load
from symlens.errors import ConfigError, DataError, FileError
from symlens.gain import stages
from symlens.gain.bridge import Bridge, Pool, averaged_gram, gaussian_gram, median_distance
from symlens.gain.curves import measure
from symlens.gain.data import spectra_from, synthesize
from symlens.gain.figures import FIGURES, FigureInputs
from symlens.gain.schemas import RUN
from symlens.gain.summary import sentence
from symlens.gain.train import train
from symlens.imports import PACKAGE, needed
from symlens.plan import Plan
from symlens.tracking.tracker import NullTracker

PIXELS = 8
NAMES = ("shifts", "nearly", "zonal", "learned")


@pytest.mark.parametrize("name", NAMES)
def test_evaluations_hold_measured_and_predicted(worked, name):
    found = worked[name].evaluation
    assert list(found["rule"].values) == ["oracle", "gcv", "theory"]
    oracle, gcv = found["risk"].values[0].mean(-1), found["risk"].values[1].mean(-1)
    assert (oracle <= gcv * 1.02).all(), "the best penalty is best in the mean"
    predicted = found["predicted_risk"].values
    assert np.abs(np.log(oracle / predicted)).max() < 0.6
    assert (found["risk_gain"].values[:, :, 0][:2] == 1).all(), "the plain arm against itself"
    assert np.isfinite(found["risk"].values[2]).all() == (name != "learned")


def test_sample_gain_of_a_free_group_is_near_its_size(worked):
    found = worked["shifts"].evaluation
    known = found["sample_gain"].values[0, 0, 1]
    known = known[np.isfinite(known)]
    assert len(known) >= 1
    assert np.exp(np.log(known).mean()) == pytest.approx(4, rel=0.35)
    assert found["predicted_sample_gain"].values[0, 1] == pytest.approx(4, rel=0.02)


def test_averaging_hurts_beyond_the_predicted_border(worked):
    gain = worked["nearly"].evaluation["risk_gain"].values[0, :, 1, -1]
    predicted = worked["nearly"].evaluation["predicted_risk_gain"].values[:, 1, -1]
    assert gain[0] > 1 > gain[-1]
    assert (np.diff(gain) < 0).all()
    assert np.sign(np.log(gain[[0, -1]])) == pytest.approx(np.sign(np.log(predicted[[0, -1]])))


def test_data_files_hold_exact_counts(worked):
    data = worked["shifts"].data
    level, count = data["level"].values, data["count"].values
    assert count[:, list(level).index(4)].tolist() == [13, 5]
    assert data.attrs["order"] == 4
    assert worked["zonal"].data.attrs["order"] == 0
    assert len(spectra_from(data)[0]) == 2


def test_the_same_seed_gives_the_same_curves(worked):
    one = worked["zonal"]
    settings = one.plan.parameters("train", "gain", "zonal", "krr")
    again = train(one.data, settings, 101, NullTracker())
    kept = store.read(one.run_files[0], RUN)
    assert (again["risk_path"].values == kept["risk_path"].values).all()


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_drawn(worked, name, tmp_path):
    one = worked[name]
    outputs = [str(tmp_path / f"{figure}.png") for figure in stages.FIGURES]
    settings = one.plan.parameters("figures", "gain", name, "krr")
    stages.draw(settings, one.data_file, one.run_files, one.evaluation_file, outputs)
    for output in outputs:
        assert Path(output).stat().st_size > 10_000
        assert Path(output).with_suffix(".pdf").exists()


def test_figures_show_the_data(worked):
    one = worked["shifts"]
    figure = FIGURES["learning_curves"](FigureInputs(one.evaluation, one.data, one.title))
    drawn = [line.get_ydata() for line in figure.axes[0].lines]
    predicted = one.evaluation["predicted_risk"].values[0, 1]
    assert any(len(y) == 4 and np.allclose(y, predicted) for y in drawn)
    counted = FIGURES["counting"](FigureInputs(one.evaluation, one.data, one.title))
    ratio = counted.axes[1].lines[0].get_ydata()
    assert ratio[-1] == pytest.approx(
        one.data["count"].values[0, -1] / one.data["count"].values[1, -1]
    )


def test_page_table_and_overview(worked, tmp_path):
    folders = [worked[name] for name in NAMES]
    files = [one.evaluation_file for one in folders]
    titles = [one.title for one in folders]
    overview, page, table = (str(tmp_path / name) for name in ("o.png", "p.html", "t.csv"))
    stages.overview(titles, [one.data_file for one in folders], [], files, overview)
    stages.tabulate(files, table)
    stages.summarize(titles, files, [], overview, page)
    text = Path(page).read_text(encoding="utf-8")
    assert all(title in text for title in titles)
    assert "How many samples does a symmetry save?" in text
    rows = list(csv.DictReader(Path(table).read_text(encoding="utf-8").splitlines()))
    assert [row["experiment"] for row in rows] == list(NAMES)
    assert rows[0]["sample_gain_floor"] == "1"
    assert float(rows[0]["sample_gain_worst"]) <= float(rows[0]["sample_gain_median"])


def test_sentences_give_the_numbers(worked):
    said = sentence(worked["shifts"].evaluation)
    assert "a group of 4 elements" in said
    assert "1 without a symmetry" in said
    assert "of positive dimension" in sentence(worked["zonal"].evaluation)


def test_averaging_over_a_wrong_group_saves_less(tmp_path, lens_files):
    """A generator that is off is worth less than the true one, by prediction and measurement."""
    found = {}
    for turned in (0.0, 0.5):
        run, samples = lens_files(tmp_path, turned=turned)
        data = synthesize(
            {
                "source": "lens",
                "run": run,
                "samples": samples,
                "pool": 100,
                "noise": 0.5,
                "decay": 1.5,
                "seed": 1,
            }
        )
        names = ("x", "generator", "ideal_generator")
        bridge = Bridge.of(Pool(*(data[name].values for name in names)), 1.5, 0.5)
        problem = bridge.problem(np.random.default_rng(1))
        curves = measure(problem, (16, 64), 1024, 64, np.random.default_rng(2))
        found[turned] = curves.risk_path[0].min(axis=-1)[:, -1]
    assert found[0.0][1] == pytest.approx(found[0.0][2], rel=1e-6), "the group is the true one"
    assert found[0.0][1] < found[0.0][0]
    assert found[0.5][1] > 1.2 * found[0.5][2]


def test_averaged_gram_is_invariant():
    x = np.random.default_rng(1).standard_normal((9, PIXELS))
    shift = np.roll(np.eye(PIXELS), 1, axis=1)
    width = median_distance(x)
    gram = averaged_gram(np.vstack([x, x @ shift]), shift, PIXELS, width)
    assert np.abs(gram[:9, :9] - gram[9:, :9]).max() < 1e-12
    assert np.linalg.eigvalsh(gram).min() > -1e-12
    assert gaussian_gram(x, x, width).diagonal() == pytest.approx(1)


def test_a_window_or_a_short_pool_is_refused(tmp_path, lens_files):
    block = {"source": "lens", "pool": 100, "noise": 0.5, "decay": 1.5, "seed": 1}
    run, samples = lens_files(tmp_path, cyclic=0)
    with pytest.raises(DataError, match="a cyclic symmetry expected"):
        synthesize(block | {"run": run, "samples": samples})
    run, samples = lens_files(tmp_path)
    with pytest.raises(DataError, match="at least 5000 samples"):
        synthesize(block | {"run": run, "samples": samples, "pool": 5000})
    with pytest.raises(FileError, match="lens run"):
        synthesize(block | {"run": samples, "samples": samples})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"group": "hopf"}, "does not act on T2"),
        ({"smoothness": 1}, "smoothness: more than d/2"),
        ({"cutoff": 20_000}, "cutoff: at most 12000"),
        ({"group": "translations(9,9)"}, "2 invariant ones"),
        ({"group": "trivial", "epsilon": [0.1]}, "leaves everything alone"),
    ],
)
def test_problems_that_make_no_sense_get_one_line(change, words):
    block = {
        "source": "manifold",
        "manifold": "T2",
        "group": "signs",
        "smoothness": 2.0,
        "theta": 1.0,
        "noise": 0.5,
        "cutoff": 64,
        "epsilon": [0.0],
    }
    with pytest.raises(DataError, match=words) as caught:
        synthesize(block | change)
    assert "\n" not in str(caught.value)


def test_settings_of_an_experiment_win_and_titles_do_not_count(experiments):
    experiments["shifts"]["krr"] = {"drawn": 100}
    plan = Plan(load({"gain": {"krr": {"repeats": 3}, "experiments": experiments}}))
    settings = plan.parameters("train", "gain", "shifts", "krr")
    assert settings["settings"] == {
        "sizes": [64, 128, 256, 512, 1024, 2048],
        "drawn": 100,
        "repeats": 3,
    }
    assert "title" not in settings
    assert plan.parameters("synthesize", "gain", "shifts").keys() == {"data"}
    assert plan.inputs("gain", "shifts") == ()
    assert len(plan.inputs("gain", "learned")) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"krr": {"sizes": [64, 32, 128]}}, "growing values"),
        ({"krr": {"sizes": [64, 128]}}, "at least 3"),
        ({"krr": {"sizes": [-64, 64, 128]}}, "at least 8"),
        ({"data": {"source": "manifold", "manifold": "T2", "smoothness": 2}}, "group: missing"),
        ({"data": {"source": "file"}}, "expected one of manifold, lens"),
        ({"data": {"source": "lens", "run": "no.nc", "samples": "no.nc"}}, "no such file"),
    ],
)
def test_configuration_mistakes_name_their_key(change, words):
    data = {"source": "manifold", "manifold": "T2", "group": "signs", "smoothness": 2}
    block = {"title": "One", "data": data} | change
    with pytest.raises(ConfigError, match=words):
        load({"gain": {"experiments": {"one": block}}})


def test_files_that_the_workflow_makes_need_not_be_there_yet():
    data = {"source": "lens", "run": "results/lens/r/run.nc", "samples": "results/lens/r/data.nc"}
    plan = Plan(load({"gain": {"experiments": {"a": {"title": "A", "data": data}}}}))
    assert plan.inputs("gain", "a") == ("results/lens/r/run.nc", "results/lens/r/data.nc")


@pytest.mark.parametrize("stage", list(stages.LIBRARY))
def test_no_other_study_is_imported(stage):
    library = stages.library(stage)
    files = [str(file) for file in needed(library.roots, library.without)]
    assert not [file for file in files if "/lens/" in file]
    assert any("/gain/" in file for file in files)
    assert all((PACKAGE / file).is_file() for file in library.files)
