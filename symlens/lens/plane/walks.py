r"""Waves of the plane one after the other, from the lowest frequency: walks along two positions.

Between waves of the plane, a position down couples (a, b) to :math:`(a \pm 1, b)` and one to the
right to :math:`(a, b \pm 1)`. So each wave follows from the one before it in either direction, as
in a window of the line (`symlens.lens.fast.waves`). From the waves the positions are read again,
and the next walk goes straighter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.lens.fast.waves import onward
from symlens.lens.fast.whitening import Whitened
from symlens.lens.plane.grid import Grid, Wave
from symlens.lens.plane.positions import Span

Array = NDArray[np.float64]

WIDTHS = (0.12, 0.2)
"""Of the windows on powers, in natural logarithms. Our choice, on photographs."""
TURNS = 3
AXES: list[Wave] = [(1, 0), (0, 1)]
"""Waves that are the positions down and to the right."""


def plane_walk(down: Array, right: Array, powers: Array, grid: Grid, width: float) -> Array:
    r"""Waves (a, b), each from those before it down and to the right.

    .. math:: q_{ab} \propto P W P (Z_{down} q_{a-1,b} + Z_{right} q_{a,b-1})

    with P and W as in `symlens.lens.fast.waves.walk`; from low frequencies to high.

    Parameters
    ----------
    down, right : ndarray, shape (n, n)
        Position operators between modes in falling order of power, the first the constant.
    powers : ndarray, shape (n,)
    grid : Grid
    width : float

    Returns
    -------
    ndarray, shape (n, n)
        Wave (a, b) in row ``a * grid.width + b``, between modes; orthogonal.
    """
    rows, columns = np.divmod(np.arange(grid.n), grid.width)
    frequencies = (rows / grid.height) ** 2 + (columns / grid.width) ** 2
    order = np.argsort(frequencies, kind="stable")
    waves = np.eye(grid.n)
    for done, place in enumerate(order[1:], start=1):
        step = np.zeros(grid.n)
        if rows[place] > 0:
            step += down @ waves[place - grid.width]
        if columns[place] > 0:
            step += right @ waves[place - 1]
        waves[place] = onward(waves[order[:done]], step, powers, width)
    return waves


def walks(white: Whitened, grid: Grid, span: Span, modes: tuple[int, int]) -> list[Array]:
    """Filters from walks, the first along the operators that couple the lowest mode to two others.

    Parameters
    ----------
    white : Whitened
    grid : Grid
    span : Span
        Operators are taken from it.
    modes : (int, int)
        Those taken for the waves (1, 0) and (0, 1).

    Returns
    -------
    list of ndarray, shape (n, n)
        Orthogonal.
    """
    every = [(a, b) for a in range(grid.height) for b in range(grid.width)]
    basis = grid.profiles(every).T
    found = []
    for width in WIDTHS:
        operators = [span.coupling(0, mode) for mode in modes]
        for _ in range(TURNS):
            down, right = (white.modes.T @ one @ white.modes for one in operators)
            waves = plane_walk(down, right, white.powers, grid, width)
            found.append(basis @ waves @ white.modes.T)
            operators = list(span.guides(found[-1], grid, AXES).operators)
    return found
