"""From what a training returns to a run file and back."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from symlens.lens.runfile import (
    EXAMPLES,
    feature_names,
    history_from,
    provenance_of,
    symmetry_from,
    to_dataset,
)
from symlens.lens.schemas import RUN
from symlens.store import Provenance, check, read, write


@pytest.fixture(params=[True, False], ids=["cyclic", "window"])
def result(request, learner, x):
    return learner(x, method="fast", settings=None, cyclic=request.param, seed=1)


def test_a_data_set_is_what_the_schema_says(result, x):
    run = to_dataset(result, x, method="fast", seed=1)
    check(run, RUN, "run")
    assert set(run.variables) == set(RUN.variables)


def test_examples_are_the_first_held_out_samples_and_their_canonical_form(result, x):
    result.held_out = np.arange(199, 99, -1)
    run = to_dataset(result, x, method="fast", seed=1)
    assert run.sizes["sample"] == EXAMPLES
    np.testing.assert_array_equal(run["raw"], x[199 : 199 - EXAMPLES : -1].astype(np.float32))
    expected = ((run["raw"] - result.symmetry.mean) / result.symmetry.scale).to_numpy()
    expected = expected @ result.symmetry.group_convolution
    np.testing.assert_allclose(run["canonical"], expected, atol=1e-5)
    np.testing.assert_array_equal(run["held_out"], result.held_out)


def test_fewer_held_out_samples_than_examples_are_all_kept(result, x):
    result.held_out = np.array([5, 2])
    run = to_dataset(result, x, method="fast", seed=1)
    np.testing.assert_array_equal(run["raw"], x[[5, 2]].astype(np.float32))


def test_everything_comes_back_from_a_file(result, x, tmp_path):
    run = to_dataset(result, x, method="fast", seed=1)
    config = {"data": {"features": ["a", "b", "c", "d", "e"]}}
    origin = Provenance("lens", "trial", "fast", 1, config)
    write(run, tmp_path / "run.nc", RUN, origin)
    again = read(tmp_path / "run.nc", RUN)
    xr.testing.assert_identical(again.drop_attrs(), run.drop_attrs())
    learned, loaded = result.symmetry, symmetry_from(again)
    for name in ("log_generator", "group_convolution", "filter", "mean", "generator"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(learned, name), name)
    assert (loaded.scale, loaded.cyclic) == (learned.scale, learned.cyclic)
    history = history_from(again)
    np.testing.assert_array_equal(history.steps, result.history.steps)
    np.testing.assert_array_equal(history.values, result.history.values)
    assert history.terms == result.history.terms
    assert provenance_of(again) == origin
    assert feature_names(again) == ("a", "b", "c", "d", "e")


@pytest.mark.parametrize("config", [{}, {"data": {}}, {"data": {"features": None}}])
def test_a_run_without_names_of_features(config):
    assert feature_names(xr.Dataset(attrs={"config": config})) is None


def test_matrices_are_laid_out_by_rows(result, x):
    """A product with a matrix laid out by columns differs in its last bit from one by rows."""
    symmetry = result.symmetry
    by_columns = SimpleNamespace(
        **{key: getattr(symmetry, key) for key in ("filter", "mean", "scale", "cyclic")},
        log_generator=np.asfortranarray(symmetry.log_generator),
        generator=np.asfortranarray(symmetry.generator),
        group_convolution=np.asfortranarray(symmetry.group_convolution),
        transform=symmetry.transform,
    )
    result.symmetry = by_columns
    run = to_dataset(result, x, method="fast", seed=1)
    for name in ("log_generator", "generator", "group_convolution"):
        assert run[name].to_numpy().flags.c_contiguous
