"""Runs of known quality: the ideal symmetry, turned a little, for scores and figures."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from scipy.linalg import block_diag, expm

from symlens.groups import (
    cyclic_log_generator,
    ideal_generator,
    random_orthogonal,
    shift,
)
from symlens.lens import floors
from symlens.lens.evaluate import evaluate
from symlens.lens.figures import FigureInputs
from symlens.lens.learner import History
from symlens.lens.runfile import to_dataset
from symlens.lens.symmetry import LearnedSymmetry

TERMS = ("loss", "alignment", "rank")
SAMPLES = 400


def data_set(n, *, cyclic, truth):
    rng = np.random.default_rng(11)
    basis = random_orthogonal(n, rng)
    source = rng.laplace(size=(SAMPLES, n))
    natural = source @ (np.eye(n) + 0.5 * shift(n, cyclic=cyclic))
    data = xr.Dataset(
        {"x": (("sample", "pixel"), (natural @ basis).astype(np.float32))},
        attrs={"cyclic": int(cyclic), "experiment": "made_up"},
    )
    if truth:
        data["representation"] = (("row", "col"), basis)
        data["ideal_generator"] = (("row", "col"), ideal_generator(basis, cyclic=cyclic))
    return data, basis


def symmetry(rows, data, *, cyclic):
    n = len(rows)
    embedding = rows if cyclic else block_diag(np.eye(n), rows, np.eye(n))
    x = data["x"].to_numpy().astype(np.float64)
    return LearnedSymmetry(
        log_generator=embedding.T @ cyclic_log_generator(len(embedding)) @ embedding,
        group_convolution=rows.T.copy(),
        filter=rows[(n - 1) // 2].copy(),
        mean=x.mean(axis=0),
        scale=float(x.std()),
        cyclic=cyclic,
    )


@pytest.fixture
def make():
    """Factory of (runs, data): seed k is turned by ``errors[k]``; every second one is inverted."""

    def build(n=9, *, cyclic=False, truth=True, errors=(0.0, 0.02, 0.1), verdict="symmetry"):
        data, basis = data_set(n, cyclic=cyclic, truth=truth)
        runs = []
        for seed, error in enumerate(errors, start=1):
            rng = np.random.default_rng(seed)
            skew = rng.standard_normal((n, n))
            rows = expm(error * (skew - skew.T)) @ basis
            if seed % 2 == 0:
                rows = -rows[::-1]
            values = np.stack([np.linspace(1, 0, 8) + seed, np.full(8, np.nan), np.arange(1, 9.0)])
            result = SimpleNamespace(
                symmetry=symmetry(rows, data, cyclic=cyclic),
                history=History(np.arange(0, 80, 10), TERMS, values.T),
                assessment=SimpleNamespace(
                    verdict=verdict, pvalue=0.01 * seed, statistic=5.0 + seed, null=rng.random(40)
                ),
                held_out=rng.permutation(SAMPLES)[:100],
            )
            run = to_dataset(result, data["x"].to_numpy(), method="fast", seed=seed)
            run.attrs |= {"experiment": "made_up", "study": "lens"}
            runs.append(run)
        return runs, data

    return build


@pytest.fixture
def inputs_of(make, monkeypatch):
    """Factory of figure inputs with the same arguments, with floors of few draws."""
    monkeypatch.setattr(floors, "DRAWS", 25)

    def build(title="Made up", **kwargs):
        runs, data = make(**kwargs)
        return FigureInputs(runs, evaluate(runs, data), data, title)

    return build
