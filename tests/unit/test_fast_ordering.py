"""Putting things on a line: known chains come back whatever they were shuffled to."""

from itertools import permutations

import numpy as np
import pytest

from symlens.lens.fast.ordering import chain_signs, path_order


def is_chain(order):
    """In order from either end."""
    return list(order) in (list(range(len(order))), list(range(len(order)))[::-1])


def shuffled(affinity, rng):
    mixed = rng.permutation(len(affinity))
    return affinity[np.ix_(mixed, mixed)], mixed


@pytest.mark.parametrize("seed", range(3))
def test_a_shuffled_chain_of_forty_is_recovered(seed):
    rng = np.random.default_rng(seed)
    pixels = np.arange(40)
    affinity = np.exp(-np.abs(pixels[:, None] - pixels) / 2.0)
    np.fill_diagonal(affinity, 0)
    hidden, mixed = shuffled(affinity, rng)
    assert is_chain(mixed[path_order(hidden)])


def test_a_noisy_chain_is_recovered():
    """Noise that hides the far ones; the links of neighbours stand out."""
    rng = np.random.default_rng(3)
    pixels = np.arange(30)
    noise = rng.random((30, 30))
    affinity = np.exp(-((pixels[:, None] - pixels) ** 2) / 2.0) + 0.1 * (noise + noise.T)
    np.fill_diagonal(affinity, 0)
    hidden, mixed = shuffled(affinity, rng)
    assert is_chain(mixed[path_order(hidden)])


def test_a_chain_with_a_weak_link_is_recovered():
    """The Fiedler order of two nearly separate halves alone need not join the right ends."""
    rng = np.random.default_rng(4)
    links = np.ones(19)
    links[9] = 1e-3
    hidden, mixed = shuffled(np.diag(links, 1) + np.diag(links, -1), rng)
    assert is_chain(mixed[path_order(hidden)])


def test_the_best_of_all_orders_is_usually_reached():
    rng = np.random.default_rng(5)
    reached = []
    for _ in range(60):
        n = int(rng.integers(3, 8))
        affinity = rng.random((n, n))
        affinity = affinity + affinity.T
        every = np.array(list(permutations(range(n))))
        best = affinity[every[:, :-1], every[:, 1:]].sum(axis=1).max()
        order = path_order(affinity)
        reached.append(affinity[order[:-1], order[1:]].sum() / best)
    assert np.mean(np.array(reached) > 1 - 1e-9) > 0.9
    assert min(reached) > 0.9


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_where_nothing_tells_them_apart_any_order_will_do(n, level):
    order = path_order(level * (np.ones((n, n)) - np.eye(n)))
    assert sorted(order) == list(range(n))


@pytest.mark.parametrize("n", [1, 2, 3, 20])
def test_signs_of_a_chain_come_back(n):
    rng = np.random.default_rng(n)
    pixels = np.arange(n)
    # Alternating beyond neighbours: only those count.
    far = (-1.0) ** np.abs(pixels[:, None] - pixels)
    matrix = np.where(np.abs(pixels[:, None] - pixels) <= 1, 0.6, far)
    signs = rng.choice([-1.0, 1.0], n)
    found = chain_signs(signs[:, None] * matrix * signs)
    assert set(np.abs(found)) == {1.0}
    assert abs(found @ signs) == n
    turned = found[:, None] * signs[:, None] * matrix * signs * found
    assert np.all(np.diag(turned, 1) > 0)
