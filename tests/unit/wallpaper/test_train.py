"""Tests, methods and scores on data made by hand."""

import numpy as np
import pytest
import xarray as xr

from symlens import store
from symlens.errors import DataError
from symlens.provenance import Provenance
from symlens.wallpaper import train
from symlens.wallpaper.answers import CLEAN, LEARNED, Job, Row
from symlens.wallpaper.baselines import (
    lattice_classifier,
    lattice_features,
    lattice_probabilities,
    majority_probabilities,
)
from symlens.wallpaper.evaluate import evaluate
from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.schemas import EVALUATION, RUN
from symlens.wallpaper.summary import sentence
from symlens.wallpaper.tables import rows, scores_of_seeds
from symlens.wallpaper.train import METHODS, cell_error, draw_test

SETTINGS = {"share": 0.5, "disturbances": ["noise", "crop"], "levels": 3, "disturbed": 2}
CELL = np.array([[20.0, 3.0], [-2.0, 26.0]])


def refuse(row):
    raise AssertionError(f"{row} was looked at")


def samples(count):
    rng = np.random.default_rng(0)
    return xr.Dataset(
        {
            "image": (("sample", "y", "x", "channel"), rng.random((count, 48, 48, 1))),
            "label": ("sample", np.arange(count) % 17),
            "cell": (("sample", "axis", "vector"), np.tile(CELL, (count, 1, 1))),
        }
    )


def test_every_image_is_tested_clean_and_some_disturbed():
    labels, contents = np.tile(np.arange(17), 6), np.repeat(["noise", "atoms"], 51)
    chosen = draw_test(labels, contents, 1.0, np.random.default_rng(0))
    rows = list(train.tests(labels, contents, chosen, SETTINGS))
    assert [row.sample for row in rows[: len(chosen)]] == chosen.tolist()
    assert {row.disturbance for row in rows[: len(chosen)]} == {CLEAN}
    assert len(rows) == len(chosen) + 2 * 17 * SETTINGS["disturbed"] * 2 * 3
    for name in ("noise", "crop"):
        own = [row for row in rows if row.disturbance == name]
        assert len({row.level for row in own}) == 3
        assert len({row.sample for row in own}) == 2 * 17 * SETTINGS["disturbed"]


def test_a_small_share_still_tests_every_group():
    labels, contents = np.tile(np.arange(17), 3), np.repeat(["noise"], 51)
    chosen = draw_test(labels, contents, 0.01, np.random.default_rng(0))
    assert sorted(labels[chosen]) == list(range(17))


@pytest.mark.parametrize("change", [((1, 1), (0, 1)), ((0, -1), (1, 0)), ((2, 1), (1, 1))])
def test_other_vectors_of_the_same_cell_are_no_error(change):
    assert cell_error(CELL @ change, CELL) == pytest.approx(0, abs=1e-12)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert cell_error(turn @ CELL, CELL) == pytest.approx(0, abs=1e-12)


def test_errors_of_cells_are_relative():
    assert cell_error(1.01 * CELL, CELL) == pytest.approx(1.01**2 - 1)
    assert cell_error(CELL @ np.diag([2.0, 1.0]), CELL) == pytest.approx(1.0)
    assert np.isnan(cell_error(None, CELL))


def test_majority_looks_at_no_image():
    rest = np.array([0, 1, 2, 17, 34])
    answer = METHODS["majority"](samples(40), rest, 1, Job())
    found = answer([Row(3, CLEAN, 0.0), Row(4, "noise", 0.5)], refuse)
    assert len(found) == 2
    for each in found:
        assert each.probability.argmax() == 0
        assert each.probability[0] == pytest.approx(3 / 5)
        assert each.probability.sum() == pytest.approx(1)


@pytest.mark.parametrize("method", ["majority", "lattice"])
def test_methods_that_are_trained_need_images_to_train_on(method):
    with pytest.raises(DataError, match="share"):
        METHODS[method](samples(17), np.array([], dtype=int), 1, Job())


def test_the_lattice_method_asks_its_forest_once(monkeypatch):
    from symlens.wallpaper import baselines

    calls = []
    plain = baselines.lattice_probabilities

    def counted(forest, cells):
        calls.append(len(cells))
        return plain(forest, cells)

    monkeypatch.setattr(baselines, "lattice_probabilities", counted)
    data = samples(34)
    answer = METHODS["lattice"](data, np.arange(17), 1, Job())
    rows = [Row(index, CLEAN, 0.0) for index in range(17, 20)]
    looked = []

    def view(row):
        looked.append(row.sample)
        return data["image"].values[row.sample]

    found = answer(rows, view)
    assert looked == [17, 18, 19]
    assert calls == [3]
    assert all(each.seconds > 0 for each in found)


def test_features_of_a_lattice_do_not_depend_on_its_vectors():
    cells = np.stack([CELL, CELL @ ((1, 1), (0, 1)), np.full((2, 2), np.nan)])
    found = lattice_features(cells)
    assert found[1] == pytest.approx(found[0])
    assert found[0, 0] == pytest.approx(np.log(abs(np.linalg.det(CELL))))
    assert found[0, 3] == pytest.approx(found[0, 2] - found[0, 1])
    assert (found[2] == 0).all()
    double = lattice_features(2 * cells[:1])[0]
    assert double - found[0] == pytest.approx([np.log(4), np.log(2), np.log(2), 0, 0])


def test_a_forest_tells_lattices_apart_that_differ():
    rng = np.random.default_rng(2)
    labels = np.repeat([2, 9], 30)
    cells = np.array([np.diag(rng.uniform(9, 11, 2) * (1 + 2 * (k == 9))) for k in labels])
    forest = lattice_classifier(cells, labels, 0)
    found = lattice_probabilities(forest, cells)
    assert found.shape == (60, 17)
    assert found.sum(axis=1) == pytest.approx(np.ones(60))
    assert (found.argmax(axis=1) == labels).mean() > 0.95
    assert set(np.flatnonzero(found.sum(axis=0))) == {2, 9}


def test_majority_is_the_frequency_of_groups():
    found = majority_probabilities(np.array([0, 0, 5]), 4)
    assert found.shape == (4, 17)
    assert found[0, 0] == pytest.approx(2 / 3)
    assert found[3, 5] == pytest.approx(1 / 3)


def run(seed, answers, labels, disturbance=None):
    """A run of hand-made answers; 0.9 for each, the rest spread."""
    probability = np.full((len(answers), 17), 0.1 / 16)
    probability[np.arange(len(answers)), answers] = 0.9
    count = len(answers)
    kind = np.array(disturbance or [CLEAN] * count, dtype=object)
    return xr.Dataset(
        {
            "probability": (("row", "group"), probability),
            "label": ("row", np.array(labels)),
            "sample": ("row", np.arange(count)),
            "content": ("row", np.array(["noise"] * count, dtype=object)),
            "disturbance": ("row", kind),
            "level": ("row", np.where(kind == CLEAN, 0.0, 0.5)),
            "periodic": ("row", np.ones(count)),
            "cell_error": ("row", np.where(kind == CLEAN, 0.01, np.nan)),
            "seconds": ("row", np.full(count, 0.2)),
        },
        attrs={"seed": seed},
    )


def test_scores_of_hand_made_answers():
    p1, p2, p4, p3 = (NAMES.index(name) for name in ("p1", "p2", "p4", "p3"))
    labels = [p1, p2, p4, p3]
    found = evaluate(
        [
            run(1, [p1, p2, p4, p3], labels),
            run(2, [p1, p4, p4, p4], labels),  # p2 for p4 is related, p3 for p4 is not
        ]
    )
    assert found["accuracy"].values[:, 0].tolist() == [1.0, 0.5]
    assert found["related"].values[:, 0].tolist() == [1.0, 0.5]
    assert found["images"].values[:, 0].tolist() == [4, 4]
    assert found["floor"].values[0] == 0.25
    assert found["confusion"].values[0, p3].tolist()[p4] == 1
    assert found["calibration_error"].values == pytest.approx([0.1, 0.4])
    assert found["cell_error"].values == pytest.approx(np.full((2, 1), 0.01))
    assert "curve" not in found
    assert found["hierarchy"].values.tolist() == ["axis", "rotation", "mirror"]
    # Of seed 2, p4 for p2 has the same axis; p4 for p3 has another.
    assert found["hierarchy_accuracy"].values[1, 0].tolist() == [0.75, 0.5, 0.5]
    assert found["hierarchy_floor"].values[0].tolist() == [0.5, 0.25, 0.25]
    assert found["loss"].values[0, 0] == pytest.approx(-np.log(0.9))
    assert np.isnan(found["learned_loss"].values).all()
    assert found["content_calibration_error"].values[:, 0] == pytest.approx([0.1, 0.4])


def test_disturbed_images_make_a_curve_and_no_score():
    kinds = [CLEAN, "noise", CLEAN, "noise"]
    found = evaluate([run(1, [0, 0, 1, 3], [0, 0, 1, 1], kinds)])
    assert found["accuracy"].values.tolist() == [[1.0]]
    assert found["disturbance"].values.tolist() == ["noise"]
    assert found["curve"].values.ravel().tolist() == [0.5]
    assert found["curve_images"].values.ravel().tolist() == [2]
    assert found["curve_level"].values.ravel().tolist() == [0.5]


def learned(seed):
    """A run that was sure and right on images learned from, and hesitant on the others."""
    known = run(seed, [0, 1], [0, 1], [LEARNED, LEARNED])
    known["content"] = ("row", np.array(["textures"] * 2, dtype=object))
    known["probability"][:] = np.eye(17)[[0, 1]]
    asked = run(seed, [0, 1, 2, 5], [0, 1, 2, 3])
    asked["content"] = ("row", np.array(["textures"] * 2 + ["atoms"] * 2, dtype=object))
    found = xr.concat([asked, known], "row").assign_attrs(seed=seed)
    found["history"] = (("epoch", "term"), np.array([[0.5, 1.2, 3.0]]))
    found["term"] = ("term", np.array(["accuracy", "loss", "seconds"], dtype=object))
    return found


def test_training_validation_and_cross_validation_reach_files_and_tables(tmp_path):
    origin = Provenance("wallpaper", "small", "cnn", 1)
    store.write(learned(1), tmp_path / "run.nc", RUN, origin)
    one = store.read(tmp_path / "run.nc", RUN)
    found = evaluate([one, learned(2)])
    assert found["images"].values.tolist() == [[2, 2], [2, 2]], "none that was learned from"
    store.write(found, tmp_path / "e.nc", EVALUATION, Provenance("wallpaper", "small", "cnn"))
    read = store.read(tmp_path / "e.nc", EVALUATION)
    textures, atoms = rows(read)
    assert (textures["part"], atoms["part"]) == ("validation", "cross-validation")
    assert (textures["accuracy_worst"], atoms["accuracy_worst"]) == (1.0, 0.5)
    assert textures["training_accuracy_median"] == 1.0
    assert textures["training_loss_median"] == pytest.approx(0)
    assert textures["loss_worst"] == pytest.approx(-np.log(0.9))
    assert atoms["loss_worst"] == pytest.approx(-(np.log(0.9) + np.log(0.1 / 16)) / 2)
    assert "axis_accuracy_worst" in atoms
    assert scores_of_seeds(read)[1]["learned_accuracy"] == 1.0
    assert "learned from 1.0000 (loss 0.000); validation (textures) 1.0000" in sentence(read)
    plain = evaluate([run(1, [0], [0])]).assign_attrs(experiment="small", method="exact")
    assert rows(plain)[0]["part"] == "test"
    assert rows(plain)[0]["training_accuracy_median"] is None
    assert "learned from" not in sentence(plain)
    assert "learned_accuracy" not in scores_of_seeds(plain)[1]
