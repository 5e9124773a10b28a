"""Orders and signs of any affinity, against all orders there are."""

from itertools import combinations_with_replacement, permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symlens.lens.fast.ordering import LONGEST_SEGMENT, chain_signs, path_order

matrices = st.integers(2, 7).flatmap(lambda n: arrays(np.float64, (n, n), elements=st.floats(0, 1)))


def symmetric(matrix):
    affinity = matrix + matrix.T
    np.fill_diagonal(affinity, 0)
    return affinity


def links(affinity, order):
    return float(affinity[order[:-1], order[1:]].sum())


@given(matrices)
def test_an_order_of_any_affinity_is_one_that_no_move_improves(matrix):
    affinity = symmetric(matrix)
    order = list(path_order(affinity))
    n = len(order)
    assert sorted(order) == list(range(n))
    found = links(affinity, np.array(order))
    tolerance = 1e-11
    for first, last in combinations_with_replacement(range(n), 2):
        stretch, rest = order[first : last + 1], order[:first] + order[last + 1 :]
        moved = [order[:first] + stretch[::-1] + order[last + 1 :]]
        if len(stretch) <= LONGEST_SEGMENT:
            for place in range(len(rest) + 1):
                moved += [rest[:place] + one + rest[place:] for one in (stretch, stretch[::-1])]
        assert all(links(affinity, np.array(other)) <= found + tolerance for other in moved)


@given(matrices)
def test_half_of_the_best_of_all_orders_is_always_reached(matrix):
    """Where no reversal helps, that much is sure (Fisher, Nemhauser and Wolsey 1979)."""
    affinity = symmetric(matrix)
    every = np.array(list(permutations(range(len(affinity)))))
    best = affinity[every[:, :-1], every[:, 1:]].sum(axis=1).max()
    found = links(affinity, path_order(affinity))
    assert best / 2 - 1e-9 <= found <= best + 1e-9


@given(
    st.lists(st.integers(0, 60), min_size=2, max_size=7, unique=True), st.floats(0.5, 5), st.data()
)
def test_places_on_a_line_are_put_in_order(places, width, data):
    """Affinity that falls with distance: the order along the line is the best of all orders."""
    places = np.array(data.draw(st.permutations(places)))
    affinity = 1 / (1 + np.abs(places[:, None] - places) / width)
    np.fill_diagonal(affinity, 0)
    every = np.array(list(permutations(range(len(places)))))
    best = affinity[every[:, :-1], every[:, 1:]].sum(axis=1).max()
    assert links(affinity, path_order(affinity)) >= best - 1e-9


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=12), st.integers(0, 2**13 - 1))
def test_signs_make_every_neighbour_positive(strengths, bits):
    n = len(strengths) + 1
    signs = np.array([1.0 if bits >> i & 1 else -1.0 for i in range(n)])
    matrix = np.diag(strengths, 1) + np.diag(strengths, -1) + np.eye(n)
    found = chain_signs(signs[:, None] * matrix * signs)
    assert np.all(found * signs == found[0] * signs[0])
