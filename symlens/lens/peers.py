"""Baselines as methods of the lens: what they do not learn is put beside what they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.baselines.estimate import Estimate
from symlens.baselines.resolving import least_gaussian
from symlens.errors import DataError
from symlens.groups import group_action
from symlens.lens.learner import History, Learned, Method, Monitor
from symlens.lens.symmetry import LearnedSymmetry

Array = NDArray[np.float64]
Find = Callable[..., Estimate]


def adapted(find: Find) -> Method[Any]:
    """Make a baseline a method of the lens.

    Parameters
    ----------
    find : callable
        ``find(x, settings, *, rng, record) -> Estimate``.
    """

    def learn_peer(
        x: NDArray[np.float32],
        settings: Any,
        *,
        cyclic: bool,
        seed: int,
        monitor: Monitor,
        checkpoint: Path | None,
    ) -> Learned:
        del checkpoint  # a game of minutes starts again
        mean = x.mean(axis=0, dtype=np.float64)
        centred = x - mean
        scale = float(centred.std())
        centred /= scale
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,)))
        found = find(centred, settings, rng=rng, record=monitor.record)
        if not np.isfinite(found.log_generator).all():
            raise DataError(
                f"{find.__name__}: the group grew beyond all bounds; smaller learning rates help"
            )
        filter_ = least_gaussian(centred, rng)
        symmetry = LearnedSymmetry(
            log_generator=found.log_generator,
            group_convolution=moved_filters(found.log_generator, filter_),
            filter=filter_,
            mean=mean,
            scale=scale,
            cyclic=cyclic,
        )
        return Learned(symmetry, History(found.steps, found.terms, found.values))

    return learn_peer


def moved_filters(log_generator: Array, filter_: Array) -> Array:
    r"""Columns :math:`f \exp(p_j S)`, :math:`p_j = j - (n - 1) / 2`, shape (n, n)."""
    n = len(filter_)
    first = filter_ @ group_action(log_generator, -(n - 1) / 2)
    step = group_action(log_generator, 1.0)
    columns = [first]
    for _ in range(n - 1):
        columns.append(columns[-1] @ step)
    return np.stack(columns, axis=1)
