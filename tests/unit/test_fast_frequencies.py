"""Waves of a window: selection rules give their order, energies their signs."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.linalg import toeplitz

from symlens.lens.fast.cumulants import Cumulants
from symlens.lens.fast.frequencies import (
    LEAK,
    Monomials,
    chained_signs,
    frequency_order,
    frequency_signs,
    wave_starts,
    window_waves,
)
from symlens.lens.fast.stationarity import cosine_basis
from symlens.lens.fast.whitening import Whitened

N = 9
SAMPLES = 100_000


def cumulants_of_waves(n, response=(1.0,)):
    """Exact cumulants, between cosines, of independent skewed pulses and their echoes."""
    width = len(response)
    pulses = np.zeros((n, n + width - 1))
    for shift in range(n):
        pulses[shift, shift : shift + width] = response
    waves = cosine_basis(n) @ pulses
    third = np.einsum("ip,jp,kp->ijk", waves, waves, waves)
    fourth = np.einsum("ip,jp,kp,lp->ijkl", waves, waves, waves, waves)
    return Cumulants(third.astype(np.float32), fourth.astype(np.float32), SAMPLES)


def reordered(known, order, signs):
    """Cumulants of modes that are waves in another order and of other signs."""
    rows = np.zeros((len(order), len(order)))
    rows[np.arange(len(order)), order] = signs
    return known.turned(rows)


@pytest.mark.parametrize("order", [3, 4])
def test_the_power_that_labels_allow_by_loops(order):
    rng = np.random.default_rng(order)
    known = cumulants_of_waves(5)
    tensor = known.third if order == 3 else known.fourth
    rules = Monomials.of(tensor, known.samples)
    labels = np.stack([rng.permutation(5) for _ in range(3)]).astype(np.int16)
    for row, found in zip(labels, rules.allowed(labels), strict=True):
        expected = 0.0
        for index, power in zip(rules.indices.T, rules.powers, strict=True):
            first, *others = row[index].astype(int)
            sums = [
                abs(first + np.dot(signs, others)) for signs in product((1, -1), repeat=len(others))
            ]
            expected += power if min(sums) <= LEAK[order] else 0.0
        assert found == pytest.approx(expected, rel=1e-5)


def test_monomials_that_tell_nothing_are_left_out():
    rules = Monomials.of(cumulants_of_waves(5).fourth, SAMPLES)
    pairs = (rules.indices[0] == rules.indices[1]) & (rules.indices[2] == rules.indices[3])
    assert not pairs.any()
    assert np.all(np.diff(rules.indices, axis=0) >= 0)
    assert np.all(rules.powers > 0)


def test_noise_has_no_monomials_and_keeps_the_order_of_power():
    silent = Cumulants(np.zeros((5,) * 3, np.float32), np.zeros((5,) * 4, np.float32), 10)
    np.testing.assert_array_equal(frequency_order(silent), np.arange(5))
    np.testing.assert_array_equal(np.abs(frequency_signs(silent.fourth)), 1)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_exchanged_frequencies_are_put_in_order(seed):
    """A spectrum with a bump: stretches of modes stand at wrong places in the order of power."""
    n, cut = 15, 5 + seed
    known = cumulants_of_waves(n, (1.0, 0.5))
    order = np.concatenate([np.arange(cut), np.arange(cut + 2, 13), [cut, cut + 1, 13, 14]])
    found = frequency_order(reordered(known, order, np.ones(n)))
    np.testing.assert_array_equal(order[found], np.arange(n))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_signs_are_found_but_for_what_no_data_tell(seed):
    """Neither the sign of all, nor that of a reflection of the window."""
    rng = np.random.default_rng(seed)
    hidden = rng.choice([-1.0, 1.0], N)
    known = reordered(cumulants_of_waves(N), np.arange(N), hidden)
    agreement = hidden * frequency_signs(known.fourth)
    same = [agreement, agreement * (-1.0) ** np.arange(N)]
    assert max(abs(signs[1:].sum()) for signs in same) >= N - 1


def test_chained_signs_of_a_product_covariance():
    signs = np.array([1, -1, -1, 1, 1, -1.0])
    steps = signs[1:] * signs[:-1]
    found = signs * chained_signs(np.outer(steps, steps))
    mirrored = found * (-1.0) ** np.arange(6)  # a reflection of the window turns every other sign
    assert max(abs(found.sum()), abs(mirrored.sum())) == 6


def test_waves_of_a_toeplitz_matrix_are_its_eigenvectors():
    kernel = 0.6 ** np.arange(N)
    powers = np.linalg.eigvalsh(toeplitz(kernel))[::-1]
    waves = window_waves(powers)
    np.testing.assert_allclose(waves.T @ waves, np.eye(N), atol=1e-12)
    rebuilt = (waves * powers) @ waves.T
    np.testing.assert_allclose(rebuilt, toeplitz(rebuilt[0]), atol=1e-3)
    assert np.all(np.abs(np.sum(waves * cosine_basis(N).T, axis=0)) > 0.8)


def test_starts_are_orthogonal_and_near_the_pixels():
    rng = np.random.default_rng(3)
    signs = rng.choice([-1.0, 1.0], N)
    modes = cosine_basis(N).T * signs
    white = Whitened(np.zeros((1, N), np.float32), np.zeros(N), 0.7 ** np.arange(N), modes, 1.0)
    known = reordered(cumulants_of_waves(N), np.arange(N), signs)
    for filters in wave_starts(white, known):
        np.testing.assert_allclose(filters @ filters.T, np.eye(N), atol=1e-9)
        pixels = [filters, filters[::-1]]
        assert max(abs(np.trace(one)) for one in pixels) > 0.6 * N
