"""What asymmetric units hold, against sums and distances worked out one by one."""

from itertools import product

import numpy as np
import pytest

from symlens.config.wallpaper_data import ImageData
from symlens.errors import DataError
from symlens.wallpaper.cell import blurred, contrast, grid_size, invariant, orbits, spectrum, unfold
from symlens.wallpaper.contents.atoms import apart, atoms_cell, orbit, probe_cell, unit_spots
from symlens.wallpaper.contents.canvases import DRAWN, PROCEDURAL, shrunk
from symlens.wallpaper.contents.cut import cut_cell, lookup, noise_cell
from symlens.wallpaper.groups import GROUPS, NAMES
from symlens.wallpaper.lattices import (
    ASPECT,
    OBLIQUE_ANGLE,
    SHAPES,
    cell,
    draw_basis,
    primitive_area,
    turned,
)
from symlens.wallpaper.rendering import interpolate
from symlens.wallpaper.synthesis import Painter, as_bytes, samples, stream


def basis_of(group, seed, area=900.0):
    return draw_basis(group, area, SHAPES[group.system][0], np.random.default_rng(seed))


@pytest.mark.parametrize("triangles", [False, True])
def test_interpolation_is_linear_between_grid_points_and_exact_at_them(triangles):
    rng = np.random.default_rng(0)
    values = rng.random((12, 24, 2))
    i, j = np.indices((12, 24)).reshape(2, -1)
    at = interpolate(values, i / 12 + 3, j / 24 - 2, triangles=triangles)
    assert at == pytest.approx(values.reshape(-1, 2), abs=1e-12)
    u, v = rng.uniform(-2, 2, (2, 300))
    found = interpolate(values, u, v, triangles=triangles)
    for x, y, value in zip(u, v, found, strict=True):
        a, b = np.floor(x * 12), np.floor(y * 24)
        p, q = x * 12 - a, y * 24 - b

        def c(di, dj, a=a, b=b):
            return values[int(a + di) % 12, int(b + dj) % 24]

        if not triangles:
            plain = (1 - p) * ((1 - q) * c(0, 0) + q * c(0, 1))
            plain = plain + p * ((1 - q) * c(1, 0) + q * c(1, 1))
        elif p >= q:
            plain = c(0, 0) + (c(1, 0) - c(0, 0)) * p + (c(1, 1) - c(1, 0)) * q
        else:
            plain = c(0, 0) + (c(0, 1) - c(0, 0)) * q + (c(1, 1) - c(0, 1)) * p
        assert value == pytest.approx(plain, abs=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_an_orbit_times_its_stabiliser_is_the_group(name):
    group = GROUPS[name]
    for point in (
        np.zeros(2),
        np.array([0.25, 0.25]),
        np.array([0.5, 0.0]),
        np.array([0.13, 0.29]),
    ):
        found = orbit(group, point)
        assert found[0] == pytest.approx(point)
        fixed = 0
        for W, t in group.operations:
            gap = W @ point + t - point
            fixed += np.abs(gap - np.rint(gap)).max() < 1e-9
        assert len(found) * fixed == group.order


@pytest.mark.parametrize("name", NAMES)
def test_places_are_apart_from_their_images_and_from_the_corner(name):
    group, rng = GROUPS[name], np.random.default_rng(1)
    basis, places, radius = basis_of(group, 1), rng.random((60, 2)), 6.0 / np.sqrt(group.order)
    steps = list(product(range(-2, 3), repeat=2))
    for place, accepted in zip(places, apart(group, basis, radius, places), strict=True):
        own = [
            np.linalg.norm(basis @ (W @ place + t - place + step))
            for W, t in group.operations
            for step in steps
        ]
        corner = [
            np.linalg.norm(basis @ (other - place + step))
            for other in orbit(group, np.zeros(2))
            for step in steps
        ]
        plain = sorted(own)[1] >= 1.5 * radius and min(corner) >= 1.3 * radius
        assert accepted == plain


@pytest.mark.parametrize("name", ["p2", "cmm", "p31m"])
def test_spots_are_sums_of_gaussians_over_all_cells(name):
    group = GROUPS[name]
    basis = basis_of(group, 2)
    shape = grid_size(group, basis, 1.0)
    places = orbit(group, np.array([0.21, 0.34]))
    unit = unit_spots(group, basis, shape, [places], 2.5)
    found = unfold(group, unit.T, shape)[..., 0]
    for i, j in ((0, 0), (5, 7), (shape[0] - 1, 3)):
        here = basis @ (i / shape[0], j / shape[1])
        plain = sum(
            np.exp(-(np.linalg.norm(basis @ (place + step) - here) ** 2) / (2 * 2.5**2))
            for place in places
            for step in product(range(-4, 5), repeat=2)
        )
        assert found[i, j] == pytest.approx(plain, abs=1e-5)


def test_spots_of_several_kinds_are_those_of_each():
    group, rng = GROUPS["pgg"], np.random.default_rng(2)
    basis = basis_of(group, 2)
    shape = grid_size(group, basis, 1.0)
    kinds = [np.concatenate([orbit(group, rng.random(2)) for _ in range(n)]) for n in (1, 3, 2)]
    together = unit_spots(group, basis, shape, kinds, 3.0)
    for found, places in zip(together, kinds, strict=True):
        assert np.array_equal(found, unit_spots(group, basis, shape, [places], 3.0)[0])


@pytest.mark.parametrize("shape", [(12, 12), (24, 36)])
def test_the_contrast_is_the_largest_deviation_of_a_channel(shape):
    values = np.random.default_rng(3).random((*shape, 3)) * (0.5, 1.0, 0.2) + (0.0, 3.0, 1.0)
    assert contrast(spectrum(values)) == pytest.approx(values.std(axis=(0, 1)).max())
    flat = np.full((*shape, 3), 0.7)
    assert contrast(spectrum(flat)) < 1e-7


@pytest.mark.parametrize("name", ["p1", "cm", "p4g", "p31m"])
def test_a_spectrum_is_seen_through_a_gaussian_and_gives_an_invariant_cell(name):
    """Against the sum over all waves of the cell, each with its own gain."""
    group, sigma = GROUPS[name], 2.5  # nothing is left at the grid's limit, where signs are lost
    basis = basis_of(group, 4, area=300.0)
    shape = grid_size(group, basis, 1.0)
    plain = noise_cell(group, shape, np.random.default_rng(4))
    found = invariant(group, blurred(spectrum(plain), basis, sigma))
    h = np.stack(np.meshgrid(*(np.fft.fftfreq(n, 1 / n) for n in shape), indexing="ij"), axis=-1)
    gain = np.exp(-2 * (np.pi * sigma) ** 2 * ((h @ np.linalg.inv(basis)) ** 2).sum(axis=-1))
    naive = np.fft.ifft2(np.fft.fft2(plain, axes=(0, 1)) * gain[..., None], axes=(0, 1)).real
    assert found == pytest.approx(naive, abs=1e-12)
    for moved in orbits(group, *shape):
        assert np.array_equal(found.reshape(-1, 3)[moved], found.reshape(-1, 3))


@pytest.mark.parametrize("name", NAMES)
def test_every_content_is_invariant_on_the_grid(name):
    group, rng = GROUPS[name], np.random.default_rng(3)
    basis = basis_of(group, 3)
    shape = grid_size(group, basis, 1.0)
    canvas = rng.random((60, 70, 3)).astype(np.float32)
    cells = (
        noise_cell(group, shape, rng),
        atoms_cell(group, basis, shape, rng),
        probe_cell(group, basis, shape, rng),
        cut_cell(group, basis, shape, [canvas], rng),
    )
    for found in cells:
        assert found.shape == (*shape, 3)
        assert found.min() >= 0
        assert found.max() <= 1
        flat = found.reshape(-1, 3)
        for moved in orbits(group, *shape):
            assert np.array_equal(flat[moved], flat)


def test_a_canvas_is_read_between_its_pixels():
    canvas = np.random.default_rng(4).random((9, 11, 3)).astype(np.float32)
    points = np.array([[2.0, 3.0], [2.5, 3.0], [4.25, 6.75]])
    found = lookup(canvas, points)
    assert found[0] == pytest.approx(canvas[3, 2])
    assert found[1] == pytest.approx((canvas[3, 2] + canvas[3, 3]) / 2)
    upper = 0.75 * canvas[6, 4] + 0.25 * canvas[6, 5]
    lower = 0.75 * canvas[7, 4] + 0.25 * canvas[7, 5]
    assert found[2] == pytest.approx(0.25 * upper + 0.75 * lower)


def test_a_unit_larger_than_its_canvas_is_made_to_fit():
    group = GROUPS["p1"]
    basis = np.diag([80.0, 60.0])
    canvas = np.random.default_rng(5).random((30, 30, 3)).astype(np.float32)
    found = cut_cell(group, basis, grid_size(group, basis, 1.0), [canvas], np.random.default_rng(6))
    assert found.min() >= canvas.min()
    assert found.max() <= canvas.max()
    assert found.std() > 0.05


@pytest.mark.parametrize("kind", [*PROCEDURAL, *DRAWN])
def test_canvases_are_full_of_colours_from_0_to_1(kind):
    paint = {**PROCEDURAL, **DRAWN}[kind]
    one, other, again = (paint(np.random.default_rng(seed)) for seed in (7, 8, 7))
    assert one.ndim == 3
    assert one.shape[2] == 3
    assert one.min() >= 0
    assert one.max() <= 1
    assert one.std() > 0.03
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_shrinking_takes_means_of_blocks():
    canvas = np.random.default_rng(9).random((10, 13, 3)).astype(np.float32)
    found = shrunk(canvas, 3)
    assert found.shape == (3, 4, 3)
    assert found[1, 2] == pytest.approx(canvas[3:6, 6:9].mean(axis=(0, 1)), rel=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_cells_have_the_area_and_the_metric_of_their_group(name):
    group, rng = GROUPS[name], np.random.default_rng(10)
    for shape in SHAPES[group.system]:
        basis = draw_basis(group, 700.0, shape, rng)
        assert np.linalg.det(basis @ group.primitive) == pytest.approx(700.0)
        a, b = np.linalg.norm(basis, axis=0)
        angle = np.degrees(np.arccos(basis[:, 0] @ basis[:, 1] / (a * b)))
        if shape in ("square", "rectangular"):
            assert angle == pytest.approx(90)
        if shape == "hexagonal":
            assert angle == pytest.approx(120)
        if shape in ("square", "hexagonal", "rhombic"):
            assert a == pytest.approx(b)
        if shape == "rectangular":
            assert ASPECT[0] <= max(a, b) / min(a, b) <= ASPECT[1]
        if shape in ("oblique", "rhombic"):
            assert OBLIQUE_ANGLE[0] <= angle <= OBLIQUE_ANGLE[1]


def test_a_turned_cell_keeps_lengths_and_area():
    basis = cell(500.0, 1.3, 75.0)
    assert np.linalg.det(basis) == pytest.approx(500.0)
    other = turned(basis, 37.0)
    assert other.T @ other == pytest.approx(basis.T @ basis)


def test_the_fundamental_area_tells_the_class_and_the_cell_does_not():
    rng = np.random.default_rng(11)
    unit, area = (960.0, 10.0), (1500.0, 9000.0)
    for name in ("p1", "p4m", "p6m"):
        group = GROUPS[name]
        drawn = [primitive_area(group, "fundamental", unit, area, rng) for _ in range(60)]
        assert np.mean(drawn) == pytest.approx(960 * group.point_order, rel=0.01)
        drawn = [primitive_area(group, "cell", unit, area, rng) for _ in range(400)]
        assert area[0] <= min(drawn) < max(drawn) <= area[1]
        assert np.mean(np.log(drawn)) == pytest.approx(np.log(area).mean(), abs=0.1)


def test_images_that_say_nothing_are_refused_in_one_line():
    painter = Painter(ImageData(size=64, channels=1, contrast=0.49))
    with pytest.raises(DataError, match="a contrast below") as error:
        painter.draw("p1", "noise", stream(1, "noise", 0, 0))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", ["published_atoms", "probe"])
def test_images_are_drawn_alike_again(content):
    data = ImageData(size=64, contents=(content,), per_class=1, seed=9)
    for one, other in zip(samples(data), samples(data), strict=True):
        assert np.array_equal(one.image, other.image)
        assert one.image.shape == (64, 64, 3)
        assert one.image.min() >= 0
        assert one.image.max() <= 1
        assert one.image.std() > 0.02
        assert NAMES[one.label] in GROUPS


def test_bytes_are_rounded_and_cut():
    found = as_bytes(np.array([-0.2, 0.0, 0.5, 0.9999, 1.7]))
    assert found.dtype == np.uint8
    assert found.tolist() == [0, 0, 128, 255, 255]
