"""Signs of waves from products of near frequencies: by hand, hidden signs found, walls removed."""

import numpy as np
import pytest

from symlens.lens.fast.signs import agreeing_signs, agreement, chained_signs, lagged_products
from symlens.lens.fast.stationarity import cosine_basis

N = 12
REACH = 3


@pytest.fixture(scope="module")
def waves():
    """Waves of noise that is loud at one place of every sample, unit variance each."""
    rng = np.random.default_rng(0)
    places = rng.uniform(-2, N + 1, (30_000, 1))
    pixels = np.exp(-((np.arange(N) - places) ** 2) / 2) * rng.standard_normal((30_000, N))
    found = pixels @ cosine_basis(N).T
    return (found / found.std(axis=0)).astype(np.float32)


def same(signs, expected):
    """A common sign, and one of all odd frequencies (a reflection), cannot be known."""
    odd = 1 - 2 * (np.arange(N) % 2)
    return any(np.array_equal(signs, s * e) for s in (1, -1) for e in (expected, odd * expected))


def random_signs(seed):
    return np.random.default_rng(seed).choice([-1.0, 1.0], N)


def test_products_of_one_lag_by_hand(waves):
    few = waves[:500]
    for lag, found in enumerate(lagged_products(few, REACH), start=1):
        products = np.array([few[:, k] * few[:, k + lag] for k in range(N - lag)], dtype=float)
        expected = np.cov(products, bias=True)
        np.fill_diagonal(expected, 0)
        np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(products).max())


def test_no_lag_is_longer_than_there_are_frequencies(waves):
    assert [len(c) for c in lagged_products(waves[:10, :3], 7)] == [2, 1]


def test_agreement_is_the_sum_of_its_formula(waves):
    lagged, signs = lagged_products(waves[:500], REACH), random_signs(1)
    total = sum(
        signs[k] * signs[k + h] * signs[m] * signs[m + h] * lagged[h - 1][k, m]
        for h in range(1, REACH + 1)
        for k in range(N - h)
        for m in range(N - h)
    )
    assert agreement(np.stack([signs, -signs]), lagged) == pytest.approx([total, total])


@pytest.mark.parametrize("seed", range(4))
def test_hidden_signs_are_found(waves, seed):
    hidden = random_signs(seed)
    lagged = lagged_products(waves * hidden.astype(np.float32), REACH)
    found = agreeing_signs(chained_signs(lagged[0]), lagged)
    assert same(found, hidden)
    assert agreement(found[None], lagged)[0] == pytest.approx(
        agreement(hidden[None], lagged)[0], rel=1e-9
    )


@pytest.mark.parametrize("seed", range(3))
def test_never_less_agreement_than_to_begin_with(waves, seed):
    lagged, start = lagged_products(waves, REACH), random_signs(seed)
    found = agreeing_signs(start, lagged)
    assert agreement(found[None], lagged)[0] >= agreement(start[None], lagged)[0]
    np.testing.assert_array_equal(agreeing_signs(found, lagged), found)


def test_longer_lags_reach_over_a_frequency_that_was_lost(waves):
    """Noise in the place of one wave cuts the chain of neighbours, not that of the others."""
    lost = 6
    seen = waves.copy()
    seen[:, lost] = np.random.default_rng(2).standard_normal(len(seen))
    walled = np.where(np.arange(N) > lost, -1.0, 1.0)
    found = agreeing_signs(walled, lagged_products(seen, REACH))
    known = np.arange(N) != lost
    assert any(same(np.where(known, found, s), np.ones(N)) for s in (1.0, -1.0))


def test_chained_signs_of_a_product_covariance():
    signs = np.array([1, -1, -1, 1, 1, -1.0])
    steps = signs[1:] * signs[:-1]
    found = signs * chained_signs(np.outer(steps, steps))
    mirrored = found * (-1.0) ** np.arange(6)  # a reflection of the window turns every other sign
    assert max(abs(found.sum()), abs(mirrored.sum())) == 6
