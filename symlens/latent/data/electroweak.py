"""Leading-order couplings and cross-sections of f fbar -> gamma*/Z -> l+ l-.

Conventions and closed forms: electron and muon massless unless a mass is given, unpolarised;
scheme alpha(M_Z), sin^2 theta_W effective, Breit-Wigner with a running width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

ALPHA: Final = 1 / 127.95
"""Fine-structure constant at the Z mass."""
ALPHA_0: Final = 1 / 137.035999
"""Fine-structure constant at zero momentum, for pure QED."""
SIN2: Final = 0.2312
"""sin^2 of the weak mixing angle."""
MZ: Final = 91.1876
"""Mass of the Z, GeV."""
WIDTH_Z: Final = 2.4952
"""Width of the Z, GeV."""
M_MU: Final = 0.1056584
"""Mass of the muon, GeV."""
PICOBARN: Final = 0.3893794e9
"""One GeV^-2 in pb."""


@dataclass(frozen=True)
class Fermion:
    """Charge Q and third component T3 of the weak isospin of a left-handed fermion."""

    charge: float
    isospin: float

    @property
    def vector(self) -> float:
        """Vector coupling v = (T3 - 2 Q s^2)/(2 s c)."""
        return float((self.isospin - 2 * self.charge * SIN2) / (2 * np.sqrt(SIN2 * (1 - SIN2))))

    @property
    def axial(self) -> float:
        """Axial coupling a = T3/(2 s c)."""
        return float(self.isospin / (2 * np.sqrt(SIN2 * (1 - SIN2))))


LEPTON = Fermion(-1.0, -0.5)
UP = Fermion(2 / 3, 0.5)
DOWN = Fermion(-1 / 3, -0.5)


def propagator(s: Array) -> Complex:
    """chi(s) = s / (s - MZ^2 + i s Gamma/MZ): the Z relative to the photon."""
    found: Complex = np.asarray(s, np.complex128) / (s - MZ**2 + 1j * s * WIDTH_Z / MZ)
    return found


def coefficients(s: Array, initial: Fermion, *, z: bool = True) -> tuple[Array, Array]:
    """A and B of dsigma/dcos = pi alpha^2/(2 s) [A (1 + cos^2) + B cos].

    A = Q^2 Q'^2 + 2 Q Q' v v' Re chi + (v^2 + a^2)(v'^2 + a'^2)|chi|^2,
    B = 4 Q Q' a a' Re chi + 8 v a v' a' |chi|^2; primes for the final lepton.

    Parameters
    ----------
    s : ndarray
        Squared energy, GeV^2.
    initial : Fermion
    z : bool
        Without: the photon alone, A = Q^2 Q'^2, B = 0.

    Returns
    -------
    A, B : ndarray, shape of s
    """
    f, g = initial, LEPTON
    charges = f.charge * g.charge
    if not z:
        return np.full_like(s, charges**2), np.zeros_like(s)
    chi = propagator(s)
    square = np.abs(chi) ** 2
    a = (
        charges**2
        + 2 * charges * f.vector * g.vector * chi.real
        + (f.vector**2 + f.axial**2) * (g.vector**2 + g.axial**2) * square
    )
    b = (
        4 * charges * f.axial * g.axial * chi.real
        + 8 * f.vector * f.axial * g.vector * g.axial * square
    )
    return a, b


def sigma_qed(s: Array, mass: float = M_MU) -> Array:
    """QED cross-section in pb, 4 pi alpha^2/(3 s) sqrt(1 - r) (1 + r/2), r = 4 m^2/s."""
    r = 4 * mass**2 / s
    found: Array = 4 * np.pi * ALPHA_0**2 / (3 * s) * np.sqrt(1 - r) * (1 + r / 2) * PICOBARN
    return found


def sigma_lepton_pair(s: Array) -> Array:
    """Cross-section of e+ e- -> gamma*/Z -> mu+ mu- in pb: 4 pi alpha^2 A/(3 s)."""
    a, _ = coefficients(s, LEPTON)
    found: Array = 4 * np.pi * ALPHA**2 * a / (3 * s) * PICOBARN
    return found


def asymmetry(s: Array) -> Array:
    """Forward-backward asymmetry 3 B/(8 A) of e+ e- -> gamma*/Z -> mu+ mu-."""
    a, b = coefficients(s, LEPTON)
    found: Array = 3 * b / (8 * a)
    return found


def draw_cosine(rng: np.random.Generator, flat: Array, ratio: Array) -> Array:
    """Cosines c of density proportional to 1 + k c^2 + (B/A) c, without rejection.

    |c| has the density of 1 + k c^2: the cubic k c^3/3 + c = u (1 + k/3) is solved in closed form,
    c = 2 sqrt(1/k) sinh(arcsinh(q)/3) with q = 3/2 u (1 + k/3) sqrt(k). The sign is + with
    probability (1 + (B/A)|c|/(1 + k c^2))/2, which gives the odd term exactly.

    Parameters
    ----------
    rng : numpy.random.Generator
    flat : ndarray, shape (m,)
        k in (0, 1]: 1 for massless leptons, (1 - r)/(1 + r) for massive ones.
    ratio : ndarray, shape (m,)
        B/A, |B/A| <= 2.

    Returns
    -------
    ndarray, shape (m,)
    """
    u = rng.uniform(size=flat.shape)
    q = 1.5 * u * (1 + flat / 3) * np.sqrt(flat)
    c = 2 / np.sqrt(flat) * np.sinh(np.arcsinh(q) / 3)
    forward = (1 + ratio * c / (1 + flat * c**2)) / 2
    return np.where(rng.uniform(size=c.shape) < forward, c, -c)
