"""Other orders of waves: which there are, which are likely, what they put right."""

import numpy as np
import pytest

from symlens.config.lens_data import GaussianData
from symlens.lens.data import synthesize
from symlens.lens.fast.candidates import known_cumulants
from symlens.lens.fast.cumulants import cumulants
from symlens.lens.fast.moves import descended, settled
from symlens.lens.fast.orders import FARTHEST, TRIED, likely, nearby, reordered
from symlens.lens.fast.stationarity import cosine_basis
from symlens.lens.fast.whitening import whiten
from symlens.lens.fast.window_invariance import WindowInvariance

N = 9


@pytest.fixture(scope="module")
def known():
    """Misfit of wide bumps behind a random basis, and the waves at the truth."""
    data = synthesize(
        GaussianData(
            n=N, samples=20_000, scale=(0.5, 1.5), group="random_basis", group_seed=3, seed=7
        )
    )
    white = whiten(data["x"].to_numpy())
    misfit = WindowInvariance(white, known_cumulants(white, white.x)[0])
    basis = data["representation"].to_numpy().astype(float)
    return misfit, cosine_basis(N) @ descended(misfit, basis)


@pytest.mark.parametrize("n", [2, 3, 5, 12])
def test_nearby_orders_are_different_permutations_within_reach(n):
    orders, still = nearby(n), np.arange(n)
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.tile(still, (len(orders), 1)))
    assert len(np.unique(orders, axis=0)) == len(orders)
    farthest = np.abs(orders - still).max(axis=1)
    assert farthest.min() > 0
    assert farthest.max() == min(FARTHEST, n - 1)


def test_every_exchange_within_reach_is_nearby():
    orders = {tuple(order) for order in nearby(12).tolist()}
    for one in range(12):
        for other in range(one + 1, min(one + FARTHEST + 1, 12)):
            swapped = list(range(12))
            swapped[one], swapped[other] = other, one
            assert tuple(swapped) in orders


def test_a_pixel_alone_has_no_other_order():
    assert nearby(1).shape == (0, 1)


def test_the_right_order_is_likely_where_it_is_not_the_present_one(known):
    misfit, waves = known
    order = np.array([0, 1, 2, 5, 4, 3, 6, 7, 8])
    found = likely(misfit, waves[order])
    assert len(found) == TRIED
    assert order.tolist() in found.tolist()  # an exchange undoes itself


@pytest.mark.parametrize("order", [[0, 1, 4, 5, 2, 3, 6, 7, 8], [0, 2, 1, 3, 6, 5, 4, 7, 8]])
def test_a_wrong_order_is_put_right(known, order):
    misfit, waves = known
    right = cosine_basis(N).T @ waves
    wrong = descended(misfit, cosine_basis(N).T @ waves[order])
    found = settled(misfit, wrong, (reordered,))
    assert misfit.value(wrong) > misfit.value(right) + 0.02
    assert misfit.value(found) < misfit.value(right) + 0.005


def test_the_truth_is_left_alone(known):
    misfit, waves = known
    right = cosine_basis(N).T @ waves
    found = settled(misfit, right, (reordered,))
    assert misfit.value(found) <= misfit.value(right)
    assert np.abs(np.diag(found @ right.T)).min() > 0.98


def test_halves_give_the_cumulants_of_all_and_errors_that_scatter_alike():
    rng = np.random.default_rng(2)
    white = whiten(rng.exponential(size=(8_000, 4)).astype(np.float32))
    mean, errors = known_cumulants(white, white.x)
    assert mean.samples == errors.samples == 8_000
    tensors = []
    for _ in range(40):
        modes = rng.exponential(size=(8_000, 4)).astype(np.float32)
        one, other = cumulants(modes[::2] - 1), cumulants(modes[1::2] - 1)
        tensors.append([one.combined(other, sign).fourth for sign in (1.0, -1.0)])
    means, differences = np.std(tensors, axis=0)
    assert differences.mean() == pytest.approx(means.mean(), rel=0.1)
    assert np.abs(errors.fourth).max() < 0.3 * np.abs(mean.fourth).max()


def test_settling_ends_where_no_kind_of_move_helps(known):
    misfit, waves = known
    right, calls = cosine_basis(N).T @ waves, []

    def none(_, filters):
        calls.append(filters)

    def worse(_, filters):
        calls.append(filters)
        return -filters[::-1] @ np.roll(np.eye(N), 3, axis=1)

    assert settled(misfit, right, (none,)) is right
    assert settled(misfit, right, (none, worse, none)) is right
    assert len(calls) == 4
