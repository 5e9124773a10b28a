"""The official objective at a symmetry that stays as it is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from symlens.config.lens_official import OfficialSettings
from symlens.errors import DataError
from symlens.groups import ideal_generator, random_orthogonal
from symlens.lens.official.value import ideal_symmetry, objective_value

N = 5
SETTINGS = OfficialSettings(
    epochs=15, steps_per_epoch=10, batch_size=200, hidden_multiple=4, estimator_learning_rate=0.02
)


@pytest.mark.parametrize("cyclic", [True, False])
@pytest.mark.parametrize("n", [5, 7])
def test_the_ideal_symmetry_is_the_shift_in_natural_coordinates(n, cyclic):
    basis = random_orthogonal(n, np.random.default_rng(1))
    found = ideal_symmetry(basis, cyclic=cyclic, mean=2.0, scale=3.0)
    np.testing.assert_allclose(found.group_convolution, basis.T, atol=1e-10)
    np.testing.assert_allclose(found.generator, ideal_generator(basis, cyclic=cyclic), atol=1e-10)
    np.testing.assert_allclose(found.filter, basis[(n - 1) // 2], atol=1e-12)
    assert len(found.log_generator) == (n if cyclic else 3 * n)
    assert (found.mean == 2.0).all()


@pytest.fixture(scope="module")
def rings():
    """Bumps on a ring, in a random basis."""
    rng = np.random.default_rng(2)
    basis = random_orthogonal(N, rng)
    rolled = [
        np.roll(row, shift)
        for row, shift in zip(
            rng.exponential(size=(2000, 1)) * np.array([[0, 0.5, 1, 0, 0]]),
            rng.integers(N, size=2000),
            strict=True,
        )
    ]
    return (np.array(rolled) @ basis).astype(np.float32), basis


def test_the_truth_has_a_better_value_than_a_random_basis(rings):
    x, basis = rings
    other = random_orthogonal(N, np.random.default_rng(7))
    truth, wrong = (
        objective_value(x, ideal_symmetry(each, cyclic=True), SETTINGS, seed=1)
        for each in (basis, other)
    )
    assert truth["uniformity"] < wrong["uniformity"]
    assert truth["alignment"] < wrong["alignment"]
    assert truth["loss"] < wrong["loss"] - 0.1
    # Joint entropy at full rank does not see an orthogonal change of basis.
    assert truth["joint_entropy"] == pytest.approx(wrong["joint_entropy"], abs=0.03)
    assert truth["rank"] == pytest.approx(N - 0.5, abs=0.1)


def test_a_value_is_a_function_of_its_seed_and_not_of_the_learning_rate_of_the_model(rings):
    x, basis = rings
    few = SETTINGS.model_copy(update={"epochs": 2})
    symmetry = ideal_symmetry(basis, cyclic=True)
    value = objective_value(x, symmetry, few, seed=3)
    faster = few.model_copy(update={"model_learning_rate": 0.5, "filter_noise": 5.0})
    assert objective_value(x, symmetry, faster, seed=3) == value
    assert objective_value(x, symmetry, few, seed=4) != value


def test_the_inverse_generator_has_the_same_value_up_to_the_estimators(rings):
    x, basis = rings
    symmetry = ideal_symmetry(basis, cyclic=True)
    inverse = dataclasses.replace(symmetry, log_generator=-symmetry.log_generator)
    one, two = (objective_value(x, each, SETTINGS, seed=1) for each in (symmetry, inverse))
    assert one["alignment"] == pytest.approx(two["alignment"], abs=1e-3)
    assert one["loss"] == pytest.approx(two["loss"], abs=0.1)


def test_a_symmetry_of_other_features_is_refused(rings):
    symmetry = ideal_symmetry(np.eye(7), cyclic=True)
    with pytest.raises(DataError, match="a symmetry of 7 features, samples of 5"):
        objective_value(rings[0], symmetry, SETTINGS, seed=1)
