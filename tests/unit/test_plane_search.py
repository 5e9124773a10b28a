"""From position operators to filters, on operators and samples whose answer is known."""

import numpy as np
import pytest

from symlens.config.plane import BlobsData, PlaneSettings
from symlens.groups import random_orthogonal
from symlens.lens.fast.whitening import Whitened
from symlens.lens.plane.data import stream
from symlens.lens.plane.grid import Grid, waves_up_to
from symlens.lens.plane.learner import learn_plane
from symlens.lens.plane.positions import Span
from symlens.lens.plane.scoring import matched
from symlens.lens.plane.search import improve
from symlens.lens.plane.stationarity import Departure
from symlens.lens.plane.walks import AXES, plane_walk, walks

GRID = Grid(4, 5)


@pytest.fixture(scope="module")
def hidden():
    """A stationary covariance behind a random basis, and the basis; there are no samples."""
    rows, columns = np.divmod(np.arange(GRID.n), GRID.width)
    down, right = np.abs(rows[:, None] - rows), np.abs(columns[:, None] - columns)
    covariance = 0.85**down * 0.75**right + 0.01 * np.eye(GRID.n)
    basis = random_orthogonal(GRID.n, np.random.default_rng(0))
    powers, modes = np.linalg.eigh(basis.T @ covariance @ basis / covariance[0, 0])
    nothing = np.zeros((0, GRID.n), np.float32)
    return Whitened(nothing, np.zeros(GRID.n), powers[::-1], modes[:, ::-1], 1.0), basis


def span_of(white, basis, *, noise=0.0, order=2):
    """The span of exact positions between modes, mixed with each other and with noise."""
    rng = np.random.default_rng(1)
    turned = basis @ white.modes
    exact = [turned.T @ (p[:, None] * turned) for p in GRID.profiles(waves_up_to(order))]
    members = np.array(exact)
    disturbed = rng.standard_normal(members.shape) / GRID.n
    members = members + noise * (disturbed + disturbed.transpose(0, 2, 1)) / 2
    members[:, np.arange(GRID.n), np.arange(GRID.n)] = 0.0
    mixed = np.tensordot(random_orthogonal(len(members), rng), members, 1)
    flat = np.linalg.qr(mixed.reshape(len(mixed), -1).T)[0]
    return Span(flat.T.reshape(mixed.shape), white.modes)


def smaller_cosine(filters, basis):
    shifts = GRID.shifts()
    return min(matched(filters.T @ shifts @ filters, basis.T @ shifts @ basis)[0])


def test_the_constant_is_taken_to_its_wave_by_its_position(hidden):
    white, basis = hidden
    span = span_of(white, basis)
    cosines = np.empty((2, 2))
    for row, profile in enumerate(GRID.profiles([(1, 0), (0, 1)])):
        between = white.modes.T @ basis.T @ (profile[:, None] * basis) @ white.modes
        np.fill_diagonal(between, 0.0)
        exact = white.modes @ between @ white.modes.T / np.linalg.norm(between)
        cosines[row] = [abs(np.vdot(span.coupling(0, mode), exact)) for mode in (1, 2)]
    straight, swapped = np.diag(cosines).min(), np.diag(cosines[::-1]).min()
    assert max(straight, swapped) > 0.95


@pytest.mark.parametrize("width", [0.1, 1e6])
def test_a_walk_along_exact_positions_finds_every_wave(width):
    """Also where the modes are no waves: then powers must not be asked."""
    rng = np.random.default_rng(2)
    every = [(a, b) for a in range(GRID.height) for b in range(GRID.width)]
    basis = GRID.profiles(every)
    mixed = np.eye(GRID.n)
    if width > 1:
        mixed[1:, 1:] = random_orthogonal(GRID.n - 1, rng)
    down, right = (mixed @ (basis * p) @ basis.T @ mixed.T for p in GRID.profiles(AXES))
    found = plane_walk(down, right, 0.5 ** np.arange(GRID.n), GRID, width)
    overlaps = np.sum(found * mixed.T, axis=1)
    np.testing.assert_allclose(overlaps, 1.0, atol=1e-6)


def test_whatever_the_operators_a_walk_gives_a_basis():
    operators = np.random.default_rng(3).standard_normal((2, GRID.n, GRID.n))
    for down, right in (operators, np.zeros_like(operators)):
        found = plane_walk(down, right, np.ones(GRID.n), GRID, 0.2)
        np.testing.assert_allclose(found @ found.T, np.eye(GRID.n), atol=1e-6)


def test_guides_of_true_filters_are_their_positions(hidden):
    white, basis = hidden
    waves = waves_up_to(2)
    guides = span_of(white, basis).guides(basis, GRID, waves)
    for operator, profile in zip(guides.operators, GRID.profiles(waves), strict=True):
        exact = basis.T @ (profile[:, None] * basis)
        between = white.modes.T @ exact @ white.modes
        np.fill_diagonal(between, 0.0)
        found = white.modes.T @ operator @ white.modes
        cosine = np.vdot(found, between) / np.linalg.norm(found) / np.linalg.norm(between)
        assert cosine == pytest.approx(1.0)


def test_walks_and_improvement_find_filters_in_spite_of_noise(hidden):
    white, basis = hidden
    span = span_of(white, basis, noise=0.3)
    # Mode 1 is the wave along the longer side here: taken for the other one it leads astray.
    walked = walks(white, GRID, span, (2, 1))
    departure = Departure(white, GRID)
    best = min(walked, key=lambda filters: departure(filters)[0])
    filters = improve(white, GRID, span, best, turns=3)
    np.testing.assert_allclose(filters @ filters.T, np.eye(GRID.n), atol=1e-10)
    assert smaller_cosine(filters, basis) > 0.95


class Steps:
    def __init__(self):
        self.steps = []

    def record(self, step, terms):
        assert np.isfinite(terms["loss"])
        self.steps.append(step)


@pytest.fixture(scope="module")
def learned():
    cfg = BlobsData(shape=(4, 5), samples=30_000, scale=(0.3, 0.6), density=0.05, noise=0.02)
    header, chunks = stream(cfg)
    x = np.concatenate(list(chunks))
    monitor = Steps()
    settings = PlaneSettings(rounds=1)
    return learn_plane(x, settings, GRID, seed=1, monitor=monitor), header, monitor, x


def test_blobs_in_a_random_basis(learned):
    found, header, monitor, _ = learned
    ideal = header["ideal_generators"].to_numpy()
    assert min(matched(found.symmetry.generators, ideal)[0]) > 0.95
    assert found.pairs == 0  # every sample is an image of its own
    assert monitor.steps == list(range(len(monitor.steps)))
    assert found.history.steps.tolist() == monitor.steps
    assert found.history.values.shape == (len(monitor.steps), len(found.history.terms))


def test_moves_shift_canonical_images(learned):
    symmetry, x = learned[0].symmetry, learned[3][:5].astype(np.float64)
    before = symmetry.transform(x).reshape(5, 4, 5)
    down = symmetry.transform(symmetry.act(x, 1.0, 0.0)).reshape(5, 4, 5)
    np.testing.assert_allclose(down[:, 1:], before[:, :-1], atol=1e-8)
    right = symmetry.transform(symmetry.act(x, 0.0, 1.0)).reshape(5, 4, 5)
    np.testing.assert_allclose(right[:, :, 1:], before[:, :, :-1], atol=1e-8)


def test_moves_commute_and_undo_each_other(learned):
    symmetry, x = learned[0].symmetry, learned[3][:5].astype(np.float64)
    one = symmetry.act(symmetry.act(x, 0.7, 0.0), 0.0, -1.3)
    np.testing.assert_allclose(one, symmetry.act(x, 0.7, -1.3), atol=1e-8)
    np.testing.assert_allclose(symmetry.act(one, -0.7, 1.3), x, atol=1e-8)
