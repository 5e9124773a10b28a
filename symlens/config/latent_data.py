"""Configuration of the samples of the study ``latent``."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from symlens.config.base import Block

Range = Annotated[tuple[float, float], Field(strict=False)]
Spectrum = Annotated[tuple[float, ...], Field(strict=False, min_length=1, max_length=64)]


class _Samples(Block):
    """What all sources share."""

    samples: int = Field(default=12_500, ge=20, le=100_000_000)
    """Number of samples that are made; a training draws from them."""

    seed: int = Field(default=1, ge=0, lt=2**31)
    """Seed of the samples."""


class _Noisy(_Samples):
    """A source whose constraints noise can soften."""

    noise: float = Field(default=0.0, ge=0.0, le=10.0)
    """White noise on every feature, in units of the feature's standard deviation."""


class PlaneData(_Noisy):
    """Points in the plane: two directions (square, disc) or one (circle)."""

    source: Literal["square", "disc", "circle"]
    """square: uniform in [-1, 1]^2; disc: uniform in the unit disc; circle: uniform on it."""


class GaussianData(_Samples):
    """Correlated normal features, for which the linear theory is exact."""

    source: Literal["spectrum"] = "spectrum"
    """Normal features whose covariance has the given eigenvalues, in a basis drawn at random."""

    spectrum: Spectrum = (4.0, 1.0, 0.25, 0.04, 0.01)
    """Eigenvalues of the covariance; as many features."""

    @model_validator(mode="after")
    def _positive(self) -> Self:
        if min(self.spectrum) < 0.0:
            raise ValueError(f"spectrum: no eigenvalue below 0, found {min(self.spectrum):g}")
        return self


class MechanicsData(_Noisy):
    """States of a simple mechanical system, in units of its own."""

    source: Literal["oscillator", "pendulum", "collision", "decay", "kepler"]
    """oscillator: position and momentum; pendulum: angle and momentum; collision: momenta before
    and after an elastic collision on a line; decay: both momenta of a planar decay at rest;
    kepler: position and velocity on a planar orbit of any orientation."""

    energy: Literal["fixed", "free"] = "fixed"
    """Whether all states have one energy (collision: no meaning, its energy is free)."""

    masses: Range = (1.0, 2.0)
    """Masses of the two bodies of a collision."""

    eccentricity: float = Field(default=0.5, ge=0.0, le=0.95)
    """Of the Kepler orbit at the middle energy; its angular momentum is fixed."""

    pendulum_energy: float = Field(default=0.5, gt=-1.0, lt=1.0)
    """H = p^2/2 - cos(angle) of the pendulum; it swings below 1."""

    @model_validator(mode="after")
    def _masses(self) -> Self:
        if min(self.masses) <= 0.0:
            raise ValueError(f"masses: above 0, found {min(self.masses):g}")
        return self


class _Collider(_Samples):
    """Two leptons in a detector."""

    features: Literal["momenta", "angular"] = "momenta"
    """momenta: E, px, py, pz of both leptons (GeV); angular: ln pT, eta, cos phi, sin phi."""

    smearing: float = Field(default=0.0, ge=0.0, le=1.0)
    """Relative resolution of every lepton's momentum; it softens the constraints."""

    eta_max: float | None = Field(default=None, gt=0.0, le=20.0)
    """Largest |pseudorapidity| of a lepton that the detector sees; null: all."""

    pt_min: float = Field(default=0.0, ge=0.0, le=1.0e5)
    """Least transverse momentum of a lepton, in GeV."""


class LeptonPairData(_Collider):
    """e+ e- -> mu+ mu- at leading order."""

    source: Literal["electron_positron"] = "electron_positron"
    """e+ e- -> mu+ mu- at leading order, unpolarised."""

    current: Literal["photon", "photon_z"] = "photon"
    """photon: QED; photon_z: with the Z and its interference."""

    sqrt_s: Range = (10.0, 10.0)
    """Range [low, high] of the centre-of-mass energy in GeV, uniform; equal for a fixed one."""

    massless: bool = False
    """Whether the muon's mass is neglected (photon only; with the Z it always is)."""

    beam_spread: float = Field(default=0.0, ge=0.0, le=0.5)
    """Relative spread of the centre-of-mass energy, normal."""

    @model_validator(mode="after")
    def _threshold(self) -> Self:
        low, high = self.sqrt_s
        if not 0.25 <= low <= high <= 1.0e5:
            raise ValueError(
                f"sqrt_s: 0.25 <= low <= high <= 100000 GeV, found [{low:g}, {high:g}]"
            )
        return self


class DrellYanData(_Collider):
    """p p -> gamma*/Z -> l+ l- at leading order."""

    source: Literal["drell_yan"] = "drell_yan"
    """p p -> gamma*/Z -> l+ l- at leading order: no transverse momentum of the pair."""

    sqrt_s: float = Field(default=13_000.0, ge=100.0, le=1.0e6)
    """Centre-of-mass energy of the protons in GeV."""

    mass: Range = (60.0, 120.0)
    """Range [low, high] of the invariant mass of the pair in GeV; equal for a fixed one."""

    pdf: Literal["toy", "pythia"] = "toy"
    """toy: simple shapes, no dependency; pythia: NNPDF2.3 LO as pythia8mc carries it."""

    @model_validator(mode="after")
    def _masses(self) -> Self:
        low, high = self.mass
        if not 1.0 <= low <= high < self.sqrt_s:
            raise ValueError(
                f"mass: 1 <= low <= high < sqrt_s = {self.sqrt_s:g} GeV, found [{low:g}, {high:g}]"
            )
        return self


class PythiaData(_Collider):
    """Events of Pythia 8, the optional extra ``pythia``."""

    source: Literal["pythia"] = "pythia"
    """Events of Pythia 8; needs the optional extra `pythia`."""

    process: Literal["electron_positron", "drell_yan"] = "drell_yan"
    """Process; electron_positron with photon and Z."""

    level: Literal["hard", "full"] = "hard"
    """hard: the hard process alone; full: with showers, underlying event and hadrons."""

    sqrt_s: float = Field(default=13_000.0, ge=10.0, le=1.0e6)
    """Centre-of-mass energy in GeV."""

    mass: Range = (60.0, 120.0)
    """Range [low, high] of the invariant mass of a Drell-Yan pair in GeV."""


LatentData = Annotated[
    PlaneData | GaussianData | MechanicsData | LeptonPairData | DrellYanData | PythiaData,
    Field(discriminator="source"),
]
