"""The search among many pixels, whose cumulants would not fit in memory.

Starts come from matrices; the lens objective on samples compares and refines them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.candidates import falling_waves
from symlens.lens.fast.ica import independent_components
from symlens.lens.fast.objective import FINISHING, SELECTING, LensObjective
from symlens.lens.fast.rotations import minimise
from symlens.lens.fast.whitening import Samples, Whitened

Array = NDArray[np.float64]

TRIAL_STEPS = 25
REACH = 5
"""Lags of frequencies that signs of waves are read off. Our choice."""
TURNS, TURN_STEPS, SHARPENING = 2, 30, 5
"""Turns, steps of a descent, steps of unmixing before it."""
RANKING_SAMPLES = 20_000
REFINING_SAMPLES = 60_000
VALIDATION = 0.25
"""Fraction of the samples on which refinements are compared, none of which they see."""


@dataclass
class LargeSearch:
    """Many pixels: starts from matrices, refined by the lens objective on samples."""

    white: Whitened
    cyclic: bool
    judge: LensObjective = field(init=False)

    def __post_init__(self) -> None:
        """Put the samples that compare answers aside."""
        self.judge = LensObjective(
            self.white, self.white.x[:RANKING_SAMPLES], self.cyclic, SELECTING
        )

    def round(self, components: Array, rng: np.random.Generator, number: int) -> Array:  # noqa: ARG002
        """The better of components and waves, after a short descent."""
        starts = [components]
        if not self.cyclic:
            starts.append(falling_waves(self.white, self.white.x, REACH))
        tried = [minimise(self.judge, start, iterations=TRIAL_STEPS).point for start in starts]
        return min(tried, key=self.value)

    def promising(self, filters: Array) -> bool:  # noqa: ARG002
        """Another round would find the same."""
        return False

    def value(self, filters: Array) -> float:
        """Lens objective on the first samples."""
        return self.judge.terms(filters)["loss"]

    def finished(self, filters: Array) -> Array:
        """Sharpen filters by turns of descent and unmixing; give the best on unseen samples.

        A descent takes long to make filters as narrow as they are; steps towards independent
        components do so at once, but know nothing of stationarity, and left to themselves put
        some filters between the pixels. A descent after a few of them puts that right.
        """
        samples = self.white.x
        kept = max(self.white.n_features, len(samples) - round(VALIDATION * len(samples)))
        objective = self._on(samples[:kept][:REFINING_SAMPLES], FINISHING)
        steps = [filters, minimise(objective, filters, iterations=TURN_STEPS).point]
        for _ in range(TURNS):
            sharp = independent_components(samples[:kept], steps[-1], SHARPENING)
            steps.append(minimise(objective, sharp, iterations=TURN_STEPS).point)
        unseen = samples[kept:] if kept < len(samples) else samples
        verdict = self._on(unseen, FINISHING)
        return min(steps, key=lambda point: verdict.terms(point)["loss"])

    def polished(self, filters: Array) -> Array:
        """Leave them: sparse signals are known best by their independent components."""
        return filters

    def _on(self, samples: Samples, weights: tuple[float, ...]) -> LensObjective:
        return replace(self.judge, samples=samples, weights=weights)
