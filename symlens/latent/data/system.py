"""What is known of samples: their features, dimension, symmetry and constraints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Constraint:
    """A relation that every sample of the clean law obeys.

    Parameters
    ----------
    name : str
    formula : str
        As a person reads it.
    residual : callable
        Samples, shape (m, n), to what should vanish, shape (m,), without unit: divided by the
        scale of the quantities that balance in it.
    linear : bool
        Whether it is linear in the features, up to a constant.
    """

    name: str
    formula: str
    residual: Callable[[Array], Array]
    linear: bool


@dataclass(frozen=True)
class System:
    """A law of samples and what is known of it.

    Parameters
    ----------
    features : sequence of str
        Names, as formulas use them.
    units : sequence of str
        UDUNITS text of every feature.
    draw : callable
        ``draw(rng, count) -> ndarray (count, n)``.
    intrinsic : int or None
        Dimension of the set the clean samples fill; None where it is not known.
    embedding : int or None
        Least dimension of a Euclidean space that holds this set without tearing it: 2 for a
        circle of dimension 1. A continuous encoder needs as many latents.
    constraints : sequence of Constraint
    generator : ndarray, shape (n, n), or None
        Skew matrix A of a one-parameter symmetry that acts on rows as x expm(t A).
    action : str
        What that symmetry is.
    """

    features: Sequence[str]
    units: Sequence[str]
    draw: Callable[[np.random.Generator, int], Array]
    intrinsic: int | None
    embedding: int | None
    constraints: Sequence[Constraint] = ()
    generator: Array | None = None
    action: str = ""


def rotation(n: int, *planes: tuple[int, int]) -> Array:
    """Skew generator that turns each plane (i, j) from i towards j at unit rate, on rows.

    A_ij = 1, A_ji = -1: x expm(t A) has x_i cos t - x_j sin t and x_j cos t + x_i sin t.
    """
    generator = np.zeros((n, n))
    for i, j in planes:
        generator[i, j], generator[j, i] = 1.0, -1.0
    return generator


def noisy(system: System, noise: float) -> System:
    """The same with white noise, in units of every feature's own standard deviation.

    Of the law, not of the samples drawn: the scale comes from a fixed set of clean draws, so that
    rows do not depend on each other. With noise every direction is filled, and the dimensions
    are those of the clean law.
    """
    if noise == 0.0:
        return system
    scale = system.draw(np.random.default_rng(0), 20_000).std(axis=0)

    def draw(rng: np.random.Generator, count: int) -> Array:
        clean = system.draw(rng, count)
        found: Array = clean + noise * scale * rng.standard_normal(clean.shape)
        return found

    return System(**{**vars(system), "draw": draw})
