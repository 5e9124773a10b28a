"""``fast`` beside ``official`` on the same samples: time, cosine and the official objective.

Times are processor seconds of this process: with one thread they are wall seconds of an idle core,
and other work on the machine does not lengthen them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from symlens import clocks
from symlens.config.lens_data import GaussianData
from symlens.config.lens_fast import FastSettings
from symlens.config.lens_official import OfficialSettings
from symlens.errors import DataError
from symlens.lens.cost import step_seconds
from symlens.lens.data import synthesize
from symlens.lens.symmetry import LearnedSymmetry
from symlens.metrics import generator_cosine
from symlens.tables import Cell

TARGET = 0.98
"""Cosine that both are to reach."""

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Data:
    """Samples to learn from, and what they were made with.

    Parameters
    ----------
    x : ndarray of float32, shape (n_samples, n)
    generator, representation : ndarray, shape (n, n)
    cyclic : bool
    """

    x: Samples
    generator: NDArray[np.float64]
    representation: NDArray[np.float64]
    cyclic: bool

    def cosine(self, symmetry: LearnedSymmetry) -> float:
        """Cosine of a learned to the ideal generator, modulo inverse."""
        return generator_cosine(symmetry.generator, self.generator)


class _Silent:
    def record(self, step: int, terms: Mapping[str, float]) -> None:
        """Let the terms go."""


def data_of(cfg: GaussianData, seed: int) -> Data:
    """Samples of a configuration, drawn by a seed."""
    made = synthesize(cfg, seed)
    return Data(
        made["x"].to_numpy(),
        made["ideal_generator"].to_numpy().astype(np.float64),
        made["representation"].to_numpy().astype(np.float64),
        cfg.cyclic,
    )


def fast_fit(data: Data, settings: FastSettings, seed: int) -> tuple[LearnedSymmetry, float]:
    """The answer of ``fast`` and the processor seconds that it took; no verdict is sought."""
    from symlens.lens.fast import learn_fast

    begun = clocks.processor()
    learned = learn_fast(
        data.x, settings, cyclic=data.cyclic, seed=seed, monitor=_Silent(), checkpoint=None
    )
    return learned.symmetry, clocks.processor() - begun


def against_schedule(
    cfg: GaussianData, official: OfficialSettings, seeds: tuple[int, ...]
) -> Iterator[dict[str, Cell]]:
    """Time of ``fast``, to the end, beside that of all steps of the official schedule.

    The official time is extrapolated: a measured step times the number of steps. Whether the
    official method reaches the target by then is taken for granted, in its favour.

    Yields
    ------
    dict
        A row per seed.

    Raises
    ------
    DataError
        If ``fast`` misses the target: then there is nothing to compare.
    """
    step = step_seconds(cfg.n, cfg.cyclic, official, clock=clocks.processor)
    for seed in seeds:
        data = data_of(cfg, seed)
        symmetry, seconds = fast_fit(data, FastSettings(), seed)
        cosine = data.cosine(symmetry)
        if cosine < TARGET:
            raise DataError(f"speed: fast reaches cosine {cosine:.4f} only with seed {seed}")
        yield {
            "n": cfg.n,
            "group": cfg.group,
            "scale_low": cfg.scale[0],
            "scale_high": cfg.scale[1],
            "seed": seed,
            "fast_cosine": cosine,
            "fast_seconds": seconds,
            "official_batch": official.batch(cfg.n),
            "official_step_seconds": step,
            "official_steps": official.steps,
            "official_hours_extrapolated": step * official.steps / 3600,
            "ratio_extrapolated": step * official.steps / seconds,
        }


def throughput(
    n: int, settings: OfficialSettings, trainings: int, *, repeats: int = 5
) -> dict[str, Cell]:
    """Processor seconds of a step of several trainings, one by one and in one graph.

    Parameters
    ----------
    n : int
        Features of a window.
    settings : OfficialSettings
    trainings : int
    repeats : int
        Steps that a median is taken over.

    Returns
    -------
    dict
        ``ratio`` is the throughput of all together over that of as many alone; compilation, which
        is saved as well, apart.
    """
    import symlens.lens.model  # noqa: F401  first of all, since it starts Keras quietly
    from symlens.lens.official.schedules import Schedule
    from symlens.lens.official.step import Architecture, State, scalars_at
    from symlens.lens.official.together import COEFFICIENTS, make_stacked_step, stack

    alone = step_seconds(n, False, settings, clock=clocks.processor)
    architecture = Architecture(n, False, settings.kernels, settings.hidden_multiple * n)
    step = make_stacked_step(
        architecture, settings.window_gain, paired=settings.paired_kl, xla=settings.xla
    )
    rng = np.random.default_rng(0)
    x = rng.standard_normal((trainings, settings.batch(n), n), dtype=np.float32)
    noise = rng.standard_normal((trainings, n), dtype=np.float32)
    coefficients = np.array([[getattr(settings, c) for c in COEFFICIENTS]], np.float32)
    scalars = scalars_at(Schedule(settings).at(0), 0)[None]
    inputs = (x, noise, *(np.repeat(each, trainings, axis=0) for each in (scalars, coefficients)))
    state = stack([State.initial(architecture.lens(seed)) for seed in range(trainings)])
    state, _ = step(state, *inputs)
    found = []
    for _ in range(repeats):
        begun = clocks.processor()
        state, _ = step(state, *inputs)
        found.append(clocks.processor() - begun)
    together = median(found)
    return {
        "n": n,
        "batch": settings.batch(n),
        "xla": str(settings.xla).lower(),
        "trainings": trainings,
        "alone_seconds": alone,
        "together_seconds": together,
        "ratio": trainings * alone / together,
    }


def objective_rows(
    data: Data, symmetries: Mapping[str, LearnedSymmetry], settings: OfficialSettings, seed: int
) -> Iterator[dict[str, Cell]]:
    """The official objective at several symmetries of the same samples, the truth first.

    Parameters
    ----------
    data : Data
    symmetries : mapping of str to LearnedSymmetry
        By the name of where they come from.
    settings : OfficialSettings
        Of the objective and of the estimators' training.
    seed : int
        Of the estimators.

    Yields
    ------
    dict
        Name, cosine and the terms of the objective at full rank.
    """
    from symlens.lens.official.value import ideal_symmetry, objective_value

    truth = ideal_symmetry(
        data.representation,
        cyclic=data.cyclic,
        mean=float(data.x.mean(dtype=np.float64)),
        scale=float(data.x.std(dtype=np.float64)),
    )
    for name, symmetry in {"truth": truth, **symmetries}.items():
        terms: dict[str, Cell] = dict(objective_value(data.x, symmetry, settings, seed=seed))
        yield {"at": name, "n": data.x.shape[1], "cosine": data.cosine(symmetry)} | terms
