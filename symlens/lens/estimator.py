"""SymmetryLens as a scikit-learn estimator: the same code path as the workflow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self, final

import numpy as np
from sklearn.base import _fit_context
from sklearn.utils._param_validation import StrOptions

from symlens import store
from symlens.config.base import Block
from symlens.config.lens_methods import SETTINGS
from symlens.lens.applied import AppliedSymmetry, Samples
from symlens.lens.data.checks import check_samples
from symlens.lens.inputs import method_settings, seed_from, single_precision
from symlens.lens.learn import learn
from symlens.lens.progress import progress
from symlens.lens.runfile import to_dataset
from symlens.lens.schemas import RUN

EXPERIMENT = "own_data"
"""Name, in provenance, of a fit outside the workflow's experiments."""


@final
class SymmetryLens(AppliedSymmetry):
    r"""Learn the hidden one-parameter symmetry of samples and the coordinates that show it.

    The learned generator :math:`G = e^S` acts on a centred sample (a row) as :math:`x \to x G`;
    the canonical representation :math:`y = ((x - mean) / scale) M` is the one in which it is a
    translation by one pixel.  ``G`` and its inverse, the sign of the filter and, for cyclic
    data, rolls of the canonical pixels are not told apart by any data.

    Parameters
    ----------
    method : {'fast', 'official'}, default='fast'
        Learning algorithm. ``fast``: closed-form starts and a short refinement, seconds to
        minutes. ``official``: the stochastic training of the SymmetryLens paper, much slower.
    cyclic : bool or 'auto', default=False
        True when the group closes on the features (rotations, a ring of detectors); False when
        the features are a window on something longer; 'auto' learns both, in twice the time, and
        keeps the ring unless samples that were kept out speak against it.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws of samples, of the held-out part and of the starts. An int gives the
        same answer on every call, and the answer of the workflow with that seed.
    settings : mapping, settings block or None, default=None
        Settings of the method that differ from its defaults, e.g. ``{"samples": 20_000}``.
    verbose : bool, default=False
        Show a progress line on the terminal while fitting.

    Attributes
    ----------
    generator_ : ndarray of shape (n_features, n_features)
        Minimal generator; the central block of it when the window was zero-padded.
    log_generator_ : ndarray of shape (N, N)
        Skew matrix ``S``; N is n_features when cyclic, else 3 n_features.
    group_convolution_ : ndarray of shape (n_features, n_features)
        ``M``: column j is the filter moved to canonical pixel j.
    filter_ : ndarray of shape (n_features,)
        Resolving filter.
    mean_ : ndarray of shape (n_features,)
        Mean of the fitted samples.
    scale_ : float
        Number that centred samples are divided by.
    symmetry_pvalue_ : float
        Small: evidence for an identifiable symmetry (against surrogates without it).
    verdict_ : {'symmetry', 'no symmetry', 'not identifiable'}
        ``not identifiable``: every rotation leaves data like these alike (white noise).
    history_ : History
        Terms of the objective over the steps of the training.
    symmetry_ : LearnedSymmetry
        The learned objects together with what one does with them.
    run_ : xarray.Dataset
        Everything that a run file holds.
    seed_ : int
        Seed drawn from ``random_state``.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features, only when the samples have names that are all strings.

    References
    ----------
    O. Efe, A. Ozakin, "SymmetryLens", arXiv:2410.05232.

    Examples
    --------
    >>> from symlens import SymmetryLens
    >>> lens = SymmetryLens(random_state=0).fit(x)  # doctest: +SKIP
    >>> lens.verdict_  # doctest: +SKIP
    'symmetry'
    >>> moved = lens.act(x, 2.5)  # by two and a half pixels  # doctest: +SKIP
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "method": [StrOptions(set(SETTINGS))],
        "cyclic": ["boolean", StrOptions({"auto"})],
        "random_state": ["random_state"],
        "settings": [Mapping, Block, None],
        "verbose": ["boolean"],
    }

    def __init__(
        self,
        method: str = "fast",
        *,
        cyclic: bool | str = False,
        random_state: int | np.random.RandomState | None = None,
        settings: Mapping[str, Any] | Block | None = None,
        verbose: bool = False,
    ) -> None:
        self.method = method
        self.cyclic = cyclic
        self.random_state = random_state
        self.settings = settings
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(self, X: Samples, y: object = None) -> Self:  # noqa: ARG002
        """Learn the symmetry of samples.

        Parameters
        ----------
        X : array-like, DataFrame or DataArray of shape (n_samples, n_features)
            More samples than features; no NaN, no infinity, no constant feature. A DataArray
            with a dimension ``sample`` may have its dimensions in either order.
        y : ignored

        Returns
        -------
        SymmetryLens
            Itself, fitted.
        """
        settings = method_settings(self.method, self.settings)
        x = single_precision(self._samples(X, reset=True), source="X")
        check_samples(x, source="X", names=self._names())
        seed = seed_from(self.random_state)
        with progress(show=self.verbose) as monitor:
            result = learn(
                x,
                method=self.method,
                settings=settings,
                cyclic=None if self.cyclic == "auto" else bool(self.cyclic),
                seed=seed,
                monitor=monitor,
            )
        run = to_dataset(result, x, method=self.method, seed=seed)
        # Laid out as in the workflow, whose run files are loaded too.
        config = {
            "data": {
                "cyclic": self.cyclic if self.cyclic == "auto" else bool(self.cyclic),
                "features": self._names(),
            },
            "method": self.method,
            "settings": settings.model_dump(mode="json"),
        }
        return self._adopt(run.assign_attrs(study="lens", experiment=EXPERIMENT, config=config))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a run file, of this estimator or of the workflow, as a fitted estimator.

        Parameters
        ----------
        path : path

        Returns
        -------
        SymmetryLens
            With the parameters that it was fitted with; ``random_state`` is the seed.
        """
        run = store.read(path, RUN)
        attrs = run.attrs
        # Writing it again must not pass the code of today off as what learned it.
        attrs.setdefault("learned", {key: attrs[key] for key in ("code_version", "created")})
        estimator = cls(
            method=attrs["method"],
            cyclic=bool(attrs["cyclic"]),
            random_state=attrs["seed"],
            settings=attrs["config"].get("settings"),
        )
        return estimator._adopt(run)
