"""One search for every kind of data: what proposes filters, compares them and finishes them.

Up to 47 pixels of a window and 65 of a ring, cumulants do all three. Larger ones, whose cumulants
would not fit in memory, are compared and refined by the lens objective on samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast import cyclic
from symlens.lens.fast.candidates import falling_waves, known_cumulants, window_starts
from symlens.lens.fast.cumulants import Cumulants
from symlens.lens.fast.invariance import Invariance
from symlens.lens.fast.moves import improved, settled, sweep, without_wall
from symlens.lens.fast.objective import FINISHING, SELECTING, LensObjective
from symlens.lens.fast.orders import reordered
from symlens.lens.fast.rotations import minimise
from symlens.lens.fast.whitening import Samples, Whitened
from symlens.lens.fast.window_invariance import WEIGHTS, WindowInvariance

Array = NDArray[np.float64]

LARGEST_WINDOW = 47
"""Largest window whose cumulants are kept: their memory grows with the fourth power."""
TRIAL_STEPS = 25
WORTH_IMPROVING = 2
"""Starts of a round that are improved, the best after a short descent."""
KINDS = (reordered, sweep, without_wall)
"""Moves of the best answer of a round, which those of one kind left as it is."""
HOPELESS = 0.15
"""Departure of the cumulants above which improved filters are no symmetry's. Our choice: with a
wrong sign or two frequencies exchanged it stays below 0.1, independent sources leave 0.23 to 0.36,
white noise 0.53."""
EXPLAINED = 0.012
"""Departure beyond chance below which filters are the symmetry's and no other round is asked. Our
choice, on rows of photographs: right orders left 0.008 to 0.010, wrong ones 0.016 and more."""
MANY_PER_PIXEL = 2_000
"""Samples for every pixel from which that is said: among fewer, filters are fitted to chance."""
FEW_PER_PIXEL = 500
"""Samples for every pixel below which chance alone may leave so much: then no answer is hopeless,
and other orders are not asked, of which none stands out."""
SETTLING_STEPS = 200
FINISHING_STEPS = 60
FINISHING_TOLERANCE = 1e-6
RANKING_SAMPLES = 20_000
REFINING_SAMPLES = 60_000
VALIDATION = 0.25
"""Fraction of the samples on which refinements are compared, none of which they see."""


class Search(Protocol):
    """How filters are found for one kind of data."""

    def round(self, components: Array, rng: np.random.Generator, number: int) -> Array:
        """Give the best filters of a round, which may start from components. Shape (n, n)."""

    def promising(self, filters: Array) -> bool:
        """Whether another round may find better than these filters, the best so far."""

    def value(self, filters: Array) -> float:
        """Give the misfit by which answers are compared; smaller is better."""

    def finished(self, filters: Array) -> Array:
        """Give the filters after the last descent."""

    def polished(self, filters: Array) -> Array:
        """Give the same for filters that independent components have found already."""


def search_for(white: Whitened, *, cyclic: bool) -> Search:
    """Choose the search for a number of pixels and a kind of border."""
    if cyclic and white.n_features <= ring_limit():
        return RingSearch(white)
    if not cyclic and white.n_features <= LARGEST_WINDOW:
        return WindowSearch(white)
    return LargeSearch(white, cyclic=cyclic)


def ring_limit() -> int:
    """Largest ring whose cumulants are kept."""
    return cyclic.LARGEST


@dataclass
class WindowSearch:
    """Windows: many starts, of which cumulants choose and improve the best."""

    white: Whitened
    misfit: WindowInvariance = field(init=False)
    errors: WindowInvariance = field(init=False)

    def __post_init__(self) -> None:
        """Estimate the cumulants and their errors once, from all samples."""
        known, errors = known_cumulants(self.white, self.white.x)
        self.misfit = WindowInvariance(self.white, known)
        self.errors = WindowInvariance(self.white, errors)

    def round(self, components: Array, rng: np.random.Generator, number: int) -> Array:
        """Starts from all samples in the first round, from random halves in later ones."""
        samples, known = self.white.x, self.misfit.cumulants
        starts = [components]
        if number > 0:
            starts = []
            half = np.sort(rng.choice(len(samples), -(-len(samples) // 2), replace=False))
            samples = samples[half]
            known = known_cumulants(self.white, samples)[0]
        starts += window_starts(self.white, samples, known, rng)
        leading = self.misfit.weighted(WEIGHTS[0])
        tried = [minimise(leading, start, iterations=TRIAL_STEPS).point for start in starts]
        found: list[Array] = []
        for filters in sorted(tried, key=self.misfit.departure)[:WORTH_IMPROVING]:
            found.append(improved(self.misfit, filters))
            if not self.promising(found[-1]):
                return found[-1]
        best = min(found, key=self.value)
        return best if self._few else settled(self.misfit, best, KINDS)

    def promising(self, filters: Array) -> bool:
        """Whether more is left than chance explains, but not more than symmetries leave."""
        if self._few:
            return True
        many = len(self.white.x) >= MANY_PER_PIXEL * self.white.n_features
        if many and self.excess(filters) <= EXPLAINED:
            return False
        return self.misfit.departure(filters) < HOPELESS

    def excess(self, filters: Array) -> float:
        """Departure of the cumulants beyond what their errors alone bring about."""
        by_chance = self.errors.powers(filters)[0]
        left, power = self.misfit.powers(filters)
        return (left - by_chance) / max(power, np.finfo(float).tiny)

    @property
    def _few(self) -> bool:
        return len(self.white.x) < FEW_PER_PIXEL * self.white.n_features

    def value(self, filters: Array) -> float:
        """Misfit of covariance and cumulants."""
        return self.misfit.value(filters)

    def finished(self, filters: Array) -> Array:
        """Descend to the end, at last with the covariance leading."""
        for weight, steps in ((WEIGHTS[1], SETTLING_STEPS), (WEIGHTS[2], FINISHING_STEPS)):
            filters = minimise(
                self.misfit.weighted(weight),
                filters,
                iterations=steps,
                tolerance=FINISHING_TOLERANCE,
            ).point
        return filters

    def polished(self, filters: Array) -> Array:
        """Leave them: sparse signals are known best by their independent components."""
        return filters


@dataclass
class RingSearch:
    """Rings: selection rules give the one answer that all samples imply."""

    white: Whitened
    known: Cumulants = field(init=False)
    misfit: Invariance = field(init=False)

    def __post_init__(self) -> None:
        """Estimate the cumulants once, from all samples."""
        self.known = cyclic.ring_cumulants(self.white)
        self.misfit = Invariance(self.white, self.known)

    def round(self, components: Array, rng: np.random.Generator, number: int) -> Array:  # noqa: ARG002
        """Filters by selection rules, refined on cumulants."""
        return cyclic.cyclic_start(self.white, self.known).filters

    def promising(self, filters: Array) -> bool:  # noqa: ARG002
        """Another round would find the same."""
        return False

    def value(self, filters: Array) -> float:
        """Misfit of covariance and cumulants."""
        return self.misfit(filters)[0]

    def finished(self, filters: Array) -> Array:
        """Leave what was refined."""
        return filters

    def polished(self, filters: Array) -> Array:
        """Descend on covariance and cumulants."""
        return minimise(self.misfit, filters, iterations=FINISHING_STEPS).point


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
            starts.append(falling_waves(self.white, self.white.x))
        tried = [minimise(self.judge, start, iterations=TRIAL_STEPS).point for start in starts]
        return min(tried, key=self.value)

    def promising(self, filters: Array) -> bool:  # noqa: ARG002
        """Another round would find the same."""
        return False

    def value(self, filters: Array) -> float:
        """Lens objective on the first samples."""
        return self.judge.terms(filters)["loss"]

    def finished(self, filters: Array) -> Array:
        """Give the best, on unseen samples, of: as they are, refined, refined and finished."""
        samples = self.white.x
        kept = max(self.white.n_features, len(samples) - round(VALIDATION * len(samples)))
        steps = [filters]
        for weights in (SELECTING, FINISHING):
            objective = self._on(samples[:kept][:REFINING_SAMPLES], weights)
            steps.append(minimise(objective, steps[-1], iterations=FINISHING_STEPS).point)
        unseen = samples[kept:] if kept < len(samples) else samples
        verdict = self._on(unseen, FINISHING)
        return min(steps, key=lambda point: verdict.terms(point)["loss"])

    def polished(self, filters: Array) -> Array:
        """Leave them: sparse signals are known best by their independent components."""
        return filters

    def _on(self, samples: Samples, weights: tuple[float, ...]) -> LensObjective:
        return replace(self.judge, samples=samples, weights=weights)
