"""Learning, whoever asks: draw samples, keep some out, learn from the rest, judge the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from symlens.config.lens_methods import SETTINGS, Settings
from symlens.errors import ConfigError, DataError
from symlens.groups import orthogonal_factor
from symlens.lens.boundary import is_ring
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


class _Counted:
    """A monitor that sees the steps of one training after another as those of one."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor, self._before, self._steps = monitor, 0, 0

    def next(self) -> Self:
        """Count the steps of another training from here on."""
        self._before = self._steps
        return self

    def record(self, step: int, terms: Mapping[str, float]) -> None:
        """Pass the terms of a step on."""
        self._steps = self._before + step + 1
        self._monitor.record(self._before + step, terms)


def learn(
    x: SampleRows,
    *,
    method: str,
    settings: Settings,
    cyclic: bool | None,
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
    cyclic : bool or None
        Whether the group closes on the features; None where that is to be found out, by learning
        both and asking the samples kept out. Methods other than ``fast`` have to be told.
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
    if cyclic is None and method != "fast":
        raise ConfigError([f"cyclic: auto is for the method fast; {method} has to be told"])
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
        counted = _Counted(monitor or _Silent())
        learned = {
            ring: _method(method)(
                fitted,
                settings,
                cyclic=ring,
                seed=seed,
                monitor=counted.next() if cyclic is None else monitor or _Silent(),
                checkpoint=checkpoint,
            )
            for ring in ((False, True) if cyclic is None else (cyclic,))
        }
        if cyclic is None:
            found = (learned[False].symmetry, learned[True].symmetry)
            cyclic = is_ring(fitted[:JUDGED], held_out[:JUDGED], *found)
        chosen: Learned = learned[cyclic]
        assessment = assess(
            fitted[:JUDGED],
            held_out[:JUDGED],
            orthogonal_factor(chosen.symmetry.group_convolution).T,
            cyclic=cyclic,
            surrogates=settings.surrogates,
            rng=np.random.default_rng(judge),
        )
    return Result(chosen.symmetry, chosen.history, assessment, np.sort(held_out_rows))


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
    """The learner of that name; ``official`` starts Keras, so not before it is needed."""
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
