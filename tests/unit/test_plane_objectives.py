"""Objectives on a grid: gradients against differences, and what must not change them."""

import numpy as np
import pytest

from symlens.groups import random_orthogonal
from symlens.lens.fast.whitening import whiten
from symlens.lens.plane.grid import Grid, waves_up_to
from symlens.lens.plane.objective import WEIGHTS, PlaneObjective
from symlens.lens.plane.stationarity import Departure, Guides, log_stationarity, stationarity

GRID = Grid(3, 4)


@pytest.fixture(scope="module")
def white():
    rng = np.random.default_rng(0)
    rows, columns = np.divmod(np.arange(GRID.n), GRID.width)
    distance = np.abs(rows[:, None] - rows) + 0.7 * np.abs(columns[:, None] - columns)
    root = np.linalg.cholesky(np.exp(-0.5 * distance))
    return whiten((rng.laplace(size=(4000, GRID.n)) @ root.T).astype(np.float32))


@pytest.fixture(scope="module")
def guides():
    rng = np.random.default_rng(1)
    operators = rng.standard_normal((2, GRID.n, GRID.n))
    return Guides(operators + operators.transpose(0, 2, 1), GRID.profiles(waves_up_to(1)))


def slope_along(objective, filters, skew, step=1e-5):
    """Central difference of the objective along a rotation."""
    eye = np.eye(len(skew))

    def turned(t):
        return np.linalg.solve(eye - t / 2 * skew, (eye + t / 2 * skew) @ filters)

    return (objective(turned(step))[0] - objective(turned(-step))[0]) / (2 * step)


def directions(count=3):
    rng = np.random.default_rng(2)
    for matrix in rng.standard_normal((count, GRID.n, GRID.n)):
        yield (matrix - matrix.T) / 2


@pytest.mark.parametrize("name", ["guides", "log", "covariance", "ridged"])
def test_gradients_along_rotations(white, guides, name):
    objective = {
        "guides": guides,
        "log": log_stationarity(white, GRID, guides, 0.3),
        "covariance": stationarity(Departure(white, GRID), guides, 0.1),
        "ridged": stationarity(Departure(white, GRID, 0.1), guides, 0.1),
    }[name]
    filters = random_orthogonal(GRID.n, np.random.default_rng(3))
    gradient = objective(filters)[1]
    for skew in directions():
        expected = slope_along(objective, filters, skew)
        assert np.vdot(gradient, skew @ filters) == pytest.approx(expected, rel=1e-5, abs=1e-7)


def test_gradient_on_samples(white):
    objective = PlaneObjective(white, white.x[:1000], GRID)
    filters = random_orthogonal(GRID.n, np.random.default_rng(4))
    gradient = objective(filters)[1]
    for skew in directions():
        # Samples are in single precision, and so is the difference: a larger step, a looser hold.
        expected = slope_along(objective, filters, skew, 3e-3)
        assert np.vdot(gradient, skew @ filters) == pytest.approx(expected, rel=2e-2, abs=2e-3)


def test_agreement_is_a_sum_of_traces(guides):
    filters = random_orthogonal(GRID.n, np.random.default_rng(5))
    naive = sum(
        np.trace(filters @ operator @ filters.T @ np.diag(profile))
        for operator, profile in zip(guides.operators, guides.profiles, strict=True)
    )
    assert guides(filters)[0] == pytest.approx(naive)


def test_terms_make_the_value(white):
    objective = PlaneObjective(white, white.x, GRID)
    filters = random_orthogonal(GRID.n, np.random.default_rng(6))
    terms = objective.terms(filters)
    values = list(terms.values())[1:]
    weighted = np.dot(WEIGHTS, [values[0], np.log1p(values[1]), values[2], -values[3]])
    assert terms["loss"] == pytest.approx(weighted)
    assert objective(filters)[0] == pytest.approx(weighted)


def test_a_stationary_covariance_departs_by_nothing(white):
    pixels = np.eye(GRID.n)
    exact = GRID.stationary_average(white.covariance)
    powers, modes = np.linalg.eigh(exact)
    ideal = type(white)(white.x, white.mean, powers[::-1], modes[:, ::-1], 1.0)
    excess, *_ = Departure(ideal, GRID)(pixels)
    assert excess == pytest.approx(0.0, abs=1e-20)
    turned = random_orthogonal(GRID.n, np.random.default_rng(7))
    assert Departure(ideal, GRID)(turned)[0] > 0.1


@pytest.mark.parametrize("turn", ["rows", "columns", "signs"])
def test_what_no_data_can_tell_apart_has_one_value(white, turn):
    objective = PlaneObjective(white, white.x, GRID)
    filters = random_orthogonal(GRID.n, np.random.default_rng(8))
    image = filters.reshape(GRID.height, GRID.width, GRID.n)
    other = {"rows": image[::-1], "columns": image[:, ::-1], "signs": -image}[turn]
    value = objective.terms(other.reshape(GRID.n, GRID.n))["loss"]
    assert value == pytest.approx(objective.terms(filters)["loss"], rel=1e-5)
