"""Groups that act on tori and spheres."""

from symlens.gain.actions.base import (
    Action,
    Isometry,
    closure,
    generic_orbit_dim,
    monte_carlo_volume,
)
from symlens.gain.actions.continuous import Circle, Hopf, Rotations, Subtorus
from symlens.gain.actions.finite import (
    Antipode,
    Hyperoctahedral,
    Permutations,
    Signs,
    Translations,
    Trivial,
)

__all__ = [
    "Action",
    "Antipode",
    "Circle",
    "Hopf",
    "Hyperoctahedral",
    "Isometry",
    "Permutations",
    "Rotations",
    "Signs",
    "Subtorus",
    "Translations",
    "Trivial",
    "closure",
    "generic_orbit_dim",
    "monte_carlo_volume",
]
