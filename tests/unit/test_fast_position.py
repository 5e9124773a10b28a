"""Position operators: eigenmatrices of the covariance of products, by hand and by power steps."""

import numpy as np
import pytest

from symlens.groups import random_orthogonal
from symlens.lens.fast import position
from symlens.lens.fast.position import (
    contrast_normalised,
    equalised,
    position_operators,
    unit,
)
from symlens.lens.fast.whitening import whiten

N = 8
COUNT = 3


@pytest.fixture(scope="module")
def local():
    """Noise whose loudness is a bump somewhere in the window, in a random basis; the basis."""
    rng = np.random.default_rng(0)
    places = rng.uniform(-3, N + 2, (20_000, 1))
    loudness = np.exp(-((np.arange(N) - places) ** 2) / 8)
    noise = rng.standard_normal((20_000, N + 2))
    smooth = noise[:, :-2] + noise[:, 1:-1] + 0.5 * noise[:, 2:]
    basis = random_orthogonal(N, rng)
    return whiten(((loudness * smooth) @ basis).astype(np.float32)), basis


@pytest.fixture(scope="module")
def modes(local):
    return contrast_normalised(local[0], local[0].x)


def products(modes):
    first, second = np.triu_indices(modes.shape[1], 1)
    return modes[:, first].astype(np.float64) * modes[:, second]


def columns(operators):
    """Back to vectors over pairs of unit norm."""
    pairs = np.triu_indices(len(operators[0]), 1)
    return np.stack([np.sqrt(2) * z[pairs] for z in operators], axis=1)


def diagonal_share(operator, white, basis):
    """Share of an operator that is a function of position in the natural basis."""
    turned = basis @ white.modes @ operator @ white.modes.T @ basis.T
    return float(np.sum(np.diag(turned) ** 2) / np.sum(turned**2))


def test_contrast_is_taken_out_and_every_mode_has_unit_variance(local, modes):
    white, _ = local
    np.testing.assert_allclose(modes.std(axis=0), 1, rtol=1e-3)
    loud = np.sqrt(np.mean(white.x.astype(np.float64) ** 2, axis=1))
    quiet = np.sqrt(np.mean(modes.astype(np.float64) ** 2, axis=1))
    assert loud.std() / loud.mean() > 2 * quiet.std() / quiet.mean()


def test_contrast_of_one_sample_by_hand(local):
    white, _ = local
    few = white.x[:4].astype(np.float64)
    c = np.array([[row @ white.modes[:, k] for k in range(N)] for row in few])
    r = np.array([np.sqrt(np.sum(row**2) / N) for row in c])
    expected = np.array([row / (r[i] + 0.3 * r.mean()) for i, row in enumerate(c)])
    expected /= expected.std(axis=0)
    np.testing.assert_allclose(contrast_normalised(white, white.x[:4]), expected, rtol=1e-4)


def test_a_large_constant_leaves_the_contrast_in(local):
    white, _ = local
    c = white.x @ white.modes
    found = contrast_normalised(white, white.x, 1e6)
    np.testing.assert_allclose(found, c / c.std(axis=0), rtol=1e-3, atol=1e-4)


def test_contrast_normalised_modes_do_not_depend_on_the_basis(local, modes):
    white, _ = local
    rotation = random_orthogonal(N, np.random.default_rng(1))
    turned = whiten((white.x * np.linspace(1, 3, N) @ rotation).astype(np.float32))
    plain = whiten((white.x * np.linspace(1, 3, N)).astype(np.float32))
    found, expected = (contrast_normalised(one, one.x) for one in (turned, plain))
    signs = np.sign(np.sum(found * expected, axis=0))
    np.testing.assert_allclose(found * signs, expected, atol=2e-2)


def test_operators_are_the_leading_eigenvectors_of_the_covariance_of_products(modes):
    found = columns(position_operators(modes, COUNT))
    values, vectors = np.linalg.eigh(np.cov(products(modes).T))
    leading = vectors[:, ::-1][:, :COUNT]
    np.testing.assert_allclose(np.abs(np.sum(found * leading, axis=0)), 1, atol=1e-4)
    np.testing.assert_allclose(found.T @ found, np.eye(COUNT), atol=1e-10)
    assert np.all(np.diff(values[::-1][:COUNT]) <= 0)


def test_operators_are_symmetric_of_unit_norm_without_diagonal(modes):
    for z in position_operators(modes, COUNT):
        np.testing.assert_array_equal(z, z.T)
        np.testing.assert_array_equal(np.diag(z), 0)
        assert np.linalg.norm(z) == pytest.approx(1)


@pytest.mark.parametrize(("steps", "tolerance"), [(None, 2e-2), (200, 1e-4)])
def test_a_covariance_that_is_never_formed_gives_the_same(modes, monkeypatch, steps, tolerance):
    expected = position_operators(modes, COUNT)
    monkeypatch.setattr(position, "DENSE", 0)
    if steps is not None:
        monkeypatch.setattr(position, "POWER_STEPS", steps)
    found = position_operators(modes, COUNT)
    overlap = np.abs(columns(found).T @ columns(expected))
    np.testing.assert_allclose(overlap, np.eye(COUNT), atol=np.sqrt(tolerance))
    np.testing.assert_allclose(np.diag(overlap), 1, atol=tolerance)
    np.testing.assert_allclose(columns(found).T @ columns(found), np.eye(COUNT), atol=1e-10)


@pytest.mark.parametrize("dense", [0, 1_100])
@pytest.mark.parametrize("n", [2, 3])
def test_never_more_operators_than_pairs(monkeypatch, dense, n):
    monkeypatch.setattr(position, "DENSE", dense)
    few = np.random.default_rng(2).standard_normal((500, n)).astype(np.float32)
    found = position_operators(few, 5)
    assert len(found) == n * (n - 1) // 2
    assert np.isfinite(found).all()


def test_the_first_operator_is_a_function_of_position(local, modes):
    """In the natural basis: nearly diagonal, and monotonous along the window."""
    white, basis = local
    first = position_operators(modes, 1)[0]
    assert diagonal_share(first, white, basis) > 0.9
    places = np.diag(basis @ white.modes @ first @ white.modes.T @ basis.T)
    assert abs(np.corrcoef(places, np.arange(N))[0, 1]) > 0.95
    random = unit(np.triu(np.random.default_rng(3).standard_normal((N, N)), 1))
    assert diagonal_share(random + random.T, white, basis) < 0.5


def test_equalising_gives_every_mode_the_same_part():
    rng = np.random.default_rng(4)
    z = np.triu(rng.uniform(0.5, 1.5, (N, N)), 1)
    (found,) = equalised([z + z.T])
    np.testing.assert_allclose(np.sum(found**2, axis=1), 1 / N, rtol=1e-6)
    assert np.linalg.norm(found) == pytest.approx(1)


def test_equalising_takes_gains_out_again():
    """``Z = g_k g_l J_kl`` with J that couples all modes alike has only one such J."""
    rng = np.random.default_rng(5)
    coupling = np.roll(np.eye(N), 1, axis=0) + 0.3 * np.roll(np.eye(N), 2, axis=0)
    coupling = unit(coupling + coupling.T + 0.1 * (1 - np.eye(N)))
    gains = rng.uniform(0.3, 3, N)
    (found,) = equalised([gains[:, None] * coupling * gains])
    np.testing.assert_allclose(found, coupling, atol=1e-4)


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_a_part_of_the_gains_can_be_taken_out(exponent):
    """What one exponent takes out and what it leaves make up the whole."""
    rng = np.random.default_rng(7)
    z = np.triu(rng.uniform(0.5, 1.5, (N, N)), 1)
    z = unit(z + z.T)
    (whole,), (part,) = equalised([z]), equalised([z], exponent)
    np.testing.assert_allclose(part, unit(z ** (1 - exponent) * whole**exponent), atol=1e-10)


def test_equalising_several_operators_uses_one_set_of_gains():
    rng = np.random.default_rng(6)
    operators = [z + z.T for z in (np.triu(rng.uniform(0.5, 1.5, (2, N, N)), 1))]
    found = equalised(operators)
    ratios = [
        after / np.where(before == 0, 1, before)
        for before, after in zip(operators, found, strict=True)
    ]
    first, second = (ratio / np.linalg.norm(ratio) for ratio in ratios)
    np.testing.assert_allclose(first, second, atol=1e-12)


def test_a_mode_without_any_part_stays_finite():
    z = np.zeros((4, 4))
    z[0, 1] = z[1, 0] = 1.0
    found = equalised([z, np.zeros((4, 4))])
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(unit(np.zeros((2, 2))), 0)
