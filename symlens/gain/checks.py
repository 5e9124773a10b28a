"""What a question to the calculator must satisfy."""

from __future__ import annotations

from numbers import Real

from symlens.errors import DataError
from symlens.gain.symmetry import Symmetry

LARGEST_N = 10**9
LARGEST_S = 50.0
SMALLEST_THETA = 0.01
NOISE = (1e-6, 1e6)
"""Beyond these bounds double precision, not the law, would decide."""


def check(found: Symmetry, s: float, theta: float, samples: int, noise: float) -> None:
    """Refuse a smoothness, theta, number of samples or noise that makes no sense in one line."""
    numbers(smoothness=s, theta=theta, samples=samples, noise=noise)
    if not found.dim / 2 < s <= LARGEST_S:
        raise DataError(
            f"smoothness: more than d/2 = {found.dim / 2:g} expected for {found.manifold} of "
            f"dimension {found.dim}, and at most {LARGEST_S:g}, found {s:g}"
        )
    if not SMALLEST_THETA <= theta <= 1:
        raise DataError(f"theta: a number from {SMALLEST_THETA:g} to 1 expected, found {theta:g}")
    if not 2 <= samples <= LARGEST_N or int(samples) != samples:
        raise DataError(f"samples: a whole number from 2 to 1e9 expected, found {samples}")
    if not NOISE[0] <= noise <= NOISE[1]:
        raise DataError(
            f"noise: a number from {NOISE[0]:g} to {NOISE[1]:g} expected, found {noise:g}"
        )


def numbers(**values: object) -> None:
    """Refuse what is no number."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, Real):
            raise DataError(f"{name}: a number expected, found {value!r}")
