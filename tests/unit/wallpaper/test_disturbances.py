"""What is done to images, against what mathematics says it does."""

import numpy as np
import pytest

from symlens.wallpaper.disturbances import (
    DISTURBANCES,
    blur,
    crop,
    disturbed,
    drift,
    grain,
    levels,
    missing,
    noise,
    shear,
)

SIZE = 96


def wave(k, size=(SIZE, SIZE), phase=0.0):
    y, x = np.indices(size)
    return np.cos(2 * np.pi * (k[0] * x + k[1] * y) + phase)[..., None]


def inner(image, margin=16):
    return image[margin:-margin, margin:-margin]


@pytest.mark.parametrize("level", [0.1, 0.5, 1.0])
def test_noise_has_the_ratio_to_the_signal_that_it_says(level):
    image = 3.0 * wave((0.1, 0.05))
    added = noise(image, level, np.random.default_rng(0)) - image
    assert added.std() == pytest.approx(level * image.std(), rel=0.03)
    assert abs(added.mean()) < 4 * added.std() / SIZE


@pytest.mark.parametrize("contrast", [0.0, 0.01, 1.0])
def test_grain_does_not_ask_for_the_contrast(contrast):
    image = contrast * wave((0.1, 0.05))
    added = grain(image, 0.2, np.random.default_rng(0)) - image
    assert added.std() == pytest.approx(0.2, rel=0.03)


@pytest.mark.parametrize("sigma", [0.8, 2.0, 4.0])
def test_blur_weakens_waves_by_a_gaussian(sigma):
    k = np.array([0.04, 0.03])
    blurred = blur(wave(k), sigma, np.random.default_rng(0))
    gain = np.exp(-2 * (np.pi * sigma) ** 2 * (k @ k))
    assert inner(blurred, 20) == pytest.approx(gain * inner(wave(k), 20), abs=0.01)


def test_blur_keeps_the_mean():
    image = np.random.default_rng(1).random((SIZE, SIZE, 2))
    changed = blur(image, 3.0, np.random.default_rng(0))
    assert changed.mean(axis=(0, 1)) == pytest.approx(image.mean(axis=(0, 1)), rel=0.01)


def test_a_sheared_wave_is_a_wave_of_the_sheared_frequency():
    """f(M^{-1} p) with M = 1 + s u v^T, u at right angles to v: k goes to M^{-T} k."""
    k, level = np.array([0.06, 0.045]), 0.05
    angle = np.random.default_rng(2).uniform(0, np.pi)
    u = np.array([np.cos(angle), np.sin(angle)])
    matrix = np.eye(2) + level * np.outer(u, [-u[1], u[0]])
    moved = np.linalg.inv(matrix).T @ k
    middle = np.full(2, (SIZE - 1) / 2)
    phase = 2 * np.pi * (k - moved) @ middle
    found = shear(wave(k), level, np.random.default_rng(2))
    assert inner(found) == pytest.approx(inner(wave(moved, phase=phase)), abs=0.02)
    assert np.linalg.det(matrix) == pytest.approx(1)


def test_drift_moves_rows_along_themselves():
    y, x = np.indices((SIZE, SIZE))
    ramp = x[..., None].astype(float)
    moved = drift(ramp, 6.0, np.random.default_rng(3))
    path = (moved - ramp)[:, SIZE // 2, 0]
    assert inner(moved - ramp)[..., 0] == pytest.approx(
        np.broadcast_to(path[16:-16, None], (SIZE - 32, SIZE - 32)), abs=1e-6
    )
    steps = np.diff(path)
    assert (np.sign(steps) == np.sign(steps[0])).all()
    assert abs(steps[0]) > abs(steps[-1]), "faster at first"
    assert 0.8 * 6.0 < abs(path[-1] - path[0]) < 1.1 * 6.0
    flat = y[..., None].astype(float)
    assert drift(flat, 6.0, np.random.default_rng(3)) == pytest.approx(flat, abs=1e-6)


def test_missing_covers_the_part_that_it_says_and_nothing_else():
    rng = np.random.default_rng(4)
    image = rng.random((SIZE, SIZE, 3))
    parts = []
    for seed in range(12):
        changed = missing(image, 0.3, np.random.default_rng(seed))
        covered = (changed != image).any(axis=-1)
        parts.append(covered.mean())
        assert changed[covered] == pytest.approx(
            np.broadcast_to(image.mean(axis=(0, 1)), (covered.sum(), 3))
        )
    assert np.mean(parts) == pytest.approx(0.3, abs=0.06)


@pytest.mark.parametrize("level", [0.2, 0.5, 0.8])
def test_a_crop_is_a_part_of_the_image_of_the_area_that_is_left(level):
    y, x = np.indices((SIZE, SIZE))
    image = np.stack([y, x], axis=-1).astype(float)
    found = crop(image, level, np.random.default_rng(5))
    side = max(32, round(SIZE * np.sqrt(1 - level)))
    assert found.shape == (side, side, 2)
    top, left = found[0, 0].astype(int)
    assert np.array_equal(found, image[top : top + side, left : left + side])


def test_crops_are_never_too_small_to_be_looked_at():
    assert crop(np.zeros((40, 40, 1)), 0.9, np.random.default_rng(0)).shape == (32, 32, 1)


@pytest.mark.parametrize("name", DISTURBANCES)
def test_the_same_random_numbers_do_the_same(name):
    image = np.random.default_rng(6).random((64, 70, 2))
    level = levels(name, 2)[0]
    one, other = (disturbed(image, name, level, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one, other)
    assert one.shape[2] == 2
    assert np.array_equal(image, np.random.default_rng(6).random((64, 70, 2))), "left as it was"


@pytest.mark.parametrize("name", DISTURBANCES)
def test_levels_go_up_to_the_strongest(name):
    found = levels(name, 5)
    assert found[-1] == DISTURBANCES[name].strongest
    assert np.diff(found) == pytest.approx(np.full(4, found[0]))
    assert DISTURBANCES[name].unit
