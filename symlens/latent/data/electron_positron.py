"""e+ e- -> mu+ mu- at leading order, in QED and with the Z."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from symlens.config.latent_data import LeptonPairData
from symlens.latent.data import leptons
from symlens.latent.data.electroweak import LEPTON, M_MU, coefficients, draw_cosine
from symlens.latent.data.system import Constraint, System

Array = NDArray[np.float64]


def system(cfg: LeptonPairData) -> System:
    """The law of a configuration.

    At a fixed energy and without cuts the samples fill a sphere of directions, of dimension 2,
    which no continuous map takes into fewer than 3 numbers. A free energy adds one dimension,
    and thickens the sphere: it still fits into 3.
    """
    low, high = cfg.sqrt_s
    fixed = low == high and cfg.beam_spread == 0.0
    scale = (low + high) / 4
    mass = 0.0 if cfg.massless or cfg.current == "photon_z" else M_MU
    names, units = leptons.names_and_units(cfg.features)
    draw = leptons.detected(lambda rng, count: pairs(cfg, rng, count), cfg)
    clean = cfg.smearing == 0.0
    return System(
        names,
        units,
        lambda rng, count: leptons.features(draw(rng, count), cfg.features),
        intrinsic=None if not clean else 2 if fixed else 3,
        embedding=None if not clean else 3 if cfg.features == "momenta" else None,
        constraints=_constraints(cfg, scale, mass, fixed=fixed),
        generator=leptons.beam_rotation(cfg.features),
        action="rotation about the beam",
    )


def pairs(cfg: LeptonPairData, rng: np.random.Generator, count: int) -> Array:
    """Four-momenta of mu- and mu+, GeV; the beam of electrons runs along +z. Shape (m, 2, 4).

    dsigma/dcos ~ (1 + r) + (1 - r) cos^2 with r = 4 m^2/s in QED, A (1 + cos^2) + B cos with the
    Z; phi is uniform. Energies of a range are uniform: their law is the beam's, not the
    process's.
    """
    energy = rng.uniform(*cfg.sqrt_s, count) if cfg.sqrt_s[0] < cfg.sqrt_s[1] else None
    energy = np.full(count, cfg.sqrt_s[0]) if energy is None else energy
    if cfg.beam_spread > 0.0:
        energy = energy * np.maximum(1 + cfg.beam_spread * rng.standard_normal(count), 0.5)
    mass = 0.0 if cfg.massless or cfg.current == "photon_z" else M_MU
    r = 4 * mass**2 / energy**2
    a, b = coefficients(energy**2, LEPTON, z=cfg.current == "photon_z")
    cosine = draw_cosine(rng, (1 - r) / (1 + r), b / a)
    return leptons.back_to_back(energy, mass, cosine, rng.uniform(0.0, 2 * np.pi, count))


def _constraints(
    cfg: LeptonPairData, scale: float, mass: float, *, fixed: bool
) -> tuple[Constraint, ...]:
    balance = leptons.transverse_balance(cfg.features, scale)
    if cfg.features == "angular":
        opposite = Constraint("opposite eta", "eta1 + eta2 = 0", lambda x: x[:, 1] + x[:, 5], True)
        return (*balance, opposite)
    along = Constraint("momentum z", "pz1 + pz2 = 0", lambda x: (x[:, 3] + x[:, 7]) / scale, True)
    shells = leptons.mass_shells(scale, mass)
    found = (*balance, along, *shells)
    if not fixed:
        return found
    energies = tuple(
        Constraint(f"energy {i + 1}", f"E{i + 1} = {scale:g}", _energy(4 * i, scale), True)
        for i in range(2)
    )
    return (*found[:3], *energies, *shells, leptons.invariant_mass(2 * scale))


def _energy(column: int, scale: float) -> Callable[[Array], Array]:
    """Relative deviation of an energy from a fixed one."""

    def residual(x: Array) -> Array:
        found: Array = x[:, column] / scale - 1.0
        return found

    return residual
