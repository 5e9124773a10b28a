"""Two leptons as features: kinematics, detector, names, constraints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from symlens.config.latent_data import DrellYanData, LeptonPairData, PythiaData
from symlens.errors import DataError
from symlens.latent.data.system import Constraint, rotation

Array = NDArray[np.float64]
Collider = LeptonPairData | DrellYanData | PythiaData
Pairs = Callable[[np.random.Generator, int], Array]
"""Draws four-momenta (E, px, py, pz) of l- and l+ in GeV: shape (m, 2, 4)."""

MOMENTA = ("E1", "px1", "py1", "pz1", "E2", "px2", "py2", "pz2")
ANGULAR = ("lnpt1", "eta1", "cos1", "sin1", "lnpt2", "eta2", "cos2", "sin2")
ROUNDS = 200
"""Rounds of drawing after which cuts that let next to nothing through are refused."""


def back_to_back(energy: Array, mass: float, cosine: Array, phi: Array) -> Array:
    """Pairs at rest: E = energy/2 each, opposite momenta. Shape (m, 2, 4).

    Parameters
    ----------
    energy : ndarray, shape (m,)
        Of the pair, GeV.
    mass : float
        Of each lepton, GeV.
    cosine, phi : ndarray, shape (m,)
        Direction of the first lepton.
    """
    half = energy / 2
    p = np.sqrt(half**2 - mass**2)
    sine = np.sqrt(np.maximum(1 - cosine**2, 0.0))
    first = np.stack([half, p * sine * np.cos(phi), p * sine * np.sin(phi), p * cosine], axis=1)
    return np.stack([first, first * [1.0, -1.0, -1.0, -1.0]], axis=1)


def boosted(pairs: Array, rapidity: Array) -> Array:
    """The same, moved along the beam: E' = E ch y + pz sh y, pz' = pz ch y + E sh y."""
    moved = pairs.copy()
    ch, sh = np.cosh(rapidity)[:, None], np.sinh(rapidity)[:, None]
    moved[..., 0] = pairs[..., 0] * ch + pairs[..., 3] * sh
    moved[..., 3] = pairs[..., 3] * ch + pairs[..., 0] * sh
    return moved


def smeared(pairs: Array, resolution: float, rng: np.random.Generator) -> Array:
    """Momenta scaled by 1 + resolution times a normal number, each on its mass shell."""
    if resolution == 0.0:
        return pairs
    factor = 1 + resolution * rng.standard_normal((*pairs.shape[:2], 1))
    p = pairs[..., 1:] * factor
    mass2 = pairs[..., :1] ** 2 - np.sum(pairs[..., 1:] ** 2, axis=-1, keepdims=True)
    energy = np.sqrt(np.maximum(mass2, 0.0) + np.sum(p**2, axis=-1, keepdims=True))
    return np.concatenate([energy, p], axis=-1)


def transverse(pairs: Array) -> Array:
    """Transverse momenta in GeV. Shape (m, 2)."""
    found: Array = np.hypot(pairs[..., 1], pairs[..., 2])
    return found


def pseudorapidity(pairs: Array) -> Array:
    """Eta = arcsinh(pz/pT). Shape (m, 2)."""
    return np.arcsinh(pairs[..., 3] / np.maximum(transverse(pairs), 1e-300))


def features(pairs: Array, kind: str) -> Array:
    """Four-momenta, or (ln pT/GeV, eta, cos phi, sin phi), of both leptons. Shape (m, 8)."""
    if kind == "momenta":
        return pairs.reshape(len(pairs), 8)
    pt = transverse(pairs)
    angular = [np.log(pt), pseudorapidity(pairs), pairs[..., 1] / pt, pairs[..., 2] / pt]
    return np.stack(angular, axis=-1).reshape(len(pairs), 8)


def detected(pairs: Pairs, cfg: Collider) -> Pairs:
    """Draw until the asked-for number of pairs is seen: smeared and within the cuts.

    Raises
    ------
    DataError
        Where the cuts let next to nothing through.
    """

    def draw(rng: np.random.Generator, count: int) -> Array:
        kept: list[Array] = []
        found, wanted = 0, count
        for _ in range(ROUNDS):
            drawn = smeared(pairs(rng, wanted), cfg.smearing, rng)
            seen = (transverse(drawn) >= cfg.pt_min).all(axis=1)
            if cfg.eta_max is not None:
                seen &= (np.abs(pseudorapidity(drawn)) <= cfg.eta_max).all(axis=1)
            kept.append(drawn[seen])
            found += int(seen.sum())
            if found >= count:
                return np.concatenate(kept)[:count]
            share = max(found, 1) / sum(wanted for _ in kept)
            wanted = int(min(1.1 * (count - found) / share + 100, 10 * count + 100))
        raise DataError(
            f"eta_max, pt_min: of about {wanted * ROUNDS} pairs only {found} pass, "
            f"{count} are asked for: widen the cuts"
        )

    return draw


def names_and_units(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Feature names and their units."""
    if kind == "momenta":
        return MOMENTA, ("GeV",) * 8
    return ANGULAR, ("1",) * 8


def beam_rotation(kind: str) -> Array:
    """Generator of the rotation of both leptons about the beam, in the features."""
    first = 1 if kind == "momenta" else 2
    return rotation(8, (first, first + 1), (first + 4, first + 5))


def transverse_balance(kind: str, scale: float) -> tuple[Constraint, ...]:
    """No transverse momentum of the pair, and what the features are by their definition.

    Parameters
    ----------
    kind : {'momenta', 'angular'}
    scale : float
        Momentum, GeV, that residuals are divided by.
    """
    if kind == "momenta":
        return (
            Constraint("momentum x", "px1 + px2 = 0", lambda x: (x[:, 1] + x[:, 5]) / scale, True),
            Constraint("momentum y", "py1 + py2 = 0", lambda x: (x[:, 2] + x[:, 6]) / scale, True),
        )
    return (
        Constraint("equal pT", "lnpt1 - lnpt2 = 0", lambda x: x[:, 0] - x[:, 4], True),
        Constraint("opposite cos", "cos1 + cos2 = 0", lambda x: x[:, 2] + x[:, 6], True),
        Constraint("opposite sin", "sin1 + sin2 = 0", lambda x: x[:, 3] + x[:, 7], True),
        Constraint(
            "unit circle", "cos1^2 + sin1^2 = 1", lambda x: x[:, 2] ** 2 + x[:, 3] ** 2 - 1, False
        ),
    )


def mass_shells(scale: float, mass: float = 0.0) -> tuple[Constraint, ...]:
    """E^2 = p^2 + m^2 of both leptons, for features that are momenta."""

    def shell(first: int) -> Callable[[Array], Array]:
        def residual(x: Array) -> Array:
            p = x[:, first : first + 4]
            found: Array = (p[:, 0] ** 2 - np.sum(p[:, 1:] ** 2, axis=1) - mass**2) / scale**2
            return found

        return residual

    right = "" if mass == 0.0 else f" + {mass:.6g}^2"
    return tuple(
        Constraint(
            f"mass shell {i + 1}",
            f"E{i + 1}^2 = px{i + 1}^2 + py{i + 1}^2 + pz{i + 1}^2{right}",
            shell(4 * i),
            False,
        )
        for i in range(2)
    )


def invariant_mass(mass: float) -> Constraint:
    """(E1 + E2)^2 - (p1 + p2)^2 = M^2, for features that are momenta."""

    def residual(x: Array) -> Array:
        total = x[:, :4] + x[:, 4:]
        square = total[:, 0] ** 2 - np.sum(total[:, 1:] ** 2, axis=1)
        found: Array = square / mass**2 - 1.0
        return found

    return Constraint(
        "invariant mass", f"(E1 + E2)^2 - (p1 + p2)^2 = {mass:.6g}^2", residual, False
    )
