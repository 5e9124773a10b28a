"""Constraints of the samples of an experiment, and how well networks keep them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.latent import constraints
from symlens.latent.data import Constraint
from symlens.store import take

Array = NDArray[np.float64]

ROWS = 4000
"""Samples that constraints are looked for in; as many others, at most, are their test."""


def recovered(data: xr.Dataset, held_out: Array, kept: Sequence[Array]) -> dict[str, Any]:
    """Constraints found in one part of the samples and tested on another.

    Parameters
    ----------
    data : Dataset
        Data file, perhaps lazy: the first rows are searched, the last ones are the test.
    held_out : ndarray, shape (m, n)
        Samples whose features are shuffled for the chance level.
    kept : sequence of ndarray, shape (m, n)
        Reconstructions by the network of every seed.

    Returns
    -------
    dict
        Variables of an evaluation; empty where no constraint is found.
    """
    total = data.sizes["sample"]
    half = min(ROWS, total // 2)
    searched = np.asarray(take(data["x"], np.arange(half)), np.float64)
    test = np.asarray(take(data["x"], np.arange(total - half, total)), np.float64)
    names = [str(name) for name in data["feature"].values]
    found = constraints.find(searched, [str(unit) for unit in data["feature_units"].values])
    if not found:
        return {}
    chance = mixed(held_out)
    return {
        "formula": (("formula",), np.array([f.formula(names) for f in found], dtype=object)),
        "formula_degree": (("formula",), np.array([f.degree for f in found], np.int64)),
        "formula_residual": (("formula",), np.array([f.rms(test) for f in found])),
        "formula_chance": (("formula",), np.array([f.rms(chance) for f in found])),
        "formula_kept": (("seed", "formula"), np.array([[f.rms(x) for f in found] for x in kept])),
    }


def known_constraints(
    known: Sequence[Constraint], samples: Sequence[Array], kept: Sequence[Array]
) -> dict[str, Any]:
    """RMS residuals of known relations: of held-out samples, reconstructions, and by chance."""
    if not known:
        return {}
    chance = mixed(samples[0])
    return {
        "constraint": (
            ("constraint",),
            np.array([f"{c.name}: {c.formula}" for c in known], dtype=object),
        ),
        "known_residual": (
            ("constraint",),
            np.array([_rms(c.residual, np.concatenate(samples)) for c in known]),
        ),
        "known_chance": (("constraint",), np.array([_rms(c.residual, chance) for c in known])),
        "known_kept": (
            ("seed", "constraint"),
            np.array([[_rms(c.residual, x) for c in known] for x in kept]),
        ),
    }


def mixed(x: Array) -> Array:
    """The same features, each in an order of its own, always the same."""
    rng = np.random.default_rng(0)
    return np.stack([rng.permutation(column) for column in x.T], axis=1)


def _rms(residual: Callable[[Array], Array], x: Array) -> float:
    return float(np.sqrt(np.mean(residual(x) ** 2)))
