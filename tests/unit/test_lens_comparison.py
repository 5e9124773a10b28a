"""Methods side by side: rows, arrays, text, figure and files."""

import csv

import numpy as np
import pytest
from pydantic import TypeAdapter

from symlens import store
from symlens.baselines.chance import direction_floor
from symlens.config.lens_data import LensData
from symlens.errors import DataError, FileError
from symlens.lens import comparison
from symlens.lens.data import synthesize
from symlens.lens.evaluate import evaluate
from symlens.lens.figures import FigureInputs, overview
from symlens.lens.figures import comparison as figure
from symlens.lens.schemas import COMPARISON, EVALUATION
from symlens.lens.train import train
from symlens.store import Provenance

QUICK = {
    "liegan": {"steps": 5, "batch_size": 8, "hidden": 4},
    "liepca": {"points": 60, "neighbours": 8},
}
TASKS = {
    "ring": {"source": "gaussian", "n": 7, "cyclic": True},
    "plane": {"source": "so2", "shape": "disc"},
    "nothing": {"source": "independent", "n": 6},
}
GROUPS = [("ring", "liegan"), ("ring", "liepca"), ("plane", "liepca"), ("nothing", "liepca")]


class Silent:
    def record(self, step, terms):
        pass


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Evaluations as the workflow leaves them, and what figures are drawn from."""
    results = tmp_path_factory.mktemp("results")
    inputs = []
    for task, method in GROUPS:
        block = {**TASKS[task], "samples": 400}
        data = synthesize(TypeAdapter(LensData).validate_python(block))
        settings = {**QUICK[method], "surrogates": 19, "orthogonal": task != "plane"}
        runs = [train(data, settings, method, seed, Silent(), None) for seed in (1, 2)]
        folder = results / "lens" / task / method
        folder.mkdir(parents=True)
        config = {"data": {"n": 2, **block}, "method": method, "settings": settings}
        origin = Provenance("lens", task, method, config=config)
        store.write(evaluate(runs, data), folder / "evaluation.nc", EVALUATION, origin)
        scores = store.read(folder / "evaluation.nc", EVALUATION)
        inputs.append(FigureInputs(runs, scores, data, f"The {task} ({method})"))
    return results, inputs


@pytest.fixture
def evaluations(made):
    return [inputs.evaluation for inputs in made[1]]


class TestRow:
    def test_scores_stand_beside_worst_median_and_floors(self, evaluations):
        row = comparison.row(evaluations[0])
        values = evaluations[0]["algebra_cosine"].to_numpy()
        assert row["algebra_cosine_worst"] == pytest.approx(values.min())
        assert row["algebra_cosine_median"] == pytest.approx(np.median(values))
        assert row["seconds_median"] == pytest.approx(np.median(evaluations[0]["seconds"]))
        assert (row["experiment"], row["method"], row["seeds"]) == ("ring", "liegan", 2)

    def test_floor_of_directions_is_that_of_the_algebra_that_was_searched(self, evaluations):
        told, free = comparison.row(evaluations[1]), comparison.row(evaluations[2])
        assert told["algebra_cosine_floor_direction"] == direction_floor(21, 0.95)
        assert free["algebra_cosine_floor_direction"] == direction_floor(4, 0.95)
        assert free["algebra_cosine_floor_orthogonal"] is None
        assert told["algebra_cosine_floor_orthogonal"] > 0

    def test_without_the_truth_there_are_no_numbers(self, evaluations):
        row = comparison.row(evaluations[3])
        assert row["generator_cosine_worst"] is None
        assert row["algebra_cosine_floor_direction"] is None


def test_arrays_hold_the_rows_and_nothing_where_nothing_ran(evaluations):
    table = comparison.dataset(evaluations)
    assert table["task"].to_numpy().tolist() == ["ring", "plane", "nothing"]
    assert table["learner"].to_numpy().tolist() == ["liegan", "liepca"]
    cell = table.sel(task="ring", learner="liepca", score="power_cosine")
    expected = comparison.row(evaluations[1])
    assert float(cell["value"].sel(statistic="worst")) == expected["power_cosine_worst"]
    assert (
        float(cell["floor"].sel(chance="covariance")) == expected["power_cosine_floor_covariance"]
    )
    assert np.isnan(table["value"].sel(task="plane", learner="liegan")).all()
    assert int(table["seeds"].sel(task="plane", learner="liegan")) == 0
    assert np.isnan(table["value"].sel(task="nothing")).all()


def test_text_has_a_line_for_every_experiment_and_method(evaluations):
    lines = comparison.text(evaluations).splitlines()
    assert [line.split()[:2] for line in lines[2:]] == [list(group) for group in GROUPS]
    worst = comparison.row(evaluations[0])["generator_cosine_worst"]
    assert lines[2].split()[2] == f"{worst:.3f}"
    assert lines[5].split()[2:5] == ["-", "-", "-"]
    assert len({len(line) for line in lines[2:]}) == 1


def test_markdown_rounds_what_the_csv_holds():
    cells = {"experiment": "a_ring", "method": "liegan", "seeds": "5"}
    cells["seconds_median"] = "12.34"
    for name, worst in zip(comparison.SCORES, ("0.12345", "0.5", ""), strict=True):
        cells |= {f"{name}_worst": worst, f"{name}_median": worst}
        cells[f"{name}_floor_orthogonal"] = "0.1" if worst else ""
        cells[f"{name}_floor_covariance"] = "0.3" if worst else ""
    line = comparison.markdown([cells]).splitlines()[2]
    assert line == (
        "| a ring | liegan | 5 | 0.123 / 0.123 (0.30) | 0.500 / 0.500 (0.30) | - / - (-) | 12.3 |"
    )


class TestFiles:
    def test_table_and_figure_are_written(self, made):
        results, _ = made
        text = comparison.write(results)
        assert text.count("liepca") == 3
        with (results / "tables/lens/comparison.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert {(row["experiment"], row["method"]) for row in rows} == set(GROUPS)
        table = store.read(results / "tables/lens/comparison.nc", COMPARISON)
        assert set(table.attrs["config"]["evaluations"]) == {f"{t}/{m}" for t, m in GROUPS}
        for ending in ("png", "pdf"):
            assert (results / f"figures/lens/comparison.{ending}").stat().st_size > 1000

    def test_a_folder_without_evaluations_is_named(self, tmp_path):
        with pytest.raises(FileError, match=r"no evaluation\.nc of the study lens"):
            comparison.write(tmp_path)


class TestFigure:
    def test_every_seed_is_a_mark_at_its_score(self, evaluations):
        drawn = figure.draw(evaluations)
        panel = drawn.axes[0]
        marks = np.concatenate(
            [line.get_xdata() for line in panel.lines if line.get_linestyle() == "None"]
        )
        scores = np.concatenate(
            [e["generator_cosine"].to_numpy() for e in evaluations if "generator_cosine" in e]
        )
        assert sorted(marks) == pytest.approx(sorted(scores))
        assert [axes.get_title("left") for axes in drawn.axes][-1] == "seconds of a fit"

    def test_tasks_have_their_titles(self, evaluations):
        drawn = figure.draw(evaluations, {"ring": "A ring"})
        names = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
        assert names == ["A ring", "plane"]

    def test_without_any_truth_there_is_nothing_to_compare(self, evaluations):
        with pytest.raises(DataError, match="with a known truth, got none"):
            figure.draw(evaluations[3:])

    def test_the_overview_compares_where_an_experiment_had_several_methods(self, made):
        _, inputs = made
        assert inputs[0].task == "The ring"
        both = overview(inputs)
        one = overview(inputs[1:])
        assert both.texts[0].get_text() == "Methods side by side"
        assert one.texts[0].get_text() == "Learned generators"


def test_methods_are_compared_where_they_share_an_experiment():
    assert comparison.compared([("a", "fast"), ("b", "fast"), ("b", "liegan")])
    assert not comparison.compared([("a", "fast"), ("b", "liegan")])
    assert not comparison.compared([("a", "fast"), ("a", "fast")])
