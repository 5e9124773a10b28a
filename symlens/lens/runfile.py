"""The bridge between what a training returns and what a run file holds, both ways."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.lens.learner import History
from symlens.lens.symmetry import LearnedSymmetry
from symlens.provenance import Provenance

EXAMPLES = 64
"""Held-out samples kept in a run file, in given and in canonical coordinates (our choice)."""

MATRIX = ("row", "col")


class SampleRows(Protocol):
    """Samples of shape (n_samples, n) that may lie on disk: rows are fetched by number."""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n_samples, n)``."""

    def __getitem__(self, rows: Any) -> Any:
        """Rows in the order of an array of row numbers."""


class Assessment(Protocol):
    """What is known of the reality of a symmetry, without the truth."""

    @property
    def verdict(self) -> str:
        """``symmetry``, ``no symmetry`` or ``not identifiable``."""

    @property
    def pvalue(self) -> float:
        """Small: evidence for an identifiable symmetry."""

    @property
    def statistic(self) -> float:
        """The symmetry statistic on the held-out samples."""

    @property
    def null(self) -> NDArray[np.float64]:
        """The same statistic on surrogates, shape (n_surrogates,)."""


class Result(Protocol):
    """What ``symlens.lens.learn.learn`` returns."""

    @property
    def symmetry(self) -> LearnedSymmetry:
        """The learned symmetry."""

    @property
    def history(self) -> History:
        """The terms of the objective over the training."""

    @property
    def assessment(self) -> Assessment:
        """The verdict and its evidence."""

    @property
    def held_out(self) -> NDArray[np.int64]:
        """Row numbers of the samples that no step of the training saw."""


def to_dataset(result: Result, x: SampleRows, *, method: str, seed: int) -> xr.Dataset:
    """Contents of a run file; units and provenance are added by the store.

    Parameters
    ----------
    result : Result
        What the training returned.
    x : ndarray, shape (n_samples, n)
        The samples that ``result.held_out`` counts, in the units of the data; may be lazy
        as long as it takes an array of row numbers.
    method : str
    seed : int

    Returns
    -------
    xarray.Dataset
        All that is needed to apply the symmetry to new samples and to judge it.
    """
    symmetry, history, assessment = result.symmetry, result.history, result.assessment
    held_out = np.asarray(result.held_out, dtype=np.int64)
    raw = np.asarray(x[held_out[:EXAMPLES]])
    return xr.Dataset(
        {
            "log_generator": (("embedded_row", "embedded_col"), _rows(symmetry.log_generator)),
            "generator": (MATRIX, _rows(symmetry.generator)),
            "group_convolution": (MATRIX, _rows(symmetry.group_convolution)),
            "filter": (("pixel",), symmetry.filter),
            "mean": (("pixel",), symmetry.mean),
            "scale": ((), float(symmetry.scale)),
            "raw": (("sample", "pixel"), raw.astype(np.float32)),
            "canonical": (("sample", "pixel"), symmetry.transform(raw).astype(np.float32)),
            "history": (("step", "term"), history.values),
            "held_out": (("held_sample",), held_out),
            "symmetry_pvalue": ((), float(assessment.pvalue)),
            "symmetry_statistic": ((), float(assessment.statistic)),
            "symmetry_null": (("surrogate",), np.asarray(assessment.null, dtype=np.float64)),
        },
        coords={"step": history.steps, "term": list(history.terms)},
        attrs={
            "verdict": assessment.verdict,
            "cyclic": int(symmetry.cyclic),
            "method": method,
            "seed": seed,
        },
    )


def provenance_of(run: xr.Dataset) -> Provenance:
    """Read back the provenance that a run was written with."""
    names = ("study", "experiment", "method", "seed", "config")
    return Provenance(**{name: run.attrs[name] for name in names})


def symmetry_from(run: xr.Dataset) -> LearnedSymmetry:
    """Read the learned symmetry of a run file, bit-equal to the one it was written from."""
    return LearnedSymmetry(
        log_generator=run["log_generator"].to_numpy(),
        group_convolution=run["group_convolution"].to_numpy(),
        filter=run["filter"].to_numpy(),
        mean=run["mean"].to_numpy(),
        scale=float(run["scale"]),
        cyclic=bool(run.attrs["cyclic"]),
    )


def history_from(run: xr.Dataset) -> History:
    """Read the terms of the objective over the training that a run file holds."""
    return History(
        steps=run["step"].to_numpy().astype(np.int64),
        terms=tuple(str(term) for term in run["term"].to_numpy()),
        values=run["history"].to_numpy(),
    )


def feature_names(run: xr.Dataset) -> tuple[str, ...] | None:
    """Read the names of the features that a symmetry was learned on, where they had any."""
    names = run.attrs["config"].get("data", {}).get("features")
    return None if names is None else tuple(names)


def _rows(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lay a matrix out by rows, as a file does: products with it are then bit-equal."""
    return np.ascontiguousarray(matrix)
