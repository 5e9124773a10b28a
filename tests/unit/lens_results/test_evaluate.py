"""The evaluation file: scores over seeds, floors, and what is left without the truth."""

import numpy as np
import pytest

from symlens import metrics
from symlens.errors import DataError
from symlens.lens import evaluate as module
from symlens.lens.evaluate import evaluate
from symlens.lens.runfile import symmetry_from
from symlens.lens.schemas import DATA, EVALUATION
from symlens.store import Provenance, check, open_lazy, read, write

NEEDS_TRUTH = {
    "generator_cosine",
    "power_cosine",
    "algebra_cosine",
    "group_convolution_cosine",
    "equivariance_error",
    "eigenphase_error",
    "participation",
    "width",
    "floor",
    "eigenphase",
}


@pytest.mark.parametrize(("n", "cyclic"), [(9, False), (9, True), (8, False), (8, True)])
def test_the_ideal_symmetry_scores_perfectly_and_worse_ones_less(make, n, cyclic):
    runs, data = make(n, cyclic=cyclic)
    found = evaluate(runs, data)
    # An even ring has no real generator that is periodic: the last entry of P is -1.
    best = 1 - 2 / n if cyclic and n % 2 == 0 else 1
    cosines = found["generator_cosine"].to_numpy()
    assert cosines[0] == pytest.approx(best)
    assert np.all(np.diff(cosines) < 0)
    assert np.all(np.diff(found["group_convolution_cosine"]) < 0)
    assert np.all(np.diff(found["equivariance_error"]) > 0)
    assert np.all(np.diff(found["eigenphase_error"]) > 0)
    for name, value in [
        ("group_convolution_cosine", 1),
        ("equivariance_error", 0),
        ("eigenphase_error", 0),
        ("participation", 1),
        ("width", 0),
        ("orthogonality_defect", 0),
    ]:
        assert float(found[name][0]) == pytest.approx(value, abs=1e-6)


def test_scores_are_those_of_the_metrics_on_held_out_samples(make):
    runs, data = make()
    found = evaluate(runs, data)
    symmetry = symmetry_from(runs[2])
    ideal = data["ideal_generator"].to_numpy()
    assert found["generator_cosine"][2] == metrics.generator_cosine(symmetry.generator, ideal)
    x = data["x"].to_numpy()[runs[2]["held_out"].to_numpy()].astype(float) - symmetry.mean
    error = metrics.equivariance_error(
        x.T @ x / len(x), symmetry.group_convolution, ideal, cyclic=False
    )
    assert float(found["equivariance_error"][2]) == pytest.approx(error)
    np.testing.assert_array_equal(found["symmetry_pvalue"], [0.01, 0.02, 0.03])
    generators = np.stack([symmetry_from(run).generator for run in runs])
    np.testing.assert_array_equal(found["agreement"], metrics.pairwise_agreement(generators))


def test_the_summary_knows_which_end_is_the_worst(make):
    found = evaluate(*make())
    summary = found["summary"].to_pandas()
    assert summary.loc["generator_cosine", "worst"] == found["generator_cosine"].min()
    assert summary.loc["equivariance_error", "worst"] == found["equivariance_error"].max()
    for name, row in summary.iterrows():
        assert row["median"] == pytest.approx(np.median(found[name]))
        assert row["low"] <= row["median"] <= row["high"]
    pairs = found["agreement"].to_numpy()[np.triu_indices(3, k=1)]
    assert found["agreement_worst"] == pairs.min()
    assert found["agreement_median"] == np.median(pairs)


def test_floors_stand_beside_the_scores_and_are_beaten(make):
    found = evaluate(*make())
    floor = found["floor"].sel(level=0.95)
    for chance in ("orthogonal", "covariance"):
        for name in ("generator_cosine", "group_convolution_cosine"):
            assert float(floor.sel(chance=chance, floor_score=name)) < float(found[name].min())
        for name in ("equivariance_error", "eigenphase_error"):
            assert float(floor.sel(chance=chance, floor_score=name)) > float(found[name].max())
    median = found["floor"].sel(level=0.5, floor_score="generator_cosine")
    assert np.all(median < floor.sel(floor_score="generator_cosine"))


@pytest.mark.parametrize("cyclic", [False, True])
def test_without_the_truth_only_what_needs_none(make, cyclic):
    known, data = make(cyclic=cyclic)
    runs, unknown = make(cyclic=cyclic, truth=False)
    found, full = evaluate(runs, unknown), evaluate(known, data)
    assert not NEEDS_TRUTH & set(found.variables)
    assert set(full.variables) >= NEEDS_TRUTH
    for name in ("agreement", "symmetry_pvalue", "orthogonality_defect", "canonical_width"):
        np.testing.assert_array_equal(found[name], full[name])
    assert list(found["score"]) == [s for s in full["score"] if str(s.values) not in NEEDS_TRUTH]


def test_a_generator_without_natural_coordinates_is_scored_alone(make):
    runs, data = make(cyclic=True)
    turned = data["ideal_generator"].to_numpy() @ data["ideal_generator"].to_numpy()
    dispersed = data.assign(ideal_generator=(("row", "col"), turned))
    found = evaluate(runs, dispersed)
    assert {"generator_cosine", "eigenphase_error", "equivariance_error"} <= set(found.variables)
    assert not {"group_convolution_cosine", "width"} & set(found.variables)
    assert float(found["generator_cosine"][0]) == pytest.approx(0, abs=1e-9)
    assert "group_convolution_cosine" not in found["floor_score"].to_numpy()


def test_one_seed_has_no_agreement_to_summarise(make):
    found = evaluate(*make(errors=(0.0,)))
    assert found["agreement"].shape == (1, 1)
    assert "agreement_worst" not in found
    assert float(found["summary"].sel(score="generator_cosine", statistic="low")) == pytest.approx(
        1
    )


def test_seconds_are_kept_where_every_run_tells_them(make):
    runs, data = make(truth=False)
    for seed, run in enumerate(runs):
        run.attrs["seconds"] = 10.0 + seed
    np.testing.assert_array_equal(evaluate(runs, data)["seconds"], [10, 11, 12])
    del runs[0].attrs["seconds"]
    assert "seconds" not in evaluate(runs, data)


@pytest.mark.parametrize("truth", [True, False])
def test_the_file_obeys_its_schema_and_comes_back(make, tmp_path, truth):
    found = evaluate(*make(truth=truth))
    check(found, EVALUATION, "evaluation")
    write(found, tmp_path / "evaluation.nc", EVALUATION, Provenance("lens", "made_up", "fast"))
    back = read(tmp_path / "evaluation.nc", EVALUATION)
    for name in found.variables:
        np.testing.assert_array_equal(back[name].to_numpy(), found[name].to_numpy())
        assert back[name].attrs["long_name"]
        assert back[name].attrs["units"] == EVALUATION.variables[name].units


def test_data_may_stay_in_their_file_and_only_held_out_rows_count(make, tmp_path):
    runs, data = make()
    expected = evaluate(runs, data)
    held_out = np.unique(np.concatenate([run["held_out"] for run in runs]))
    x = data["x"].to_numpy().copy()
    x[np.setdiff1d(np.arange(len(x)), held_out)] = 1e6
    spoiled = data.assign(x=(("sample", "pixel"), x))
    write(spoiled, tmp_path / "data.nc", DATA, Provenance("lens", "made_up"))
    with open_lazy(tmp_path / "data.nc", DATA) as lazy:
        found = evaluate(runs, lazy)
    for name in found.variables:
        np.testing.assert_array_equal(found[name].to_numpy(), expected[name].to_numpy())


def test_many_held_out_rows_are_thinned_evenly(make, monkeypatch):
    runs, data = make()
    monkeypatch.setattr(module, "HELD_OUT_ROWS", 30)
    thinned = module._held_out(runs, data)
    rows = np.sort(runs[0]["held_out"].to_numpy())[::4]
    assert len(thinned[0]) == 25
    expected = data["x"].to_numpy()[rows] - runs[0]["mean"].to_numpy()
    np.testing.assert_allclose(thinned[0], expected)


def test_the_evaluation_is_reproducible(make):
    runs, data = make()
    assert evaluate(runs, data).identical(evaluate(runs, data))


def test_runs_that_do_not_belong_together_are_refused(make):
    runs, data = make()
    with pytest.raises(DataError, match="at least one run"):
        evaluate([], data)
    with pytest.raises(DataError, match=r"distinct seeds, got seeds \[1, 1\]"):
        evaluate([runs[0], runs[0]], data)
    with pytest.raises(DataError, match="9 features, the data 8"):
        evaluate(runs, make(8)[1])
    with pytest.raises(DataError, match="the data have 20"):
        evaluate(runs, data.isel(sample=slice(20)))
    runs[1].attrs["method"] = "official"
    with pytest.raises(DataError, match="one method, got fast, official"):
        evaluate(runs, data)
