"""The hierarchy: what is asked of whom, what answers come to, stopping and going on."""

import keras
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from symlens.wallpaper.answers import CLEAN, Job, Row
from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.levels import LEVELS, MIRRORED, ORDERS
from symlens.wallpaper.networks import method
from symlens.wallpaper.networks.hierarchy import DECISIONS, Composed, composed
from symlens.wallpaper.networks.method import network, softmax

LEARNING = {
    "epochs": 2,
    "batch": 8,
    "learning_rate": 1e-2,
    "shuffle": 100,
    "transform": "none",
    "hierarchy": True,
}


def asked(*groups):
    """The decision that is about these groups and no other."""
    own = np.isin(NAMES, groups)
    (found,) = [each for each in DECISIONS if np.array_equal(each.branch, own)]
    return {name: int(found.answers[NAMES.index(name)]) for name in groups}


def test_the_first_question_is_that_of_the_paper():
    first = DECISIONS[0]
    assert first.branch.all()
    assert np.array_equal(first.answers, LEVELS["axis"])
    assert first.count == 3


def test_orders_come_before_mirrors_and_mirrors_before_glides():
    levels = [each.name.split("-")[0] for each in DECISIONS]
    assert list(dict.fromkeys(levels)) == ["axis", "rotation", "mirror", "group"]
    assert levels == sorted(levels, key=["axis", "rotation", "mirror", "group"].index)
    assert len({each.name for each in DECISIONS}) == len(DECISIONS) == 14
    assert asked("p2", "pmm", "pmg", "pgg", "cmm", "p4", "p4m", "p4g") == {
        "p2": 0, "pmm": 0, "pmg": 0, "pgg": 0, "cmm": 0, "p4": 1, "p4m": 1, "p4g": 1,
    }  # fmt: skip
    assert asked("p1", "pg", "pm", "cm") == {"p1": 0, "pg": 0, "pm": 1, "cm": 1}
    assert asked("p1", "pg") == {"p1": 0, "pg": 1}
    assert asked("pmm", "pmg", "cmm") == {"pmm": 0, "pmg": 1, "cmm": 2}
    assert asked("p6", "p6m") == {"p6": 0, "p6m": 1}


def test_the_answers_tell_every_group_from_every_other():
    paths = np.stack([each.answers for each in DECISIONS], axis=1)
    for one in range(17):
        for other in range(one):
            both = (paths[one] >= 0) & (paths[other] >= 0)
            assert (paths[one] != paths[other])[both].sum() == 1, "they part at one question"
    for each in DECISIONS:
        own = np.flatnonzero(each.branch)
        if each.name.startswith("rotation"):
            assert len(set(zip(ORDERS[own], each.answers[own], strict=True))) == each.count
        if each.name.startswith("mirror"):
            assert np.array_equal(each.answers[own], MIRRORED[own])
            assert len(set(ORDERS[own])) == 1


SCORES = st.tuples(
    *(npst.arrays(np.float64, (2, each.count), elements=st.floats(-1e4, 1e4)) for each in DECISIONS)
)


@settings(max_examples=30)
@given(SCORES)
def test_probabilities_add_up_to_one_whatever_networks_say(scores):
    found = np.exp(composed(scores))
    assert found.shape == (2, 17)
    assert found.sum(axis=1) == pytest.approx(np.ones(2), abs=1e-9)
    assert (found >= 0).all()


def test_a_probability_is_the_product_along_the_path():
    rng = np.random.default_rng(0)
    scores = [rng.normal(size=(3, each.count)) for each in DECISIONS]
    found = composed(scores)
    for image in range(3):
        pairs = zip(DECISIONS, scores, strict=True)
        chances = {each.name: softmax(own[image]) for each, own in pairs}
        expected = np.ones(17)
        for each in DECISIONS:
            for group in np.flatnonzero(each.branch):
                expected[group] *= chances[each.name][each.answers[group]]
        assert np.exp(found[image]) == pytest.approx(expected)
        assert softmax(found[image]) == pytest.approx(expected)
        for value in range(3):
            own = LEVELS["axis"] == value
            assert expected[own].sum() == pytest.approx(chances["axis-0"][value])


class Sure:
    """A network that knows the answers to a decision."""

    def __init__(self, decision):
        self.decision = decision

    def predict_on_batch(self, labels):
        answers = self.decision.answers[labels]
        return 50.0 * (answers[:, None] == np.arange(self.decision.count))


def test_right_answers_lead_to_the_right_group():
    whole = Composed([Sure(each) for each in DECISIONS])
    found = whole.predict_on_batch(np.arange(17))
    assert np.array_equal(found.argmax(axis=1), np.arange(17))
    assert np.exp(found).max(axis=1) == pytest.approx(np.ones(17))


def samples(rounds=4, size=8):
    """Images whose brightness tells the group."""
    rng = np.random.default_rng(0)
    label = np.tile(np.arange(17), rounds)
    image = 12 * label[:, None, None, None] + rng.integers(0, 6, (len(label), size, size, 1))
    return xr.Dataset(
        {
            "image": (("sample", "y", "x", "channel"), image.astype(np.uint8)),
            "label": ("sample", label),
        }
    )


def test_a_network_learns_from_the_images_of_its_branch_only(monkeypatch):
    data, rows = samples(), np.arange(0, 68, 2)
    some = DECISIONS[1:4]
    seen = []

    def record(model, epoch_of, steps, job):
        pairs = [(x.numpy(), y.numpy()) for x, y in epoch_of(0)]
        seen.append((model, steps, *(np.concatenate(part) for part in zip(*pairs, strict=True))))

    monkeypatch.setattr(method, "BUILDERS", {"tiny": tiny})
    monkeypatch.setattr(method, "DECISIONS", some)
    monkeypatch.setattr(method, "fit", record)
    network("tiny", data, rows, 3, Job({**LEARNING, "batch": 1}))
    labels = data["label"].values[rows]
    for (model, steps, images, answers), decision in zip(seen, some, strict=True):
        assert model.output_shape == (None, decision.count)
        own = labels[decision.branch[labels]]
        assert steps == len(own) == len(answers)
        groups = np.round(images.mean(axis=(1, 2, 3)) * 255 / 12 - 0.2).astype(int)
        assert sorted(groups) == sorted(own)
        assert np.array_equal(answers, decision.answers[groups])
    starts = [model.get_weights()[0] for model, *_ in seen[:2]]
    assert not np.array_equal(*starts), "every network starts elsewhere"


def tiny(channels, classes):
    image = keras.Input((None, None, channels))
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3, strides=2)(image))
    return keras.Model(image, keras.layers.Dense(classes)(x))


class StoppedError(Exception):
    """What a killed training sees."""


def test_a_hierarchy_that_was_killed_goes_on_to_the_same_answers(tmp_path, monkeypatch):
    monkeypatch.setattr(method, "BUILDERS", {"tiny": tiny})
    monkeypatch.setattr(method, "DECISIONS", DECISIONS[:2])
    data, rows = samples(2), np.arange(34)
    clean = [Row(index, CLEAN, 0.0) for index in range(5)]

    def probabilities(job):
        answer = network("tiny", data, rows, 7, job)
        view = lambda row: data["image"].values[row.sample] / 255  # noqa: E731
        return np.array([each.probability for each in answer(clean, view)])

    whole = Job(LEARNING)
    expected = probabilities(whole)
    assert expected.sum(axis=1) == pytest.approx(np.ones(5))

    def stop(epoch, terms):
        if epoch == 4:
            raise StoppedError

    folder = tmp_path / "state"
    with pytest.raises(StoppedError):
        probabilities(Job(LEARNING, folder, stop))
    assert sorted(file.name for file in folder.iterdir()) == ["axis-0", "rotation-1"]
    told = []
    again = Job(LEARNING, folder, lambda epoch, terms: told.append((epoch, terms["decision"])))
    assert np.array_equal(probabilities(again), expected)
    assert told == [(4, 1.0)], "only the last epoch is left"
    assert [terms["decision"] for terms in again.history] == [0, 0, 1, 1]
    losses = [[terms["loss"] for terms in job.history] for job in (whole, again)]
    assert losses[0] == losses[1]
