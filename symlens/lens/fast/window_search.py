"""The search for windows: many starts, of which cumulants choose and improve the best."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.candidates import known_cumulants, window_starts
from symlens.lens.fast.cumulants import Cumulants
from symlens.lens.fast.moves import improved
from symlens.lens.fast.rotations import minimise
from symlens.lens.fast.whitening import Whitened
from symlens.lens.fast.window_invariance import WEIGHTS, WindowInvariance

Array = NDArray[np.float64]

LARGEST = 47
"""Largest window whose cumulants are kept: their memory grows with the fourth power."""
TRIAL_STEPS = 25
WORTH_IMPROVING = 2
"""Starts of a round that are improved, the best after a short descent."""
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
"""Samples for every pixel below which no answer is hopeless: chance alone may leave so much."""
SETTLING_STEPS = 200
FINISHING_STEPS = 60
FINISHING_TOLERANCE = 1e-6


@dataclass
class WindowSearch:
    """Windows: many starts, of which cumulants choose and improve the best."""

    white: Whitened

    @cached_property
    def _known(self) -> tuple[Cumulants, Cumulants]:
        """Cumulants of all samples, not before a round needs them, and their errors."""
        return known_cumulants(self.white, self.white.x)

    @cached_property
    def misfit(self) -> WindowInvariance:
        """Misfit of the cumulants of all samples."""
        return WindowInvariance(self.white, self._known[0])

    @cached_property
    def errors(self) -> WindowInvariance:
        """The same of their errors, whose power is that of chance."""
        return WindowInvariance(self.white, self._known[1])

    def round(self, components: Array, rng: np.random.Generator, number: int) -> Array:
        """Starts from all samples in the first round, from random halves in later ones."""
        samples, starts = self.white.x, [components]
        if number > 0:
            half = np.sort(rng.choice(len(samples), -(-len(samples) // 2), replace=False))
            samples, starts = samples[half], []
        starts += window_starts(self.white, samples, self.misfit, rng)
        leading = self.misfit.weighted(WEIGHTS[0])
        tried = [minimise(leading, start, iterations=TRIAL_STEPS).point for start in starts]
        found: list[Array] = []
        for filters in sorted(tried, key=self.misfit.departure)[:WORTH_IMPROVING]:
            found.append(improved(self.misfit, filters))
            if not self.promising(found[-1]):
                return found[-1]
        return min(found, key=self.value)

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
