"""What counts as the ideal symmetry, and its chance floors."""

import numpy as np
import pytest
import xarray as xr

from symlens import metrics
from symlens.groups import (
    cyclic_log_generator,
    group_action,
    ideal_generator,
    orthogonal_factor,
    random_orthogonal,
    shift,
)
from symlens.lens import floors
from symlens.lens.floors import chance_floors
from symlens.lens.schemas import EVALUATION
from symlens.lens.scores import BY_NAME, FLOORED, SCORES
from symlens.lens.truth import Truth, to_natural, truth_of


def data_set(n, *, cyclic, generator=None, basis=None):
    data = xr.Dataset({"x": (("sample", "pixel"), np.zeros((2, n)))}, attrs={"cyclic": int(cyclic)})
    for name, matrix in [("ideal_generator", generator), ("representation", basis)]:
        if matrix is not None:
            data[name] = (("row", "col"), matrix)
    return data


def stationary(n, samples, rng):
    """Samples on a ring with a covariance that is circulant but for sampling errors."""
    return rng.standard_normal((samples, n)) @ (np.eye(n) + 0.7 * shift(n, cyclic=True))


def test_data_without_a_generator_have_no_truth():
    assert truth_of(data_set(5, cyclic=True)) is None
    basis = random_orthogonal(5, np.random.default_rng(0))
    assert truth_of(data_set(5, cyclic=True, basis=basis)) is None


@pytest.mark.parametrize("cyclic", [True, False])
def test_natural_coordinates_are_those_in_which_the_generator_is_a_shift(cyclic):
    basis = random_orthogonal(7, np.random.default_rng(0))
    generator = ideal_generator(basis, cyclic=cyclic)
    truth = truth_of(data_set(7, cyclic=cyclic, generator=generator, basis=basis))
    np.testing.assert_array_equal(truth.group_convolution, basis.T)
    shown = to_natural(truth.generator, truth.representation)
    np.testing.assert_allclose(shown, shift(7, cyclic=cyclic), atol=1e-12)


def test_a_representation_that_does_not_make_it_a_shift_is_no_ideal_filter():
    basis = random_orthogonal(7, np.random.default_rng(0))
    generator = group_action(1.5 * cyclic_log_generator(7), 1.0)
    truth = truth_of(data_set(7, cyclic=True, generator=generator, basis=basis))
    assert truth.representation is None
    assert truth.group_convolution is None
    np.testing.assert_array_equal(truth.action, generator)


@pytest.mark.parametrize(("n", "cyclic"), [(7, False), (8, False), (8, True)])
def test_the_ideal_action_is_closed_as_the_learned_one_is(n, cyclic):
    basis = random_orthogonal(n, np.random.default_rng(0))
    truth = Truth(ideal_generator(basis, cyclic=cyclic), basis, cyclic)
    np.testing.assert_allclose(truth.action @ truth.action.T, np.eye(n), atol=1e-9)
    inner = to_natural(truth.action, basis)
    np.testing.assert_allclose(inner[:-1], shift(n, cyclic=False)[:-1], atol=1e-9)
    assert abs(inner[-1, 0]) == pytest.approx(1)


def test_a_window_without_natural_coordinates_cannot_be_closed():
    assert Truth(shift(7, cyclic=False), None, cyclic=False).action is None


def test_floors_of_a_ring_are_higher_for_matrices_that_preserve_the_covariance(monkeypatch):
    monkeypatch.setattr(floors, "DRAWS", 200)
    rng = np.random.default_rng(1)
    basis = random_orthogonal(9, rng)
    truth = Truth(ideal_generator(basis, cyclic=True), basis, cyclic=True)
    found = xr.Dataset(chance_floors(truth, stationary(9, 20_000, rng) @ basis, FLOORED))["floor"]
    assert list(found["floor_score"].to_numpy()) == list(FLOORED)
    for name in FLOORED:
        far = found.sel(floor_score=name, level=0.95)
        gain = float(far.sel(chance="covariance") - far.sel(chance="orthogonal"))
        assert gain > 0.1 if BY_NAME[name].higher_is_better else gain < 0.0
        better = found.sel(floor_score=name).diff("level")
        assert np.all(better > 0) if BY_NAME[name].higher_is_better else np.all(better < 0)


def test_floors_follow_the_scores_that_there_are(monkeypatch):
    monkeypatch.setattr(floors, "DRAWS", 20)
    rng = np.random.default_rng(2)
    truth = Truth(shift(7, cyclic=False), None, cyclic=False)
    scored = ("generator_cosine", "equivariance_error", "width")
    found = chance_floors(truth, stationary(7, 500, rng), scored)
    assert list(found["floor_score"][1]) == ["generator_cosine", "equivariance_error"]
    again = chance_floors(truth, stationary(7, 500, np.random.default_rng(2)), scored)
    assert found["floor"][1].shape == again["floor"][1].shape == (2, 2, 2)
    assert np.all(np.isfinite(found["floor"][1]))


def test_preserving_convolutions_leave_the_canonical_covariance_ideal():
    rng = np.random.default_rng(3)
    basis = random_orthogonal(9, rng)
    x = stationary(9, 50_000, rng) @ basis
    values, vectors, errors = metrics.covariance_modes(x)
    groups = metrics.degenerate_groups(values, errors)
    ideal = np.cov((x @ basis.T).T)
    for u in metrics.commutant_orthogonal(vectors, groups, 5, rng):
        assert np.abs(np.cov((x @ u @ basis.T).T) - ideal).max() < 0.05
    other = random_orthogonal(9, rng)
    assert np.abs(np.cov((x @ other).T) - ideal).max() > 0.2


def test_scores_are_named_once_and_described_in_the_file():
    assert len(BY_NAME) == len(SCORES)
    for score in SCORES:
        spec = EVALUATION.variables[score.name]
        assert (spec.units, spec.long_name) == (score.units, score.long_name)
        assert spec.required is not score.needs_truth
        assert score.needs_truth or not score.has_floor
        assert score.meaning.endswith(".")


def test_the_polar_factor_of_a_spread_matrix_gives_locality_without_the_truth():
    rng = np.random.default_rng(4)
    rows = random_orthogonal(9, rng)
    spread = rows.T @ (np.eye(9) + 0.3 * (shift(9, cyclic=True) + shift(9, cyclic=True).T))
    canonical = orthogonal_factor(spread).T @ spread[:, 4]
    assert 1 < metrics.participation(canonical) < 3
    assert 0 < metrics.rms_width(canonical, cyclic=True) < 1
