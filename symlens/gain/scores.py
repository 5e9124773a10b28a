"""The scores of ``gain``: one number per seed, its prediction, and its value without a symmetry."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

SCORES = {
    "sample_gain": "Sample gain: how many times the samples the plain kernel needs for the same "
    "risk; geometric mean over the sizes at which the plain curve reaches it.",
    "risk_gain": "Risk gain: plain risk over the invariant kernel's, at the largest size.",
    "exponent_plain": "Exponent of the plain kernel's risk over the number of samples.",
    "exponent_invariant": "Exponent of the invariant kernel's risk.",
}
FLOORS = (1.0, 1.0, 0.0, 0.0)
"""Gains without a symmetry, and exponents where nothing is learned."""


def score_values(found: xr.Dataset) -> tuple[Array, Array]:
    """Scores of every seed, (scores, seeds), and their predictions, (scores,).

    Of the rule oracle, the first epsilon and the second arm: the one that knows a symmetry.
    """
    place = {"rule": 0, "epsilon": 0, "arm": 1}
    measured = found["sample_gain_seed"].isel(place).to_numpy()
    comparable = np.isfinite(found["sample_gain"].isel(place).to_numpy())
    expected = found["predicted_sample_gain"].isel(epsilon=0, arm=1).to_numpy()
    values = [
        _geometric(measured[comparable]),
        found["risk_gain_seed"].isel(place).to_numpy()[-1],
        found["exponent_seed"].isel(rule=0, epsilon=0, arm=0).to_numpy(),
        found["exponent_seed"].isel(place).to_numpy(),
    ]
    predicted = [
        float(_geometric(expected[comparable][:, None])[0]),
        float(found["predicted_risk_gain"].isel(epsilon=0, arm=1)[-1]),
        float(found["predicted_exponent"].isel(epsilon=0, arm=0)),
        float(found["predicted_exponent"].isel(epsilon=0, arm=1)),
    ]
    return np.stack(values), np.array(predicted)


def _geometric(values: Array) -> Array:
    """Geometric mean over the first axis of what is a number; NaN where nothing is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # an empty mean is NaN, as it should be
        return np.asarray(np.exp(np.nanmean(np.log(values), axis=0)))


def worst(name: str, values: Array, predicted: float) -> float:
    """Value of the seed that is farthest from the prediction, for the worse or the better.

    A gain is worst where it is smallest.
    """
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return float("nan")
    if name.endswith("gain"):
        return float(known.min())
    return float(known[np.argmax(np.abs(known - predicted))])
