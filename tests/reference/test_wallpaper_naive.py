"""Fast ways against plain ones: Fourier sums, autocorrelation, matching of operations."""

import numpy as np
import pytest

from symlens.wallpaper.exact.autocorrelation import autocorrelation
from symlens.wallpaper.exact.fourier import windows
from symlens.wallpaper.exact.matching import Matcher
from symlens.wallpaper.exact.nufft import FineTransform
from symlens.wallpaper.exact.settings import settings


@pytest.mark.parametrize("size", [(40, 40), (37, 52), (64, 33)])
def test_fourier_sums_at_any_frequency(size):
    rng = np.random.default_rng(0)
    images, k = rng.normal(size=(2, *size)), rng.uniform(-1.2, 1.2, (60, 2))
    y, x = np.indices(size)
    plain = [
        [(image * np.exp(-2j * np.pi * (a * x + b * y))).sum() for a, b in k] for image in images
    ]
    error = np.abs(FineTransform(images).at(k) - plain).max()
    assert error < 5e-5 * np.abs(plain).max()


def test_autocorrelation_is_the_correlation_of_what_overlaps():
    image = np.random.default_rng(1).normal(size=(30, 41))
    r, columns = autocorrelation(image)
    for dy, dx in ((0, 0), (3, 5), (7, -11), (0, -4), (20, 30)):
        here = image[: 30 - dy, max(0, -dx) : 41 - max(0, dx)]
        there = image[dy:, max(0, dx) : 41 - max(0, -dx)]
        assert r[dy, columns - 1 + dx] == pytest.approx(
            np.corrcoef(here.ravel(), there.ravel())[0, 1], abs=1e-9
        )


def test_the_window_is_blind_at_the_reciprocal_lattice():
    """Its transform vanishes there, to what pixels can resolve, for the whole and both halves."""
    basis = np.array([[21.3, -4.2], [6.1, 24.8]])
    found = windows((160, 190), basis)
    h = np.array([(i, j) for i in range(-3, 4) for j in range(-3, 4) if (i, j) != (0, 0)])
    sums = FineTransform(found).at(h @ np.linalg.inv(basis))
    assert np.abs(sums).max() < 2e-3 * found.sum(axis=(1, 2)).min()


def naive_correlation(values, W, t):
    """Of a cell on a grid of n x n points with itself under x -> W x + t, t in grid steps."""
    n = len(values)
    i, j = np.indices((n, n))
    u = (W[0, 0] * i + W[0, 1] * j + t[0]) % n
    v = (W[1, 0] * i + W[1, 1] * j + t[1]) % n
    return (values * values[u, v]).sum() / (values**2).sum()


@pytest.mark.parametrize("angle", [90, 120, 75])
def test_matching_is_the_correlation_on_a_grid(angle):
    n, rng = 12, np.random.default_rng(2)
    coefficients = np.zeros((n, n), dtype=complex)
    keep = np.abs(np.fft.fftfreq(n, 1 / n)) <= 3
    coefficients[np.ix_(keep, keep)] = np.fft.fft2(rng.normal(size=(n, n)))[np.ix_(keep, keep)]
    coefficients[0, 0] = 0
    values = np.fft.ifft2(coefficients).real
    whole = np.stack(np.meshgrid(*[np.fft.fftfreq(n, 1 / n).astype(int)] * 2, indexing="ij"), -1)
    inside = (np.abs(whole) <= 3).all(axis=-1) & (np.abs(whole).sum(axis=-1) > 0)
    h, c = whole[inside], np.fft.fft2(values)[inside][:, None] / n**2
    matcher = Matcher(h, c, np.ones((1, len(h))), np.zeros(len(h)))
    gamma = np.deg2rad(angle)
    basis = np.array([[1.0, np.cos(gamma)], [0.0, np.sin(gamma)]])
    for W in {W.tobytes(): W for s in settings(basis) for W in s.matrices}.values():
        if np.abs(W).sum() > 2:
            continue  # those take frequencies out of the square that is known
        found = matcher.map(W)
        step = matcher.points / n
        for t in ((0, 0), (1, 0), (5, 7)):
            if step == int(step):
                place = int(step) * np.array(t)
                assert found[tuple(place)] == pytest.approx(naive_correlation(values, W, t))
