"""The training stage: from a data file on disk to a run file that the store accepts."""

import numpy as np
import pytest
import xarray as xr

from symlens import store
from symlens.config.lens_data import GaussianData
from symlens.errors import ConfigError
from symlens.lens.data import synthesize
from symlens.lens.runfile import EXAMPLES, history_from, symmetry_from
from symlens.lens.schemas import DATA, RUN
from symlens.lens.train import StoredSamples, train
from symlens.metrics import generator_cosine
from symlens.provenance import Provenance

SETTINGS = {"samples": 4_000, "held_out": 0.25, "rounds": 1, "surrogates": 39}
SEED = 3


class Recorder:
    """A tracker that keeps what it is told."""

    def __init__(self):
        self.rows = []

    def record(self, step, terms):
        self.rows.append((step, dict(terms)))


def provenance(method=None, seed=None):
    return Provenance("lens", "trial", method, seed, {"n": 5})


@pytest.fixture(scope="session")
def data_file(tmp_path_factory):
    """Gaussian bumps on a ring of 5 pixels in a random basis, in a file."""
    cfg = GaussianData(n=5, samples=5_000, cyclic=True, group="random_basis", group_seed=1, seed=2)
    path = tmp_path_factory.mktemp("train") / "data.nc"
    store.write(synthesize(cfg), path, DATA, provenance())
    return path


@pytest.fixture(scope="session")
def trained(data_file):
    """The run from the file as it lies on disk; what the tracker saw."""
    recorder = Recorder()
    with store.open_lazy(data_file, DATA) as data:
        return train(data, SETTINGS, "fast", SEED, recorder, None), recorder


def test_the_store_takes_the_run_and_gives_it_back(trained, tmp_path):
    run, _ = trained
    store.write(run, tmp_path / "run.nc", RUN, provenance("fast", SEED))
    again = store.read(tmp_path / "run.nc", RUN)
    xr.testing.assert_identical(again.drop_attrs(), run.drop_attrs())
    for name in ("verdict", "cyclic", "method", "seed", "seconds"):
        assert again.attrs[name] == run.attrs[name]
    assert set(run.variables) == set(RUN.variables)


def test_what_the_run_says(trained, data_file):
    run, _ = trained
    data = store.read(data_file, DATA)
    ideal = data["ideal_generator"].to_numpy()
    assert generator_cosine(run["generator"].to_numpy(), ideal) > 0.97
    assert {name: run.attrs[name] for name in ("cyclic", "method", "seed")} == {
        "cyclic": 1,
        "method": "fast",
        "seed": SEED,
    }
    assert run.attrs["seconds"] > 0
    assert run.sizes["held_sample"] == 1_000
    assert run.sizes["surrogate"] == 39


def test_examples_are_rows_of_the_file_in_both_coordinates(trained, data_file):
    run, _ = trained
    x = store.read(data_file, DATA)["x"].to_numpy()
    rows = run["held_out"].to_numpy()[:EXAMPLES]
    np.testing.assert_array_equal(run["raw"], x[rows])
    expected = symmetry_from(run).transform(x[rows])
    np.testing.assert_allclose(run["canonical"], expected, atol=1e-5)


def test_the_tracker_saw_the_history(trained):
    run, recorder = trained
    history = history_from(run)
    np.testing.assert_array_equal([step for step, _ in recorder.rows], history.steps)
    seen = [[terms[name] for name in history.terms] for _, terms in recorder.rows]
    np.testing.assert_array_equal(seen, history.values)


def test_from_memory_the_same_bits(trained, data_file):
    run, _ = trained
    again = train(store.read(data_file, DATA), SETTINGS, "fast", SEED, Recorder(), None)
    xr.testing.assert_identical(again.drop_attrs(), run.drop_attrs())


def test_the_data_say_whether_the_ring_closes(data_file):
    window = store.read(data_file, DATA).isel(sample=slice(500)).assign_attrs(cyclic=0)
    run = train(window, SETTINGS, "fast", SEED, Recorder(), None)
    assert run.attrs["cyclic"] == 0
    assert run.sizes["embedded_row"] == 15


def test_stored_samples_are_fetched_by_number_in_any_order(data_file):
    x = store.read(data_file, DATA)["x"].to_numpy()
    rows = np.array([4_999, 0, 17, 4_998, 17])
    with store.open_lazy(data_file, DATA) as data:
        samples = StoredSamples(data)
        assert samples.shape == (5_000, 5)
        np.testing.assert_array_equal(samples[rows], x[rows])
        with pytest.raises(IndexError, match=r"rows must lie in 0 \.\. 4999"):
            samples[np.array([5_000])]


def test_mistakes_in_the_settings_are_told_before_anything_is_read():
    empty = xr.Dataset({"x": (("sample", "pixel"), np.zeros((0, 3)))}, attrs={"cyclic": 0})
    with pytest.raises(ConfigError, match=r"settings\.roundz: .*did you mean 'rounds'"):
        train(empty, {"roundz": 1}, "fast", 0, Recorder(), None)
    with pytest.raises(ConfigError, match="method: 'slow' is unknown"):
        train(empty, {}, "slow", 0, Recorder(), None)
