"""Kernel ridge regression on a torus or sphere as a scikit-learn regressor."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from symlens.errors import DataError
from symlens.gain.bases import CHUNK, Basis
from symlens.gain.ridge import decompose, least, streamed_path
from symlens.gain.symmetry import symmetry

ETAS = np.logspace(-9, 1, 61)
"""Penalties that generalised cross-validation chooses from."""

UNIT = 1e-6
"""How far from 1 the length of a point on a sphere may be."""


class InvariantRidge(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Ridge regression in the invariant part of a Sobolev space.

    Parameters
    ----------
    manifold : str or None
        ``T<D>``, ``S<m>`` or a product; None: a torus with an angle for every feature.
    group : str or None
        A group that acts on it; None: the plain kernel.
    smoothness : float or None
        s of the space H^s; None: half of the manifold's dimension and 1.
    eta : float or "gcv"
        Penalty on the squared norm against the mean squared error.
    cutoff : int or None
        Largest eigenvalue; None: as many as ``max_features`` eigenfunctions allow.
    max_features : int
        Invariant eigenfunctions at most, where ``cutoff`` is None.

    Attributes
    ----------
    eta_ : float
    coef_ : ndarray of shape (q,)
        Coefficients on the invariant eigenfunctions.
    basis_ : Basis
    n_features_in_ : int
    """

    def __init__(
        self,
        manifold: str | None = None,
        group: str | None = None,
        *,
        smoothness: float | None = None,
        eta: float | str = "gcv",
        cutoff: int | None = None,
        max_features: int = 1000,
    ) -> None:
        self.manifold = manifold
        self.group = group
        self.smoothness = smoothness
        self.eta = eta
        self.cutoff = cutoff
        self.max_features = max_features

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit to points, (n, coordinates), and outputs, (n,).

        Raises
        ------
        DataError
            Where points do not lie on the manifold, or a parameter makes no sense.
        """
        x, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        outputs = np.asarray(y, dtype=np.float64)
        name = self.manifold or f"T{x.shape[1]}"
        found = symmetry(name, self.group or "x".join("trivial" for _ in name.split("x")))
        s = found.dim / 2 + 1 if self.smoothness is None else self.smoothness
        if not s > found.quotient_dim / 2:
            raise DataError(f"smoothness: more than {found.quotient_dim / 2:g} expected, found {s}")
        lam = _cutoff(found, self.max_features) if self.cutoff is None else self.cutoff
        self.basis_ = Basis(found, lam)
        self._on_manifold(x)
        scale = np.sqrt((1.0 + self.basis_.invariant_eigenvalues) ** -s)
        if len(scale) < len(x):
            parts = [slice(start, start + CHUNK) for start in range(0, len(x), CHUNK)]
            path = streamed_path(
                (self.basis_.invariant_features(x[part]) * scale, outputs[part]) for part in parts
            )
        else:
            path = decompose(self.basis_.invariant_features(x) * scale).path(outputs)
        self.eta_ = self._penalty(path.gcv)
        self.coef_ = scale * path.coefficients(np.array([self.eta_]))[:, 0]
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """Outputs at points, (n,)."""
        check_is_fitted(self)
        x = validate_data(self, X, dtype=np.float64, reset=False)
        self._on_manifold(x)
        parts = [x[start : start + CHUNK] for start in range(0, len(x), CHUNK)]
        values = [self.basis_.invariant_features(part) @ self.coef_ for part in parts]
        return np.concatenate(values)

    def _penalty(self, gcv: Any) -> float:
        if self.eta == "gcv":
            return least(gcv, ETAS)
        if isinstance(self.eta, str) or not self.eta > 0:
            raise DataError(f"eta: 'gcv' or a number above 0 expected, found {self.eta!r}")
        return float(self.eta)

    def _on_manifold(self, x: NDArray[np.float64]) -> None:
        found = self.basis_.symmetry
        wanted = sum(action.manifold.coordinates for action in found.actions)
        if x.shape[1] != wanted:
            raise DataError(
                f"X: {wanted} coordinates expected for {found.manifold}, found {x.shape[1]}"
            )
        for action, part in zip(found.actions, found.split(x), strict=True):
            if str(action.manifold).startswith("S"):
                off = np.abs(np.linalg.norm(part, axis=1) - 1).max()
                if off > UNIT:
                    raise DataError(
                        f"X: points of length 1 expected on {action.manifold}, found one that is "
                        f"off by {off:.3g}"
                    )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # features that are no angles
        return tags


def _cutoff(found: Any, most: int) -> int:
    """Largest eigenvalue with at most so many invariant eigenfunctions; at least 1."""
    lam = 1
    while lam < 10_000 and int(found.multiplicities(2 * lam).sum()) <= most:
        lam *= 2
    total = found.multiplicities(2 * lam).cumsum()
    return int(max(1, (total <= most).sum() - 1))
