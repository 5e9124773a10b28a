"""A training's result as the contents of a run file, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.errors import DataError
from symlens.latent.network import Network
from symlens.latent.spaces import Layout, Shapes

if TYPE_CHECKING:
    from symlens.latent.optimise import Trained

Array = NDArray[np.float64]


def shapes_of(features: int, method: str, latents: int, settings: Mapping[str, Any]) -> Shapes:
    """Shapes of the networks of a training; those of ``linear`` have no hidden layers."""
    hidden = () if method == "linear" else tuple(int(width) for width in settings["hidden"])
    return Shapes(features, hidden, Layout.of(method, latents))


def masks(sizes: NDArray[np.int64]) -> NDArray[np.float32]:
    """1 for the latents that networks of these sizes have. Shape (nets, largest size)."""
    found: NDArray[np.float32] = (np.arange(sizes.max()) < sizes[:, None]).astype(np.float32)
    return found


def to_dataset(
    trained: Trained,
    control: Trained | None,
    *,
    sweep: Mapping[str, Array],
    held_out: NDArray[np.int64],
    mean: Array,
    scale: Array,
    hidden: tuple[int, ...],
    method: str,
    seed: int,
) -> xr.Dataset:
    """The contents of a run file.

    Parameters
    ----------
    trained : Trained
        All networks of the sweep.
    control : Trained or None
        Networks that learned from shuffled features, of the largest size at the first beta.
    sweep : mapping
        ``beta``, ``size`` and ``start`` of every network.
    held_out : ndarray of int
        Row numbers, in the data, of the samples that no step saw.
    mean, scale : ndarray, shape (features,)
    hidden : tuple of int
    method : str
    seed : int
    """
    run = xr.Dataset(
        {
            "parameters": (("net", "parameter"), trained.parameters),
            "beta": (("net",), np.asarray(sweep["beta"], np.float64)),
            "latent_size": (("net",), np.asarray(sweep["size"], np.int64)),
            "start": (("net",), np.asarray(sweep["start"], np.int64)),
            "error": (("net",), trained.error),
            "kl": (("net", "latent"), trained.kl),
            "history": (("record", "net"), trained.history),
            "epoch": (("record",), trained.epochs),
            "mean": (("feature",), mean),
            "scale": (("feature",), scale),
            "hidden": (("layer",), np.asarray(hidden or (0,), np.int64)),
            "held_out": (("held_sample",), np.sort(held_out)),
        },
        attrs={"method": method, "seed": seed},
    )
    if control is not None:
        run["control_parameters"] = (("control_net", "parameter"), control.parameters)
        run["control_error"] = (("control_net",), control.error)
        run["control_kl"] = (("control_net", "latent"), control.kl)
    return run


def networks(run: xr.Dataset, *, control: bool = False) -> list[Network]:
    """The trained networks of a run file, in its order.

    Raises
    ------
    DataError
        If the parameters do not have the number that the layers need.
    """
    features, latents = run.sizes["feature"], run.sizes["latent"]
    hidden = [int(width) for width in run["hidden"].values if width > 0]
    shapes = shapes_of(features, str(run.attrs["method"]), latents, {"hidden": hidden})
    parameters = run["control_parameters" if control else "parameters"].to_numpy()
    if parameters.shape[1] != shapes.parameters:
        raise DataError(
            f"run file: expected {shapes.parameters} parameters per network, "
            f"found {parameters.shape[1]}"
        )
    mask = masks(run["latent_size"].to_numpy()).astype(np.float64)
    if control:
        mask = np.ones((len(parameters), latents))
    mean, scale = run["mean"].to_numpy(), run["scale"].to_numpy()
    return [
        Network(shapes, values.astype(np.float64), own, mean, scale)
        for values, own in zip(parameters, mask, strict=True)
    ]
