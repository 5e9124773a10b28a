"""Photographs, digits and controls: what is read, at which step, and of which law."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from scipy.integrate import quad
from scipy.stats import norm

from symlens.config.lens_data import ImageRowsData
from symlens.errors import FileError
from symlens.lens.data import stream
from symlens.lens.data.controls import (
    Independent,
    Laws,
    WhiteNoise,
    sinh_arcsinh_moments,
    spread_laws,
)
from symlens.lens.data.digits import (
    RADIUS,
    SIDE,
    TURNS,
    DigitRings,
    DigitRows,
    enlarge,
    load_digits,
    ring_weights,
)
from symlens.lens.data.images import ImageRows, grey, load_images

RNG = np.random.default_rng


def test_grey_is_the_weighted_mean_of_the_colours():
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], dtype=np.uint8)
    np.testing.assert_allclose(grey(colours)[0], [76.245, 149.685, 29.07, 255.0], rtol=1e-6)


def test_windows_are_neighbouring_pixels_of_one_row_anywhere_in_it():
    images = [np.arange(60, dtype=np.float32).reshape(4, 15), 100 + np.zeros((2, 5), np.float32)]
    images[1] += np.arange(10, dtype=np.float32).reshape(2, 5)
    x = ImageRows(images, 5).draw(RNG(0), 6000)
    assert x.shape == (6000, 5)
    assert np.all(np.diff(x, axis=1) == 1)
    found, counts = np.unique(x[:, 0], return_counts=True)
    allowed = [15 * row + column for row in range(4) for column in range(11)] + [100, 105]
    assert sorted(found) == allowed
    # Six rows are equally likely, and so are the places in each.
    wide = counts[:-2]
    assert np.abs(wide - 6000 / 6 / 11).max() < 5 * np.sqrt(6000 / 66)
    assert np.abs(counts[-2:] - 1000).max() < 5 * np.sqrt(1000)


def test_the_bundled_photographs_are_there_and_a_path_takes_others(tmp_path):
    assert [image.shape for image in load_images(None)] == [(427, 640), (427, 640)]
    ramp = np.tile(np.arange(20, dtype=np.uint8), (6, 1))
    Image.fromarray(ramp).save(tmp_path / "b.png")
    Image.fromarray(np.stack([ramp] * 3, axis=2)).save(tmp_path / "a.BMP")
    Image.fromarray(ramp.astype(np.float32) * 1000).save(tmp_path / "c.tif")
    (tmp_path / "notes.txt").write_text("not an image")
    images = load_images(str(tmp_path))
    np.testing.assert_allclose(images[0], ramp, atol=1e-4)
    np.testing.assert_allclose(images[2], 1000.0 * ramp)
    assert len(images) == 3
    assert np.array_equal(load_images(str(tmp_path / "b.png"))[0], images[1])


def test_images_that_cannot_be_used_are_refused_in_one_line(tmp_path):
    with pytest.raises(FileError, match="no such image file or folder"):
        load_images(str(tmp_path / "missing"))
    with pytest.raises(FileError, match="no images in this folder"):
        load_images(str(tmp_path))
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not a png")
    with pytest.raises(FileError, match=r"broken\.png: not an image"):
        load_images(str(broken))
    narrow = tmp_path / "narrow.png"
    Image.fromarray(np.zeros((9, 8), np.uint8)).save(narrow)
    with pytest.raises(FileError, match="8 pixels wide, at least n = 9"):
        stream(ImageRowsData(n=9, path=str(narrow)))


def test_enlarged_digits_keep_place_and_orientation():
    spot = np.zeros((1, 8, 8))
    spot[0, 2, 6] = 1.0
    large = enlarge(spot)[0]
    assert large.shape == (SIDE, SIDE)
    assert large.min() == 0
    assert not large[:5].any()
    assert not large[12:].any()
    row, column = np.unravel_index(np.argmax(large), large.shape)
    # Pixel 2 of 8 covers [7, 10.5) of 28, pixel 6 covers [21, 24.5).
    assert (row, column) == (8, 22)
    inside = enlarge(np.ones((1, 8, 8)))[0][2:-2, 2:-2]
    np.testing.assert_allclose(inside, 1.0, rtol=1e-6)


def test_the_bundled_digits_are_enlarged_and_scaled():
    digits = load_digits(None)
    assert digits.shape == (1797, 28, 28)
    assert digits.min() == 0.0
    assert 0.9 < digits.max() <= 1.0


def test_digit_rows_are_windows_at_a_step_of_one_pixel_that_touch_the_ink():
    digits = np.zeros((2, SIDE, SIDE), np.float32)
    digits[0, 4, 10:13] = [1, 2, 3]
    digits[1, 9, 27] = 5
    x = DigitRows(digits, 4).draw(RNG(0), 4000)
    found = {tuple(row) for row in x.astype(int).tolist()}
    line = [0, 0, 0, 1, 2, 3, 0, 0, 0]
    expected = {tuple(line[k : k + 4]) for k in range(6)}
    expected |= {tuple(5 * (k == j) for k in range(4)) for j in range(4)}
    assert found == expected


def test_a_blank_set_of_digits_is_refused():
    with pytest.raises(FileError, match="blank"):
        DigitRows(np.zeros((3, SIDE, SIDE), np.float32), 5)


def test_a_ring_is_read_on_a_circle_around_the_middle():
    row, column = np.mgrid[:SIDE, :SIDE].astype(float)
    n = 25
    weights = ring_weights(n)
    assert weights.shape == (SIDE * SIDE, n * TURNS)
    np.testing.assert_allclose(weights.sum(axis=0), 1.0, rtol=1e-5)
    # The weights' own centre lies on the circle, pulled in a little by the border of the image.
    x = column.ravel() @ weights - 13.5
    y = row.ravel() @ weights - 13.5
    np.testing.assert_allclose(np.hypot(x, y), RADIUS, atol=0.6)
    angle = np.unwrap(np.arctan2(y, x))
    np.testing.assert_allclose(angle, 2 * np.pi * np.arange(n * TURNS) / (n * TURNS), atol=0.05)


def test_turning_a_digit_by_a_quarter_turn_rolls_its_ring_by_a_quarter():
    digit = RNG(0).random((1, SIDE, SIDE)).astype(np.float32)
    # Rows run downwards: angle grows from columns to rows, against rot90's direction.
    turned = np.rot90(digit, -1, axes=(1, 2))
    ring, other = (image.reshape(1, -1) @ ring_weights(8) for image in (digit, turned))
    np.testing.assert_allclose(other, np.roll(ring, 2 * TURNS, axis=1), rtol=1e-4)


def test_every_turn_of_a_ring_is_drawn():
    digits = RNG(0).random((1, SIDE, SIDE)).astype(np.float32)
    x = DigitRings(digits, 5).draw(RNG(1), 2000)
    ring = (digits.reshape(1, -1) @ ring_weights(5))[0]
    expected = np.stack([np.roll(ring, -turn)[::TURNS] for turn in range(5 * TURNS)])
    distance = np.abs(x[:, None] - expected[None]).max(axis=2)
    assert np.all(distance.min(axis=1) < 1e-6)
    counts = np.bincount(distance.argmin(axis=1), minlength=40)
    assert np.abs(counts - 50).max() < 5 * np.sqrt(50)


def test_a_local_mnist_is_read_whole(tmp_path):
    images = RNG(0).integers(0, 256, (5, 28, 28)).astype(np.uint8)
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=images[:3], x_test=images[3:], y_train=np.zeros(3), y_test=np.zeros(2))
    np.testing.assert_allclose(load_digits(str(path)), images / 255, atol=1e-7)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (None, "no such file"),
        ({"x_train": np.zeros((2, 28, 28))}, "no array 'x_test'"),
        ({"x_train": np.zeros((2, 784)), "x_test": np.zeros((2, 784))}, r"found \(2, 784\)"),
    ],
)
def test_another_file_than_mnist_is_refused(tmp_path, arrays, message):
    path = tmp_path / "mnist.npz"
    if arrays:
        np.savez(path, **arrays)
    with pytest.raises(FileError, match=message):
        load_digits(str(path))


def test_a_broken_mnist_is_refused(tmp_path):
    path = tmp_path / "mnist.npz"
    path.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(FileError, match=r"not a \.npz file that can be read"):
        load_digits(str(path))


@pytest.mark.parametrize(("skewness", "tail"), [(0.0, 1.0), (0.5, 0.6), (-1.5, 0.5), (1.0, 3.0)])
def test_the_closed_moments_are_those_of_the_integral(skewness, tail):
    def moment(power):
        def integrand(z):
            return np.sinh((np.arcsinh(z) + skewness) / tail) ** power * norm.pdf(z)

        return quad(integrand, -12, 12, limit=200)[0]

    mean = moment(1)
    expected = (mean, np.sqrt(moment(2) - mean**2))
    np.testing.assert_allclose(sinh_arcsinh_moments(skewness, tail), expected, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("n", [3, 8, 33])
def test_independent_sources_have_mean_zero_and_their_own_scales(n):
    laws = spread_laws(n, (0.5, 2.0), RNG(n))
    x = Independent(laws).draw(RNG(0), 100_000).astype(float)
    assert np.abs(x.mean(axis=0) / laws.scale).max() < 5 / np.sqrt(100_000)
    np.testing.assert_allclose(x.std(axis=0), laws.scale, rtol=0.03)
    assert laws.scale.min() >= 0.5
    assert laws.scale.max() <= 2.0
    correlation = np.corrcoef(x, rowvar=False) - np.eye(n)
    assert np.abs(correlation).max() < 5.5 / np.sqrt(100_000)


def test_no_two_sources_are_alike_nor_mirrored_and_none_is_normal():
    count = 40_000
    x = Independent(spread_laws(33, (0.5, 2.0), RNG(0))).draw(RNG(1), count).astype(float)
    grid = np.linspace(-5, 5, 401)

    def distribution(values):
        return np.stack([np.searchsorted(np.sort(v), grid) / count for v in values.T])

    as_is, mirrored = distribution(x), distribution(-x)
    apart = np.minimum(
        np.abs(as_is[:, None] - as_is[None]).max(axis=2),
        np.abs(as_is[:, None] - mirrored[None]).max(axis=2),
    )
    apart[np.diag_indices(33)] = 1.0
    # Two samples of one law differ by about 0.007 here.
    assert apart.min() > 0.02
    assert apart.min(axis=1).mean() > 0.06
    normal = norm.cdf(grid / x.std(axis=0)[:, None])
    assert np.abs(as_is - normal).max(axis=1).min() > 0.02


def test_a_two_peaked_source_has_its_peaks_where_the_coin_puts_them():
    laws = Laws(
        scale=np.array([2.0, 1.0]),
        probability=np.array([0.2]),
        width=np.array([0.1]),
        skewness=np.array([0.5]),
        tail=np.array([1.0]),
    )
    x = Independent(laws).draw(RNG(0), 50_000)[:, 0].astype(float)
    jump = 2 * np.sqrt(0.99) / 0.4
    above = x > 0.5 * jump - 0.2 * jump
    assert above.mean() == pytest.approx(0.2, abs=0.01)
    assert x[above].mean() == pytest.approx(0.8 * jump, abs=0.01)
    assert x[~above].std() == pytest.approx(0.2, abs=0.005)


def test_white_noise_is_standard_normal_and_uncorrelated():
    x = WhiteNoise(6).draw(RNG(0), 50_000).astype(float)
    np.testing.assert_allclose(np.cov(x, rowvar=False), np.eye(6), atol=5 * np.sqrt(2 / 50_000))
    assert np.abs((x**3).mean(axis=0)).max() < 5 * np.sqrt(15 / 50_000)
    assert np.abs((x**4).mean(axis=0) - 3).max() < 5 * np.sqrt(96 / 50_000)
