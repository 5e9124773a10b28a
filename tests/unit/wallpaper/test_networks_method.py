"""A network as a method of the study: streams, stopping and going on, answers."""

import keras
import numpy as np
import pytest
import xarray as xr

from symlens.wallpaper import checkpoint, train
from symlens.wallpaper.answers import CLEAN, LEARNED, Job, Row
from symlens.wallpaper.data import batches
from symlens.wallpaper.evaluate import evaluate
from symlens.wallpaper.networks import fit, method
from symlens.wallpaper.networks.convolutional import head
from symlens.wallpaper.networks.cycle import CycledAdam
from symlens.wallpaper.networks.method import answers, build, network
from symlens.wallpaper.networks.transforms import ANGLES, TRANSFORMS, fourier, radon, ranged
from symlens.wallpaper.summary import sentence
from symlens.wallpaper.tables import rows as table_rows

LEARNING = {
    "epochs": 3,
    "batch": 17,
    "learning_rate": 1e-2,
    "shuffle": 100,
    "transform": "none",
    "hierarchy": False,
}
SETTINGS = {
    "share": 0.5,
    "learn_from": ["noise"],
    "remembered": 17,
    "disturbances": ["crop"],
    "levels": 1,
    "disturbed": 1,
    "learning": LEARNING,
}


def samples(rounds=4, contents=("noise", "atoms"), size=32):
    """Images whose brightness tells the group, whatever the content."""
    rng = np.random.default_rng(0)
    label = np.tile(np.arange(17), rounds * len(contents))
    image = 12 * label[:, None, None, None] + rng.integers(0, 6, (len(label), size, size, 1))
    cell = np.tile(8 * np.eye(2), (len(label), 1, 1))
    return xr.Dataset(
        {
            "image": (("sample", "y", "x", "channel"), image.astype(np.uint8)),
            "label": ("sample", label),
            "content": ("sample", np.repeat(contents, 17 * rounds).astype(object)),
            "cell": (("sample", "axis", "vector"), cell),
        }
    )


def test_an_epoch_has_every_image_once_and_no_other():
    data = samples()
    rows = np.array([70, 3, 5, 100, 9, 64, 11, 12])
    found = list(batches(data, rows, 4, shuffle=8, seed=1).as_numpy_iterator())
    assert [x.shape for x, _ in found] == [(4, 32, 32, 1)] * 2
    labels = np.concatenate([y for _, y in found])
    assert sorted(labels.tolist()) == sorted(data["label"].values[rows].tolist())
    images = np.concatenate([x for x, _ in found])
    assert images.max() <= 1
    means = np.round(images.mean(axis=(1, 2, 3)) * 255 / 12 - 0.2)
    assert np.array_equal(means, labels), "labels stay with their images"


def test_orders_are_functions_of_the_seed():
    data, rows = samples(), np.arange(68)
    orders = [
        np.concatenate(
            [y for _, y in batches(data, rows, 17, shuffle=68, seed=s).as_numpy_iterator()]
        )
        for s in (1, 1, 2)
    ]
    assert np.array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[0], orders[2])
    assert not np.array_equal(orders[0], data["label"].values[rows])


def test_streams_show_transformed_images():
    data = samples()
    ((x, _),) = batches(data, np.arange(4), 4, shuffle=1, seed=0, transform=radon)
    assert x.shape == (4, ANGLES, 32, 1)
    images = data["image"].values[:4].astype(np.float32) / 255
    assert x.numpy() == pytest.approx(radon(images), abs=1e-5)


def test_a_network_learns_what_can_be_learned_and_says_so():
    run = train.train(samples(), SETTINGS, "cnn", 1)
    clean, known = (run["disturbance"] == kind for kind in (CLEAN, LEARNED))
    assert int(known.sum()) == 17
    assert set(run["content"].values[known].tolist()) == {"noise"}
    assert not set(run["sample"].values[clean]) & set(run["sample"].values[known])
    assert run["history"].shape == (3, 3)
    assert run["term"].values.tolist() == ["accuracy", "loss", "seconds"]
    assert run["history"].values[-1, 1] < run["history"].values[0, 1]
    assert run["probability"].values.sum(axis=1) == pytest.approx(np.ones(run.sizes["row"]))
    found = evaluate([run.assign_attrs(seed=1)])
    assert found["learned"].values.tolist() == [1, 0]
    assert found["disturbance"].values.tolist() == ["crop"]
    assert np.isfinite(found["learned_loss"].values).all()
    parts = [row["part"] for row in table_rows(found.assign_attrs(experiment="e", method="cnn"))]
    assert parts == ["validation", "cross-validation"]
    said = sentence(found)
    assert "images it learned from" in said
    assert "validation (noise)" in said
    assert "cross-validation (atoms)" in said


class StoppedError(Exception):
    """What a killed training sees."""


def dropping(channels, classes):
    """A small network that drops units at random while it is trained."""
    image = keras.Input((None, None, channels))
    x = keras.layers.Conv2D(4, 3, strides=4)(image)
    return keras.Model(image, head(keras.layers.GlobalAveragePooling2D()(x), (8,), classes))


def test_a_training_that_was_killed_goes_on_to_the_same_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(method, "BUILDERS", {"dropping": dropping})
    data, rows = samples(2, ("noise",)), np.arange(34)
    learning = LEARNING
    asked = [Row(index, CLEAN, 0.0) for index in range(5)]

    def view(row):
        return data["image"].values[row.sample] / 255

    def probabilities(job):
        answer = network("dropping", data, rows, 7, job)
        return np.array([each.probability for each in answer(asked, view)])

    whole = Job(learning)
    expected = probabilities(whole)

    def stop(epoch, terms):
        if epoch == 2:
            raise StoppedError

    file = tmp_path / "state"
    with pytest.raises(StoppedError):
        probabilities(Job(learning, file, stop))
    told = []
    again = Job(learning, file, lambda *told_: told.append(told_[0]))
    found = probabilities(again)
    assert told == [2, 3], "the first epoch is not done again"
    assert np.array_equal(found, expected)
    losses = [[terms["loss"] for terms in job.history] for job in (whole, again)]
    assert losses[0] == losses[1]


def test_dropped_units_are_part_of_the_state():
    """A head drops units at random: what is drawn next belongs to what is kept."""
    features = keras.Input((8,))
    model = keras.Model(features, head(features, (4,)))
    optimizer = CycledAdam(1e-3, 10)
    optimizer.build(model.trainable_variables)
    seeds = [
        variable.path for variable in fit.variables(model, optimizer) if "seed" in variable.path
    ]
    assert len(seeds) == 2


def test_images_of_several_sizes_are_answered_in_order():
    model = build("cnn", 1, {}, 0)
    rng = np.random.default_rng(1)
    images = [rng.random((size, size, 1)) for size in (32, 40, 32, 50)]
    rows = [Row(index, CLEAN, 0.0) for index in range(4)]
    found = answers(model, rows, lambda row: images[row.sample])
    alone = [answers(model, [row], lambda row: images[row.sample])[0] for row in rows]
    for one, other in zip(found, alone, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=1e-6)
        assert one.cell is None


def test_a_state_is_read_back_and_a_damaged_one_is_named(tmp_path, caplog):
    file = tmp_path / "state"
    assert checkpoint.load(file) is None
    arrays = [np.arange(6.0).reshape(2, 3), np.array(3, np.int64)]
    checkpoint.save(file, checkpoint.State(2, arrays, [{"loss": 0.5}]))
    found = checkpoint.load(file)
    assert found.done == 2
    assert list(found.history) == [{"loss": 0.5}]
    assert all(np.array_equal(a, b) for a, b in zip(found.arrays, arrays, strict=True))
    file.write_bytes(file.read_bytes()[:100])
    assert checkpoint.load(file) is None
    assert "damaged" in caplog.text


def test_the_fourier_image_knows_no_shift_and_no_brightness():
    rng = np.random.default_rng(2)
    image = rng.random((1, 16, 16, 2), np.float32)
    moved = np.roll(image, (3, 5), axis=(1, 2))
    assert fourier(moved) == pytest.approx(fourier(image), abs=1e-4)
    found = fourier(image)
    assert found[0, 8, 8] == pytest.approx(1), "frequency 0, the largest, in the middle"
    assert found[:, 1:, 1:] == pytest.approx(found[:, :0:-1, :0:-1], abs=1e-4)


def test_lines_are_summed_at_every_angle():
    image = np.zeros((1, 15, 15, 1), np.float32)
    image[0, 4, 9] = 1.0  # 2 right of the middle, 3 above
    found = radon(image)[0, :, :, 0]
    for angle in (0, 30, 90, 135):
        theta = np.deg2rad(angle)
        place = 2 * np.cos(theta) - 3 * np.sin(theta) + 7
        centre = (found[angle] * np.arange(15)).sum() / found[angle].sum()
        assert centre == pytest.approx(place, abs=1e-5)
    flat = np.ones((1, 15, 15, 1), np.float32)
    assert radon(flat)[0, 0, :, 0] == pytest.approx(radon(flat)[0, 90, :, 0], abs=1e-5)


def test_ranges_are_those_of_every_channel():
    values = np.random.default_rng(3).normal(size=(2, 4, 4, 2))
    values[0, :, :, 1] = 5.0
    found = ranged(values)
    assert found.min(axis=(1, 2)).tolist() == [[0, 0], [0, 0]]
    assert found.max(axis=(1, 2)).tolist() == [[1, 0], [1, 1]]
    assert TRANSFORMS["none"] is None
