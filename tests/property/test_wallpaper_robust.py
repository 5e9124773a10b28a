"""Whatever image it is given, `identify` answers with probabilities or refuses it in one line."""

import numpy as np
import pytest

from symlens.errors import DataError
from symlens.wallpaper import identify
from symlens.wallpaper.disturbances import DISTURBANCES, disturbed
from symlens.wallpaper.exact.cells import divided
from symlens.wallpaper.exact.fourier import Spectrum, indices
from symlens.wallpaper.exact.lattice import find_lattice
from symlens.wallpaper.exact.reduction import SHORTEST, reduced, shortest
from symlens.wallpaper.groups import NAMES

SIZES = ((32, 32), (32, 57), (57, 33), (33, 140), (120, 32), (64, 64))
LOOPS = 20


def periodic(rng, size, least=2.0):
    """A few waves of a lattice whose shortest vector may be as short as ``least`` pixels."""
    length = least * np.exp(rng.uniform(0, 2, 2))
    angle = rng.uniform(0, np.pi) + np.array([0.0, rng.uniform(0.3, np.pi - 0.3)])
    inverse = np.linalg.inv(np.stack([length * np.cos(angle), length * np.sin(angle)]))
    y, x = np.indices(size)
    image = np.zeros(size)
    for h in rng.integers(-3, 4, (5, 2)):
        k = h @ inverse
        image += rng.normal() * np.cos(2 * np.pi * (k[0] * x + k[1] * y) + rng.uniform(0, 6.3))
    return image + rng.choice((0.0, 1e-6, 1e-2, 1.0)) * rng.normal(size=size)


def stripes(rng, size):
    """One wave near the highest frequency that pixels can hold, or of any other."""
    k = rng.choice((0.5, 0.499, 0.25, 0.0, rng.uniform(0, 0.5)), 2)
    y, x = np.indices(size)
    return np.cos(2 * np.pi * (k[0] * x + k[1] * y) + 0.3) + 1e-3 * rng.normal(size=size)


def steps(rng, size):
    """Nearly nothing: a few bright pixels, a checkerboard, a step."""
    image = np.zeros(size)
    kind = rng.integers(3)
    if kind == 0:
        image[rng.integers(0, size[0], 3), rng.integers(0, size[1], 3)] = 1.0
    elif kind == 1:
        side = int(rng.integers(1, 9))
        image = (np.indices(size) // side).sum(axis=0) % 2.0
    else:
        image[:, size[1] // 2 :] = 1.0
    return image


def noise(rng, size):
    return rng.normal(size=(*size, 3))


@pytest.mark.parametrize("make", [periodic, stripes, steps, noise])
def test_every_image_has_an_answer(make):
    for seed in range(LOOPS):
        rng = np.random.default_rng([seed, 7])
        image = make(rng, SIZES[seed % len(SIZES)])
        if seed % 2:
            name = list(DISTURBANCES)[seed // 2 % len(DISTURBANCES)]
            whole = image.reshape(*image.shape[:2], -1)
            strong = 1.5 * DISTURBANCES[name].strongest
            image = disturbed(whole, name, 0.8 if name == "crop" else strong, rng)
        try:
            found = identify(image)
        except DataError as error:
            assert "uniform" in str(error)  # noqa: PT017
            continue
        chances = np.array(list(found.probabilities.values()))
        assert tuple(found.probabilities) == NAMES
        assert np.isfinite(chances).all()
        assert (chances >= 0).all()
        assert chances.sum() == pytest.approx(1)
        assert 0 <= found.periodic <= 1
        assert (found.group is None) == (found.periodic < 0.5)
        if found.group is not None:
            assert chances.max() == found.probabilities[found.group]
            assert np.isfinite(found.cell).all()
            assert shortest(found.cell) >= 0.9 * SHORTEST
            assert np.isfinite(found.origin).all()
            assert all(np.isfinite(op.residual) for op in found.operations)


def test_no_lattice_is_shorter_than_allowed():
    for seed in range(60):
        rng = np.random.default_rng([seed, 8])
        found = find_lattice(periodic(rng, SIZES[seed % len(SIZES)]))
        assert found is None or shortest(found.basis) >= SHORTEST


@pytest.mark.parametrize("mirrored", [1.0, -1.0])
def test_a_short_cell_is_not_divided_whichever_vector_is_the_short_one(mirrored):
    """All signal is at multiples of five: a fifth of the vector is a translation, and too short."""
    basis = reduced(np.array([[24.0, -1.0 * mirrored], [2.0 * mirrored, 10.0]]))
    h = indices(basis, 0.6)
    short = int(np.argmin(np.linalg.norm(basis, axis=0)))
    values = (h[:, [short]] % 5 == 0).astype(complex)
    found = Spectrum(basis, h, values, np.zeros(len(h)), 1.0, 1.0)
    finer = divided(found)
    assert finer is None or shortest(finer) >= SHORTEST


def test_a_spectrum_of_noise_alone_is_not_divided():
    basis = np.diag([20.0, 24.0])
    h = indices(basis, 0.3)
    values = np.full((len(h), 1), 0.1 + 0j)
    assert divided(Spectrum(basis, h, values, np.ones(len(h)), 0.0, 0.0)) is None


@pytest.mark.parametrize(
    ("left", "noise", "expected"),
    [(0.001, 0.0, True), (0.01, 0.0, False), (0.01, 0.02, True), (0.12, 0.5, False)],
)
def test_a_cell_is_halved_if_what_half_of_it_leaves_is_noise(left, noise, expected):
    """Every second line of coefficients has a part of the others' signal."""
    basis = np.diag([40.0, 44.0])
    h = indices(basis, 0.3)
    power = np.where(h[:, 0] % 2, left, 1.0) + noise
    found = Spectrum(basis, h, np.sqrt(power)[:, None] + 0j, np.full(len(h), noise), 1.0, 1.0)
    finer = divided(found)
    assert (finer is not None) == expected
    if finer is not None:
        assert abs(np.linalg.det(finer)) == pytest.approx(20.0 * 44.0)
