"""What noise does to lattices and residuals, and what is made of it."""

import numpy as np
import pytest

from symlens.wallpaper.exact.api import principal
from symlens.wallpaper.exact.fourier import Halves, indices
from symlens.wallpaper.exact.lattice import denoised
from symlens.wallpaper.exact.matching import Matcher
from symlens.wallpaper.exact.settings import settings
from symlens.wallpaper.exact.weights import blurred, errors


def wave(size, *vectors):
    rows, columns = np.indices((size, size))
    return sum(np.cos(2 * np.pi * (kx * columns + ky * rows)) for kx, ky in vectors)


def test_halves_that_overlap_have_no_signal_of_noise_in_common():
    """Windows of large cells share most pixels: what is common there is noise, not signal."""
    basis = np.array([[140.0, 0.0], [0.0, 130.0]])
    h = indices(basis, 0.2)
    shares = []
    for seed in range(6):
        image = np.random.default_rng(seed).normal(size=(256, 256, 1))
        halves = Halves(image, basis)
        _, pairs = halves.coefficients(basis, h)
        noise = halves.noise(pairs)
        left = halves.signal(pairs, np.full(len(h), noise.mean())).sum()
        shares.append((halves.common(pairs).sum() / noise.sum(), left / noise.sum()))
    common, signal = np.mean(shares, axis=0)
    assert common > 0.5
    assert abs(signal) < 0.15


def test_channels_count_as_far_as_their_noise_is_their_own():
    basis = np.array([[30.0, 0.0], [0.0, 25.0]])
    h = indices(basis, 0.3)
    rng = np.random.default_rng(0)
    own = rng.normal(size=(200, 200, 3))
    same = np.repeat(own[:, :, :1], 3, axis=2)
    for image, wanted in ((own, 3.0), (same, 1.0), (own[:, :, :2] * [1.0, 1e-3], 1.0)):
        _, pairs = Halves(image, basis).coefficients(basis, h)
        assert Halves.channels(pairs) == pytest.approx(wanted, rel=0.05)
    assert Halves.channels([(np.zeros((4, 2)), np.zeros((4, 2)))] * 2) == 1.0


@pytest.mark.parametrize("channels", [1, 3])
def test_the_error_of_a_residual_is_what_it_scatters_by(channels):
    """A symmetric cell with noise, seen many times."""
    basis = 40.0 * np.eye(2)
    h = indices(basis, 0.2)
    turn = next(each for each in settings(basis) if each.name == "p2")
    rng = np.random.default_rng(1)
    frequency = np.linalg.norm(h @ np.linalg.inv(basis), axis=1)
    clean = np.exp(-20 * frequency)[:, None] * rng.normal(size=(len(h) // 2, channels)).repeat(
        2, axis=0
    )
    clean[len(h) // 2 :] = clean[: len(h) // 2][::-1]  # real, c_-h = c_h: a centre at 0
    noise = np.full(len(h), 2e-3)
    weights = blurred(frequency, 1.2)[None]
    left = []
    for _ in range(300):
        real, imaginary = rng.normal(size=(2, len(h), channels)) * np.sqrt(noise[0] / 2 / channels)
        drawn = real + 1j * imaginary
        drawn[len(h) // 2 :] = drawn[: len(h) // 2][::-1].conj()
        values = clean + drawn
        matcher = Matcher(h, values, weights, noise)
        product, energy = matcher.product(turn.matrices[1])
        left.append(1 - float((weights[0] * product.real).sum() / energy[0]))
    power = (np.abs(clean) ** 2).sum(axis=1) + noise
    said = float(errors(weights, power, noise, channels)[0])
    assert np.std(left) == pytest.approx(said, rel=0.2)
    assert abs(np.mean(left)) < said / 3


def test_a_filter_against_noise_leaves_what_is_clean_and_takes_what_is_noise():
    clean = wave(256, (0.05, 0.0), (0.0, 0.04), (0.06, 0.05))
    rng = np.random.default_rng(2)
    noise = rng.normal(size=clean.shape)
    assert denoised(clean) == pytest.approx(clean, abs=0.06 * clean.std())
    assert denoised(noise).std() < 0.35
    left = denoised(clean + 3 * noise) - clean
    assert left.std() < 0.5 * (3 * noise).std()


def test_the_principal_channel_is_found_under_noise_of_pixels():
    """Red varies by 0.02 under noise of 0.3: by pixels alone no channel stands out."""
    rng = np.random.default_rng(3)
    view = wave(256, (0.02, 0.0), (0.0, 0.02))[..., None] * np.array([0.04, 0.0, 0.0])
    image = view + 0.3 * rng.normal(size=(256, 256, 3))
    mixed = principal(image)
    red = np.corrcoef(mixed.ravel(), image[..., 0].ravel())[0, 1]
    assert abs(red) > 0.95
