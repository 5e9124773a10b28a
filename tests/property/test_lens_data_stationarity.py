"""The law of natural samples is invariant: moments within their sampling error, and only then.

Every moment is compared with itself one pixel on, sample by sample, so that the difference comes
with its own standard error; over a few hundred moments the largest of them stays below five.
"""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter

from symlens.config.lens_data import LensData
from symlens.groups import representation
from symlens.lens.data import synthesize
from symlens.lens.data.events import draw_events, render, shapes

ADAPTER = TypeAdapter(LensData)
LIMIT = 5.0


def largest_change(x: np.ndarray, *, cyclic: bool) -> float:
    """Largest standardised change of a first, second or third moment under a shift by a pixel."""
    x = x.astype(np.float64)
    n = x.shape[1]

    def products(*lags: int) -> np.ndarray:
        if cyclic:
            return np.prod([np.roll(x, -lag, axis=1) for lag in lags], axis=0)
        length = n - max(lags)
        return np.prod([x[:, lag : lag + length] for lag in lags], axis=0)

    worst = 0.0
    orders = [(0,), *((0, a) for a in range(n - 1)), *((0, a, b) for a in range(3) for b in (a, 3))]
    for lags in orders:
        terms = products(*lags)
        steps = (1, terms.shape[1] // 2)
        for step in steps:
            # A pixel on, and far on, where a slow drift adds up.
            later = np.roll(terms, -step, axis=1) if cyclic else terms[:, step:]
            change = later - terms[:, : later.shape[1]]
            error = change.std(axis=0) / np.sqrt(len(x))
            # Half round an even ring, the product of a pixel and its opposite is itself again.
            same = error < 1e-12
            ratio = np.abs(change.mean(axis=0)) / np.where(same, np.inf, error)
            worst = max(worst, float(ratio.max(initial=0.0)))
    return worst


def natural(**block: object) -> np.ndarray:
    cfg = ADAPTER.validate_python({"samples": 50_000, "noise": 0.05, **block})
    x = synthesize(cfg)["x"].to_numpy()
    group = getattr(cfg, "group", "translation")
    return x @ representation(group, cfg.n, cfg.group_seed).T


@pytest.mark.parametrize(
    "block",
    [
        {"source": "gaussian", "n": 9, "cyclic": True},
        {"source": "gaussian", "n": 8, "cyclic": True, "group": "random_basis"},
        {"source": "gaussian", "n": 9, "scale": [0.5, 2.5], "group": "permuted_translation"},
        {"source": "gaussian", "n": 9, "scale": [3.0, 4.0], "lots": 2},
        {"source": "legendre", "n": 9, "cyclic": True, "group": "frequency_shift"},
        {"source": "legendre", "n": 25, "cyclic": True, "features": [[2, 1]], "samples": 16_000},
        {"source": "legendre", "n": 9, "scale": [6.0, 15.0]},
        {"source": "digit_slices", "n": 9, "group": "random_basis"},
        {"source": "digit_slices", "n": 9, "cyclic": True},
        {"source": "digit_slices", "n": 8, "cyclic": True},
        {"source": "white_noise", "n": 9},
    ],
    ids=lambda block: "-".join(str(value) for value in block.values()),
)
def test_samples_with_a_symmetry_are_stationary(block):
    assert largest_change(natural(**block), cyclic=block.get("cyclic", False)) < LIMIT


def test_an_undispersed_translation_over_one_period_is_cyclic():
    x = natural(
        source="gaussian",
        n=9,
        cyclic=True,
        group="translation",
        scale=[1.0, 2.0],
    )
    assert largest_change(x, cyclic=True) < LIMIT


@pytest.mark.parametrize("cyclic", [True, False])
@pytest.mark.parametrize("group", ["translation", "random_basis", "frequency_shift"])
def test_independent_sources_are_not_stationary_as_given_or_unmixed(group, cyclic):
    block = {"source": "independent", "n": 9, "samples": 20_000, "group": group}
    observed = synthesize(ADAPTER.validate_python(block))["x"].to_numpy()
    assert largest_change(observed, cyclic=cyclic) > 10
    assert largest_change(natural(**block), cyclic=cyclic) > 10


def test_the_official_codes_gap_in_the_ring_would_be_seen():
    # Centres over n - 1 of the n pixels of the period, as in the official code.
    cfg = ADAPTER.validate_python({"source": "gaussian", "n": 9, "cyclic": True})
    count = 60_000
    events = draw_events(cfg, np.random.default_rng(0), count, (0.0, 8.0))
    x = render(events, shapes(cfg), count, 9, reach=cfg.reach(), cyclic=True)
    assert largest_change(x, cyclic=True) > 10


def test_centres_that_end_at_the_border_would_be_seen():
    cfg = ADAPTER.validate_python({"source": "gaussian", "n": 9, "scale": [1.0, 2.0]})
    count = 20_000
    events = draw_events(cfg, np.random.default_rng(0), count, (0.0, 8.0))
    x = render(events, shapes(cfg), count, 9, reach=cfg.reach(), cyclic=False)
    assert largest_change(x, cyclic=False) > 10
