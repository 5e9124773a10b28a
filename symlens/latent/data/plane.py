"""Points in the plane, and normal features with a given spectrum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symlens.groups import random_orthogonal
from symlens.latent.data.system import Constraint, System, rotation

Array = NDArray[np.float64]


def on_circle(rng: np.random.Generator, count: int, radius: Array | float = 1.0) -> Array:
    """Points with a uniform angle at the given radii. Shape (count, 2)."""
    angle = rng.uniform(0.0, 2 * np.pi, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def circle() -> System:
    """Uniform on the unit circle, symmetric under O(2)."""
    unit = Constraint("radius", "x1^2 + x2^2 = 1", lambda x: np.sum(x**2, axis=1) - 1.0, False)
    return System(
        ("x1", "x2"),
        ("1", "1"),
        on_circle,
        intrinsic=1,
        embedding=2,
        constraints=(unit,),
        generator=rotation(2, (0, 1)),
        action="rotation of the plane",
    )


def disc() -> System:
    """Uniform in the unit disc: P(radius < r) = r^2."""

    def draw(rng: np.random.Generator, count: int) -> Array:
        return on_circle(rng, count, np.sqrt(rng.uniform(size=count)))

    return System(
        ("x1", "x2"),
        ("1", "1"),
        draw,
        intrinsic=2,
        embedding=2,
        generator=rotation(2, (0, 1)),
        action="rotation of the plane",
    )


def square() -> System:
    """Uniform in [-1, 1]^2; it has no one-parameter symmetry."""

    def draw(rng: np.random.Generator, count: int) -> Array:
        return rng.uniform(-1.0, 1.0, (count, 2))

    return System(("x1", "x2"), ("1", "1"), draw, intrinsic=2, embedding=2)


def normal(spectrum: Sequence[float], seed: int) -> System:
    """Normal features x = s sqrt(lambda) U with a random orthogonal U, of covariance U' lambda U.

    Parameters
    ----------
    spectrum : sequence of float
        Eigenvalues lambda >= 0.
    seed : int
        Of the basis.
    """
    values = np.asarray(spectrum, dtype=np.float64)
    n = len(values)
    basis = random_orthogonal(
        n, np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    )

    def draw(rng: np.random.Generator, count: int) -> Array:
        found: Array = (rng.standard_normal((count, n)) * np.sqrt(values)) @ basis
        return found

    rank = int(np.count_nonzero(values))
    names = tuple(f"x{i + 1}" for i in range(n))
    return System(names, ("1",) * n, draw, intrinsic=rank, embedding=rank)
