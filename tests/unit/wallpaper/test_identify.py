"""Naming the group of an image: right answers, honest doubt, clear mistakes."""

import numpy as np
import pytest
from scipy import ndimage
from sklearn.datasets import load_sample_image

from symlens.config.wallpaper_data import ImageData
from symlens.errors import DataError
from symlens.wallpaper import identify
from symlens.wallpaper.cell import grid_size, unfold, unit_points
from symlens.wallpaper.disturbances import DISTURBANCES, disturbed, levels
from symlens.wallpaper.exact.api import averaged, fits_twice
from symlens.wallpaper.exact.result import operation
from symlens.wallpaper.exact.selection import Criterion, log_odds
from symlens.wallpaper.groups import GROUPS, NAMES
from symlens.wallpaper.lattices import SHAPES, draw_basis
from symlens.wallpaper.rendering import interpolate
from symlens.wallpaper.synthesis import Painter, stream
from symlens.wallpaper.train import cell_error

SIZE = 160
DATA = ImageData(size=SIZE, channels=1, seed=200, cell_area=(2500.0, 7000.0))


@pytest.fixture(scope="module")
def painter():
    return Painter(DATA)


@pytest.mark.parametrize("name", NAMES)
def test_clean_noise_is_named_with_its_cell(painter, name):
    sample = painter.draw(name, "noise", stream(200, "noise", 0, NAMES.index(name)))
    found = identify(sample.image)
    assert found.group == name
    assert found.periodic > 0.9
    assert sum(found.probabilities.values()) == pytest.approx(1)
    own = found.cell @ GROUPS[name].primitive
    assert cell_error(own, sample.basis @ GROUPS[name].primitive) < 0.005
    assert len(found.operations) == GROUPS[name].point_order - 1
    assert max((op.residual for op in found.operations), default=0.0) < 0.01


@pytest.mark.parametrize("name", ["p2", "p4g", "p31m"])
def test_the_origin_is_that_of_the_tables(painter, name):
    """About it, in its cell, the image is what the general positions say."""
    sample = painter.draw(name, "atoms", stream(200, "atoms", 1, NAMES.index(name)))
    found = identify(sample.image)
    assert found.group == name
    apart = np.linalg.solve(sample.basis, found.origin - sample.origin)
    own = [(np.eye(2) - W) @ apart for W, _ in GROUPS[name].operations]
    distance = [np.abs(shift - np.round(shift)).max() for shift in own]
    assert max(distance) < 0.01


def test_noise_leaves_the_answer_and_takes_certainty(painter):
    sample = painter.draw("p6", "atoms", stream(200, "atoms", 2, NAMES.index("p6")))
    rng = np.random.default_rng(0)
    quiet, loud = (identify(disturbed(sample.image, "noise", s, rng)) for s in (0.1, 1.0))
    assert quiet.group == loud.group == "p6"
    assert quiet.noise < loud.noise


@pytest.mark.parametrize("scale", [1e-6, 255.0, -3.0, 1e250])
def test_scale_and_offset_do_not_matter(painter, scale):
    image = painter.draw("cmm", "noise", stream(200, "noise", 3, 8)).image
    one, other = identify(image), identify(scale * image + 7 * scale)
    assert one.group == other.group == "cmm"
    assert cell_error(other.cell, one.cell) < 1e-3


@pytest.mark.parametrize("kind", ["white", "smooth", "gradient"])
def test_what_does_not_repeat_is_not_named(kind):
    rng = np.random.default_rng(4)
    image = rng.normal(size=(SIZE, SIZE))
    if kind == "smooth":
        k = np.hypot(np.fft.fftfreq(SIZE)[:, None], np.fft.fftfreq(SIZE))
        image = np.fft.ifft2(np.fft.fft2(image) / np.maximum(k, 0.01)).real
    elif kind == "gradient":
        image = np.add.outer(np.arange(SIZE), np.arange(SIZE)) + 0.1 * image
    found = identify(image)
    assert found.group is None
    assert found.cell is None
    assert found.periodic < 0.5


def test_stripes_of_no_length_are_not_named():
    """A pattern that repeats along one direction only has no plane group."""
    rng = np.random.default_rng(14)
    y, x = np.indices((SIZE, SIZE))
    profile = ndimage.gaussian_filter1d(rng.normal(size=4 * SIZE), 2.0)
    along = profile[np.rint(1.7 * SIZE + 0.9 * y - 0.2 * x).astype(int)]
    image = along * (1.5 + np.cos(2 * np.pi * (x + 0.3 * y) / 13.0))
    assert identify(image / image.std() + 0.05 * rng.normal(size=image.shape)).group is None


@pytest.mark.parametrize("place", [(60, 20), (140, 300), (230, 410), (20, 500)])
@pytest.mark.parametrize("name", ["china.jpg", "flower.jpg"])
def test_crops_of_photographs_are_not_named(name, place):
    image = load_sample_image(name)
    row, column = place
    assert identify(image[row : row + SIZE, column : column + SIZE - 40]).group is None


def test_what_is_seen_less_than_twice_is_not_seen_to_repeat():
    shape = (100, 200, 1)
    assert fits_twice(np.diag([99.0, 49.0]), shape)
    assert not fits_twice(np.diag([101.0, 20.0]), shape)
    assert not fits_twice(np.diag([20.0, 51.0]), shape)
    assert fits_twice(np.array([[60.0, -60.0], [30.0, 30.0]]), shape)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (np.zeros((64, 64)), "uniform"),
        (np.ones((64, 64, 3)), "uniform"),
        (np.zeros((64,)), "shape"),
        (np.zeros((20, 64)), "32 x 32"),
        (np.full((64, 64), np.nan), "row 0, column 0"),
        (np.array([["a", "b"]]), "numbers"),
        (np.zeros((64, 64, 0)), "shape"),
        (np.full((64, 64), 1e300), "uniform"),
        (np.zeros((64, 64), dtype=complex), "complex128"),
    ],
)
def test_mistakes_are_one_line(image, said):
    with pytest.raises(DataError, match=said) as error:
        identify(image)
    assert "\n" not in str(error.value)


def test_odds_fall_with_the_residual_and_noise_blurs_them():
    criterion = Criterion()
    odds = [log_odds(r, 0.001, 0.012, criterion) for r in (0.0, 0.02, 0.05, 0.2, 1.0)]
    assert odds == sorted(odds, reverse=True)
    assert odds[0] > 0 > odds[-1]
    assert abs(log_odds(0.2, 0.3, 0.012, criterion)) < abs(odds[3])


@pytest.mark.parametrize("name", DISTURBANCES)
def test_disturbances_do_something_from_nothing_on(name):
    image = np.random.default_rng(5).random((64, 64, 1))
    assert np.array_equal(disturbed(image, name, 0.0, np.random.default_rng(0)), image)
    changed = disturbed(image, name, levels(name, 3)[-1], np.random.default_rng(0))
    assert np.isfinite(changed).all()
    assert changed.shape != image.shape or not np.array_equal(changed, image)
    assert len(levels(name, 3)) == 3


@pytest.mark.parametrize("name", ["pmg", "cmm", "p4g", "p31m"])
def test_axes_lie_where_the_image_is_mirrored(name):
    """Points and their images by every operation that is named see the same of the pattern."""
    group = GROUPS[name]
    basis = draw_basis(group, 900.0, SHAPES[group.system][0], np.random.default_rng(7))
    shape = grid_size(group, basis, 1.0)
    values = np.random.default_rng(8).random((len(unit_points(group, basis, shape)), 1))
    cell = unfold(group, values, shape)
    points = np.random.default_rng(9).uniform(0, 90, (200, 2))

    def seen(places):
        f = np.linalg.solve(basis, places.T)
        return interpolate(cell, *f, triangles=group.system == "hexagonal")

    for W, t in group.operations[1:]:
        if round(np.linalg.det(W)) == 1:
            continue
        found = operation(W, t, np.zeros(2), basis, 0.0)
        if found.kind == "mirror":
            offset = points - found.point
            across = offset - np.outer(offset @ found.direction, found.direction)
            assert np.abs(seen(points) - seen(points - 2 * across)).max() < 1e-9


def test_a_channel_that_varies_little_decides_the_cell():
    """Red repeats twice as often as green, whose power is a sixth."""
    rows, columns = np.indices((160, 160))

    def wave(*vectors):
        return sum(np.cos(2 * np.pi * (kx * columns + ky * rows)) for kx, ky in vectors)

    red = wave((1 / 16, 0), (0, 1 / 20), (1 / 16, 1 / 20))
    green = 0.5 * wave((1 / 32, 0), (1 / 32, 1 / 20))
    found = averaged(np.stack([red, green], axis=2))
    assert abs(np.linalg.det(found.basis)) == pytest.approx(32 * 20, rel=1e-3)
    alone = averaged(red)
    assert abs(np.linalg.det(alone.basis)) == pytest.approx(16 * 20, rel=1e-3)
