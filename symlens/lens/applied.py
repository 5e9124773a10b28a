"""A learned symmetry at work on samples, with the manners of scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self, TypeAlias

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import Tags, check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from symlens import store
from symlens.errors import DataError
from symlens.lens.data.checks import SampleChecker
from symlens.lens.identifiability import stationarity_score
from symlens.lens.inputs import group_parameters, table
from symlens.lens.moves import act
from symlens.lens.runfile import feature_names, history_from, provenance_of, symmetry_from
from symlens.lens.schemas import RUN

Array = NDArray[Any]
Samples: TypeAlias = ArrayLike | xr.DataArray  # a DataFrame is array-like
FLOATS = (np.float64, np.float32)


class AppliedSymmetry(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Base of estimators whose fitted state is the contents of a run file.

    ``fit`` and the parameters belong to the subclass; it hands a run over with ``_adopt``.
    """

    def transform(self, X: Samples) -> Array:
        """Samples in the canonical representation, in which the symmetry is a translation.

        Parameters
        ----------
        X : array-like, DataFrame or DataArray of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            ``((X - mean_) / scale_) @ group_convolution_``; a DataFrame after
            ``set_output(transform="pandas")``.
        """
        check_is_fitted(self)
        x = self._samples(X, reset=False)
        return self.symmetry_.transform(x).astype(x.dtype, copy=False)

    def inverse_transform(self, X: Samples) -> Array:
        """Samples whose canonical representation is given.

        Parameters
        ----------
        X : array-like, DataFrame or DataArray of shape (n_samples, n_features)
            Canonical representations.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Samples in the units of the fitted data.
        """
        check_is_fitted(self)
        y = check_array(table(X), dtype=FLOATS)
        if y.shape[1] != self.n_features_in_:
            raise DataError(
                f"X has {y.shape[1]} canonical pixels, but SymmetryLens was fitted on "
                f"{self.n_features_in_} features"
            )
        return self.symmetry_.inverse_transform(y).astype(y.dtype, copy=False)

    def act(self, X: Samples, t: float | ArrayLike) -> Array:
        """Move samples by the learned group.

        Where the data are a window, what leaves it at one end enters at the other, so that the
        moves by ``t`` and ``-t`` undo each other.

        Parameters
        ----------
        X : array-like, DataFrame or DataArray of shape (n_samples, n_features)
        t : float or array-like of shape (n_samples,)
            Group parameter, any real number, in canonical pixels; one for all or one per sample.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Moved samples in the units of the fitted data.
        """
        check_is_fitted(self)
        x = self._samples(X, reset=False)
        moved = act(self.symmetry_, x, group_parameters(t, x.shape[0]))
        return moved.astype(x.dtype, copy=False)

    def score(self, X: Samples, y: object = None) -> float:  # noqa: ARG002
        """How stationary samples are in the canonical representation; needs no truth.

        Parameters
        ----------
        X : array-like, DataFrame or DataArray of shape (n_samples, n_features)
            Samples that the fit has not seen; of a few hundred or less the score is rough.
        y : ignored

        Returns
        -------
        float
            1 for a symmetry, about 0 by chance, at most 1: one minus the fraction of the energy
            of third and fourth moments that a move along the canonical pixels changes.
        """
        check_is_fitted(self)
        return float(stationarity_score(self._samples(X, reset=False), self.symmetry_))

    def save(self, path: str | Path) -> None:
        """Write the fitted estimator as a run file, the same kind that the workflow writes.

        Parameters
        ----------
        path : path
            In a folder that exists; an older file of that name is replaced.
        """
        check_is_fitted(self)
        store.write(self.run_, path, RUN, provenance_of(self.run_))

    def _adopt(self, run: xr.Dataset) -> Self:
        """Take the fitted state from the contents of a run file."""
        self.run_ = run
        self.symmetry_ = symmetry_from(run)
        self.history_ = history_from(run)
        self.generator_ = run["generator"].to_numpy()
        self.log_generator_ = self.symmetry_.log_generator
        self.group_convolution_ = self.symmetry_.group_convolution
        self.filter_ = self.symmetry_.filter
        self.mean_ = self.symmetry_.mean
        self.scale_ = self.symmetry_.scale
        self.symmetry_pvalue_ = float(run["symmetry_pvalue"])
        self.verdict_: str = run.attrs["verdict"]
        self.seed_: int = run.attrs["seed"]
        self.n_features_in_ = self.symmetry_.n_features
        names = feature_names(run)
        if names is not None:
            self.feature_names_in_ = np.asarray(names, dtype=object)
        return self

    def _samples(self, X: Samples, *, reset: bool) -> Array:
        """Finite samples of shape (n_samples, n_features), in single or double precision."""
        x: Array = validate_data(
            self,
            table(X),
            reset=reset,
            dtype=FLOATS,
            ensure_all_finite=False,  # checked below, with the place of the first bad number
            ensure_min_samples=2 if reset else 1,
            ensure_min_features=2 if reset else 1,
        )
        SampleChecker("X", x.shape[1], self._names()).update(x)
        return x

    def _names(self) -> list[str] | None:
        """Names of the features, where the fitted samples had any."""
        names = getattr(self, "feature_names_in_", None)
        return None if names is None else [str(name) for name in names]

    @property
    def _n_features_out(self) -> int:
        return int(self.n_features_in_)

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that single precision stays single precision."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
