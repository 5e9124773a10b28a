"""Drawing until one is accepted: many at a time, with the random numbers of one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)


def first_accepted(
    rng: np.random.Generator,
    draw: Callable[[int], NDArray[T]],
    accepted: Callable[[NDArray[T]], NDArray[np.bool_]],
    count: int,
) -> NDArray[T] | None:
    """The first of ``count`` draws that is accepted, or None where none is.

    Parameters
    ----------
    rng : Generator
        Left as if what follows the accepted draw had not been drawn.
    draw : callable
        Gives that many draws from ``rng``, along the first axis; drawing a few and then others is
        the same as drawing all.
    accepted : callable
        Which of some draws are accepted.
    count : int
    """
    before = rng.bit_generator.state
    drawn = draw(count)
    hits = np.flatnonzero(accepted(drawn))
    if len(hits) == 0:
        return None
    if hits[0] + 1 < count:
        rng.bit_generator.state = before
        draw(int(hits[0]) + 1)
    return np.asarray(drawn[hits[0]])
