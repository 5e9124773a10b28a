"""Statistics of scores over the seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.latent.scores import BY_NAME
from symlens.metrics import bootstrap_interval

Array = NDArray[np.float64]

STATISTICS = ("worst", "median", "low", "high")


def worst(name: str, values: Array, expected: int | None) -> float:
    """The worst value of a score over seeds.

    Of a count, the one farthest from the expected number; where that is not known, the largest.
    """
    best = BY_NAME[name].best
    if best == "expected" and expected is not None:
        return float(values[np.argmax(np.abs(values - expected))])
    return float(values.min() if best == "high" else values.max())


def summarised(scores: Mapping[str, Array], expected: int | None) -> dict[str, Any]:
    """Worst and median of every score, and the 95 % bootstrap interval of the median.

    Parameters
    ----------
    scores : mapping of str to ndarray, shape (seeds,)
    expected : int or None
        Relevant latents that a continuous encoder needs, where that is known.
    """
    rng = np.random.default_rng(np.random.SeedSequence(0))
    names = [name for name in BY_NAME if name in scores]
    rows = [
        [
            worst(name, scores[name], expected),
            float(np.median(scores[name])),
            *bootstrap_interval(scores[name], rng),
        ]
        for name in names
    ]
    return {
        "summary": (("score", "statistic"), np.array(rows)),
        "score": (("score",), np.array(names, dtype=object)),
        "statistic": (("statistic",), np.array(STATISTICS, dtype=object)),
    }
