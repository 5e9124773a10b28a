"""The objective: what leaves it as it is, what it is for, and its limiting values."""

import numpy as np
import pytest

from symlens.groups import random_orthogonal
from symlens.lens.fast.objective import FINISHING, SELECTING, TERMS, LensObjective
from symlens.lens.fast.whitening import whiten

N = 7
boundaries = pytest.mark.parametrize("cyclic", [False, True], ids=["window", "ring"])


def pulses(samples, n, *, cyclic, seed):
    """Stationary sparse signals in their natural basis: pulses through a kernel of three taps."""
    rng = np.random.default_rng(seed)
    sources = rng.laplace(size=(samples, n + 2)) ** 3
    if cyclic:
        sources[:, n:] = sources[:, :2]
    x = sources[:, :n] + 0.6 * sources[:, 1 : n + 1] + 0.3 * sources[:, 2:]
    return x.astype(np.float32)


@pytest.fixture(scope="module", params=[False, True], ids=["window", "ring"])
def natural(request):
    white = whiten(pulses(20_000, N, cyclic=request.param, seed=0))
    return white, LensObjective(white, white.x, request.param, SELECTING)


def close(found, expected):
    for name in ("loss", *TERMS):
        assert found[name] == pytest.approx(expected[name], rel=2e-3, abs=2e-4), name


def test_ambiguities_of_the_answer_do_not_change_it(natural):
    _, objective = natural
    filters = random_orthogonal(N, np.random.default_rng(1))
    expected = objective.terms(filters)
    close(objective.terms(-filters), expected)
    close(objective.terms(filters[::-1]), expected)
    rolled = objective.terms(np.roll(filters, 3, axis=0))
    if objective.cyclic:
        close(rolled, expected)
    else:
        assert abs(rolled["loss"] - expected["loss"]) > 1e-2


def test_single_signs_and_a_change_of_order_do_change_it(natural):
    """Else the answer would not be determined."""
    _, objective = natural
    expected = objective.terms(np.eye(N))["loss"]
    flipped, swapped = np.eye(N), np.eye(N)
    flipped[2] *= -1
    swapped[[2, 5]] = swapped[[5, 2]]
    assert objective.terms(flipped)["loss"] > expected + 0.1
    assert objective.terms(swapped)["loss"] > expected + 0.1


def test_the_basis_of_the_samples_does_not_matter():
    rng = np.random.default_rng(2)
    x = pulses(5_000, N, cyclic=False, seed=1)
    rotation, filters = random_orthogonal(N, rng), random_orthogonal(N, rng)
    white, turned = whiten(x), whiten((x @ rotation).astype(np.float32))
    found = LensObjective(turned, turned.x, False, FINISHING).terms(filters @ rotation)
    close(found, LensObjective(white, white.x, False, FINISHING).terms(filters))


def test_gradients_turn_with_the_basis():
    rng = np.random.default_rng(3)
    x = pulses(5_000, N, cyclic=True, seed=2)
    rotation, filters = random_orthogonal(N, rng), random_orthogonal(N, rng)
    white, turned = whiten(x), whiten((x @ rotation).astype(np.float32))
    _, expected = LensObjective(white, white.x, True, SELECTING)(filters)
    _, found = LensObjective(turned, turned.x, True, SELECTING)(filters @ rotation)
    np.testing.assert_allclose(found, expected @ rotation, atol=5e-3 * np.abs(expected).max())


def test_normal_samples_have_the_known_locality_and_sparse_ones_less():
    rng = np.random.default_rng(4)
    normal = whiten(rng.standard_normal((200_000, 3)).astype(np.float32))
    sparse = whiten((rng.laplace(size=(50_000, 3)) ** 3).astype(np.float32))
    filters = random_orthogonal(3, rng)
    found = LensObjective(normal, normal.x, False, SELECTING).terms(filters)
    assert found["locality"] == pytest.approx(0.3746, abs=1e-3)
    # Rotations of white normal samples are all alike: every departure is sampling noise.
    assert found["stationarity_2"] < 1e-3
    assert found["stationarity_4"] < 1e-3
    assert found["alignment"] == pytest.approx(0, abs=1e-2)
    assert LensObjective(sparse, sparse.x, False, SELECTING).terms(np.eye(3))["locality"] < 0.3


def test_the_natural_basis_beats_others(natural):
    _, objective = natural
    rng = np.random.default_rng(5)
    truth = objective.terms(np.eye(N))
    for _ in range(5):
        other = objective.terms(random_orthogonal(N, rng))
        for name in ("loss", "locality", "stationarity_2", "stationarity_4"):
            assert truth[name] < other[name], name
        assert truth["stationarity_2"] < 0.3 * other["stationarity_2"]
    assert truth["alignment"] > 0.3


def test_dispersion_tells_the_shift_from_its_powers(natural):
    """Every second pixel first is a shift too, of the ring at least: energies lie further apart."""
    _, objective = natural
    skipping = np.eye(N)[2 * np.arange(N) % N]
    near, far = objective.terms(np.eye(N)), objective.terms(skipping)
    assert far["dispersion"] > near["dispersion"] + 0.05
    assert far["alignment"] < near["alignment"] - 0.1


def test_huge_samples_do_not_overflow():
    white = whiten(pulses(500, 3, cyclic=False, seed=6))
    objective = LensObjective(white, 1e4 * white.x, False, SELECTING)
    value, gradient = objective(np.eye(3))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    # log cosh y -> |y| - log 2
    expected = np.abs(1e4 * white.x.astype(np.float64)).mean() - np.log(2)
    assert objective.terms(np.eye(3))["locality"] == pytest.approx(expected, rel=1e-4)


@boundaries
@pytest.mark.parametrize("n", [1, 2])
def test_the_smallest_windows(n, cyclic):
    white = whiten(np.random.default_rng(7).standard_normal((100, n)).astype(np.float32))
    value, gradient = LensObjective(white, white.x, cyclic, FINISHING)(np.eye(n))
    assert np.isfinite(value)
    assert gradient.shape == (n, n)
    assert np.isfinite(gradient).all()
