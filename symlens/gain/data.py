"""The synthesis stage: a regression problem, its spectrum and its exact counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symlens.errors import DataError
from symlens.gain.bridge import ARMS, Bridge, read_pool
from symlens.gain.counting import counts, predicted_count
from symlens.gain.problem import Setting
from symlens.gain.symmetry import symmetry
from symlens.gain.targets import Spectrum

if TYPE_CHECKING:
    import xarray as xr

LARGEST = 12_000
"""Eigenfunctions of a learning curve at most: they are all held in memory."""


def setting_of(data: Mapping[str, Any]) -> Setting:
    """Read the block ``data`` of an experiment on a manifold.

    Raises
    ------
    DataError
        Where manifold, group, smoothness and cutoff do not go together.
    """
    found, s = symmetry(data["manifold"], data["group"]), float(data["smoothness"])
    if not s > found.dim / 2:
        raise DataError(
            f"smoothness: more than d/2 = {found.dim / 2:g} expected for {found.manifold} of "
            f"dimension {found.dim}, found {s:g}"
        )
    size = int(found.plain.multiplicities(data["cutoff"]).sum())
    own = int(found.multiplicities(data["cutoff"]).sum())
    if size > LARGEST or own < 2:
        raise DataError(
            f"cutoff: at most {LARGEST} eigenfunctions and 2 invariant ones expected, found "
            f"{size} and {own} up to {data['cutoff']} on {found.manifold}"
        )
    epsilon = tuple(float(e) for e in data["epsilon"])
    if epsilon != (0.0,) and size == own:
        raise DataError(f"epsilon: {found.group} leaves everything alone; only 0 is allowed")
    return Setting(found, s, data["theta"], data["noise"], data["cutoff"], epsilon)


def synthesize(data: Mapping[str, Any]) -> xr.Dataset:
    """Give the contents of a data file for the block ``data`` of an experiment."""
    return _manifold(data) if data["source"] == "manifold" else _lens(data)


def spectra_from(data: xr.Dataset) -> list[list[Spectrum]]:
    """Read the expected spectra back: for every epsilon one per arm."""
    weight, many = data["weight"].to_numpy(), data["multiplicity"].to_numpy()
    signal, missed = data["signal"].to_numpy(), data["unreachable"].to_numpy()
    return [
        [Spectrum(w, m, s, float(u)) for w, m, s, u in zip(weight, many, rows, gone, strict=True)]
        for rows, gone in zip(signal, missed, strict=True)
    ]


def _manifold(data: Mapping[str, Any]) -> xr.Dataset:
    setting = setting_of(data)
    found = setting.symmetry
    known = counts(found, setting.cutoff)
    levels = np.array(known.lam)
    weyl = np.array([[predicted_count(arm, v) for v in levels] for arm in (found.plain, found)])
    extra = {
        "level": (("level",), levels),
        "count": (("arm", "level"), np.array([known.plain, known.invariant], dtype=np.int64)),
        "weyl": (("arm", "level"), weyl),
    }
    s = setting.smoothness * setting.theta
    rates = [float(2 * s / (2 * s + d)) for d in (found.dim, found.quotient_dim)]
    attributes = {"manifold": found.manifold, "group": found.group, "order": found.order or 0}
    return _dataset(
        ("plain", "invariant"), setting.epsilon, setting.spectra(), extra, attributes
    ).assign_attrs(source="manifold", noise=float(setting.noise), rates=rates)


def _lens(data: Mapping[str, Any]) -> xr.Dataset:
    pool = read_pool(data)
    bridge = Bridge.of(pool, data["decay"], data["noise"])
    extra = {
        "x": (("sample", "pixel"), pool.x),
        "generator": (("row", "col"), pool.learned),
        "ideal_generator": (("row", "col"), pool.ideal),
    }
    order = pool.x.shape[1]
    attributes = {"manifold": f"samples of {order} pixels", "group": f"Z{order}", "order": order}
    return _dataset(ARMS, (0.0,), [bridge.expected()], extra, attributes).assign_attrs(
        source="lens", noise=float(data["noise"]), rates=[]
    )


def _dataset(
    arms: Sequence[str],
    epsilon: Sequence[float],
    spectra: Sequence[Sequence[Spectrum]],
    extra: Mapping[str, Any],
    attributes: Mapping[str, Any],
) -> xr.Dataset:
    import xarray as xr

    shells = max(len(spectrum.weights) for spectrum in spectra[0])

    def padded(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.pad(values, (0, shells - len(values)))

    return xr.Dataset(
        {
            "weight": (("arm", "shell"), np.stack([padded(a.weights) for a in spectra[0]])),
            "multiplicity": (
                ("arm", "shell"),
                np.stack([padded(a.multiplicity) for a in spectra[0]]),
            ),
            "signal": (
                ("epsilon", "arm", "shell"),
                np.stack([[padded(arm.signal) for arm in row] for row in spectra]),
            ),
            "unreachable": (
                ("epsilon", "arm"),
                np.array([[arm.unreachable for arm in row] for row in spectra], dtype=float),
            ),
            **extra,
        },
        coords={"arm": list(arms), "epsilon": np.array(epsilon, dtype=float)},
        attrs=dict(attributes),
    )
