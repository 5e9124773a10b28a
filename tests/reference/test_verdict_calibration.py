"""p-values keep their promise: uniform where a hypothesis only just holds, small where it does not.

A law whose learned action moves exactly the threshold is made from a finite population, drawn
from with replacement: its moments are known, and so is the fraction that is moved.
"""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.stats import binom, kstest

from symlens.config.lens_data import GaussianData, LensData
from symlens.groups import ideal_generator, orthogonal_factor
from symlens.lens.data import synthesize
from symlens.lens.identifiability import assess
from symlens.lens.identifiability.covariance import colour
from symlens.lens.identifiability.energy import energies
from symlens.lens.identifiability.verdict import LEVEL, THRESHOLD
from symlens.lens.identifiability.white import levelled, whitened
from symlens.metrics import generator_cosine

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


FAMILIES = {
    "narrow bumps": {"source": "gaussian", "n": 33},
    "wide bumps": {"source": "gaussian", "n": 33, "scale": [0.5, 2.5]},
    "waves on a ring": {"source": "legendre", "n": 25, "cyclic": True},
    "waves through a window": {"source": "legendre", "n": 25},
    "rows of photographs": {"source": "image_rows", "n": 27},
    "rings of digits": {"source": "digit_slices", "n": 27, "cyclic": True},
}


def turned_away(n, target, seed, *, cyclic):
    """Filters whose generator has the given cosine to that of the natural pixels."""
    ideal = ideal_generator(np.eye(n), cyclic=cyclic)
    noise = np.random.default_rng(seed).normal(size=(n, n)) / np.sqrt(n)

    def filters(size):
        return orthogonal_factor(np.eye(n) + size * noise)

    size = bisect(
        lambda s: target - generator_cosine(ideal_generator(filters(s), cyclic=cyclic), ideal),
        0,
        3,
    )
    return filters(size)


@pytest.mark.parametrize("family", FAMILIES)
def test_at_the_sizes_of_the_tour_right_answers_are_told_from_wrong_ones(family):
    """With 4,000 samples kept out; docs/verdict.md has the same over more seeds."""
    cfg = TypeAdapter(LensData).validate_python(FAMILIES[family] | {"samples": 9_000, "seed": 21})
    x = synthesize(cfg)["x"].to_numpy()
    np.random.default_rng(0).shuffle(x)
    found = {
        cosine: assess(
            x[4_000:],
            x[:4_000],
            np.eye(cfg.n) if cosine == 1 else turned_away(cfg.n, cosine, 2, cyclic=cfg.cyclic),
            cyclic=cfg.cyclic,
            surrogates=SURROGATES,
            rng=np.random.default_rng(0),
        ).verdict
        for cosine in (1, 0.97, 0.5)
    }
    assert found == {1: "symmetry", 0.97: "symmetry", 0.5: "no symmetry"}
