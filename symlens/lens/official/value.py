"""The official objective at a given symmetry: how good would it call an answer?

Its densities are networks, so that a value takes a training: of the estimators alone, at a
generator and filter that stay as they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from symlens.config.lens_official import OfficialSettings
from symlens.errors import DataError, SymlensError
from symlens.groups import cyclic_log_generator, group_action
from symlens.lens.model.objective import TERMS
from symlens.lens.official.batches import Batches, statistics
from symlens.lens.official.readout import group_convolution
from symlens.lens.official.schedules import Schedule
from symlens.lens.official.step import Architecture, State, make_step
from symlens.lens.official.training import batch_size, weighting
from symlens.lens.symmetry import LearnedSymmetry

Array = NDArray[np.float64]

EVALUATED = 50
"""Batches that a value is the mean over, none of which its estimators saw last."""


def objective_value(
    x: NDArray[np.float32], symmetry: LearnedSymmetry, settings: OfficialSettings, *, seed: int
) -> dict[str, float]:
    """Terms of the official objective at the end of its schedule, at a symmetry.

    The estimators are trained for ``settings.steps`` steps at its rates; the rank is complete,
    the filter without noise.

    Parameters
    ----------
    x : ndarray of float32, shape (n_samples, n)
    symmetry : LearnedSymmetry
        Of n features; its filter and log-generator are taken, not its group convolution matrix.
    settings : OfficialSettings
    seed : int
        Of the estimators' initial weights and of the batches.

    Returns
    -------
    dict of str to float
        By the names of ``TERMS``, means over batches after the last update.

    Raises
    ------
    DataError
        If the symmetry is of another number of features than the samples.
    SymlensError
        If a term is not finite.
    """
    n = x.shape[1]
    if symmetry.n_features != n:
        raise DataError(f"objective: a symmetry of {symmetry.n_features} features, samples of {n}")
    architecture = Architecture(n, symmetry.cyclic, settings.kernels, settings.hidden_multiple * n)
    step = make_step(architecture, weighting(settings), xla=settings.xla)
    batches = Batches(x, batch_size(x, settings), statistics(x), seed)
    arrays = State.initial(architecture.lens(seed)).arrays()
    arrays["model"] = [
        symmetry.log_generator.astype(np.float32),
        symmetry.filter.astype(np.float32),
    ]
    state, schedule = State.from_arrays(arrays), Schedule(settings)
    moment = schedule.at(0)
    for index in range(settings.steps):
        moment = replace(schedule.at(index), model_rate=0.0, time=1.0, filter_noise=0.0)
        state, _ = step(state, *batches.at(index), moment, index)
    still = replace(moment, estimator_rate=0.0)
    found = []
    for index in range(settings.steps, settings.steps + EVALUATED):
        state, terms = step(state, *batches.at(index), still, index)
        found.append(terms)
    values: Array = np.mean(found, axis=0, dtype=np.float64)
    if not np.isfinite(values).all():
        raise SymlensError("objective: not finite at this symmetry")
    return dict(zip(TERMS, values.tolist(), strict=True))


def ideal_symmetry(
    representation: Array, *, cyclic: bool, mean: float = 0.0, scale: float = 1.0
) -> LearnedSymmetry:
    r"""The symmetry that data were made with, in the form that a training returns.

    :math:`S = B^T \log(P) B` with the cyclic shift P of N pixels, N = n and ``B = R`` on a ring,
    N = 3n and ``B = blockdiag(I, R, I)`` for a window; the filter is the row of ``R`` at the
    centre (for even n half a pixel beside it).

    Parameters
    ----------
    representation : ndarray, shape (n, n)
        Orthogonal R that takes natural samples to observed ones.
    cyclic : bool
    mean, scale : float
        Of the normalisation, in the units of the data.
    """
    n = len(representation)
    margin = 0 if cyclic else n
    basis = np.eye(n + 2 * margin)
    basis[margin : margin + n, margin : margin + n] = representation
    log_generator = basis.T @ cyclic_log_generator(len(basis)) @ basis
    row = basis[margin + (n - 1) // 2]
    if n % 2 == 0:
        row = row @ group_action(log_generator, 0.5)
    unit = row[margin : margin + n] / np.linalg.norm(row[margin : margin + n])
    return LearnedSymmetry(
        log_generator=(log_generator - log_generator.T) / 2,
        group_convolution=group_convolution(unit, log_generator),
        filter=unit,
        mean=np.full(n, mean),
        scale=scale,
        cyclic=cyclic,
    )
