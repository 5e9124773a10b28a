"""What is learned: samples of a manifold with a target, and the arms that learn it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symlens.gain.bases import Basis
from symlens.gain.calculator import theory_ridge
from symlens.gain.symmetry import Symmetry
from symlens.gain.targets import Spectrum, decay, draw_target, sobolev_norm, spectra

Array = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], tuple[list[Array], Array]]


@dataclass(frozen=True)
class Arm:
    """One way to learn: orthonormal features with the kernel's weights.

    Parameters
    ----------
    name : str
    weights : ndarray of shape (q,)
        mu of every feature.
    truth : ndarray of shape (targets, q)
        The targets' coefficients on them.
    unreachable : ndarray of shape (targets,)
        Squared norm of what they cannot give.
    theory : callable or None
        Number of samples to the theory's penalty.
    """

    name: str
    weights: Array
    truth: Array
    unreachable: Array
    theory: Callable[[int], float] | None = None


@dataclass(frozen=True)
class Problem:
    """Arms, the noise, and how samples are drawn.

    Parameters
    ----------
    arms : tuple of Arm
        The plain one first.
    noise : float
    draw : callable
        Generator and number of samples to features, (n, q) for every arm, and noiseless outputs,
        (targets, n).
    """

    arms: tuple[Arm, ...]
    noise: float
    draw: Draw


@dataclass(frozen=True)
class Setting:
    """Regression on a manifold with a group.

    Parameters
    ----------
    symmetry : Symmetry
    smoothness, theta, noise : float
    cutoff : int
    epsilon : tuple of float
        Norms of the part of the target that is not invariant.
    """

    symmetry: Symmetry
    smoothness: float
    theta: float
    noise: float
    cutoff: int
    epsilon: tuple[float, ...] = (0.0,)

    def spectra(self) -> list[list[Spectrum]]:
        """Expected spectra for every epsilon, plain and invariant."""
        plain, own = spectra(self.symmetry, self.smoothness, self.theta, self.cutoff)
        shells = np.flatnonzero(self.symmetry.plain.multiplicities(self.cutoff))
        size = decay(shells, self.symmetry.dim, self.theta * self.smoothness)
        rest = (plain.multiplicity - own.multiplicity) * size
        rest /= rest.sum() or 1.0
        return [
            [
                Spectrum(plain.weights, plain.multiplicity, plain.signal + e**2 * rest),
                Spectrum(own.weights, own.multiplicity, own.signal, e**2),
            ]
            for e in self.epsilon
        ]


def draw_problem(setting: Setting, basis: Basis, rng: np.random.Generator) -> Problem:
    """Draw a target: random signs, invariant, and for every epsilon a part that is not.

    Parameters
    ----------
    setting : Setting
    basis : Basis
        Of its symmetry and cutoff.
    rng : numpy.random.Generator
    """
    found, s = setting.symmetry, setting.smoothness
    target = draw_target(basis, s, setting.theta, rng)
    rest = _other_part(setting, basis, rng)
    epsilon = np.array(setting.epsilon)
    own = np.tile(target, (len(epsilon), 1))
    full = basis.invariant @ target + epsilon[:, None] * rest
    norm = sobolev_norm(target, basis.invariant_eigenvalues, s * setting.theta)

    def theory(arm: Symmetry) -> Callable[[int], float]:
        return lambda n: theory_ridge(arm, s, setting.theta, n, setting.noise, norm)

    def mu(eigenvalues: NDArray[np.int64]) -> Array:
        return np.asarray((1.0 + eigenvalues) ** -s)

    def draw(generator: np.random.Generator, n: int) -> tuple[list[Array], Array]:
        features = basis.features(found.sample(generator, n))
        projected = np.asarray((basis.invariant.T @ features.T).T)
        return [features, projected], full @ features.T

    nothing = np.zeros(len(epsilon))
    plain = Arm("plain", mu(basis.eigenvalues), full, nothing, theory(found.plain))
    weights = mu(basis.invariant_eigenvalues)
    invariant = Arm("invariant", weights, own, epsilon**2, theory(found))
    return Problem((plain, invariant), setting.noise, draw)


def _other_part(setting: Setting, basis: Basis, rng: np.random.Generator) -> Array:
    """Coefficients of a function of unit norm orthogonal to all invariant ones, (p,)."""
    values = basis.eigenvalues
    size = np.sqrt(decay(values, setting.symmetry.dim, setting.theta * setting.smoothness))
    drawn = rng.choice([-1.0, 1.0], size=len(values)) * size
    drawn -= basis.invariant @ (basis.invariant.T @ drawn)
    return np.asarray(drawn / (np.linalg.norm(drawn) or 1.0))
