r"""Position operators: where in the window a sample has its energy, read off fourth cumulants.

Locality makes the energy of a sample vary along the window. Products of different modes of the
covariance vary together with it, and the leading eigenvectors of their covariance, put back as
symmetric matrices, are smooth functions of position in the sought basis,
:math:`Z_m \approx Q^T diag(\cos(\pi m (j + 1/2)/n)) Q`. Between modes in the order of
frequency they are nearly band matrices: a cosine of position couples frequency k to k +- m.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from symlens.lens.fast.whitening import Samples, Whitened, in_blocks

Array = NDArray[np.float64]
Pairs = tuple[NDArray[np.intp], ...]

CONTRAST = 0.3
"""Share of the mean contrast added to a sample's own before dividing by it."""
EQUALISING = 50
LEAST_GAIN = 1e-3
DENSE = 1_100
"""Up to so many pairs of modes (n = 47) the covariance of products is formed."""
BLOCK = 4_096
POWER_STEPS = 12


def contrast_normalised(white: Whitened, samples: Samples, constant: float = CONTRAST) -> Samples:
    """Modes of white samples, each sample divided by its contrast; unit variance per mode.

    The contrast is the root mean square of a sample, the same in every basis, so that no
    loud sample decides; ``constant`` times its mean is added to it. Shape (n_samples, n).
    """
    modes = samples @ white.modes.astype(np.float32)
    contrast = np.concatenate(
        [np.sqrt(np.mean(block**2, axis=1, keepdims=True)) for block in in_blocks(modes)]
    )
    modes /= contrast + constant * contrast.mean()
    modes /= np.maximum(modes.std(axis=0), np.finfo(np.float32).tiny)
    return modes


def position_operators(modes: Samples, count: int) -> list[Array]:
    r"""Leading eigenmatrices of the covariance of products of different modes.

    The covariance maps a symmetric matrix Z of zero diagonal to :math:`E[(c^T Z c)\, c c^T]`
    without its diagonal, centred; applied so, it is never formed. Equal modes are left out:
    their squares are functions of frequency, not of position.

    Parameters
    ----------
    modes : ndarray of float32, shape (n_samples, n)
        From `contrast_normalised`.
    count : int

    Returns
    -------
    list of ndarray, shape (n, n)
        Symmetric, between modes, of zero diagonal; at most as many as there are pairs.
    """
    n = modes.shape[1]
    pairs = np.triu_indices(n, 1)
    count = min(count, len(pairs[0]))
    columns = _dense(modes, pairs, count) if len(pairs[0]) <= DENSE else _free(modes, pairs, count)
    return [_symmetric(column, pairs, n) for column in columns.T]


def _dense(modes: Samples, pairs: Pairs, count: int) -> Array:
    """Leading eigenvectors of the covariance of products, formed. Shape (pairs, count)."""
    size = len(pairs[0])
    sums, squares = np.zeros(size), np.zeros((size, size))
    for start in range(0, len(modes), BLOCK):
        block = np.ascontiguousarray(modes[start : start + BLOCK].T)
        products = block[pairs[0]] * block[pairs[1]]
        sums += products.sum(axis=1, dtype=np.float64)
        squares += products @ products.T
    means = sums / len(modes)
    covariance = squares / len(modes) - np.outer(means, means)
    leading: Array = eigh(covariance, subset_by_index=[size - count, size - 1])[1][:, ::-1]
    return leading


def _free(modes: Samples, pairs: Pairs, count: int) -> Array:
    """The same by applying a covariance that would not fit in memory."""
    n, size = modes.shape[1], len(pairs[0])

    def apply(vectors: Array) -> Array:
        images = [
            _weighted_covariance(modes, _energy(modes, _symmetric(vector, pairs, n)))[pairs]
            for vector in vectors.T
        ]
        return np.stack(images, axis=1)

    start = np.stack([np.cos(np.arange(size) * (k + 1)) for k in range(count + 4)], axis=1)
    for _ in range(POWER_STEPS):
        start = np.linalg.qr(apply(start))[0]
    mixing = np.linalg.eigh(start.T @ apply(start))[1]
    leading: Array = (start @ mixing)[:, ::-1][:, :count]
    return leading


def equalised(operators: Sequence[Array], exponent: float = 1.0) -> list[Array]:
    """Rescale modes until each takes part equally; operators keep unit norm.

    A mode takes part by its gain, :math:`Z_{kl} = g_k g_l J_{kl}`: how strongly it follows the
    local energy. The sought J couples every frequency alike. Where a gain is mostly noise (the
    brightness of a photograph) this helps, where the signal has no power it does harm: several
    exponents of the gains are tried, from 0 (as they are) to 1.
    """
    tiny = np.finfo(float).tiny
    gains = np.ones(len(operators[0]))
    for _ in range(EQUALISING):
        rows = [((z / gains[:, None] / gains) ** 2).sum(axis=1) for z in operators]
        part = np.sqrt(np.maximum(np.sum(rows, axis=0), tiny))
        gains *= np.sqrt(part / part.mean())
        gains = np.maximum(gains, LEAST_GAIN * gains.max())
    gains **= exponent
    return [unit(z / gains[:, None] / gains) for z in operators]


def unit(matrix: Array) -> Array:
    """Scale a matrix to unit Frobenius norm; zero stays zero."""
    return matrix / max(float(np.linalg.norm(matrix)), np.finfo(float).tiny)


def _symmetric(vector: Array, pairs: Pairs, n: int) -> Array:
    matrix = np.zeros((n, n))
    matrix[pairs] = vector / np.sqrt(2)
    return matrix + matrix.T


def _energy(modes: Samples, operator: Array) -> Samples:
    """Quadratic form of every sample, ``c^T Z c``. Shape (n_samples,)."""
    energy: Samples = np.einsum("si,si->s", modes @ operator.astype(np.float32), modes)
    return energy


def _weighted_covariance(modes: Samples, weights: Samples) -> Array:
    """``E[(w - E w) c c^T]``, shape (n, n)."""
    centred = weights - weights.mean()
    covariance: Array = ((modes * centred[:, None]).T @ modes).astype(np.float64) / len(modes)
    return covariance
