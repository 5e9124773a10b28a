"""The training stage: samples -> the contents of a run file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens import clocks
from symlens.lens.inputs import method_settings
from symlens.lens.learn import learn
from symlens.lens.learner import Monitor
from symlens.lens.runfile import to_dataset
from symlens.lens.schemas import UNDECLARED
from symlens.store import take


class StoredSamples:
    """Rows of the variable ``x`` of an open data file, by number.

    Parameters
    ----------
    data : xarray.Dataset
        May be lazy.
    """

    def __init__(self, data: xr.Dataset) -> None:
        self._x = data["x"]
        self.shape: tuple[int, ...] = self._x.shape

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Rows in the given order; memory is that of the result and one block of the file."""
        return take(self._x, rows)


def train(
    data: xr.Dataset,
    settings: Mapping[str, Any],
    method: str,
    seed: int,
    tracker: Monitor,
    checkpoint: Path | None,
) -> xr.Dataset:
    """Train once.

    Parameters
    ----------
    data : xarray.Dataset
        A data file: ``x(sample, pixel)`` and the attribute ``cyclic``: 1, 0, or -1 where it is to
        be found out.
    settings : mapping
        Settings of the method.
    method : {'fast', 'official'}
    seed : int
    tracker : Monitor
    checkpoint : Path or None
        Where a long training keeps its state.

    Returns
    -------
    xarray.Dataset
        Contents of the run file.
    """
    samples = StoredSamples(data)
    begun = clocks.wall()
    result = learn(
        samples,
        method=method,
        settings=method_settings(method, settings),
        cyclic=None if data.attrs["cyclic"] == UNDECLARED else bool(data.attrs["cyclic"]),
        seed=seed,
        monitor=tracker,
        checkpoint=checkpoint,
    )
    run = to_dataset(result, samples, method=method, seed=seed)
    return run.assign_attrs(seconds=clocks.wall() - begun)
