"""How well the operations of a group, about the best origin, map an averaged cell to itself.

For c(x) = Σ c_h exp(2πi h·x) and an operation x -> W x + t the correlation of c with itself,
operated, is R(t) = Σ_h w_h conj(c_{W^T h}) c_h exp(2πi h·t): one small FFT gives it for all t.
About an origin o the operations of a group have t_g + (I - W_g) o, so that the best origin is the
place where a sum of such maps is highest; Newton's method gives it to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from symlens.wallpaper.exact.fourier import view
from symlens.wallpaper.exact.settings import Setting
from symlens.wallpaper.exact.weights import LEAST

NEWTON = 3


@dataclass(frozen=True)
class Match:
    """A group on an averaged cell.

    Parameters
    ----------
    setting : Setting
    origin : ndarray, shape (2,)
        Fractions of the lattice's cell.
    correlations : ndarray, shape (weighting, n)
        Of the cell with itself under every operation but the identity, noise subtracted: 1 where
        it is a symmetry.
    """

    setting: Setting
    origin: NDArray[np.float64]
    correlations: NDArray[np.float64]


class Matcher:
    """Correlations of an averaged cell with itself under operations.

    Parameters
    ----------
    h : ndarray of int, shape (m, 2)
        Indices, with every h also -h.
    values : ndarray of complex, shape (m, channel)
    weights : ndarray, shape (weighting, m)
        Kinds of weights; the first is the one that origins are searched with.
    noise : ndarray, shape (m,)
        Variance of the coefficients, summed over channels.
    """

    def __init__(
        self,
        h: NDArray[np.int64],
        values: NDArray[np.complex128],
        weights: NDArray[np.float64],
        noise: NDArray[np.float64],
    ) -> None:
        self.h = h
        self.values = values
        self.weights = weights
        self.power = (np.abs(values) ** 2).sum(axis=1)
        self.signal = self.power - noise
        self.half = (h[:, 0] > 0) | ((h[:, 0] == 0) & (h[:, 1] > 0))  # the others are conjugate
        self.most = int(np.abs(h).max())
        side = 2 * self.most + 1
        self.table = np.full((side, side), -1)
        self.table[h[:, 0] + self.most, h[:, 1] + self.most] = np.arange(len(h))
        self.points = 2 * fft.next_fast_len(2 * self.most + 2)
        self._images: dict[bytes, NDArray[np.int64]] = {}
        self._products: dict[bytes, tuple[NDArray[np.complex128], NDArray[np.float64]]] = {}
        self._maps: dict[bytes, NDArray[np.float64]] = {}

    def product(self, W: NDArray[np.int64]) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
        """Σ_channel conj(c_{W^T h}) c_h, 0 where W^T h is unknown, and the signal's energy.

        Returns
        -------
        product : ndarray of complex, shape (m,)
        energy : ndarray, shape (weighting,)
            Σ w (|c_h|² + |c_{W^T h}|²) / 2 without noise, over the pairs that are known; at
            least a thousandth of that with noise.
        """
        key = W.tobytes()
        if key not in self._products:
            place = self._places(W)
            known = place >= 0
            product = (self.values[place].conj() * self.values).sum(axis=1) * known
            mean, power = (0.5 * (of + of[place]) * known for of in (self.signal, self.power))
            energy = np.maximum(self.weights @ mean, LEAST * (self.weights @ power))
            self._products[key] = product, np.maximum(energy, 1e-300)
        return self._products[key]

    def moved(self, W: NDArray[np.int64]) -> NDArray[np.complex128]:
        """Coefficients c_{W^T h} of the cell under x -> W^-1 x, 0 where unknown; (m, channel)."""
        place = self._places(W)
        return np.asarray(np.where(place[:, None] >= 0, self.values[place], 0))

    def _places(self, W: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions of the indices W^T h, -1 where unknown, worked out once; shape (m,)."""
        key = W.tobytes()
        if key not in self._images:
            moved = self.h @ W + self.most  # rows (W^T h)^T = h^T W
            known = ((moved >= 0) & (moved <= 2 * self.most)).all(axis=1)
            place = np.full(len(self.h), -1)
            place[known] = self.table[moved[known, 0], moved[known, 1]]
            self._images[key] = place
        return self._images[key]

    def maps(self, W: NDArray[np.int64], kinds: int = 1) -> NDArray[np.float64]:
        """R(t) / energy on a grid of shifts t = (i, j) / points, with the first kinds of weights.

        Returns
        -------
        ndarray, shape (kinds, points, points)
        """
        product, energy = self.product(W)
        found = view(self.h, self.weights[:kinds] * product, self.points)
        return np.asarray(found / energy[:kinds, None, None])

    def map(self, W: NDArray[np.int64]) -> NDArray[np.float64]:
        """R(t) / energy with the first weights, worked out once; shape (points, points)."""
        key = W.tobytes()
        if key not in self._maps:
            self._maps[key] = self.maps(W)[0]
        return self._maps[key]

    def match(self, setting: Setting) -> Match:
        """Give a group with its best origin."""
        matrices, shifts = setting.matrices[1:], setting.shifts[1:]
        if len(matrices) == 0:
            return Match(setting, np.zeros(2), np.ones((len(self.weights), 0)))
        origin = self._search(matrices, shifts)
        found = [self.product(W) for W in matrices]
        terms = np.stack([product for product, _ in found])[:, self.half]
        energy = np.stack([each for _, each in found], axis=1)
        weights = 2 * self.weights[:, self.half]
        scaled = terms * weights[0] / energy[0][:, None]
        h = 2 * np.pi * self.h[self.half]
        k = np.stack([h @ turn for turn in np.eye(2) - matrices])  # (n, m, 2)
        phase = shifts @ h.T
        for _ in range(NEWTON):
            wave = scaled * np.exp(1j * (phase + k @ origin))
            slope = -np.tensordot(wave.imag, k, 2)
            bend = np.tensordot((wave.real[..., None] * k), k, ([0, 1], [0, 1]))
            bend += (1e-9 * abs(np.trace(bend)) + 1e-12) * np.eye(2)  # groups with free origins
            step = np.linalg.solve(bend, slope)
            origin = origin + np.clip(step, -0.5 / self.points, 0.5 / self.points)
        wave = (terms * np.exp(1j * (phase + k @ origin))).real
        return Match(setting, origin % 1.0, (weights @ wave.T) / energy)

    def _search(
        self, matrices: NDArray[np.int64], shifts: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The origin on the grid at which the operations together match best."""
        n = self.points
        i, j = np.divmod(np.arange(n * n), n)
        total = np.zeros(n * n)
        for W, t in zip(matrices, shifts, strict=True):
            turn, start = np.eye(2, dtype=np.int64) - W, np.round(t * n).astype(np.int64)
            u = (turn[0, 0] * i + turn[0, 1] * j + start[0]) % n
            v = (turn[1, 0] * i + turn[1, 1] * j + start[1]) % n
            total += self.map(W)[u, v]
        best = int(np.argmax(total))
        return np.asarray(np.array([i[best], j[best]]) / n)
