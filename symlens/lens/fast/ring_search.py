"""The search for rings: selection rules give the one answer that all samples imply."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cumulants import Cumulants
from symlens.lens.fast.cyclic import cyclic_start, ring_cumulants
from symlens.lens.fast.invariance import Invariance
from symlens.lens.fast.rotations import minimise
from symlens.lens.fast.whitening import Whitened

Array = NDArray[np.float64]

FINISHING_STEPS = 60


@dataclass
class RingSearch:
    """Rings: selection rules give the one answer that all samples imply."""

    white: Whitened
    known: Cumulants = field(init=False)
    misfit: Invariance = field(init=False)

    def __post_init__(self) -> None:
        """Estimate the cumulants once, from all samples."""
        self.known = ring_cumulants(self.white)
        self.misfit = Invariance(self.white, self.known)

    def round(self, components: Array, rng: np.random.Generator, number: int) -> Array:  # noqa: ARG002
        """Filters by selection rules, refined on cumulants."""
        return cyclic_start(self.white, self.known).filters

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
