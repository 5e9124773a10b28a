"""Whatever the numbers: files give them back, and the checks agree with their definition."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from symlens.config.lens_data import FileData
from symlens.errors import DataError
from symlens.lens.data import synthesize
from symlens.lens.data.checks import check_samples

numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)
tables = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=numbers)
dirty = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=2, max_side=5),
    elements=st.sampled_from([0.0, 1.0, 2.5, np.nan, np.inf, -np.inf]),
)


def learnable(x: np.ndarray) -> bool:
    return (
        x.shape[0] >= x.shape[1]
        and bool(np.isfinite(x).all())
        and all(len(set(column)) > 1 for column in x.T.tolist())
    )


@given(dirty | tables)
def test_samples_are_refused_exactly_when_they_cannot_be_learned_from(x):
    if learnable(x):
        check_samples(x, source="x")
    else:
        with pytest.raises(DataError, match=r"^x: "):
            check_samples(x, source="x")


@settings(deadline=None, max_examples=40)
@given(tables.filter(learnable), st.sampled_from([".npy", ".npz", ".nc", ".csv"]))
def test_files_give_back_every_number(x, kind):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"data{kind}"
        match kind:
            case ".npy":
                np.save(path, x)
            case ".npz":
                np.savez(path, x)
            case ".nc":
                xr.Dataset({"samples": (("sample", "pixel"), x)}).to_netcdf(path)
            case ".csv":
                header = ",".join(f"c{column}" for column in range(x.shape[1]))
                np.savetxt(path, x, delimiter=",", fmt="%.9g", header=header, comments="")
        np.testing.assert_array_equal(synthesize(FileData(path=str(path)))["x"], x)
