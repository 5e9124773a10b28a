"""Fourier coefficients of averaged cells, their noise and their weights, against plain sums."""

import numpy as np
import pytest

from symlens.wallpaper.exact.fourier import REACH, Halves, indices, windows
from symlens.wallpaper.exact.nufft import FineTransform
from symlens.wallpaper.exact.weights import BIN, LEAST, NEAR, repeats, ring_mean, weights_of

BASIS = np.array([[17.3, -4.2], [5.1, 20.8]])


def pattern(basis, h, c, size):
    """Σ c_h exp(2πi h·x) over h and -h at the pixels; real."""
    y, x = np.indices(size)
    k = h @ np.linalg.inv(basis)
    phase = 2 * np.pi * (k[:, 0, None, None] * x + k[:, 1, None, None] * y)
    return 2 * (c[:, None, None] * np.exp(1j * phase)).real.sum(axis=0)


@pytest.fixture(scope="module")
def drawn():
    """Half of the indices, their coefficients, and an image."""
    rng = np.random.default_rng(0)
    h = indices(BASIS, 0.2)
    half = h[: len(h) // 2]
    c = rng.normal(size=len(half)) + 1j * rng.normal(size=len(half))
    return half, c, pattern(BASIS, half, c, (170, 190))


def test_indices_are_all_within_reach_and_in_opposite_order():
    h = indices(BASIS, 0.2)
    k = np.linalg.norm(h @ np.linalg.inv(BASIS), axis=1)
    assert ((k > 0) & (k <= 0.2)).all()
    assert np.array_equal(h[::-1], -h)
    every = {
        (i, j)
        for i in range(-15, 16)
        for j in range(-15, 16)
        if 0 < np.hypot(*(np.array([i, j]) @ np.linalg.inv(BASIS))) <= 0.2
    }
    assert {(int(i), int(j)) for i, j in h} == every


def test_coefficients_are_those_of_the_pattern(drawn):
    half, c, image = drawn
    h = indices(BASIS, 0.2)
    found = Halves(image[..., None], BASIS).spectrum(BASIS, h)
    assert np.abs(found.values[: len(half), 0] - c).max() < 0.02
    assert np.abs(found.values[::-1].conj() - found.values).max() < 1e-6
    assert found.coherence > 0.999
    assert found.contrast > 0.95
    assert found.power == pytest.approx((np.abs(found.values) ** 2).sum(axis=1))


def test_sums_are_the_windowed_ones():
    image = np.random.default_rng(1).normal(size=(60, 66, 2))
    h = indices(BASIS, 0.15)
    values, pairs = Halves(image, BASIS).coefficients(BASIS, h)
    own = windows((60, 66), BASIS)
    y, x = np.indices((60, 66))
    for place in (0, 3, len(h) - 1):
        k = h[place] @ np.linalg.inv(BASIS)
        wave = np.exp(-2j * np.pi * (k[0] * x + k[1] * y))
        for window, found in (
            (own[0], values),
            (own[1], pairs[0][0]),
            (own[0] - own[1], pairs[0][1]),
            (own[2], pairs[1][0]),
        ):
            plain = np.einsum("yx,yxc->c", window * wave, image) / window.sum()
            assert np.abs(found[place] - plain).max() < 1e-4


def test_the_noise_is_that_of_repeated_draws(drawn):
    _, _, image = drawn
    h = indices(BASIS, 0.2)
    rng = np.random.default_rng(2)
    values, said = [], []
    for _ in range(8):
        noisy = image + 4.0 * rng.normal(size=image.shape)
        found = Halves(noisy[..., None], BASIS).spectrum(BASIS, h)
        values.append(found.values[:, 0])
        said.append(found.noise.mean())
    true = np.array(values).var(axis=0, ddof=1).mean()
    assert np.mean(said) == pytest.approx(true, rel=0.15)


@pytest.mark.parametrize("size", [(160, 160), (128, 200)])
def test_the_lattice_is_corrected_to_a_part_in_ten_thousand(drawn, size):
    half, c, _ = drawn
    image = pattern(BASIS, half, c, size)
    off = BASIS @ (np.eye(2) + np.array([[0.004, -0.003], [0.002, -0.005]]))
    better = Halves(image[..., None], off).corrected(off)
    before = np.abs(np.linalg.solve(BASIS, off) - np.eye(2)).max()
    after = np.abs(np.linalg.solve(BASIS, better) - np.eye(2)).max()
    assert before > 4e-3
    assert after < 2e-4


def test_white_noise_has_neither_coherence_nor_contrast():
    rng = np.random.default_rng(3)
    found = [
        Halves(rng.normal(size=(150, 150, 1)), BASIS).spectrum(BASIS, indices(BASIS, REACH))
        for _ in range(6)
    ]
    least = [min(each.coherence, each.contrast) for each in found]
    assert abs(np.mean(least)) < 0.3
    assert max(least) < 0.45


def test_the_window_sums_to_its_box_and_halves_to_half():
    found = windows((120, 140), BASIS)
    sums = found.sum(axis=(1, 2))
    assert sums[1] == pytest.approx(sums[0] / 2, rel=1e-6)
    assert sums[2] == pytest.approx(sums[0] / 2, rel=1e-6)
    assert found[0][:2].max() < 0.02 * found[0].max()


def test_whole_frequencies_make_no_difference_and_one_image_can_be_asked():
    images = np.random.default_rng(4).normal(size=(3, 2, 41, 50))
    k = np.random.default_rng(5).uniform(-0.5, 0.5, (30, 2))
    fine = FineTransform(images)
    found = fine.at(k)
    scale = np.abs(found).max()
    assert np.abs(fine.at(k + np.array([1.0, -2.0])) - found).max() < 1e-5 * scale
    assert np.abs(fine.at(-k) - found.conj()).max() < 1e-5 * scale
    assert np.array_equal(fine.at(k, 1), found[1])


@pytest.mark.parametrize("p", [2, 3, 5])
def test_repeats_is_the_sum_of_cosines(p):
    rng = np.random.default_rng(p)
    h, signal = rng.integers(-9, 10, (200, 2)), rng.random(200)
    found = repeats(h, signal, p)
    for i in range(p):
        for j in range(p):
            plain = (signal * np.cos(2 * np.pi * (h @ (i, j)) / p)).sum() / signal.sum()
            assert found[i, j] == pytest.approx(plain)
    assert found[0, 0] == pytest.approx(1)
    multiples = repeats(p * h, signal, p)
    assert multiples == pytest.approx(np.ones((p, p)))


def test_ring_means_are_gaussian_averages_over_bins():
    rng = np.random.default_rng(6)
    frequency, values = rng.uniform(0, 0.3, 150), rng.random(150)
    found = ring_mean(frequency, values)
    place = np.floor(frequency / BIN)
    for one in (0, 70, 149):
        weight = np.exp(-0.5 * ((place - place[one]) * BIN / NEAR) ** 2)
        assert found[one] == pytest.approx((weight * values).sum() / weight.sum())
    assert ring_mean(frequency, np.full(150, 3.0)) == pytest.approx(np.full(150, 3.0))


def test_weights_even_out_rings_and_leave_out_noise():
    frequency = np.repeat([0.05, 0.15, 0.25], 40)
    power = np.repeat([100.0, 1.0, 1e-9], 40)
    even, plain = weights_of(frequency, power, np.zeros(120))
    counted = (even * power).reshape(3, -1).sum(axis=1)
    assert counted[0] > counted[1] > counted[2]
    assert counted[2] < LEAST * counted[0]
    assert (np.diff(plain.reshape(3, -1)[:, 0]) < 0).all()
    quiet, _ = weights_of(frequency, power, np.repeat([0.0, 1.0, 0.0], 40))
    assert quiet[40] < 0.2 * even[40]
