"""p p -> gamma*/Z -> l+ l- at leading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.config.latent_data import DrellYanData
from symlens.latent.data import leptons, partons
from symlens.latent.data.electroweak import (
    ALPHA,
    MZ,
    PICOBARN,
    WIDTH_Z,
    coefficients,
    draw_cosine,
)
from symlens.latent.data.system import System

Array = NDArray[np.float64]

COLOURS = 3
BATCH = 200_000
PROBE = 100_000
HEADROOM = 1.2
"""The highest weight of a probe times this is the level of acceptance."""


def system(cfg: DrellYanData) -> System:
    """The law of a configuration: mass, rapidity and two angles of the pair, less a fixed mass.

    The azimuth is a circle, which takes one number more than its dimension.
    """
    low, high = cfg.mass
    dimension = 3 if low == high else 4
    names, units = leptons.names_and_units(cfg.features)
    scale = (low + high) / 4
    sampler = Sampler.of(cfg)
    draw = leptons.detected(sampler.pairs, cfg)
    constraints = leptons.transverse_balance(cfg.features, scale)
    if cfg.features == "momenta":
        constraints += leptons.mass_shells(scale)
        if low == high:
            constraints += (leptons.invariant_mass(low),)
    clean = cfg.smearing == 0.0
    return System(
        names,
        units,
        lambda rng, count: leptons.features(draw(rng, count), cfg.features),
        intrinsic=dimension if clean else None,
        embedding=dimension + 1 if clean else None,
        constraints=constraints,
        generator=leptons.beam_rotation(cfg.features),
        action="rotation about the beam",
    )


def mass_map(u: Array, mass: tuple[float, float]) -> tuple[Array, Array]:
    """M^2 from uniform numbers through a Breit-Wigner map, and dM^2/du.

    M^2 = MZ^2 + MZ Gamma tan(t), t uniform between its values at the ends. A range of no length
    gives its mass, and 1: then weights are dsigma/dM^2.
    """
    low, high = mass
    if low == high:
        return np.full_like(u, low**2), np.ones_like(u)
    first, last = (np.arctan((m**2 - MZ**2) / (MZ * WIDTH_Z)) for m in mass)
    angle = first + u * (last - first)
    square = MZ**2 + MZ * WIDTH_Z * np.tan(angle)
    return square, (last - first) * MZ * WIDTH_Z / np.cos(angle) ** 2


def channels(
    square: Array, rapidity: Array, sqrt_s: float, densities: partons.Densities
) -> Iterator[tuple[Array, Array]]:
    """dsigma/(dM^2 dy) in GeV^-4 of every quark, from either proton, and its B/A.

    1/M^2 x1 f_q(x1) x2 f_qbar(x2) 4 pi alpha^2 A_q/(3 Nc M^2), x = M/sqrt(S) exp(+-y). B is
    counted along the beam that brings the quark; where that is the second, its sign is turned.
    """
    tau = np.sqrt(square) / sqrt_s
    one = densities(tau * np.exp(rapidity), square)
    two = densities(tau * np.exp(-rapidity), square)
    for quark, couplings in partons.QUARKS.items():
        a, b = coefficients(square, couplings)
        partonic = 4 * np.pi * ALPHA**2 * a / (3 * COLOURS * square**2)
        yield one[quark] * two[-quark] * partonic, b / a
        yield one[-quark] * two[quark] * partonic, -b / a


@dataclass(frozen=True)
class Sampler:
    """Draws pairs of weight one by acceptance and rejection.

    Parameters
    ----------
    sqrt_s : float
        GeV.
    mass : tuple of float
        Range of the pair's mass, GeV.
    densities : callable
    highest : float
        Level of acceptance: no weight of a probe of PROBE points comes within HEADROOM of it.
    """

    sqrt_s: float
    mass: tuple[float, float]
    densities: partons.Densities
    highest: float

    @classmethod
    def of(cls, cfg: DrellYanData) -> Sampler:
        """The sampler of a configuration; probes the weights with a generator of its own."""
        low, high = cfg.mass
        densities: partons.Densities = partons.toy
        if cfg.pdf == "pythia":
            densities = partons.of_pythia(low**2 / cfg.sqrt_s**2, (low**2, high**2))
        raw = cls(cfg.sqrt_s, (low, high), densities, np.inf)
        _, _, parts, _ = raw.proposals(np.random.default_rng(0), PROBE)
        highest = HEADROOM * float(parts.sum(axis=0).max())
        return cls(cfg.sqrt_s, (low, high), densities, highest)

    def proposals(self, rng: np.random.Generator, count: int) -> tuple[Array, Array, Array, Array]:
        """M^2, rapidity, weights in GeV^-2 of all channels and their B/A.

        y is uniform in +-ln(sqrt(S)/M); the mean of the summed weights is the cross-section.

        Returns
        -------
        square, rapidity : ndarray, shape (m,)
        weights, ratios : ndarray, shape (channels, m)
        """
        square, jacobian = mass_map(rng.uniform(size=count), self.mass)
        reach = np.log(self.sqrt_s / np.sqrt(square))
        rapidity = rng.uniform(-1.0, 1.0, count) * reach
        found = list(channels(square, rapidity, self.sqrt_s, self.densities))
        weights = np.array([weight for weight, _ in found]) * (2 * reach * jacobian)
        return square, rapidity, weights, np.array([ratio for _, ratio in found])

    def cross_section(self, rng: np.random.Generator, count: int) -> tuple[float, float]:
        """Cross-section in pb (dsigma/dM^2 in pb/GeV^2 for a fixed mass) and its error."""
        weights = self.proposals(rng, count)[2].sum(axis=0) * PICOBARN
        return float(weights.mean()), float(weights.std() / np.sqrt(count))

    def pairs(self, rng: np.random.Generator, count: int) -> Array:
        """Four-momenta of l- and l+ in GeV. Shape (m, 2, 4)."""
        kept: list[Array] = []
        while sum(map(len, kept)) < count:
            square, rapidity, weights, ratios = self.proposals(rng, BATCH)
            total = weights.sum(axis=0)
            taken = rng.uniform(size=BATCH) * self.highest < total
            square, rapidity, weights = square[taken], rapidity[taken], weights[:, taken]
            level = rng.uniform(size=len(square)) * total[taken]
            channel = (np.cumsum(weights, axis=0) < level).sum(axis=0)
            channel = np.minimum(channel, len(weights) - 1)
            ratio = ratios[:, taken][channel, np.arange(len(square))]
            cosine = draw_cosine(rng, np.ones_like(square), ratio)
            phi = rng.uniform(0.0, 2 * np.pi, len(square))
            at_rest = leptons.back_to_back(np.sqrt(square), 0.0, cosine, phi)
            kept.append(leptons.boosted(at_rest, rapidity))
        return np.concatenate(kept)[:count]
