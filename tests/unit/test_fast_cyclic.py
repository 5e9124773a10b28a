"""The start for cyclic data: planes, labels, phases, and what comes out of them."""

from __future__ import annotations

import numpy as np
import pytest

from symlens.groups import random_orthogonal, shift
from symlens.lens.fast.cumulants import cumulants
from symlens.lens.fast.cyclic import LARGEST, cyclic_start
from symlens.lens.fast.invariance import Invariance, covariance_excess, ring_average
from symlens.lens.fast.labels import (
    always_allowed,
    best_labels,
    explained,
    most_aligned,
    score,
    selection,
)
from symlens.lens.fast.planes import (
    Planes,
    eigenplanes,
    mixed_ties,
    planes_of,
    ring_basis,
    ring_labels,
)
from symlens.lens.fast.position import contrast_normalised
from symlens.lens.fast.whitening import whiten


def ring_samples(n, samples, seed):
    """Sparse pulses on a ring, smoothed, in a random basis; the basis."""
    rng = np.random.default_rng(seed)
    pulses = rng.exponential(size=(samples, n)) * (rng.random((samples, n)) < 0.15)
    response = np.exp(-0.25 * np.arange(n // 2 + 1) + 0.7j * np.arange(n // 2 + 1))
    if n % 2 == 0:
        response[-1] = abs(response[-1])
    x = np.fft.irfft(np.fft.rfft(pulses, axis=1) * response, n, axis=1)
    basis = random_orthogonal(n, rng)
    return x @ basis, basis


def cosine(filters, other):
    """Cosine of two cyclic generators, modulo inversion."""
    pixels = shift(len(other), cyclic=True)
    learned, ideal = filters.T @ pixels @ filters, other.T @ pixels @ other
    return max(np.vdot(learned, ideal), np.vdot(learned.T, ideal)) / len(other)


@pytest.fixture(scope="module", params=[11, 12], ids=["odd", "even"])
def ring(request):
    x, basis = ring_samples(request.param, 20_000, seed=5)
    white = whiten(x)
    return x, basis, white, cyclic_start(white)


def test_a_hidden_shift_is_found(ring):
    _, basis, _, start = ring
    assert cosine(start.filters, basis) > 0.998
    assert start.explained > 0.95


def test_filters_are_orthogonal_and_labels_are_all_frequencies(ring):
    _, basis, _, start = ring
    n = len(basis)
    np.testing.assert_allclose(start.filters @ start.filters.T, np.eye(n), atol=1e-12)
    assert sorted(start.labels) == list(range(1, (n + 1) // 2))
    assert np.all(np.diff(start.powers) <= 0)


def test_the_same_generator_in_every_basis(ring):
    x, _, _, start = ring
    n = x.shape[1]
    rotation = random_orthogonal(n, np.random.default_rng(8))
    turned = cyclic_start(whiten((x @ rotation).astype(np.float32)))
    assert cosine(turned.filters @ rotation.T, start.filters) > 0.9999
    assert turned.explained == pytest.approx(start.explained, abs=5e-3)


def test_the_start_is_deterministic(ring):
    _, _, white, start = ring
    np.testing.assert_array_equal(cyclic_start(white).filters, start.filters)


def test_refinement_lowers_the_misfit_below_that_of_the_truth(ring):
    _, basis, white, start = ring
    modes = contrast_normalised(white, white.x)
    misfit = Invariance(white, cumulants(modes - modes.mean(axis=0)))
    random = random_orthogonal(len(basis), np.random.default_rng(1))
    assert misfit(start.filters)[0] <= misfit(basis)[0] < misfit(random)[0]
    assert covariance_excess(white, start.filters) < 0.1 * covariance_excess(white, random)


def test_without_a_symmetry_little_is_explained():
    rng = np.random.default_rng(2)
    n = 11
    normal = rng.standard_normal((20_000, n))
    # Skewness, tails and variance of their own for every source: no two are moved copies.
    sources = np.sign(normal) * np.abs(normal) ** np.linspace(0.5, 2.5, n)
    sources += np.linspace(0, 1, n) * normal**2
    x = sources * np.linspace(0.5, 2, n) @ random_orthogonal(n, rng)
    assert cyclic_start(whiten(x)).explained < 0.5


@pytest.mark.parametrize("n", [2, 3, 4, 5, 8])
@pytest.mark.parametrize("samples", [20, 200])
def test_few_features_and_few_samples(n, samples):
    x = np.random.default_rng(n).standard_normal((samples, n))
    start = cyclic_start(whiten(x))
    np.testing.assert_allclose(start.filters @ start.filters.T, np.eye(n), atol=1e-12)
    assert 0 <= start.explained <= 1
    assert len(start.labels) == (n - 1) // 2


def test_fewer_samples_than_features():
    start = cyclic_start(whiten(np.random.default_rng(0).standard_normal((8, 13))))
    np.testing.assert_allclose(start.filters @ start.filters.T, np.eye(13), atol=1e-12)


def test_too_many_pixels_are_refused():
    white = whiten(np.random.default_rng(0).standard_normal((200, LARGEST + 1)))
    with pytest.raises(ValueError, match=f"at most {LARGEST} pixels, got {LARGEST + 1}"):
        cyclic_start(white)


@pytest.mark.parametrize("n", [2, 3, 8, 9])
def test_the_shift_turns_ring_functions_by_their_labels(n):
    basis = ring_basis(n)
    np.testing.assert_allclose(basis @ basis.T, np.eye(n), atol=1e-12)
    planes, labels = planes_of(np.eye(n), np.eye(n))
    rows = planes.fourier()
    ring = ring_labels(labels, n)
    turned = rows @ shift(n, cyclic=True)
    expected = np.exp(-2j * np.pi * ring / n)[:, None] * rows
    np.testing.assert_allclose(turned, expected, atol=1e-12)


@pytest.mark.parametrize("n", [7, 8])
def test_eigenplanes_pair_equal_powers_around_the_single_modes(n):
    pairs = np.repeat([5.0, 2.0, 0.5], 2)
    powers = np.sort(np.append(pairs, [3.0] if n % 2 else [3.0, 0.1]))[::-1]
    first = eigenplanes(powers, 2)[0]
    np.testing.assert_allclose(first.powers, [5, 2, 0.5])
    single = powers[np.argmax(first.basis[: first.singles], axis=1)]
    assert sorted(single) == ([3.0] if n % 2 else [0.1, 3.0])


def test_only_ties_of_more_than_a_plane_are_mixed():
    powers = np.array([4.0, 4.0, 2.0, 2.0, 2.0, 2.0, 1.0])
    mixed = mixed_ties(powers, 10_000, np.random.default_rng(0))
    np.testing.assert_allclose(mixed @ mixed.T, np.eye(7), atol=1e-12)
    np.testing.assert_allclose(mixed @ np.diag(powers) @ mixed.T, np.diag(powers), atol=1e-12)
    assert np.abs(mixed[2:6, 2:6]).max() < 1
    np.testing.assert_array_equal(mixed[:2], np.eye(7)[:2])


@pytest.mark.parametrize("order", [2, 3])
def test_ring_averages_are_invariant_projections(order):
    tensor = np.random.default_rng(0).standard_normal((5,) * order)
    mean = ring_average(tensor)
    np.testing.assert_allclose(np.roll(mean, (1,) * order, tuple(range(order))), mean)
    np.testing.assert_allclose(ring_average(mean), mean)
    np.testing.assert_allclose(np.vdot(tensor, mean), np.vdot(mean, mean))


def test_the_best_aligned_alias_is_chosen():
    planes = Planes(ring_basis(7), np.array([9.0, 3.0, 1.0]))
    for unit in (1, 2, 3):
        aliased = (unit * np.array([1, 2, 3]) + 3) % 7 - 3
        assert np.abs(most_aligned(aliased, planes)).tolist() == [1, 2, 3]


def test_nothing_is_explained_where_no_cumulant_stands_out():
    modes = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32)
    weights = selection(cumulants(modes).turned(Planes(np.eye(3), np.ones(1)).fourier()))
    silent = type(weights)(0 * weights.third, 0 * weights.fourth)
    assert explained(silent, np.array([1])) == 0
    assert always_allowed(3, 3)[0, 0, 0]


def test_search_finds_labels_that_no_labelling_beats():
    rng = np.random.default_rng(3)
    n = 7
    x, _ = ring_samples(n, 5_000, seed=4)
    white = whiten(x)
    planes = eigenplanes(white.powers, 1)[0]
    modes = white.x @ white.modes.astype(np.float32)
    weights = selection(cumulants(modes - modes.mean(axis=0)).turned(planes.fourier()))
    found = score(weights, best_labels(weights, planes))
    for _ in range(100):
        labels = (rng.permutation(3) + 1) * rng.choice([-1, 1], 3)
        assert score(weights, labels) <= found * (1 + 1e-9)
