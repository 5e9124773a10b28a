"""Baselines as methods of the lens: from samples to scores, by the doors that all methods use."""

import numpy as np
import pytest
import xarray as xr
from pydantic import TypeAdapter

from symlens import store
from symlens.baselines.estimate import Estimate
from symlens.config.lens_data import LensData
from symlens.errors import DataError
from symlens.groups import cyclic_log_generator, group_action
from symlens.lens.data import synthesize
from symlens.lens.evaluate import evaluate
from symlens.lens.peers import adapted, moved_filters
from symlens.lens.runfile import symmetry_from
from symlens.lens.schemas import EVALUATION, RUN
from symlens.lens.train import train
from symlens.store import Provenance

QUICK = {
    "symmetrygan": {"steps": 20, "batch_size": 8, "hidden": 4},
    "liegan": {"steps": 20, "batch_size": 8, "hidden": 4},
    "liepca": {"points": 100, "neighbours": 10},
}
COMMON = {"samples": 600, "held_out": 0.25, "surrogates": 19}
TASKS = {
    "window": {"source": "gaussian", "n": 7, "samples": 600},
    "ring": {"source": "gaussian", "n": 7, "samples": 600, "cyclic": True, "group": "random_basis"},
    "plane": {"source": "so2", "shape": "annulus", "samples": 600},
}


class Recorder:
    def __init__(self):
        self.steps = []

    def record(self, step, terms):
        self.steps.append(step)
        assert all(np.isfinite(value) for value in terms.values())


def samples(task):
    return synthesize(TypeAdapter(LensData).validate_python(TASKS[task]))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("method", QUICK)
def test_from_samples_to_a_file_of_scores(task, method, tmp_path):
    data = samples(task)
    settings = {**COMMON, **QUICK[method], "orthogonal": task != "plane"}
    runs = []
    for seed in (1, 2):
        recorder = Recorder()
        run = train(data, settings, method, seed, recorder, None)
        assert recorder.steps == run["step"].to_numpy().tolist()
        file = tmp_path / f"{seed}.nc"
        store.write(run, file, RUN, Provenance("lens", task, method, seed, {}))
        runs.append(store.read(file, RUN))
    scores = evaluate(runs, data)
    path = tmp_path / "evaluation.nc"
    store.write(scores, path, EVALUATION, Provenance("lens", task, method, config={}))
    scores = store.read(path, EVALUATION)
    for name in ("generator_cosine", "power_cosine", "algebra_cosine"):
        assert np.abs(scores[name]).max() <= 1 + 1e-9
        assert name in scores["floor_score"].to_numpy()
    generator = runs[0]["generator"].to_numpy()
    assert generator.shape == (data.sizes["pixel"],) * 2
    defect = np.abs(generator.T @ generator - np.eye(len(generator))).max()
    assert defect < 1e-9 if task != "plane" else np.isfinite(defect)


@pytest.mark.parametrize("method", QUICK)
def test_a_seed_decides_everything(method):
    data, settings = samples("ring"), {**COMMON, **QUICK[method]}
    first, again = (train(data, settings, method, 3, Recorder(), None) for _ in range(2))
    for name in ("log_generator", "group_convolution", "symmetry_null"):
        assert first[name].to_numpy().tolist() == again[name].to_numpy().tolist()


def learned(find, x, cyclic=True):
    """What a baseline that gives a fixed answer becomes."""
    return adapted(find)(
        x, None, cyclic=cyclic, seed=0, monitor=Recorder(), checkpoint=None
    ).symmetry


def answering(log_generator):
    def find(x, settings, *, rng, record):
        assert np.abs(x.mean(axis=0)).max() < 1e-6
        assert x.std() == pytest.approx(1)
        return Estimate(log_generator, np.zeros(1, dtype=np.int64), ("t",), np.zeros((1, 1)))

    return find


def test_the_right_direction_scores_as_such_whatever_its_basis():
    data = samples("ring")
    basis = data["representation"].to_numpy()
    x = data["x"].to_numpy()
    symmetry = learned(answering(basis.T @ cyclic_log_generator(7) @ basis), x)
    assert symmetry.generator == pytest.approx(data["ideal_generator"].to_numpy(), abs=1e-6)
    assert symmetry.action_log_generator is symmetry.log_generator
    assert symmetry.act(x, 7.0) == pytest.approx(x, abs=1e-5)


def test_a_window_is_closed_by_what_was_learned_on_its_features():
    s = cyclic_log_generator(7)
    symmetry = learned(answering(s), samples("window")["x"].to_numpy(), cyclic=False)
    assert symmetry.generator == pytest.approx(group_action(s, 1.0))
    assert symmetry.action_log_generator == pytest.approx(s)


@pytest.mark.parametrize("n", [4, 5])
def test_columns_are_the_filter_moved_by_the_offsets_of_the_pixels(n):
    s = cyclic_log_generator(n)
    f = np.random.default_rng(0).standard_normal(n)
    columns = moved_filters(s, f)
    for j in range(n):
        assert columns[:, j] == pytest.approx(f @ group_action(s, j - (n - 1) / 2))


def test_a_group_that_grew_beyond_all_bounds_is_refused():
    with pytest.raises(DataError, match="find: the group grew beyond all bounds; smaller"):
        learned(answering(np.full((7, 7), np.nan)), samples("ring")["x"].to_numpy())


def test_runs_are_read_back_as_they_were():
    run = train(samples("ring"), {**COMMON, **QUICK["liepca"]}, "liepca", 1, Recorder(), None)
    assert isinstance(run, xr.Dataset)
    symmetry = symmetry_from(run)
    assert symmetry.generator.tolist() == run["generator"].to_numpy().tolist()
