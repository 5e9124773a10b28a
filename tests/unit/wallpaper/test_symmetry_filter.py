"""The symmetry filter, against loops over windows and its closed form."""

import numpy as np
import pytest

from symlens.wallpaper.networks.symmetry_filter import filtered, symmetry_filter


def turn(window, number):
    return np.rot90(window[:, ::-1] if number > 3 else window, number % 4)


def kernels(rng, count, side):
    found = rng.normal(size=(count, side, side))
    return found - found.mean(axis=(1, 2), keepdims=True)


def test_features_are_those_of_every_window(rng):
    image, own = rng.random((1, 9, 10, 1), np.float32), kernels(rng, 1, 5)
    found = filtered(image, own)
    assert found.shape == (1, 9, 10, 4)
    for row, column in ((4, 5), (2, 2), (6, 7)):
        window = image[0, row - 2 : row + 3, column - 2 : column + 3, 0].astype(float)
        norm = np.linalg.norm(window - window.mean())
        for index, numbers in enumerate(((0, 2), (0, 4), (0, 6), (0, 1, 2, 3))):
            values = [(turn(own[0], n) * window).sum() for n in numbers]
            assert found[0, row, column, index] == pytest.approx(
                1 - np.std(values) / norm, abs=1e-5
            )


@pytest.mark.parametrize(("numbers", "ones"), [((0, 2), [0]), ((0, 4), [1]), ((0, 6), [2])])
def test_a_window_that_is_mapped_to_itself_has_1(numbers, ones, rng):
    window = rng.random((11, 11))
    symmetric = sum(turn(window, n) for n in numbers) / len(numbers)
    found = filtered(symmetric[None, ..., None].astype(np.float32), kernels(rng, 3, 11))[0, 5, 5]
    for index in range(3):
        assert (found[index] > 1 - 1e-4) == (index in ones)
    assert found[3] < 0.9


def test_four_quarter_turns_are_both_two_fold_and_four_fold(rng):
    window = rng.random((11, 11))
    symmetric = sum(np.rot90(window, n) for n in range(4))
    found = filtered(symmetric[None, ..., None].astype(np.float32), kernels(rng, 3, 11))[0, 5, 5]
    assert found[[0, 3]] == pytest.approx([1, 1], abs=1e-4)
    assert (found[[1, 2]] < 0.9).all()


def test_many_kernels_are_the_residual_itself(rng):
    window = rng.random((7, 7))
    found = filtered(window[None, ..., None].astype(np.float32), kernels(rng, 4000, 7))[0, 3, 3]
    centred = window - window.mean()
    for index, numbers in enumerate(((0, 2), (0, 4), (0, 6), (0, 1, 2, 3))):
        turned = np.array([turn(centred, n) for n in numbers])
        residual = ((turned - turned.mean(axis=0)) ** 2).sum() / len(numbers)
        expected = 1 - np.sqrt(residual / (centred**2).sum())
        assert found[index] == pytest.approx(expected, abs=0.03)  # five standard errors


def test_brightness_and_contrast_change_nothing(rng):
    image = rng.random((2, 24, 24, 3), np.float32)
    one, other = symmetry_filter(image), symmetry_filter(0.25 * image + 0.5)
    assert one.shape == (2, 24, 24, 4)
    assert other == pytest.approx(one, abs=1e-3)
    black = symmetry_filter(np.zeros((1, 24, 24, 1), np.float32))
    assert black == pytest.approx(np.ones((1, 24, 24, 4)), abs=1e-6)
