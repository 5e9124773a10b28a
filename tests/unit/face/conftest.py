"""A learner in closed form in the place of the real one, and files of samples."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.linalg import block_diag

from symlens.groups import cyclic_log_generator
from symlens.lens.learner import History
from symlens.lens.symmetry import LearnedSymmetry


def principal_axes(x, *, method, settings, cyclic, seed, monitor=None, checkpoint=None):
    """The covariance's eigenvectors as group convolution matrix: no symmetry, but a closed form."""
    generator = np.random.default_rng(seed)
    held_out = np.sort(generator.permutation(len(x))[: max(1, len(x) // 5)])
    x = np.asarray(x, dtype=np.float64)
    n = x.shape[1]
    axes = np.linalg.eigh(np.cov(x.T))[1]
    axes = axes * np.where(axes.sum(axis=0) < 0, -1.0, 1.0)
    embedding = axes.T if cyclic else block_diag(np.eye(n), axes.T, np.eye(n))
    log_generator = embedding.T @ cyclic_log_generator(len(embedding)) @ embedding
    for step in (0, 1):
        if monitor is not None:
            monitor.record(step, {"loss": 1.0 - step})
    return SimpleNamespace(
        symmetry=LearnedSymmetry(
            log_generator=log_generator,
            group_convolution=axes,
            filter=axes[:, n // 2].copy(),
            mean=x.mean(axis=0),
            scale=float(x.std()),
            cyclic=cyclic,
        ),
        history=History(np.array([0, 1]), ("loss", "rank"), np.array([[1.0, n], [0.0, n]])),
        assessment=SimpleNamespace(
            verdict="symmetry", pvalue=0.05, statistic=2.0, null=generator.normal(size=19)
        ),
        held_out=held_out,
    )


class Calls(list):
    """The keyword arguments of every call of the learner."""

    def __call__(self, x, **options):
        self.append({"x": x} | options)
        return principal_axes(x, **options)


@pytest.fixture(scope="session")
def closed_form():
    """The learner in closed form."""
    return principal_axes


@pytest.fixture
def learner(monkeypatch):
    """The learner in closed form in the place of the real one; a list of the calls it got."""
    calls = Calls()
    monkeypatch.setattr("symlens.lens.estimator.learn", calls)
    return calls


def samples():
    """Correlated samples with an offset, shape (200, 5), float64."""
    generator = np.random.default_rng(7)
    return generator.normal(size=(200, 5)) @ generator.normal(size=(5, 5)) + 3.0


@pytest.fixture(scope="session")
def fixed_x():
    """Samples that no test may change."""
    x = samples()
    x.flags.writeable = False
    return x


@pytest.fixture
def x():
    """The same samples, for a test to change."""
    return samples()
