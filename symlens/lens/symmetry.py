"""The learned one-parameter symmetry and what one does with it: act, transform, invert.

Row convention throughout: a sample is a row ``x``; the group acts by ``x -> x expm(t S)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symlens.groups import central_block, cyclic_log_generator, group_action, orthogonal_factor

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LearnedSymmetry:
    r"""A minimal generator with its resolving filter and the statistics needed to apply it.

    Parameters
    ----------
    log_generator : ndarray, shape (N, N)
        :math:`S`, skew for an orthogonal group; N = n for cyclic data, 3n for a zero-padded window.
        Baselines know no padding: N = n.
    group_convolution : ndarray, shape (n, n)
        :math:`M`, whose column j is the filter moved by the pixel offset :math:`p_j`.
    filter : ndarray, shape (n,)
        Resolving filter :math:`f`, unit norm.
    mean : ndarray, shape (n,)
        Mean subtracted from every sample, in the units of the data.
    scale : float
        Positive scalar that every centred sample is divided by, in the units of the data.
    cyclic : bool
        Whether the group is represented on the n features themselves.
    """

    log_generator: Array
    group_convolution: Array
    filter: Array
    mean: Array
    scale: float
    cyclic: bool

    @property
    def n_features(self) -> int:
        """Number of features n."""
        return int(self.group_convolution.shape[0])

    @cached_property
    def embedded_generator(self) -> Array:
        """The generator ``expm(S)``, shape (N, N)."""
        return group_action(self.log_generator, 1.0)

    @cached_property
    def generator(self) -> Array:
        """The generator on the features, shape (n, n): the central block when zero-padded."""
        return central_block(self.embedded_generator, self.n_features)

    @cached_property
    def action_log_generator(self) -> Array:
        """Logarithm, shape (n, n), of the exact group action on the n features.

        Where S acts on the n features, as on a ring: ``S``. Window: what leaves at one end
        re-enters at the other, so that the action closes on n features:
        ``Q^T log(P) Q`` with ``Q^T`` the orthogonal factor of ``M``.
        """
        if len(self.log_generator) == self.n_features:
            return self.log_generator
        columns = orthogonal_factor(self.group_convolution)
        closed: Array = columns @ cyclic_log_generator(self.n_features) @ columns.T
        return closed

    def act(self, x: Array, t: float) -> Array:
        """Move samples by the real group parameter t: ``mean + (x - mean) expm(t S)``.

        Parameters
        ----------
        x : ndarray, shape (n_samples, n)
        t : float
            In pixels of the canonical representation.

        Returns
        -------
        ndarray, shape (n_samples, n)
        """
        moved: Array = (x - self.mean) @ group_action(self.action_log_generator, t) + self.mean
        return moved

    def transform(self, x: Array) -> Array:
        """Canonical representation ``y = ((x - mean) / scale) M``, shape (n_samples, n)."""
        canonical: Array = (x - self.mean) / self.scale @ self.group_convolution
        return canonical

    def inverse_transform(self, y: Array) -> Array:
        """Samples with canonical representation ``y``, shape (n_samples, n)."""
        centred = np.linalg.solve(self.group_convolution.T, y.T).T
        samples: Array = centred * self.scale + self.mean
        return samples
