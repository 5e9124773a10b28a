"""From a configuration to files, scores, figures and the page."""

import itertools

import numpy as np
import pytest

from symlens import clocks, store
from symlens.config import ConfigError, load
from symlens.config.wallpaper_data import ImageData
from symlens.errors import DataError, FileError
from symlens.provenance import Provenance
from symlens.wallpaper import data as images
from symlens.wallpaper import stages
from symlens.wallpaper.evaluate import calibration_error, evaluate, reliability
from symlens.wallpaper.figures.robustness import wilson
from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.schemas import DATA, EVALUATION, RUN
from symlens.wallpaper.summary import sentence
from symlens.wallpaper.synthesis import samples
from symlens.wallpaper.tables import rows, scores_of_seeds
from symlens.wallpaper.train import draw_test, train

SMALL = ImageData(
    contents=("noise", "atoms"),
    per_class=2,
    size=64,
    channels=1,
    seed=300,
    cell_area=(6000.0, 12000.0),
)
SETTINGS = {"share": 0.5, "disturbances": ["noise"], "levels": 1, "disturbed": 1}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("wallpaper")


@pytest.fixture(scope="module")
def data(folder):
    file = folder / "data.nc"
    images.write(SMALL, file, Provenance("wallpaper", "small"))
    return file


@pytest.fixture(scope="module")
def evaluations(folder, data):
    """Evaluation files of all methods, by method."""
    found = {}
    with store.open_lazy(data, DATA) as samples:
        for method in ("exact", "lattice", "majority"):
            runs = []
            for seed in (301, 302):
                run = train(samples, SETTINGS, method, seed)
                file = folder / f"{method}-{seed}.nc"
                store.write(run, file, RUN, Provenance("wallpaper", "small", method, seed))
                runs.append(store.read(file, RUN))
            (folder / method).mkdir()
            file = folder / method / "evaluation.nc"
            origin = Provenance("wallpaper", "small", method)
            store.write(evaluate(runs), file, EVALUATION, origin)
            found[method] = file
    return found


@pytest.mark.parametrize("method", ["exact", "lattice", "majority"])
def test_two_trainings_write_the_same_bytes_but_for_the_clocks(data, tmp_path, monkeypatch, method):
    """All that is measured goes through the clocks: set still, nothing is left that differs."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    written = []
    for name in ("one", "other"):
        for clock in ("wall", "processor"):
            monkeypatch.setattr(clocks, clock, itertools.count(0.0, 0.5).__next__)
        with store.open_lazy(data, DATA) as samples:
            few = samples.isel(sample=np.flatnonzero(samples["label"].values < 4))
            run = train(few, SETTINGS, method, 303)
        origin = Provenance("wallpaper", "small", method, 303)
        store.write(run, tmp_path / f"{name}.nc", RUN, origin)
        written.append((tmp_path / f"{name}.nc").read_bytes())
    assert written[0] == written[1]
    assert (run["seconds"].values > 0).all() or method == "majority"


def test_the_clocks_decide_nothing_but_the_seconds(data, evaluations, folder):
    """With clocks that run, every other variable is equal to the last bit."""
    with store.open_lazy(data, DATA) as samples:
        again = train(samples, SETTINGS, "lattice", 301)
    before = store.read(folder / "lattice-301.nc", RUN)
    for name in sorted(set(again.data_vars) - {"seconds"}):
        np.testing.assert_array_equal(again[name].values, before[name].values, err_msg=name)


def test_the_same_images_whatever_else_is_asked_for(data, folder):
    more = SMALL.model_copy(update={"contents": ("atoms",), "per_class": 3})
    file = folder / "more.nc"
    images.write(more, file, Provenance("wallpaper", "more"))
    one, other = store.read(data, DATA), store.read(file, DATA)
    assert one.sizes["sample"] == 2 * 2 * 17
    assert np.array_equal(one["image"][34:], other["image"][:34])
    assert np.array_equal(one["cell"][34:], other["cell"][:34])
    assert np.bincount(one["label"]).tolist() == [4] * 17


def test_shards_hold_all_images_in_balance(data, folder):
    shards = images.write_shards(SMALL, folder, 51, Provenance("wallpaper", "small"))
    whole = store.read(data, DATA)
    parts = [store.read(shard, DATA) for shard in shards]
    assert [part.sizes["sample"] for part in parts] == [51, 17]
    assert np.array_equal(np.concatenate([part["image"] for part in parts]), whole["image"])
    assert np.bincount(parts[0]["label"]).tolist() == [3] * 17
    with pytest.raises(DataError, match="multiple of 17"):
        images.write_shards(SMALL, folder, 50, Provenance("wallpaper", "small"))


def test_shards_of_two_processes_are_those_of_one(tmp_path):
    data = SMALL.model_copy(update={"contents": ("noise", "published_atoms")})
    origin = Provenance("wallpaper", "small")
    found = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        folder.mkdir()
        files = images.write_shards(data, folder, 34, origin, workers=workers)
        assert files == sorted(folder.iterdir())
        found.append([store.read(file, DATA) for file in files])
    for one, other in zip(*found, strict=True):
        for name in one.data_vars:
            np.testing.assert_array_equal(one[name].values, other[name].values, err_msg=name)


def test_images_can_be_drawn_from_any_number_on():
    """The middle of a set, across two contents, is what drawing all of it gives."""
    data = SMALL.model_copy(update={"contents": ("noise", "published_atoms")})
    whole, part = list(samples(data)), list(samples(data, first=30, count=8))
    assert len(part) == 8
    for one, other in zip(part, whole[30:38], strict=True):
        assert (one.label, one.content) == (other.label, other.content)
        assert np.array_equal(one.image, other.image)
    assert len(list(samples(data, first=len(whole) - 3, count=8))) == 3


def test_a_test_is_drawn_by_the_seed_evenly():
    labels = np.tile(np.arange(17), 8)
    contents = np.repeat(["noise", "atoms"], 68)
    one, other = (draw_test(labels, contents, 0.5, np.random.default_rng(s)) for s in (1, 2))
    assert not np.array_equal(one, other)
    for content in ("noise", "atoms"):
        own = one[contents[one] == content]
        assert np.bincount(labels[own]).tolist() == [2] * 17


def test_methods_are_ordered_as_what_they_see(evaluations):
    accuracy = {
        method: store.read(file, EVALUATION)["accuracy"].values.mean()
        for method, file in evaluations.items()
    }
    assert accuracy["exact"] > accuracy["lattice"] > accuracy["majority"]
    assert accuracy["majority"] == pytest.approx(1 / 17, abs=0.06)
    assert accuracy["exact"] > 0.7


def test_scores_are_what_they_are_said_to_be(evaluations):
    found = store.read(evaluations["exact"], EVALUATION)
    table = found["confusion"].values
    assert table.sum() == found["images"].values.sum()
    right = np.trace(table, axis1=1, axis2=2)
    means = (found["accuracy"].values * found["images"].values).sum(axis=0)
    assert means == pytest.approx(right)
    assert found["floor"].values == pytest.approx([1 / 17] * 2)
    listed = rows(found)
    assert [row["content"] for row in listed] == ["noise", "atoms"]
    assert all(row["accuracy_worst"] <= row["accuracy_median"] for row in listed)
    assert scores_of_seeds(found).keys() == {301, 302}
    assert "named rightly" in sentence(found)


def test_calibration_error_of_known_cases():
    right = np.array([True] * 8 + [False] * 2)
    assert calibration_error(np.full(10, 0.8), right) == pytest.approx(0)
    assert calibration_error(np.full(10, 1.0), right) == pytest.approx(0.2)
    count, mean, share = reliability(np.array([0.05, 0.95]), np.array([False, True]))
    assert count.tolist() == [1, *[0] * 8, 1]
    assert (mean[0], share[-1]) == (pytest.approx(0.05), 1.0)
    assert np.isnan(mean[1:-1]).all()


def test_wilsons_interval_holds_the_part_and_never_leaves_0_to_1():
    n = np.array([10, 10, 200])
    low, high = wilson(np.array([0.0, 10.0, 150.0]), n)
    assert ((low >= 0) & (high <= 1) & (low < high)).all()
    assert low[2] == pytest.approx(0.686, abs=2e-3)  # Wilson 1927, score interval of 150 of 200
    assert high[2] == pytest.approx(0.805, abs=2e-3)


def test_stages_draw_and_write_the_page(evaluations, data, folder):
    names = [str(folder / "figures/small/exact" / f"{name}.png") for name in stages.FIGURES]
    (folder / "figures/small/exact").mkdir(parents=True)
    evaluation = str(evaluations["exact"])
    stages.draw({"title": "Small"}, str(data), [], evaluation, names)
    picture = str(folder / "overview.png")
    stages.overview(["Small"], [str(data)], [], [evaluation], picture)
    stages.tabulate([str(file) for file in evaluations.values()], str(folder / "table.csv"))
    stages.summarize(["Small"], [evaluation], names, picture, str(folder / "page.html"))
    assert len((folder / "table.csv").read_text().splitlines()) == 1 + 3 * 2
    page = (folder / "page.html").read_text()
    assert stages.QUESTION in page
    assert "0.059" in page, "the floor stands beside the scores"


def test_a_file_of_another_kind_is_refused(data):
    with pytest.raises(FileError, match="wallpaper run"):
        store.read(data, RUN)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"contents": ["texture"]}, "textures"),
        ({"cell_area": [9000, 1500]}, "smallest first"),
        ({"cell_area": [1500, 60000]}, "16384"),
        ({"size": 8}, "at least 32"),
        ({"folder": "no/such/folder"}, "no such file"),
        ({"margin": 0.9}, "below 0.5"),
    ],
)
def test_mistakes_in_a_configuration_are_named(block, said):
    values = {"wallpaper": {"experiments": {"one": {"title": "One", "data": block}}}}
    with pytest.raises(ConfigError, match=said):
        load(values)


def test_names_are_in_the_order_of_the_tables():
    assert NAMES[0] == "p1"
    assert NAMES[-1] == "p6m"
    assert len(NAMES) == 17
