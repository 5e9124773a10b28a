"""Window or ring: likelihoods by a library's normal density, decisions on exact processes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import circulant, toeplitz
from scipy.stats import multivariate_normal

from symlens.groups import cyclic_log_generator, random_orthogonal
from symlens.lens.boundary import evidence, is_ring, log_likelihood
from symlens.lens.symmetry import LearnedSymmetry

N = 7
DECAY = 0.7 ** np.arange(N)
AROUND = 0.7 ** np.minimum(np.arange(N), N - np.arange(N))


def symmetry(basis, *, cyclic, scale=1.5):
    size = N if cyclic else 3 * N
    return LearnedSymmetry(
        log_generator=cyclic_log_generator(size),
        group_convolution=basis.T,
        filter=basis[N // 2],
        mean=np.linspace(-1, 1, N),
        scale=scale,
        cyclic=cyclic,
    )


def samples(covariance, basis, seed, count=4_000):
    rng = np.random.default_rng(seed)
    natural = rng.multivariate_normal(np.zeros(N), covariance, count)
    return 1.5 * natural @ basis + np.linspace(-1, 1, N)


@pytest.fixture
def basis():
    return random_orthogonal(N, np.random.default_rng(0))


@pytest.fixture
def both(basis):
    return symmetry(basis, cyclic=False), symmetry(basis, cyclic=True)


@pytest.mark.parametrize("cyclic", [False, True], ids=["window", "ring"])
def test_likelihood_is_that_of_the_stationary_covariance(basis, cyclic):
    x = samples(toeplitz(DECAY), basis, seed=1)
    learned = symmetry(basis, cyclic=cyclic)
    natural = (x - learned.mean) @ basis.T / learned.scale
    covariance = natural.T @ natural / len(x)
    lines = [
        np.mean([covariance[i, j] for i in range(N) for j in range(N) if (j - i) % N in (k, N - k)])
        if cyclic
        else np.mean(np.diag(covariance, k))
        for k in range(N)
    ]
    average = circulant(lines) if cyclic else toeplitz(lines)
    observed = learned.scale**2 * basis.T @ average @ basis
    expected = multivariate_normal(learned.mean, observed).logpdf(x[:50])
    np.testing.assert_allclose(log_likelihood(x, x[:50], learned), expected, rtol=1e-9)


def test_a_window_is_told_from_a_ring(basis, both):
    x = samples(toeplitz(DECAY), basis, seed=2)
    assert not is_ring(x[:3_000], x[3_000:], *both)
    assert evidence(x[:3_000], x[3_000:], *both) < -5


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_ring_is_kept(basis, both, seed):
    """It is a window too: both are as likely, and the ring says more."""
    x = samples(circulant(AROUND), basis, seed=seed)
    assert is_ring(x[:3_000], x[3_000:], *both)
    assert abs(evidence(x[:3_000], x[3_000:], *both)) < 3


def test_a_wrong_window_speaks_for_the_ring(basis):
    x = samples(circulant(AROUND), basis, seed=6)
    astray = symmetry(random_orthogonal(N, np.random.default_rng(7)), cyclic=False)
    assert evidence(x[:3_000], x[3_000:], astray, symmetry(basis, cyclic=True)) > 5


def test_few_samples_and_a_broken_average_still_have_a_likelihood(basis):
    x = samples(toeplitz(DECAY), basis, seed=8, count=10)
    astray = symmetry(random_orthogonal(N, np.random.default_rng(9)), cyclic=False)
    assert np.isfinite(log_likelihood(x, x[:3], astray)).all()
