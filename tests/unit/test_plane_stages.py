"""From a configuration to every file of the study ``plane``, at a size of seconds."""

from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from symlens import jobs, store
from symlens.config import load
from symlens.errors import DataError
from symlens.lens.plane import figures, stages
from symlens.lens.plane.evaluate import evaluate
from symlens.lens.plane.schemas import DATA, EVALUATION, RUN, SCORES
from symlens.lens.plane.summary import told
from symlens.plan import Plan

BLOCK = {
    "title": "Small blobs",
    "data": {
        "source": "blobs",
        "shape": [3, 4],
        "samples": 6000,
        "scale": [0.3, 0.6],
        "density": 0.05,
    },
    "seeds": [1, 2],
    "plane": {"rounds": 1},
}


@pytest.fixture(scope="module")
def plan():
    return Plan(load({"plane": {"experiments": {"small": BLOCK}}}))


@pytest.fixture(scope="module")
def files(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plane") / "small" / "plane"
    folder.mkdir(parents=True)
    data = str(folder.parent / "data.nc")
    stages.synthesize(plan.parameters("synthesize", "plane", "small"), data, experiment="small")
    settings = plan.parameters("train", "plane", "small", "plane")
    kept = []

    @contextmanager
    def untracked(given, *_, study, experiment, method, seed, **__):
        origin = store.Provenance(study, experiment, method, seed, given)
        yield SimpleNamespace(
            tracker=SimpleNamespace(record=lambda *_: None, artifact=kept.append), origin=origin
        )

    runs = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "training", untracked)
        for seed in (1, 2):
            runs.append(str(folder / f"run-{seed}.nc"))
            stages.train(
                settings,
                data,
                runs[-1],
                experiment="small",
                method="plane",
                seed=seed,
                tracking="",
                checkpoints="",
                library="",
            )
    assert kept == runs
    found = str(folder / "evaluation.nc")
    stages.evaluate(settings, runs, data, found, experiment="small", method="plane")
    return SimpleNamespace(folder=folder, data=data, runs=runs, evaluation=found)


def test_a_run_file_tells_all(files):
    run, data = store.read(files.runs[0], RUN), store.read(files.data, DATA)
    assert run["generators"].shape == (2, 12, 12)
    assert run["held_out"].size == 1200
    np.testing.assert_array_equal(run["raw"], data["x"][:][_rows(run, data)])
    assert np.isfinite(float(run["held_out_loss"]))
    assert int(run["pairs"]) == 0  # blobs are drawn one by one: none overlap


def _rows(run, data):
    """Rows of the data that the examples are."""
    x = data["x"].to_numpy()
    return [int(np.flatnonzero((x == one).all(axis=1))[0]) for one in run["raw"].to_numpy()]


def test_examples_were_held_out(files):
    run, data = store.read(files.runs[0], RUN), store.read(files.data, DATA)
    assert set(_rows(run, data)) <= set(run["held_out"].to_numpy().tolist())


def test_the_evaluation_scores_every_seed(files):
    evaluation = store.read(files.evaluation, EVALUATION)
    assert evaluation["seed"].to_numpy().tolist() == [1, 2]
    cosine = evaluation["generator_cosine"].to_numpy()
    both = np.minimum(evaluation["cosine_down"], evaluation["cosine_right"]).to_numpy()
    np.testing.assert_array_equal(cosine, both)
    assert cosine.min() > 0.9 > float(evaluation["floor"].max())
    assert float(evaluation["commutator"].max()) < 1e-10
    summary = evaluation["summary"].sel(score="generator_cosine")
    assert float(summary.sel(statistic="worst")) == cosine.min()
    np.testing.assert_allclose(np.diag(evaluation["agreement"]), 1.0)


def test_runs_that_do_not_belong_together_are_refused(files):
    run, data = store.read(files.runs[0], RUN), store.read(files.data, DATA)
    with pytest.raises(DataError, match="at least one run"):
        evaluate([], data)
    with pytest.raises(DataError, match="distinct seeds, got seeds \\[1, 1\\]"):
        evaluate([run, run], data)
    with pytest.raises(DataError, match="seed 1 has height 9, the data have 3"):
        evaluate([run.assign_attrs(height=9)], data)


def test_figures_table_and_page(files, plan):
    settings = plan.parameters("figures", "plane", "small", "plane")
    folder = files.folder / "figures" / "small" / "plane"
    folder.mkdir(parents=True)
    drawings = [str(folder / f"{name}.png") for name in stages.FIGURES]
    stages.draw(settings, files.data, files.runs, files.evaluation, drawings)
    overview = str(folder / "overview.png")
    stages.overview(["Small"], [files.data], files.runs, [files.evaluation], overview)
    for drawing in [*drawings, overview]:
        assert Path(drawing).read_bytes().startswith(b"\x89PNG")
    table = folder / "stability.csv"
    stages.tabulate([files.evaluation], str(table))
    names, values = table.read_text().splitlines()
    assert set(names.split(",")) >= {f"{name}_worst" for name in SCORES}
    assert values.startswith("small,plane,3,4,2,")
    page = folder / "plane.html"
    stages.summarize(["Small blobs"], [files.evaluation], drawings, overview, str(page))
    text = page.read_text()
    assert "Small blobs" in text
    assert "far above what chance reaches" in text
    assert "statistics alone told it" in text


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([0, 0], "statistics alone told it"),
        ([1200, 3400], "1,200 pairs or more"),
        ([0, 7], "in others by statistics"),
    ],
)
def test_the_page_says_what_told_the_answer(pairs, words):
    assert words in told(xr.Dataset({"pairs": (("seed",), np.array(pairs))}))


def test_the_door_names_what_there_is(plan):
    assert set(stages.FIGURES) == set(figures.DRAWN)
    assert set(stages.CAPTIONS) == {*stages.FIGURES, "overview"}
    assert plan.parameters("figures", "plane", "small") == {"title": "Small blobs"}
    assert plan.groups("plane")[0].seeds == (1, 2)
    hashes = {
        plan.library(stage, "plane", "plane")
        for stage in ("synthesize", "train", "evaluate", "figures", "tables", "summary")
    }
    assert len(hashes) == 6


def test_captions_of_the_report_are_there():
    folder = Path(__file__).resolve().parents[2] / "workflow" / "report" / "plane"
    assert {file.stem for file in folder.iterdir()} == set(stages.FIGURES)
