"""What operations leave, copies that are no longer exact, honest probabilities."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens.config.wallpaper_data import ImageData
from symlens.config.wallpaper_learning import HybridSettings
from symlens.errors import DataError
from symlens.wallpaper import train
from symlens.wallpaper.answers import CLEAN, Job, Row
from symlens.wallpaper.groups import GROUPS, NAMES, subgroups
from symlens.wallpaper.hybrid.changes import WAVES, changed, field, warp
from symlens.wallpaper.hybrid.features import COUNT, LEAST, seen, shape
from symlens.wallpaper.hybrid.method import all_features, answer, hybrid
from symlens.wallpaper.hybrid.model import Committee, held_out, learn, temperature, tempered
from symlens.wallpaper.synthesis import Painter, as_bytes, stream

SMALL = ImageData(
    contents=("noise", "atoms"), size=96, channels=1, seed=300, cell_area=(3000.0, 6000.0)
)
LEARNING = HybridSettings(copies=1, networks=1, hidden=(8,)).model_dump(mode="json")
BASIS = np.array([[14.0, -5.0], [1.0, 13.0]])


def draw(name, content="noise", index=0):
    return Painter(SMALL).draw(name, content, stream(300, content, index, NAMES.index(name)))


def data(rounds, contents=("noise",)):
    painter = Painter(SMALL)
    made = [
        painter.draw(name, content, stream(300, content, index, label))
        for content in contents
        for index in range(rounds)
        for label, name in enumerate(NAMES)
    ]
    return xr.Dataset(
        {
            "image": (
                ("sample", "y", "x", "channel"),
                np.stack([as_bytes(each.image) for each in made]),
            ),
            "label": ("sample", np.array([each.label for each in made])),
            "content": ("sample", np.array([each.content for each in made], dtype=object)),
            "cell": (("sample", "axis", "vector"), np.array([each.basis for each in made])),
        }
    )


@pytest.fixture(scope="module")
def small():
    return data(2)


@pytest.mark.parametrize("name", ["p1", "p2", "pg", "cmm", "p4g", "p31m"])
def test_operations_of_the_group_leave_nothing_and_others_do(name):
    found = seen(draw(name).image)
    worst = found.features[:64].reshape(16, 4)[:, 1]  # plain weights, the worst operation
    for other, value in zip(NAMES[1:], worst, strict=True):
        if other in subgroups(name) or other == name:
            assert value < np.log10(0.03), other
        elif name in subgroups(other):
            assert value > np.log10(0.04), other
    assert found.periodic > 0.9
    area = abs(np.linalg.det(found.basis))
    true = draw(name).basis @ GROUPS[name].primitive
    assert area == pytest.approx(abs(np.linalg.det(true)), rel=1e-2)


def test_features_do_not_know_brightness_or_place():
    image = draw("p4").image
    one, other = seen(image), seen(0.3 * image + 0.2)
    assert one.features.shape == (COUNT,)
    assert other.features == pytest.approx(one.features, abs=1e-4)
    turned = seen(np.rot90(image).copy())
    assert turned.features[:64] == pytest.approx(one.features[:64], abs=0.1)
    assert (one.features[:64] >= np.log10(LEAST)).all()


def test_shape_is_not_size():
    assert shape(3 * BASIS) == pytest.approx(shape(BASIS))
    assert shape(BASIS @ ((1, 1), (0, 1))) == pytest.approx(shape(BASIS))
    assert shape(np.diag([2.0, 3.0])) == pytest.approx([np.log(1.5), 0])


def test_the_field_repeats_with_the_cell_and_has_the_strength_asked_for():
    grid = np.random.default_rng(1).uniform(0, 200, (2, 4000))
    one = field(BASIS, grid, np.random.default_rng(5))
    other = field(BASIS, grid + (BASIS @ [2, -1])[:, None], np.random.default_rng(5))
    assert other == pytest.approx(one)
    assert np.sqrt((one**2).sum(axis=0).mean()) == pytest.approx(1, rel=0.05)
    assert len({tuple(h) for h in WAVES} | {tuple(-h) for h in WAVES}) == 24


def test_a_warp_keeps_translations_and_spoils_operations():
    sample = draw("p4")
    basis = sample.basis @ GROUPS["p4"].primitive
    found = warp(sample.image, basis, 1.0, np.random.default_rng(0))
    looked = seen(found)
    assert abs(np.linalg.det(looked.basis)) == pytest.approx(abs(np.linalg.det(basis)), rel=0.02)
    plain = seen(sample.image).features[:64].reshape(16, 4)[8, 1]  # p4
    assert looked.features[:64].reshape(16, 4)[8, 1] > plain + 0.3
    still = warp(sample.image, basis, 0.0, np.random.default_rng(0))
    assert still == pytest.approx(sample.image, abs=1e-9)


def test_changes_are_those_asked_for():
    image = np.random.default_rng(0).random((40, 40, 1))
    rng = np.random.default_rng(1)
    none = LEARNING | {"changes": []}
    assert changed(image, BASIS, none, rng) is image
    drawn = [changed(image, BASIS, LEARNING, rng) for _ in range(60)]
    kept = sum(each is image for each in drawn)
    assert 5 <= kept <= 27  # a quarter of 60, four standard deviations
    noisy = LEARNING | {"changes": ["noise"], "noise": 0.2}
    spread = [(changed(image, BASIS, noisy, rng) - image).std() for _ in range(60)]
    assert 0.15 < max(spread) < 0.22


@settings(max_examples=12)
@given(st.floats(0.2, 5.0), st.integers(0, 1000))
def test_a_temperature_is_found_again(true, seed):
    rng = np.random.default_rng(seed)
    honest = rng.dirichlet(np.full(17, 0.3), 4000)
    labels = (honest.cumsum(axis=1) > rng.random((4000, 1))).argmax(axis=1)
    claimed = tempered(honest, 1 / true)
    assert temperature(claimed, labels) == pytest.approx(true, rel=0.15)


@given(st.floats(0.1, 10.0), st.integers(0, 1000))
def test_a_temperature_changes_no_answer(value, seed):
    chances = np.random.default_rng(seed).dirichlet(np.ones(17), 5)
    found = tempered(chances, value)
    assert found.sum(axis=1) == pytest.approx(np.ones(5))
    assert np.array_equal(found.argmax(axis=1), chances.argmax(axis=1))
    assert tempered(chances, 1.0) == pytest.approx(chances)


def test_copies_stay_with_their_image():
    labels, origins = np.repeat(np.arange(6) % 2, 3), np.repeat(np.arange(6), 3)
    held = held_out(labels, origins, 0.4, np.random.default_rng(0))
    assert held.reshape(6, 3).all(axis=1).sum() == held.sum() / 3 == 2
    one = held_out(np.array([0, 1]), np.array([0, 1]), 0.9, np.random.default_rng(0))
    assert not one.any(), "a group's only image is learned from"


def test_a_committee_learns_and_is_honest():
    rng = np.random.default_rng(3)
    labels = np.tile([0, 4, 16], 200)
    centres = rng.normal(size=(17, 5))
    features = centres[labels] + 0.8 * rng.normal(size=(600, 5))
    learning = LEARNING | {"networks": 2, "held_out": 0.3}
    found = learn(features, labels, np.arange(600), learning, rng)
    assert len(found.members) == 2
    fresh = centres[labels] + 0.8 * rng.normal(size=(600, 5))
    chances = found.probabilities(fresh)
    assert chances.shape == (600, 17)
    assert chances.sum(axis=1) == pytest.approx(np.ones(600))
    right = chances.argmax(axis=1) == labels
    assert right.mean() > 0.8
    assert abs(chances.max(axis=1).mean() - right.mean()) < 0.08
    same = learn(features, labels, np.arange(600), learning, np.random.default_rng(4))
    again = learn(features, labels, np.arange(600), learning, np.random.default_rng(4))
    assert np.array_equal(same.probabilities(fresh), again.probabilities(fresh))
    plain = Committee(found.members).probabilities(fresh)
    assert tempered(plain, found.temperature) == pytest.approx(chances)


def test_what_was_seen_before_a_kill_is_not_looked_at_again(small, tmp_path, monkeypatch):
    from symlens.wallpaper.hybrid import method

    monkeypatch.setattr(method, "PIECE", 4)
    rows = np.arange(0, 20, 2)
    whole = all_features(small, rows, 1, Job(LEARNING))
    assert whole.shape == (10, 2, COUNT)
    looks = []

    def counted(image):
        looks.append(1)
        if len(looks) == 11:
            raise KeyboardInterrupt
        return seen(image)

    monkeypatch.setattr(method, "seen", counted)
    file = tmp_path / "state"
    with pytest.raises(KeyboardInterrupt):
        all_features(small, rows, 1, Job(LEARNING, file))
    found = all_features(small, rows, 1, Job(LEARNING, file))
    assert len(looks) == 11 + 2 * 6, "the first four images were kept"
    assert np.array_equal(found, whole, equal_nan=True)


def test_hybrid_is_a_method_of_the_study(small):
    judging = {
        "share": 0.5,
        "learn_from": ["noise"],
        "remembered": 17,
        "disturbances": [],
        "levels": 1,
        "disturbed": 1,
        "learning": LEARNING,
    }
    run = train.train(small, judging, "hybrid", 1)
    clean = run["disturbance"].values == CLEAN
    right = run["probability"].values.argmax(axis=1) == run["label"].values
    assert right[clean].mean() > 0.5, "17 images to learn from, 17 of the test"
    assert np.nanmedian(run["cell_error"].values[clean]) < 0.01


def test_no_lattice_is_an_answer_in_the_test_and_an_error_in_training(monkeypatch, small):
    from symlens.wallpaper.hybrid import method

    monkeypatch.setattr(method, "seen", lambda _: None)
    found = answer(Committee([]), Row(0, CLEAN, 0.0), lambda _: np.zeros((40, 40, 1)))
    assert found.probability == pytest.approx(np.full(17, 1 / 17))
    assert found.periodic == 0
    with pytest.raises(DataError, match="no lattice"):
        hybrid(small, np.arange(5), 1, Job(LEARNING))
