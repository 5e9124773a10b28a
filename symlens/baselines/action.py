r"""Samples moved by ``x expm(w S)``, each by its own amount w, and the gradients of that.

Two ways to the same: by the spectrum of S, which is there and well-conditioned for a skew S; and by
the Taylor series, for any S.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NEAR = 1e-6
"""Distance of two eigenvalues, in radians, below which their divided difference is a derivative."""

ORDER = 12
"""Terms of the series on a piece of norm at most 1: the first one left out is below 2e-10."""


class Action(Protocol):
    """A one-parameter group of matrices, acting on samples."""

    def move(self, x: Array, amounts: Array) -> Array:
        r"""Rows :math:`x_b \exp(w_b S)`; x of shape (samples, n), amounts of shape (samples,)."""

    def gradient(self, x: Array, amounts: Array, upstream: Array) -> Array:
        """Gradient by S, shape (n, n), of a function of the moved samples.

        Parameters
        ----------
        x : ndarray, shape (samples, n)
        amounts : ndarray, shape (samples,)
        upstream : ndarray, shape (samples, n)
            Derivative of the function by the moved samples.
        """


class RotationAction:
    r"""The action of a skew S, by its spectrum :math:`S = U \mathrm{diag}(\mu) U^\dagger`.

    Parameters
    ----------
    log_generator : ndarray, shape (n, n)
        Skew.
    """

    def __init__(self, log_generator: Array) -> None:
        values, self._vectors = np.linalg.eigh(1j * log_generator)
        self._values = -1j * values

    def move(self, x: Array, amounts: Array) -> Array:
        r"""Rows :math:`x_b U e^{w_b \mu} U^\dagger`."""
        turned = (x @ self._vectors) * np.exp(amounts[:, None] * self._values)
        moved: Array = (turned @ self._vectors.conj().T).real
        return moved

    def gradient(self, x: Array, amounts: Array, upstream: Array) -> Array:
        r"""Gradient by S: :math:`\Re\, \bar U K U^\top`.

        With :math:`a = x U`, :math:`c = \bar y \bar U` and :math:`e_b = e^{w_b \mu}`,

        .. math:: K_{ij} = \sum_b a_{bi} c_{bj} \frac{e_{bi} - e_{bj}}{\mu_i - \mu_j}
                         = \frac{[(a e)^\top c - a^\top (c e)]_{ij}}{\mu_i - \mu_j},

        where eigenvalues meet the derivative :math:`\sum_b a_{bi} w_b e_{bi} c_{bj}` (Daleckii and
        Krein's formula for the derivative of a function of a normal matrix).
        """
        there = x @ self._vectors
        back = upstream @ self._vectors.conj()
        turn = np.exp(amounts[:, None] * self._values)
        apart = self._values[:, None] - self._values[None, :]
        near = np.abs(apart) < NEAR
        kernel = ((there * turn).T @ back - there.T @ (back * turn)) / np.where(near, 1.0, apart)
        if near.any():
            kernel = np.where(near, (there * turn * amounts[:, None]).T @ back, kernel)
        gradient: Array = (self._vectors.conj() @ kernel @ self._vectors.T).real
        return gradient


class SeriesAction:
    """The action of any S, by its Taylor series on pieces short enough for it.

    Parameters
    ----------
    log_generator : ndarray, shape (n, n)

    Notes
    -----
    Al-Mohy and Higham, *Computing the action of the matrix exponential*, SIAM J. Sci. Comput. 33
    (2011); the gradient is that of the series itself, term by term.
    """

    def __init__(self, log_generator: Array) -> None:
        self._matrix = log_generator
        self._norm = float(np.linalg.norm(log_generator, 2))

    def move(self, x: Array, amounts: Array) -> Array:
        r"""Rows :math:`x_b \exp(w_b S)`."""
        for _ in range(self._pieces(amounts)):
            x = np.sum(self._terms(x, amounts), axis=0)
        return x

    def gradient(self, x: Array, amounts: Array, upstream: Array) -> Array:
        r"""Gradient by S, backwards through the series.

        With :math:`\bar u_k` the derivative by the term :math:`u_k`,
        :math:`\bar S = \sum_k u_{k-1}^\top (h / k)\, \bar u_k` and
        :math:`\bar u_{k-1} = \bar x + (h / k)\, \bar u_k S^\top`.
        """
        step = self._step(amounts)
        pieces = []
        for _ in range(self._pieces(amounts)):
            pieces.append(self._terms(x, amounts))
            x = np.sum(pieces[-1], axis=0)
        gradient = np.zeros_like(self._matrix)
        for terms in reversed(pieces):
            back = upstream
            for k in range(ORDER, 0, -1):
                scaled = (step / k) * back
                gradient += terms[k - 1].T @ scaled
                back = upstream + scaled @ self._matrix.T
            upstream = back
        return gradient

    def _pieces(self, amounts: Array) -> int:
        """Number of pieces of norm at most 1 that the longest move is cut into."""
        return max(1, int(np.ceil(self._norm * np.abs(amounts).max(initial=0.0))))

    def _step(self, amounts: Array) -> Array:
        step: Array = amounts[:, None] / self._pieces(amounts)
        return step

    def _terms(self, x: Array, amounts: Array) -> list[Array]:
        r"""Terms :math:`u_0 = x, u_k = (h / k)\, u_{k-1} S` on one piece, :math:`h_b = w_b / m`."""
        step, terms = self._step(amounts), [x]
        for k in range(1, ORDER + 1):
            terms.append((step / k) * (terms[-1] @ self._matrix))
        return terms
