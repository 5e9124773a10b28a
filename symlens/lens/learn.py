"""Learning, whoever asks: draw samples, keep some out, learn from the rest, judge the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from symlens.config.lens_methods import SETTINGS, Settings
from symlens.errors import ConfigError, DataError
from symlens.groups import orthogonal_factor
from symlens.lens.data.checks import SampleChecker, check_samples
from symlens.lens.identifiability import Assessment, assess
from symlens.lens.learner import History, Learned, Method, Monitor
from symlens.lens.runfile import SampleRows
from symlens.lens.symmetry import LearnedSymmetry

JUDGED = 20_000
"""Samples, of those learned from and of those kept out, that a verdict looks at."""


@dataclass(frozen=True)
class Result:
    """A learned symmetry and what is known of its reality.

    Parameters
    ----------
    symmetry : LearnedSymmetry
    history : History
    assessment : Assessment
    held_out : ndarray of int
        Ascending row numbers of the samples that no step of the training saw.
    """

    symmetry: LearnedSymmetry
    history: History
    assessment: Assessment
    held_out: NDArray[np.int64]


class _Silent:
    def record(self, step: int, terms: Mapping[str, float]) -> None:
        """Let the terms go."""


def learn(
    x: SampleRows,
    *,
    method: str,
    settings: Settings,
    cyclic: bool,
    seed: int,
    monitor: Monitor | None = None,
    checkpoint: Path | None = None,
) -> Result:
    """Learn the symmetry of samples and judge, on samples kept out, whether it is real.

    Parameters
    ----------
    x : array-like, shape (n_samples, n)
        An array, or anything that gives rows by number.
    method : str
        A key of `symlens.config.lens_methods.SETTINGS`.
    settings : Settings
        Of that method; ``samples`` rows are drawn, ``held_out`` of them kept out.
    cyclic : bool
    seed : int
        Of the draw, the starts and the surrogates: the result is a function of it.
    monitor : Monitor, optional
    checkpoint : Path, optional
        Where a long training keeps its state.

    Returns
    -------
    Result

    Raises
    ------
    DataError
        If the samples cannot be learned from.
    """
    draw, judge = np.random.SeedSequence(seed).spawn(2)
    fitted_rows, held_out_rows = split(x.shape[0], settings, np.random.default_rng(draw))
    fitted = fetch(x, fitted_rows)
    held_out = fetch(x, held_out_rows)
    check_samples(fitted, source=f"samples to learn from, beside {len(held_out)} held out")
    if fitted.shape[1] < 2:
        raise DataError("samples of 1 feature: a symmetry moves at least 2 into each other")
    SampleChecker("samples held out", fitted.shape[1]).update(held_out)
    # Matrices this small gain nothing from more BLAS threads, and so the answer is the same bits
    # on any number of cores.
    with threadpool_limits(limits=1, user_api="blas"):
        learned: Learned = _method(method)(
            fitted,
            settings,
            cyclic=cyclic,
            seed=seed,
            monitor=monitor or _Silent(),
            checkpoint=checkpoint,
        )
        assessment = assess(
            fitted[:JUDGED],
            held_out[:JUDGED],
            orthogonal_factor(learned.symmetry.group_convolution).T,
            cyclic=cyclic,
            surrogates=settings.surrogates,
            rng=np.random.default_rng(judge),
        )
    return Result(learned.symmetry, learned.history, assessment, np.sort(held_out_rows))


def split(
    n_samples: int, settings: Settings, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers to learn from and to keep out, each in random order, without repetition."""
    drawn = rng.permutation(n_samples)[: min(settings.samples, n_samples)]
    kept_out = min(max(round(settings.held_out * len(drawn)), 1), max(len(drawn) - 1, 0))
    return drawn[kept_out:], drawn[:kept_out]


def fetch(x: SampleRows, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Rows in the given order, in single precision. Shape (len(rows), n)."""
    return np.ascontiguousarray(x[rows], dtype=np.float32)


def _method(name: str) -> Method[Any]:
    """The learner of that name; importing it starts Keras, so not before it is needed."""
    if name == "fast":
        from symlens.lens.fast import learn_fast

        return learn_fast
    if name == "official":
        from symlens.lens.official import learn_official

        return learn_official
    if name in SETTINGS:
        return _peer(name)
    raise ConfigError([f"method: '{name}' is unknown; allowed: {', '.join(SETTINGS)}"])


def _peer(name: str) -> Method[Any]:
    """The baseline of that name, as a method of the lens."""
    from symlens.lens.peers import adapted

    if name == "symmetrygan":
        from symlens.baselines.symmetrygan import symmetrygan

        return adapted(symmetrygan)
    if name == "liegan":
        from symlens.baselines.liegan import liegan

        return adapted(liegan)
    from symlens.baselines.liepca import liepca

    return adapted(liepca)
