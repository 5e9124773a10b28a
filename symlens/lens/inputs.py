"""What a caller may hand to the estimator, made into what the learner takes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import ValidationError

from symlens.config.base import Block
from symlens.config.explain import explain
from symlens.config.lens_methods import SETTINGS, Settings
from symlens.errors import ConfigError, DataError

SEED_LIMIT = 2**32
"""Seeds are drawn below this, the range of scikit-learn's own (our choice)."""


def method_settings(method: str, given: Mapping[str, Any] | Block | None) -> Settings:
    """Give the settings of a method: its defaults with what was given put over them.

    Raises
    ------
    ConfigError
        One line per mistake, beginning with the key: an unknown method or key, a wrong value,
        the settings of another method.
    """
    if method not in SETTINGS:
        raise ConfigError([f"method: {method!r} is unknown; allowed: {', '.join(SETTINGS)}"])
    kind = SETTINGS[method]
    if isinstance(given, kind):
        return given
    if isinstance(given, Block):
        raise ConfigError(
            [f"settings: {type(given).__name__} given, method {method!r} takes {kind.__name__}"]
        )
    try:
        return kind.model_validate(dict(given or {}))
    except ValidationError as error:
        raise ConfigError([f"settings.{line}" for line in explain(error, kind)]) from error


def seed_from(random_state: int | np.random.RandomState | None) -> int:
    """Give the seed of a training: an int as it is, else drawn from the random state.

    None draws from the entropy of the system, so that two fits may differ.
    """
    if random_state is None:
        return int(np.random.default_rng().integers(SEED_LIMIT))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(SEED_LIMIT, dtype=np.uint64))
    return int(random_state)


def single_precision(x: NDArray[Any], *, source: str) -> NDArray[np.float32]:
    """Give samples in the precision that is learned from; refuse what it cannot hold."""
    with np.errstate(over="ignore"):
        single = np.ascontiguousarray(x, dtype=np.float32)
    place = np.argwhere(~np.isfinite(single))
    if place.size:
        sample, feature = place[0]
        raise DataError(
            f"{source}: {x[sample, feature]:g} at sample {sample}, feature {feature} (counted from "
            "0) is too large for single precision (3.4e38)"
        )
    return single


def table(samples: Any) -> Any:
    """Give samples in a form whose feature names scikit-learn sees.

    A DataArray becomes a DataFrame, with ``sample`` as its rows wherever that dimension stood
    and the coordinate of the other dimension as its columns; everything else stays as it is.
    """
    xarray = sys.modules.get("xarray")  # a DataArray can only come from who has imported it
    if xarray is None or not isinstance(samples, xarray.DataArray):
        return samples
    if samples.ndim != 2:
        raise DataError(
            f"DataArray of shape (sample, feature) expected, found dimensions {samples.dims}"
        )
    if "sample" in samples.dims:
        samples = samples.transpose("sample", ...)
    return samples.reset_coords(drop=True).to_pandas()


def group_parameters(t: ArrayLike, n_samples: int) -> NDArray[np.float64]:
    """Give the group parameter as float64 of shape () or (n_samples,)."""
    steps = np.asarray(t, dtype=np.float64)
    if steps.shape not in ((), (n_samples,)):
        raise DataError(
            f"t: one number or one per sample, shape ({n_samples},), expected; found {steps.shape}"
        )
    if not np.isfinite(steps).all():
        raise DataError("t: finite numbers expected, found NaN or infinity")
    return steps
