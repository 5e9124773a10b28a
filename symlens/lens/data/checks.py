"""Whether samples can be learned from; every complaint is one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.errors import DataError

# Rows are looked at in blocks of about this many numbers, so that checking a large memory map
# needs no more memory than a block.
_BLOCK = 2**20


class SampleChecker:
    """Checks samples that arrive in blocks of rows, in memory of the size of one row.

    Parameters
    ----------
    source : str
        What the samples are, named in every error.
    n_features : int
        Number of features n.
    names : sequence of str, optional
        Names of the features, told beside their numbers.
    """

    def __init__(self, source: str, n_features: int, names: Sequence[str] | None = None) -> None:
        if n_features < 1:
            raise DataError(f"{source}: no features; the shape must be (sample, feature)")
        self._source = source
        self._n_samples = 0
        self._low: NDArray[Any] | None = None
        self._high: NDArray[Any] | None = None
        self._n_features = n_features
        self._names = names

    def update(self, rows: NDArray[Any]) -> None:
        """Take the next rows, shape (n_rows, n); refuse the first number that is not finite."""
        if rows.shape[0] == 0:
            return
        low, high = rows.min(axis=0), rows.max(axis=0)
        # A NaN or an infinity anywhere in a column shows in its extremes.
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            row, column = np.argwhere(~np.isfinite(rows))[0]
            name = "NaN" if np.isnan(rows[row, column]) else "infinity"
            raise DataError(
                f"{self._source}: {name} at sample {self._n_samples + row}, "
                f"feature {self._named(column)} (counted from 0); every number must be finite"
            )
        self._low = low if self._low is None else np.minimum(self._low, low)
        self._high = high if self._high is None else np.maximum(self._high, high)
        self._n_samples += rows.shape[0]

    def finish(self) -> None:
        """Refuse too few samples or a constant feature, once all rows are in."""
        if self._n_samples < self._n_features or self._low is None or self._high is None:
            raise DataError(
                f"{self._source}: fewer samples ({self._n_samples}) than features "
                f"({self._n_features}); the shape must be (sample, feature)"
            )
        constant = np.flatnonzero(self._low == self._high)
        if constant.size:
            first = constant[0]
            more = f" and {constant.size - 1} more" if constant.size > 1 else ""
            raise DataError(
                f"{self._source}: feature {self._named(first)}{more} (counted from 0) is constant, "
                f"{self._low[first]:g} in every sample; leave it out"
            )

    def _named(self, column: int) -> str:
        """Number of a feature, with its name where that is another."""
        name = str(column) if self._names is None else str(self._names[column])
        return name if name == str(column) else f"{column} {name!r}"


def check_dtype(dtype: np.dtype[Any], *, source: str) -> None:
    """Refuse what is not a real number: text, complex numbers, times, objects."""
    if dtype.kind not in "fiub":
        raise DataError(f"{source}: real numbers expected, found {dtype}")


def check_shape(shape: tuple[int, ...], *, source: str) -> None:
    """Refuse what is not a table of samples."""
    if len(shape) != 2:
        raise DataError(f"{source}: shape (sample, feature) expected, found {shape}")


def check_samples(x: NDArray[Any], *, source: str, names: Sequence[str] | None = None) -> None:
    """Refuse samples that nothing can be learned from.

    Parameters
    ----------
    x : ndarray, shape (n_samples, n)
        Real numbers; a memory map is read block by block and not held.
    source : str
        What the samples are, named in every error.
    names : sequence of str, optional
        Names of the features.

    Raises
    ------
    DataError
        Not a table of real numbers, a NaN or infinity (its first position), a constant feature,
        fewer samples than features.
    """
    check_shape(x.shape, source=source)
    check_dtype(x.dtype, source=source)
    checker = SampleChecker(source, x.shape[1], names)
    rows = max(1, _BLOCK // max(1, x.shape[1]))
    for first in range(0, x.shape[0], rows):
        checker.update(x[first : first + rows])
    checker.finish()
