"""The study from its configuration to its files, with the real learner on small data sets."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from symlens import store
from symlens.config import load
from symlens.config.calibration import CalibrationStudy
from symlens.errors import ConfigError
from symlens.lens.calibration import stages
from symlens.lens.calibration.data import recipes, stream
from symlens.lens.calibration.schemas import DATA, EVALUATION, RUN
from symlens.lens.calibration.train import train
from symlens.lens.data import synthesize
from symlens.plan import Plan

EXPERIMENT = {
    "title": "Waves",
    "truth": "symmetry",
    "data": {"source": "legendre", "cyclic": True, "n": 5, "group": "random_basis"},
    "samples": [300, 200],
    "noise": [0.1, 0.3],
    "data_sets": 2,
    "seeds": [1, 2],
}


def study(**changes):
    return CalibrationStudy.model_validate(
        {"fast": {"rounds": 1, "surrogates": 19}, "experiments": {"waves": EXPERIMENT | changes}}
    )


def settings(**changes):
    return study(**changes).resolved("waves", "fast")


class TestConfig:
    def test_cells_are_all_combinations(self):
        cells = study().experiments["waves"].cells()
        assert cells == [
            {"noise": noise, "samples": samples} for noise in (0.1, 0.3) for samples in (300, 200)
        ]

    def test_strength_goes_through_the_block_that_says_what_is_broken(self):
        data = EXPERIMENT["data"] | {"broken": {"kind": "modes"}}
        block = study(data=data, truth="near", strength=[0.2, 0.5], noise=[], samples=[300])
        cells = block.experiments["waves"].cells()
        assert [cell["broken"]["strength"] for cell in cells] == [0.2, 0.5]
        assert {cell["noise"] for cell in cells} == {0.05}

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"strength": [0.5]}, "only where data.broken"),
            ({"data": {"source": "independent", "n": 5}}, "have no symmetry"),
            ({"data": {"source": "file", "path": "a.csv"}}, "does not match any of"),
            ({"noise": [0.1, 0.1]}, "each once"),
            ({"truth": "maybe"}, "'symmetry', 'none' or 'near'"),
            ({"samples": [10], "fast": {"held_out": 0.6}}, "at least as many to learn from"),
        ],
    )
    def test_mistakes_are_refused(self, changes, message):
        with pytest.raises(ValidationError, match=message):
            study(**changes)

    def test_settings_of_an_experiment_win(self):
        found = study(fast={"rounds": 3})
        assert found.settings("waves").rounds == 3
        assert found.settings("waves").surrogates == 19

    def test_a_mistake_is_one_line_with_its_place(self):
        block = {"experiments": {"waves": EXPERIMENT | {"samples": [9]}}}
        with pytest.raises(ConfigError) as caught:
            load({"calibration": block})
        (line,) = str(caught.value).splitlines()
        assert line.startswith("calibration.experiments.waves.samples.0")


class TestData:
    def test_every_data_set_has_its_own_samples_and_basis_but_shares_them_with_its_cells(self):
        sets = recipes(settings())
        assert len(sets) == 2 * 2 * 4
        seeds = [(one.data.seed, one.data.group_seed) for one in sets]
        assert len(set(seeds)) == 4
        assert all(seeds[4 * k : 4 * k + 4] == [seeds[4 * k]] * 4 for k in range(4))
        assert [one.seed for one in sets] == [1] * 8 + [2] * 8

    def test_a_seed_has_the_same_data_sets_whatever_the_others(self):
        alone = recipes(settings(seeds=[2]))
        assert alone == [one for one in recipes(settings()) if one.seed == 2]

    def test_the_file_has_one_set_after_the_other(self):
        header, chunks = stream(settings())
        x = np.concatenate(list(chunks))
        counts = header["samples"].to_numpy()
        assert counts.tolist() == [300, 200, 300, 200] * 4
        assert len(x) == counts.sum()
        second = synthesize(recipes(settings())[1].data)
        np.testing.assert_array_equal(x[300:500], second["x"])
        np.testing.assert_array_equal(header["ideal_generator"][1], second["ideal_generator"])


class Silent:
    def __init__(self):
        self.steps = []

    def record(self, step, terms):
        self.steps.append((step, sorted(terms)))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Data, runs and evaluation of the study, through its door."""
    folder = tmp_path_factory.mktemp("calibration")
    found = settings(samples=[300], noise=[0.1], data_sets=1)
    data = str(folder / "data.nc")
    stages.synthesize(found, data, experiment="waves")
    runs = []
    for seed in (1, 2):
        with store.open_lazy(data, DATA) as sets:
            run = train(sets, found["settings"], "fast", seed, Silent())
        path = folder / f"run-{seed}.nc"
        origin = store.Provenance("calibration", "waves", "fast", seed, found)
        store.write(run, path, RUN, origin)
        runs.append(str(path))
    group = folder / "waves" / "fast"
    group.mkdir(parents=True)
    evaluation = str(group / "evaluation.nc")
    stages.evaluate(found, runs, data, evaluation, experiment="waves", method="fast")
    return folder, data, runs, evaluation


class TestStages:
    def test_a_symmetry_is_learned_and_judged(self, files):
        _, data, _, evaluation = files
        found = store.read(evaluation, EVALUATION)
        assert found.attrs["truth"] == "symmetry"
        assert found["seed"].to_numpy().tolist() == [1, 2]
        assert np.isfinite(found["cosine"]).all()
        assert int(found["data_sets"].sum()) == 2
        with store.open_lazy(data, DATA) as sets:
            monitor = Silent()
            again = train(sets, {"rounds": 1, "surrogates": 19}, "fast", 1, monitor)
        assert monitor.steps == [(1, ["pvalue", "seconds"])]
        assert float(again["pvalue"][0]) == float(found["pvalue"][0])

    def test_figures_table_and_page_are_written(self, files):
        folder, data, runs, evaluation = files
        outputs = [str(folder / "waves" / "fast" / f"{name}.png") for name in stages.FIGURES]
        stages.draw({"title": "Waves"}, data, runs, evaluation, outputs)
        picture = str(folder / "overview.png")
        stages.overview(["Waves"], [data], runs, [evaluation], picture)
        stages.tabulate([evaluation], str(folder / "stability.csv"))
        page = folder / "calibration.html"
        stages.summarize(["Waves"], [evaluation], outputs, picture, str(page))
        text = page.read_text(encoding="utf-8")
        assert text.count("data:image/png;base64,") == 3
        assert "How often is a verdict right?" in text
        assert "all with a symmetry" in (folder / "stability.csv").read_text()
        for name in stages.FIGURES:
            assert (folder / "waves" / "fast" / f"{name}.pdf").stat().st_size > 0

    def test_the_registry_knows_the_study(self):
        plan = Plan(load({"calibration": {"experiments": {"waves": EXPERIMENT}}}))
        assert [group.seeds for group in plan.groups()] == [(1, 2)]
        for stage in stages.LIBRARY:
            files = plan.library(stage, "calibration", "fast")
            assert files
            assert not any(
                "official" in file for file in files if stage == "train" and "config" not in file
            )
        assert plan.parameters("figures", "calibration", "waves") == {"title": "Waves"}
        train = plan.parameters("train", "calibration", "waves", "fast")
        assert train["settings"]["rounds"] == 8
        assert "settings" not in plan.parameters("synthesize", "calibration", "waves")
        assert plan.inputs("calibration", "waves") == ()
        assert set(stages.CAPTIONS) == {*stages.FIGURES, "overview"}


def test_the_calibration_that_is_shipped_has_two_hundred_data_sets_without_a_symmetry():
    blocks = load("config/calibration.yaml").calibration.experiments
    sizes = {"none": 0, "near": 0, "symmetry": 0}
    for block in blocks.values():
        sizes[block.truth] += len(block.cells()) * block.data_sets * len(block.seeds)
    assert sizes["none"] >= 200
    assert sizes["symmetry"] >= 100
    assert sum(block.truth == "none" for block in blocks.values()) >= 15
