"""p-values keep their promise: uniform where a hypothesis only just holds, small where it does not.

A law whose learned action moves exactly the threshold is made from a finite population, drawn
from with replacement: its moments are known, and so is the fraction that is moved.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, kstest

from symlens.config.lens_data import GaussianData
from symlens.groups import orthogonal_factor
from symlens.lens.data import synthesize
from symlens.lens.identifiability import assess
from symlens.lens.identifiability.covariance import colour
from symlens.lens.identifiability.energy import energies
from symlens.lens.identifiability.verdict import LEVEL, THRESHOLD
from symlens.lens.identifiability.white import levelled, whitened

N = 7
RUNS = 200
HELD_OUT = 800
SURROGATES = 199


def bisect(excess, low, high):
    """Where an increasing function is zero."""
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return middle


@pytest.fixture(scope="module")
def population():
    cfg = GaussianData(n=N, samples=40_000, scale=(0.5, 1.5), seed=11)
    x = synthesize(cfg)["x"].to_numpy().astype(float)
    return x - x.mean(axis=0)


def pvalues(x, filters, name="pvalue", held_out=HELD_OUT):
    found = []
    for run in range(RUNS):
        rng = np.random.default_rng(run)
        drawn = x[rng.integers(len(x), size=held_out)]
        judged = assess(x, drawn, filters, cyclic=False, surrogates=SURROGATES, rng=rng)
        found.append(getattr(judged, name))
    return np.array(found)


def promised(found, level):
    """Not below the level more often than chance allows, one time in a thousand."""
    return np.count_nonzero(found <= level) <= binom.isf(1e-3, len(found), level)


def test_they_are_uniform_where_a_quarter_of_the_moments_is_moved(population):
    noise = np.random.default_rng(1).normal(size=(N, N)) / np.sqrt(N)
    white = levelled(whitened(population, population))

    def filters(size):
        return orthogonal_factor(np.eye(N) + size * noise)

    size = bisect(
        lambda size: energies(white, filters(size), cyclic=False).fraction() - THRESHOLD, 0, 1.5
    )
    found = pvalues(population, filters(size))
    for level in (0.01, LEVEL, 0.2, 0.5):
        assert promised(found, level)
    # Neither are they idle: the hypothesis is the least favourable one.
    assert np.count_nonzero(found <= 0.2) >= binom.ppf(1e-3, RUNS, 0.2)
    # Ties: there are as many values as surrogates.
    spread = (np.random.default_rng(0).random(RUNS) - 0.5) / (SURROGATES + 1)
    assert kstest(found + spread, "uniform").pvalue > 1e-3


def test_they_keep_their_promise_where_a_quarter_of_the_covariance_is_moved(population):
    def lit(strength):
        return population * (1 + strength * np.cos(2 * np.pi * np.arange(N) / N))

    # Scaled by pixel, white samples stay about as stationary as they were; the covariance does not.
    strength = bisect(
        lambda s: colour(lit(s), np.eye(N), cyclic=False).fraction() - THRESHOLD, 0, 0.9
    )
    x = lit(strength)
    found = pvalues(x, np.eye(N))
    for level in (0.01, LEVEL, 0.2, 0.5):
        assert promised(found, level)
    half = lit(strength / 3)
    assert np.median(pvalues(half, np.eye(N))) == 1 / (SURROGATES + 1)


def test_the_truth_is_found_and_its_opposite_is_not(population):
    found = pvalues(population, np.eye(N), held_out=400)
    assert np.mean(found <= LEVEL) > 0.95
    opposite = pvalues(population, np.eye(N), "opposite_pvalue", held_out=400)
    assert np.mean(opposite <= LEVEL) < 0.01


def test_few_samples_are_no_reason_for_a_symmetry(population):
    wrong = orthogonal_factor(np.random.default_rng(3).normal(size=(N, N)))
    for held_out in (20, 100):
        assert promised(pvalues(population, wrong, held_out=held_out), LEVEL)


def test_candidates_are_paid_for(population):
    x, drawn = population, population[:800]
    one, many = (
        assess(
            x,
            drawn,
            np.eye(N),
            cyclic=False,
            surrogates=999,
            rng=np.random.default_rng(0),
            candidates=candidates,
        )
        for candidates in (1, 20)
    )
    assert many.pvalue == pytest.approx(20 * one.pvalue)
    assert one.statistic == many.statistic
    worst = assess(
        x,
        drawn,
        np.eye(N),
        cyclic=False,
        surrogates=99,
        rng=np.random.default_rng(0),
        candidates=1000,
    )
    assert worst.pvalue == 1
    assert worst.verdict == "not identifiable"
