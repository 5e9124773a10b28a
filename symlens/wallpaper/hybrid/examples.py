"""Images to learn from, as tables: one row for every setting of every image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.hybrid.features import COUNT, Seen


@dataclass(frozen=True)
class Examples:
    """Looks at images.

    Parameters
    ----------
    rows : ndarray, shape (n, COUNT)
        Of all settings of the first look, then of the second, and so on.
    labels : ndarray of int, shape (n,)
        Group of each of these settings.
    sizes : ndarray of int, shape (looks,)
        Number of settings of every look.
    origins : ndarray of int, shape (looks,)
        Number of the image that it was a look at: copies of an image stay together.
    """

    rows: NDArray[np.float64]
    labels: NDArray[np.int64]
    sizes: NDArray[np.int64]
    origins: NDArray[np.int64]

    @classmethod
    def of(cls, looks: Sequence[Seen], origins: Sequence[int]) -> Self:
        """Tables of looks."""
        none = np.zeros((0, COUNT)), np.zeros(0, dtype=np.int64)
        return cls(
            np.concatenate([none[0], *(look.rows for look in looks)]),
            np.concatenate([none[1], *(look.labels for look in looks)]),
            np.array([len(look.labels) for look in looks], dtype=np.int64),
            np.array(origins, dtype=np.int64),
        )

    def __add__(self, other: Examples) -> Examples:
        pairs = zip(self.arrays, other.arrays, strict=True)
        return Examples(*(np.concatenate(pair) for pair in pairs))

    @property
    def arrays(
        self,
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Its parts, to be kept."""
        return self.rows, self.labels, self.sizes, self.origins

    @property
    def look(self) -> NDArray[np.int64]:
        """Number of the look that a row belongs to; shape (n,)."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def part(self, kept: NDArray[np.bool_]) -> Examples:
        """Some of the looks."""
        own = kept[self.look]
        return Examples(self.rows[own], self.labels[own], self.sizes[kept], self.origins[kept])
