"""From filters to S, M and f: what the embedding promises, exactly."""

import numpy as np
import pytest

from symlens.groups import group_action, random_orthogonal, shift
from symlens.lens.fast.embedding import embed
from symlens.lens.fast.whitening import Whitened

sizes = pytest.mark.parametrize("n", [1, 2, 5, 6, 9])
boundaries = pytest.mark.parametrize("cyclic", [False, True], ids=["window", "ring"])


def learned(n, *, cyclic):
    filters = random_orthogonal(n, np.random.default_rng(n))
    mean = np.arange(n, dtype=float)
    white = Whitened(np.zeros((1, n), np.float32), mean, np.ones(n), np.eye(n), 2.5)
    return filters, embed(filters, white, cyclic=cyclic)


def offsets(n):
    """Pixel numbers p_j from the centre; half-integers for even n."""
    return np.arange(n) - (n - 1) / 2


@sizes
def test_the_window_generator_hands_every_filter_to_the_next(n):
    filters, symmetry = learned(n, cyclic=False)
    expected = np.zeros((n, n))
    for j in range(n - 1):
        expected += np.outer(filters[j], filters[j + 1])
    np.testing.assert_allclose(symmetry.generator, expected, atol=1e-12)
    assert symmetry.log_generator.shape == (3 * n, 3 * n)


@sizes
def test_the_ring_generator_is_the_shift_of_the_filters(n):
    """For even n the last filter comes back with the other sign: only so S is real."""
    filters, symmetry = learned(n, cyclic=True)
    pixels = shift(n, cyclic=True)
    if n % 2 == 0:
        pixels[n - 1, 0] = -1
    np.testing.assert_allclose(symmetry.generator, filters.T @ pixels @ filters, atol=1e-12)
    assert symmetry.log_generator.shape == (n, n)


@sizes
@boundaries
def test_the_logarithm_is_skew_and_its_action_a_rotation(n, cyclic):
    _, symmetry = learned(n, cyclic=cyclic)
    s = symmetry.log_generator
    np.testing.assert_array_equal(s, -s.T)
    action = group_action(s, 0.37)
    np.testing.assert_allclose(action @ action.T, np.eye(len(s)), atol=1e-12)
    assert np.linalg.det(action) == pytest.approx(1)
    # The principal logarithm: no plane turns by more than half a circle per pixel.
    assert np.abs(np.linalg.eigvals(s)).max() < np.pi + 1e-9


@sizes
@boundaries
def test_columns_of_m_are_the_filters_and_canonical_samples_their_outputs(n, cyclic):
    filters, symmetry = learned(n, cyclic=cyclic)
    np.testing.assert_array_equal(symmetry.group_convolution, filters.T)
    x = np.random.default_rng(0).standard_normal((3, n))
    expected = [[(row - symmetry.mean) / 2.5 @ q for q in filters] for row in x]
    np.testing.assert_allclose(symmetry.transform(x), expected, atol=1e-12)


@pytest.mark.parametrize("n", [1, 5, 9])
@boundaries
def test_columns_of_m_are_the_resolving_filter_moved(n, cyclic):
    """``w_j = f G^(p_j)``, in a window on the zero-padded filter."""
    filters, symmetry = learned(n, cyclic=cyclic)
    margin = 0 if cyclic else n
    padded = np.pad(symmetry.filter, margin)
    for j, p in enumerate(offsets(n)):
        moved = padded @ group_action(symmetry.log_generator, p)
        np.testing.assert_allclose(moved[margin : margin + n], filters[j], atol=1e-11)
        np.testing.assert_allclose(np.linalg.norm(moved), 1)
    np.testing.assert_allclose(symmetry.filter, filters[(n - 1) // 2], atol=1e-12)


@pytest.mark.parametrize("n", [2, 6])
def test_on_an_even_ring_the_filter_stands_between_two_pixels(n):
    filters, symmetry = learned(n, cyclic=True)
    for j, p in enumerate(offsets(n)):
        moved = symmetry.filter @ group_action(symmetry.log_generator, p)
        np.testing.assert_allclose(moved, filters[j], atol=1e-11)


def test_in_an_even_window_what_half_a_pixel_carries_outside_is_cut():
    """Of a band-limited pulse moved by half a pixel a part lies beyond the window."""
    n = 6
    filters, symmetry = learned(n, cyclic=False)
    assert np.linalg.norm(symmetry.filter) == pytest.approx(1)
    middle = np.zeros(3 * n)
    middle[n : 2 * n] = filters[(n - 1) // 2]
    moved = middle @ group_action(symmetry.log_generator, 0.5)
    inside = moved[n : 2 * n]
    assert 0.9 < np.linalg.norm(inside) < 1
    np.testing.assert_allclose(symmetry.filter, inside / np.linalg.norm(inside), atol=1e-12)
    # Halfway: as much of the pixel before as of the one after.
    overlap = filters @ symmetry.filter
    assert overlap[2] == pytest.approx(overlap[3])
    assert overlap[2] == np.abs(overlap).max()


@boundaries
def test_moving_by_one_pixel_moves_canonical_samples_by_one(cyclic):
    n = 7
    _, symmetry = learned(n, cyclic=cyclic)
    x = np.random.default_rng(1).standard_normal((4, n))
    before = symmetry.transform(x)
    after = symmetry.transform(symmetry.act(x, 1.0))
    np.testing.assert_allclose(after[:, 1:], before[:, :-1], atol=1e-11)


@boundaries
def test_units_come_from_the_whitening(cyclic):
    _, symmetry = learned(4, cyclic=cyclic)
    np.testing.assert_array_equal(symmetry.mean, np.arange(4))
    assert (symmetry.scale, symmetry.cyclic) == (2.5, cyclic)
