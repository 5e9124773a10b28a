"""The ideal symmetry of a data set, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.groups import cyclic_log_generator, group_action, ideal_generator
from symlens.metrics import principal_log

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """The ideal symmetry that data were made with.

    Parameters
    ----------
    generator : ndarray, shape (n, n)
        In the observed basis; for a window, its central block.
    representation : ndarray, shape (n, n), or None
        Orthogonal R that takes natural samples to observed ones, where the generator is the
        shift in natural coordinates; None where there are no such coordinates.
    cyclic : bool
    """

    generator: Array
    representation: Array | None
    cyclic: bool

    @property
    def group_convolution(self) -> Array | None:
        """The ideal group convolution matrix ``R^T``, shape (n, n)."""
        return None if self.representation is None else self.representation.T

    @property
    def action(self) -> Array | None:
        """Ideal action that closes on the n features, shape (n, n), with a real logarithm.

        A cyclic generator that is a rotation (of an odd number of pixels) closes by itself. A
        window is closed as a learned one is, ``R^T P R`` with the cyclic shift P
        (anti-periodic for even n); None where there are no natural coordinates to close it in.
        """
        n = len(self.generator)
        if self.cyclic and np.linalg.det(self.generator) > 0:
            return self.generator
        if self.representation is None:
            return None
        closed = group_action(cyclic_log_generator(n), 1.0)
        action: Array = self.representation.T @ closed @ self.representation
        return action

    @property
    def log_action(self) -> Array | None:
        """Principal logarithm of the ideal action, shape (n, n); None where there is no action."""
        return None if self.action is None else principal_log(self.action)


def truth_of(data: xr.Dataset) -> Truth | None:
    """The ideal symmetry of a data set; None where the file does not know it."""
    if "ideal_generator" not in data:
        return None
    generator = data["ideal_generator"].to_numpy().astype(np.float64)
    cyclic = bool(data.attrs["cyclic"])
    representation = None
    if "representation" in data:
        basis = data["representation"].to_numpy().astype(np.float64)
        # A dispersed translation is no shift of natural pixels: it has no ideal filter.
        if np.allclose(generator, ideal_generator(basis, cyclic=cyclic), atol=1e-5):
            representation = basis
    return Truth(generator, representation, cyclic)


def to_natural(matrix: Array, basis: Array) -> Array:
    """A generator in natural coordinates, ``R G R^T``, shape (n, n)."""
    natural: Array = basis @ matrix @ basis.T
    return natural
