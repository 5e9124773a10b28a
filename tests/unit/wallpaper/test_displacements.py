"""How far operations are from mapping a cell to itself, against spots off by known steps."""

import dataclasses

import numpy as np
import pytest

from symlens.wallpaper.exact.fourier import REACH, Spectrum, indices, view
from symlens.wallpaper.exact.matching import Match, Matcher
from symlens.wallpaper.exact.settings import settings
from symlens.wallpaper.exact.weights import blurred
from symlens.wallpaper.hybrid.displacements import FAINT, displacements
from symlens.wallpaper.hybrid.points import spot_coefficients

SIDE = 60.0
BASIS = SIDE * np.eye(2)


def spots(places, width=4.0):
    """A cell of equal round spots at places in pixels, without noise, in one channel."""
    h = indices(BASIS, REACH)
    frequency = np.linalg.norm(h, axis=1) / SIDE
    values = spot_coefficients(h, frequency, np.array(places) / SIDE, width)[:, None]
    return Spectrum(BASIS, h, values, np.zeros(len(h)), 1.0, 1.0)


def off(found, origin=(0.0, 0.0), name="p2"):
    """Largest and mean displacement of a group about an origin in pixels."""
    setting = next(each for each in settings(found.basis) if each.name == name)
    weights = blurred(found.frequency, 2.0)[None]
    matcher = Matcher(found.h, found.values, weights, found.noise)
    match = Match(setting, np.array(origin) / SIDE, np.ones((1, len(setting.matrices) - 1)))
    return displacements(found, matcher, [match])[0]


def test_a_view_is_its_sum():
    found = spots([(3, 5), (20, 41)])
    seen = view(found.h, found.values.T, 50)[0]
    for i, j in ((0, 0), (7, 3), (49, 20)):
        phase = np.exp(2j * np.pi * (found.h @ [i, j]) / 50)
        total = phase @ found.values[:, 0]
        assert abs(total.imag) < 1e-9
        assert seen[i, j] == pytest.approx(total.real)


def test_a_group_that_is_there_is_off_by_nothing():
    assert off(spots([(3, 5), (-3, -5), (0, 0)])) == pytest.approx([0, 0], abs=1e-6)
    assert off(spots([(3, 5)]), name="p1").tolist() == [0, 0], "no operation but the identity"


@pytest.mark.parametrize("step", [0.2, 0.5, 1.0])
def test_an_origin_that_is_off_moves_round_spots_by_twice_that(step):
    largest, mean = off(spots([(0, 0)]), origin=(step, 0))
    round_spot = 2 * step / np.sqrt(2)
    assert mean == pytest.approx(round_spot, rel=0.03)
    assert round_spot / np.sqrt(1 + FAINT) * 0.97 < largest < 2 * step


def test_stripes_are_off_along_their_slope_only():
    found = spots([(0, 0)])
    stripes = dataclasses.replace(found, values=found.values * (found.h[:, 1:] == 0))
    assert off(stripes, origin=(0.5, 0))[1] == pytest.approx(1.0, rel=0.03)
    assert off(stripes, origin=(0, 0.5)) == pytest.approx([0, 0], abs=1e-6)


def test_one_spot_of_many_is_seen_by_the_largest():
    places = [(15.0 * i, 15.0 * j) for i in range(4) for j in range(4)]
    places[5] = (16.5, 15)  # its image lies at (-15, -15)
    largest, mean = off(spots(places, 2.0))
    assert largest == pytest.approx(1.5 / np.sqrt(2), rel=0.2)
    assert mean < largest / 2


def test_noise_is_not_taken_for_moves():
    found, rng, drawn = spots([(0, 0)]), np.random.default_rng(1), []
    variance = np.full(len(found.h), 0.01 * found.power.max())
    for _ in range(60):
        real, imaginary = rng.normal(size=(2, len(found.h), 1)) * np.sqrt(variance / 2)[:, None]
        noise = real + 1j * imaginary
        noisy = found.values + (noise + noise[::-1].conj()) / np.sqrt(2)  # -h lies opposite to h
        for known in (variance, 0 * variance):
            cell = dataclasses.replace(found, values=noisy, noise=known)
            drawn.append(off(cell, origin=(1.0, 0))[1] ** 2)
    with_noise, without = np.reshape(drawn, (60, 2)).mean(axis=0)
    expected = off(found, origin=(1.0, 0))[1] ** 2
    assert with_noise == pytest.approx(expected, rel=0.1)
    assert without > 1.3 * expected
