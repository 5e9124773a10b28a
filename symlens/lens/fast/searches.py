"""One search for every kind of data: what proposes filters, compares them and finishes them.

Up to 47 pixels of a window and 65 of a ring, cumulants do all three. Larger ones, whose cumulants
would not fit in memory, are compared and refined by the lens objective on samples.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.cyclic import LARGEST as LARGEST_RING
from symlens.lens.fast.large_search import LargeSearch
from symlens.lens.fast.ring_search import RingSearch
from symlens.lens.fast.whitening import Whitened
from symlens.lens.fast.window_search import LARGEST as LARGEST_WINDOW
from symlens.lens.fast.window_search import WindowSearch

Array = NDArray[np.float64]


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
    if white.n_features > (LARGEST_RING if cyclic else LARGEST_WINDOW):
        return LargeSearch(white, cyclic=cyclic)
    return RingSearch(white) if cyclic else WindowSearch(white)
