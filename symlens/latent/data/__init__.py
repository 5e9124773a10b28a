"""Samples whose dimension, symmetry and constraints are known."""

from __future__ import annotations

import numpy as np
import xarray as xr

from symlens.config.latent_data import (
    DrellYanData,
    GaussianData,
    LeptonPairData,
    MechanicsData,
    PlaneData,
    PythiaData,
)
from symlens.latent.data import drell_yan, electron_positron, mechanics, plane, pythia
from symlens.latent.data.system import Constraint, System, noisy

__all__ = ["Constraint", "Data", "System", "synthesize", "system_of"]

Data = PlaneData | GaussianData | MechanicsData | LeptonPairData | DrellYanData | PythiaData


def system_of(cfg: Data) -> System:
    """The law of a configuration."""
    match cfg:
        case PlaneData():
            laws = {"square": plane.square, "disc": plane.disc, "circle": plane.circle}
            return noisy(laws[cfg.source](), cfg.noise)
        case GaussianData():
            return plane.normal(cfg.spectrum, cfg.seed)
        case MechanicsData():
            return noisy(_mechanics(cfg), cfg.noise)
        case LeptonPairData():
            return electron_positron.system(cfg)
        case DrellYanData():
            return drell_yan.system(cfg)
        case PythiaData():
            return pythia.system(cfg)


def _mechanics(cfg: MechanicsData) -> System:
    free = cfg.energy == "free"
    match cfg.source:
        case "oscillator":
            return mechanics.oscillator(free=free)
        case "pendulum":
            return mechanics.pendulum(cfg.pendulum_energy, free=free)
        case "collision":
            return mechanics.collision(cfg.masses)
        case "decay":
            return mechanics.decay(free=free)
        case "kepler":
            return mechanics.kepler(cfg.eccentricity, free=free)


def synthesize(cfg: Data, seed: int | None = None) -> xr.Dataset:
    """Samples of a configuration and what is known of them.

    Parameters
    ----------
    cfg : a block of ``latent.experiments.<name>.data``
    seed : int, optional
        In place of the configuration's own.

    Returns
    -------
    xarray.Dataset
        As `symlens.latent.schemas.DATA` says.
    """
    if seed is not None:
        cfg = cfg.model_copy(update={"seed": seed})
    system = system_of(cfg)
    x = system.draw(np.random.default_rng(np.random.SeedSequence(cfg.seed)), cfg.samples)
    data = xr.Dataset(
        {
            "x": (("sample", "feature"), x),
            "feature": (("feature",), np.array(system.features, dtype=object)),
            "feature_units": (("feature",), np.array(system.units, dtype=object)),
        },
        attrs={
            "intrinsic_dimension": -1 if system.intrinsic is None else system.intrinsic,
            "embedding_dimension": -1 if system.embedding is None else system.embedding,
            "action": system.action,
        },
    )
    if system.generator is not None:
        data["symmetry_generator"] = (("row", "col"), system.generator)
    if system.constraints:
        residuals = np.stack([constraint.residual(x) for constraint in system.constraints])
        data["constraint"] = (
            ("constraint",),
            np.array([f"{c.name}: {c.formula}" for c in system.constraints], dtype=object),
        )
        data["constraint_residual"] = (("constraint",), np.sqrt(np.mean(residuals**2, axis=1)))
    return data
