"""Contracts of the three kinds of file: what each must hold, and what is said where it does not."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from symlens import store, tracking
from symlens.errors import FileError
from symlens.gain import stages
from symlens.gain.evaluate import evaluate
from symlens.gain.schemas import DATA, EVALUATION, RUN
from symlens.gain.scores import FLOORS, SCORES
from symlens.gain.tables import stability_row
from symlens.provenance import Provenance

KINDS = {"data": DATA, "run": RUN, "evaluation": EVALUATION}
ORIGIN = Provenance("gain", "shifts", "krr", 101, {})


def contents(one, kind):
    """A sound data set of a kind."""
    files = {"data": one.data_file, "run": one.run_files[0], "evaluation": one.evaluation_file}
    return store.read(files[kind], KINDS[kind])


def required():
    """Every variable that a kind of file cannot do without."""
    return [
        (kind, name)
        for kind, schema in KINDS.items()
        for name, variable in schema.variables.items()
        if variable.required
    ]


@pytest.mark.parametrize(("kind", "name"), required())
def test_a_variable_that_is_missing_is_named(worked, tmp_path, kind, name):
    found = contents(worked["shifts"], kind).drop_vars(name)
    with pytest.raises(FileError, match=f"'{name}'") as caught:
        store.write(found, tmp_path / "x.nc", KINDS[kind], ORIGIN)
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "x.nc").exists()


@pytest.mark.parametrize(
    ("kind", "name"),
    [(k, n) for k, n in required() if KINDS[k].variables[n].dtype == "float64"],
)
def test_no_number_is_refused_where_one_is_needed(worked, tmp_path, kind, name):
    found = contents(worked["shifts"], kind)
    values = found[name].to_numpy().copy()
    values.flat[0] = np.nan
    found = found.assign({name: (found[name].dims, values)})
    if KINDS[kind].variables[name].nan:
        store.write(found, tmp_path / "x.nc", KINDS[kind], ORIGIN)
        assert np.isnan(store.read(tmp_path / "x.nc", KINDS[kind])[name].values.flat[0])
    else:
        with pytest.raises(FileError, match=name):
            store.write(found, tmp_path / "x.nc", KINDS[kind], ORIGIN)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, schema in KINDS.items() for name in schema.attributes]
)
def test_an_attribute_that_is_missing_is_named(worked, tmp_path, kind, name):
    found = contents(worked["shifts"], kind)
    found.attrs.pop(name)
    with pytest.raises(FileError, match=f"'{name}'"):
        store.write(found, tmp_path / "x.nc", KINDS[kind], ORIGIN)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_file_of_another_kind_is_refused(worked, kind, other):
    one = worked["zonal"]
    files = {"data": one.data_file, "run": one.run_files[0], "evaluation": one.evaluation_file}
    if kind == other:
        assert store.read(files[kind], KINDS[other]).sizes["arm"] == 2
        return
    with pytest.raises(FileError, match=f"expected a file of 'gain {other}'"):
        store.read(files[kind], KINDS[other])


def test_stages_name_the_file_that_is_wrong(worked, tmp_path):
    one = worked["shifts"]
    settings = one.plan.parameters("train", "gain", "shifts", "krr")
    out = str(tmp_path / "evaluation.nc")
    with pytest.raises(FileError, match=r"shifts\.nc: expected a file of 'gain run'"):
        stages.evaluate(settings, [one.data_file], one.data_file, out, experiment="s", method="krr")
    with pytest.raises(FileError, match="no such file"):
        stages.tabulate([str(tmp_path / "none.nc")], out)
    broken = tmp_path / "broken.nc"
    broken.write_bytes(b"not a file of numbers")
    with pytest.raises(FileError, match="not a NetCDF-4 file"):
        stages.evaluate(settings, [str(broken)], one.data_file, out, experiment="s", method="krr")
    assert not Path(out).exists()


def test_a_training_through_the_door_is_the_one_by_hand(worked, tmp_path):
    """Tracking switched off: the same curves, with their origin."""
    one = worked["shifts"]
    settings = one.plan.parameters("train", "gain", "shifts", "krr")
    note, out = tmp_path / "tracking.json", str(tmp_path / "run.nc")
    tracking.initialise(note, enabled=False)
    stages.train(
        settings,
        one.data_file,
        out,
        experiment="shifts",
        method="krr",
        seed=102,
        tracking=str(note),
        checkpoints=str(tmp_path / "checkpoints" / "seed-102"),
        library="none",
    )
    found, kept = store.read(out, RUN), store.read(one.run_files[1], RUN)
    assert (found["risk_path"].values == kept["risk_path"].values).all()
    assert found.attrs["seed"] == 102
    assert found.attrs["config"]["settings"]["noises"] == 32
    assert not (tmp_path / "checkpoints" / "seed-102").exists()


def test_seeds_are_other_curves_of_the_same_problem(worked):
    paths = [store.read(file, RUN)["risk_path"].values for file in worked["shifts"].run_files]
    assert (paths[0] != paths[1]).any()
    assert np.abs(np.log(paths[0].min(-1) / paths[1].min(-1))).max() < 1


def test_the_order_of_the_seeds_does_not_matter(worked):
    one = worked["zonal"]
    runs = [store.read(file, RUN) for file in one.run_files]
    here, there = evaluate(runs, one.data), evaluate(runs[::-1], one.data)
    assert there["seed"].values.tolist() == here["seed"].values.tolist()[::-1]
    assert there["value"].values[:, ::-1] == pytest.approx(here["value"].values, nan_ok=True)
    assert there["sample_gain"].values == pytest.approx(here["sample_gain"].values, nan_ok=True)


def test_more_of_the_same_seed_changes_no_mean(worked):
    one = worked["shifts"]
    runs = [store.read(file, RUN) for file in one.run_files]
    once, twice = evaluate(runs, one.data), evaluate([*runs, *runs], one.data)
    for name in ("sample_gain", "risk_gain", "predicted_risk"):
        assert twice[name].values == pytest.approx(once[name].values, nan_ok=True)
    value, doubled = once["exponent"].values[..., 0], twice["exponent"].values[..., 0]
    assert doubled == pytest.approx(value, nan_ok=True)


def test_evaluations_say_what_they_are_worth(worked):
    found = worked["shifts"].evaluation
    assert found["floor"].values.tolist() == list(FLOORS)
    assert found["score"].values.tolist() == list(SCORES)
    low, high = found["exponent"].values[..., 1], found["exponent"].values[..., 2]
    assert (low <= high + 1e-12).all()
    for file, schema in (
        (worked["shifts"].data_file, DATA),
        (worked["shifts"].run_files[0], RUN),
        (worked["shifts"].evaluation_file, EVALUATION),
    ):
        read = store.read(file, schema)
        assert read.attrs["study"] == "gain"
        assert read.attrs["experiment"] == "shifts"
        assert len(read.attrs["config_hash"]) == 16


def test_rows_of_the_table_have_every_statistic(worked, tmp_path):
    row = stability_row(worked["learned"].evaluation)
    for name in SCORES:
        for statistic in ("worst", "median", "predicted", "floor"):
            assert f"{name}_{statistic}" in row
    assert row["order"] == 8
    stages.tabulate([worked["learned"].evaluation_file], str(tmp_path / "t.csv"))
    rows = list(csv.DictReader((tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0].keys() == row.keys()


def test_numbers_survive_the_file(worked, tmp_path):
    found = worked["nearly"].evaluation
    path = tmp_path / "again.nc"
    store.write(found, path, EVALUATION, ORIGIN)
    again = store.read(path, EVALUATION)
    xr.testing.assert_identical(found.drop_attrs(), again.drop_attrs())
