"""The evaluation stage: savings and exponents of all seeds beside their predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.gain.data import spectra_from
from symlens.gain.fits import bootstrap_slope, sample_gain
from symlens.gain.predictor import best_risk, predicted_multiplier, slope
from symlens.gain.scores import FLOORS, SCORES, score_values

if TYPE_CHECKING:
    from symlens.gain.targets import Spectrum

Array = NDArray[np.float64]

ORACLE = "oracle"
"""Rule: the penalty whose mean risk over the seeds is least; it needs the truth."""


def evaluate(runs: Sequence[xr.Dataset], data: xr.Dataset) -> xr.Dataset:
    """Compare all seeds of an experiment with each other and with the prediction.

    Parameters
    ----------
    runs : sequence of Dataset
        Run files.
    data : Dataset
        Data file.

    Returns
    -------
    Dataset
        Contents of the evaluation file.
    """
    sizes = [int(n) for n in runs[0]["size"]]
    risk = all_rules(runs)
    predicted = predictions(spectra_from(data), sizes, float(data.attrs["noise"]))
    measured = gains(sizes, risk)
    rng = np.random.default_rng(0)
    dims = ("rule", "epsilon", "arm", "size")
    found = xr.Dataset(
        {
            "risk": ((*dims, "seed"), risk),
            "sample_gain": (dims, measured["sample_gain"]),
            "sample_gain_seed": ((*dims, "seed"), measured["sample_gain_seed"]),
            "risk_gain": (dims, _ratio(risk.mean(axis=-1))),
            "risk_gain_seed": ((*dims, "seed"), _ratio(risk)),
            **{name: (dims[1:], value) for name, value in predicted.items()},
            "exponent": ((*dims[:3], "estimate"), _exponents(sizes, risk, rng)),
            "exponent_seed": (
                (*dims[:3], "seed"),
                np.apply_along_axis(lambda r: _slope(sizes, r), 3, risk),
            ),
            "predicted_exponent": (
                dims[1:3],
                np.apply_along_axis(lambda r: _slope(sizes, r), 2, predicted["predicted_risk"]),
            ),
            "seconds": (("seed",), np.array([float(run.attrs["seconds"]) for run in runs])),
        },
        coords={
            "rule": [ORACLE, *(str(rule) for rule in runs[0]["rule"].to_numpy())],
            "epsilon": data["epsilon"].to_numpy(),
            "arm": [str(arm) for arm in data["arm"].to_numpy()],
            "size": np.array(sizes, dtype=np.int64),
            "estimate": ["value", "low", "high"],
            "seed": np.array([int(run.attrs["seed"]) for run in runs], dtype=np.int64),
        },
        attrs={
            name: data.attrs[name] for name in ("source", "group", "manifold", "order", "rates")
        },
    )
    values, expected = score_values(found)
    return found.assign(
        value=(("score", "seed"), values),
        predicted_value=(("score",), expected),
        floor=(("score",), np.array(FLOORS)),
    ).assign_coords(score=list(SCORES))


def all_rules(runs: Sequence[xr.Dataset]) -> Array:
    """Risks of all rules, the oracle first, (rules, targets, arms, sizes, seeds)."""
    paths = np.stack([run["risk_path"].to_numpy() for run in runs], axis=-1)
    best = paths.mean(axis=-1).argmin(axis=-1)[..., None, None]
    oracle = np.take_along_axis(paths, best, axis=3)[:, :, :, 0]
    others = np.stack([run["risk"].to_numpy() for run in runs], axis=-1)
    return np.concatenate([oracle[None], others])


def predictions(
    spectra: Sequence[Sequence[Spectrum]], sizes: Sequence[int], noise: float
) -> dict[str, Array]:
    """Predicted risk and gains for every target and arm at every size, each at its best penalty."""
    risk = np.array([[[best_risk(arm, n, noise) for n in sizes] for arm in row] for row in spectra])
    multiplier = np.ones_like(risk)  # of the plain arm over itself
    for target, row in enumerate(spectra):
        for arm, own in enumerate(row[1:], 1):
            multiplier[target, arm] = [_multiplier(row[0], own, n, noise) for n in sizes]
    return {
        "predicted_risk": risk,
        "predicted_sample_gain": multiplier,
        "predicted_risk_gain": risk[:, :1] / risk,
    }


def gains(sizes: Sequence[int], risk: Array) -> dict[str, Array]:
    """Sample gains of every arm over the first, of mean curves and of every seed."""
    mean = np.full(risk.shape[:-1], np.nan)
    each = np.full(risk.shape, np.nan)
    for rule, target, arm in np.ndindex(risk.shape[:3]):
        plain, own = risk[rule, target, 0], risk[rule, target, arm]
        mean[rule, target, arm] = sample_gain(sizes, plain.mean(axis=-1), own.mean(axis=-1))
        for seed in range(risk.shape[-1]):
            each[rule, target, arm, :, seed] = sample_gain(sizes, plain[:, seed], own[:, seed])
    return {"sample_gain": mean, "sample_gain_seed": each}


def _ratio(risk: Array) -> Array:
    return np.asarray(risk[:, :, :1] / risk)


def _multiplier(plain: Spectrum, own: Spectrum, n: int, noise: float) -> float:
    """Predicted sample gain; NaN where the plain arm never gets so good."""
    from symlens.errors import DataError

    try:
        return predicted_multiplier(plain, own, n, noise)
    except DataError:
        return float("nan")


def _slope(sizes: Sequence[int], risks: Array) -> float:
    return slope(sizes, risks) if np.isfinite(risks).all() else float("nan")


def _exponents(sizes: Sequence[int], risk: Array, rng: np.random.Generator) -> Array:
    found = np.full((*risk.shape[:3], 3), np.nan)
    for place in np.ndindex(risk.shape[:3]):
        if np.isfinite(risk[place]).all():
            found[place] = bootstrap_slope(sizes, risk[place], rng)
    return found
