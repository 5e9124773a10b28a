"""States of simple mechanical systems whose dimension and constraints are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ellipj, ellipk

from symlens.latent.data.plane import on_circle
from symlens.latent.data.system import Constraint, System, rotation

Array = NDArray[np.float64]

SPREAD = (0.5, 1.5)
"""Range of a free energy, in units of the fixed one (our choice)."""


def _energies(
    rng: np.random.Generator, count: int, *, free: bool, highest: float = SPREAD[1]
) -> Array:
    """Energies in units of the fixed one: uniform in SPREAD, at most the highest, or all 1."""
    return rng.uniform(SPREAD[0], min(SPREAD[1], highest), count) if free else np.ones(count)


def oscillator(*, free: bool) -> System:
    """Harmonic oscillator of unit mass and frequency, H = (p^2 + q^2)/2 = 1/2 when fixed.

    Its flow turns (q, p): a state is a point of a circle, or of a ring where the energy is free.
    """

    def draw(rng: np.random.Generator, count: int) -> Array:
        return on_circle(rng, count, np.sqrt(_energies(rng, count, free=free)))

    energy = Constraint("energy", "q^2 + p^2 = 1", lambda x: np.sum(x**2, axis=1) - 1.0, False)
    return System(
        ("q", "p"),
        ("1", "1"),
        draw,
        intrinsic=2 if free else 1,
        embedding=2,
        constraints=() if free else (energy,),
        generator=rotation(2, (0, 1)),
        action="flow of time, a rotation of phase space",
    )


def pendulum(energy: float, *, free: bool) -> System:
    """Swinging pendulum, H = p^2/2 - cos(angle), uniform in time.

    angle = 2 arcsin(k sn(t | k^2)), p = 2 k cn(t | k^2), k^2 = (H + 1)/2 (Abramowitz and Stegun
    16, 17). A free H + 1 is uniform, at most 1.98: at 2 it would stand on its head.
    """
    highest = 1.98 / (1 + energy)

    def draw(rng: np.random.Generator, count: int) -> Array:
        m = _energies(rng, count, free=free, highest=highest) * (1 + energy) / 2
        sn, cn, _, _ = ellipj(rng.uniform(0.0, 4.0, count) * ellipk(m), m)
        k = np.sqrt(m)
        return np.stack([2 * np.arcsin(k * sn), 2 * k * cn], axis=1)

    def residual(x: Array) -> Array:
        found: Array = (x[:, 1] ** 2 / 2 - np.cos(x[:, 0]) - energy) / (1 + energy)
        return found

    conserved = Constraint("energy", f"p^2/2 - cos(angle) = {energy:g}", residual, False)
    return System(
        ("angle", "p"),
        ("rad", "1"),
        draw,
        intrinsic=2 if free else 1,
        embedding=2,
        constraints=() if free else (conserved,),
    )


def collision(masses: tuple[float, float]) -> System:
    """Momenta before and after an elastic collision of two bodies on a line.

    p1' = ((m1 - m2) p1 + 2 m1 p2)/(m1 + m2), p2' = p1 + p2 - p1': both conservation laws leave a
    plane through 0. On it the law of energy is a linear one, v1 - v2 = v2' - v1'.
    """
    m1, m2 = masses

    def draw(rng: np.random.Generator, count: int) -> Array:
        p1, p2 = rng.standard_normal((2, count))
        after = ((m1 - m2) * p1 + 2 * m1 * p2) / (m1 + m2)
        return np.stack([p1, p2, after, p1 + p2 - after], axis=1)

    def momentum(x: Array) -> Array:
        return x[:, 0] + x[:, 1] - x[:, 2] - x[:, 3]

    def energy(x: Array) -> Array:
        before = x[:, 0] ** 2 / (2 * m1) + x[:, 1] ** 2 / (2 * m2)
        found: Array = (x[:, 2] ** 2 / (2 * m1) + x[:, 3] ** 2 / (2 * m2) - before) / (
            1 / (2 * m1) + 1 / (2 * m2)
        )
        return found

    return System(
        ("p1", "p2", "p1_after", "p2_after"),
        ("1",) * 4,
        draw,
        intrinsic=2,
        embedding=2,
        constraints=(
            Constraint("momentum", "p1 + p2 = p1_after + p2_after", momentum, True),
            Constraint("energy", "sum p^2/2m before = after", energy, False),
        ),
    )


def decay(*, free: bool) -> System:
    """Both momenta of a planar decay at rest into equal masses: p1 = -p2, of one length."""

    def draw(rng: np.random.Generator, count: int) -> Array:
        first = on_circle(rng, count, np.sqrt(_energies(rng, count, free=free)))
        return np.hstack([first, -first])

    energy = Constraint(
        "energy", "p1x^2 + p1y^2 = 1", lambda x: np.sum(x[:, :2] ** 2, axis=1) - 1.0, False
    )
    balance = (
        Constraint("momentum x", "p1x + p2x = 0", lambda x: x[:, 0] + x[:, 2], True),
        Constraint("momentum y", "p1y + p2y = 0", lambda x: x[:, 1] + x[:, 3], True),
    )
    return System(
        ("p1x", "p1y", "p2x", "p2y"),
        ("1",) * 4,
        draw,
        intrinsic=2 if free else 1,
        embedding=2,
        constraints=balance if free else (*balance, energy),
        generator=rotation(4, (0, 1), (2, 3)),
        action="rotation of the plane",
    )


def kepler(eccentricity: float, *, free: bool) -> System:
    """Positions and velocities on planar Kepler orbits of unit L = sqrt(1 - e^2), any orientation.

    Unit mass and strength, semi-major axis 1 when the energy is fixed: E = -1/2. Uniform in time:
    the mean anomaly is uniform, Kepler's equation u - e sin u = M is solved by Newton steps. A
    free energy is at most that of the circular orbit of this angular momentum.
    """
    angular = np.sqrt(1.0 - eccentricity**2)

    def draw(rng: np.random.Generator, count: int) -> Array:
        a = 1.0 / _energies(rng, count, free=free, highest=1.0 / angular**2)
        e = np.sqrt(np.maximum(1.0 - angular**2 / a, 0.0))
        u = eccentric_anomaly(rng.uniform(-np.pi, np.pi, count), e)
        minor, rate = np.sqrt(1.0 - e**2), 1.0 / (np.sqrt(a) * (1.0 - e * np.cos(u)))
        x, y = a * (np.cos(u) - e), a * minor * np.sin(u)
        vx, vy = -rate * np.sin(u), rate * minor * np.cos(u)
        angle = rng.uniform(0.0, 2 * np.pi, count)
        c, s = np.cos(angle), np.sin(angle)
        return np.stack([c * x - s * y, s * x + c * y, c * vx - s * vy, s * vx + c * vy], axis=1)

    def momentum(q: Array) -> Array:
        found: Array = (q[:, 0] * q[:, 3] - q[:, 1] * q[:, 2] - angular) / angular
        return found

    def energy(q: Array) -> Array:
        radius = np.maximum(np.hypot(q[:, 0], q[:, 1]), 1e-12)
        found: Array = (np.sum(q[:, 2:] ** 2, axis=1) / 2 - 1.0 / radius + 0.5) / 0.5
        return found

    conserved = Constraint("angular momentum", f"x vy - y vx = {angular:.4g}", momentum, False)
    fixed = Constraint("energy", "v^2/2 - 1/r = -1/2", energy, False)
    return System(
        ("x", "y", "vx", "vy"),
        ("1",) * 4,
        draw,
        intrinsic=3 if free else 2,
        embedding=3,
        constraints=(conserved,) if free else (conserved, fixed),
        generator=rotation(4, (0, 1), (2, 3)),
        action="rotation of the plane",
    )


def eccentric_anomaly(mean: Array, eccentricity: Array) -> Array:
    """Solution u of Kepler's equation u - e sin u = M for |M| <= pi, e < 1.

    Newton's steps from M + e sign(M), which lies beyond the root: they fall monotonically.
    """
    u = mean + eccentricity * np.sign(mean)
    for _ in range(60):
        step = (u - eccentricity * np.sin(u) - mean) / (1.0 - eccentricity * np.cos(u))
        u = u - step
        if np.max(np.abs(step), initial=0.0) < 1e-14:
            break
    return u
