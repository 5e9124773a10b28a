"""Densities of partons in the proton: simple shapes, or a table of those that Pythia carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator
from scipy.special import beta as euler_beta

from symlens.latent.data.electroweak import DOWN, UP, Fermion

Array = NDArray[np.float64]
Densities = Callable[[Array, Array], Mapping[int, Array]]
"""x and Q^2 to x f(x, Q^2) by PDG number of the (anti)quark."""

QUARKS: Mapping[int, Fermion] = {1: DOWN, 2: UP, 3: DOWN, 4: UP, 5: DOWN}
"""PDG number -> couplings of the quarks that annihilate."""

VALENCE_FALL = {1: 4.0, 2: 3.0}
VALENCE_COUNT = {1: 1.0, 2: 2.0}
SEA_SHARE = {1: 1.0, 2: 1.0, 3: 0.5, 4: 0.2, 5: 0.1}
"""Shares of the flavours in the toy sea (our choice: heavier, rarer)."""
SEA_SIZE = 0.15
"""x f of the toy sea near x = 1 before its fall (our choice)."""


def toy(x: Array, q2: Array) -> Mapping[int, Array]:
    """Toy densities, of the right shape only, the same at every Q^2.

    x u_v ~ x^0.5 (1 - x)^3 with integral u_v = 2, x d_v ~ x^0.5 (1 - x)^4 with integral d_v = 1,
    x sea ~ x^-0.2 (1 - x)^7 for quark and antiquark alike.
    """
    del q2
    sea = SEA_SIZE * x**-0.2 * (1 - x) ** 7
    found = {}
    for quark in QUARKS:
        anti = SEA_SHARE[quark] * sea
        found[-quark] = anti
        found[quark] = anti
        if quark in VALENCE_COUNT:
            fall = VALENCE_FALL[quark]
            norm = VALENCE_COUNT[quark] / euler_beta(0.5, fall + 1)
            found[quark] = anti + norm * np.sqrt(x) * (1 - x) ** fall
    return found


def tabulated(
    xf: Callable[[int, float, float], float], low: float, q2: tuple[float, float]
) -> Densities:
    """A table of x f on a grid in ln x and ln Q^2, interpolated linearly.

    Parameters
    ----------
    xf : callable
        ``xf(id, x, Q2)``.
    low : float
        Smallest x of the table.
    q2 : tuple of float
        Range of Q^2, GeV^2.
    """
    logs = np.linspace(np.log(low), np.log(0.999), 400)
    scales = np.linspace(np.log(q2[0]), np.log(q2[1] * (1 + 1e-9) + 1e-9), 12)
    numbers = [number for quark in QUARKS for number in (quark, -quark)]
    table = np.array(
        [
            [
                [xf(number, float(np.exp(lx)), float(np.exp(ls))) for number in numbers]
                for ls in scales
            ]
            for lx in logs
        ]
    )
    interpolate = RegularGridInterpolator((logs, scales), table, bounds_error=False, fill_value=0.0)

    def densities(x: Array, q2: Array) -> Mapping[int, Array]:
        points = np.stack([np.log(x), np.clip(np.log(q2), scales[0], scales[-1])], axis=-1)
        values = interpolate(points)
        return {number: values[..., i] for i, number in enumerate(numbers)}

    return densities


def of_pythia(low: float, q2: tuple[float, float]) -> Densities:
    """The proton densities that Pythia 8 takes by default, NNPDF2.3 LO.

    Raises
    ------
    DataError
        Where Pythia is not installed.
    """
    from symlens.latent.data.pythia import started

    pythia: Any = started(["ProcessLevel:all = off"])
    density = pythia.getPDFPtr(2212)
    return tabulated(density.xf, low, q2)
