"""What the trainings of a configuration cost here: measured steps times their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np

from symlens import clocks
from symlens.config.lens import LensStudy
from symlens.config.lens_official import OfficialSettings
from symlens.tables import Cell

REPEATS = 3
HOUR = 3600.0

Timing = Callable[[int, bool, OfficialSettings], float]


@dataclass(frozen=True)
class Cost:
    """The trainings of one experiment, or of all points of a sweep, that go step by step.

    Parameters
    ----------
    name : str
        Of the experiment or sweep.
    n : int
        Features.
    batch : int
        Samples in a batch.
    steps : int
        Of one training.
    trainings : int
    step_seconds : float
        Measured.
    """

    name: str
    n: int
    batch: int
    steps: int
    trainings: int
    step_seconds: float

    @property
    def hours(self) -> float:
        """Of all trainings, one after the other."""
        return self.trainings * self.steps * self.step_seconds / HOUR

    def row(self) -> dict[str, Cell]:
        """As a row of a table."""
        return {
            "name": self.name,
            "features": self.n,
            "batch": self.batch,
            "steps": self.steps,
            "trainings": self.trainings,
            "step_seconds": self.step_seconds,
            "hours_each": self.steps * self.step_seconds / HOUR,
            "hours": self.hours,
        }


def step_seconds(
    n: int,
    cyclic: bool,
    settings: OfficialSettings,
    *,
    clock: Callable[[], float] = clocks.wall,
) -> float:
    """Measured time of one official step on this machine, its compilation apart.

    What the samples are does not change it: they are noise.

    Parameters
    ----------
    n : int
    cyclic : bool
    settings : OfficialSettings
    clock : callable
        Gives the time in seconds; wall time, if it is not given.

    Returns
    -------
    float
        Median, in seconds.
    """
    import symlens.lens.model  # noqa: F401  first of all, since it starts Keras quietly
    from symlens.lens.official.schedules import Schedule
    from symlens.lens.official.step import Architecture, State, make_step
    from symlens.lens.official.training import weighting

    architecture = Architecture(n, cyclic, settings.kernels, settings.hidden_multiple * n)
    step = make_step(architecture, weighting(settings), xla=settings.xla)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((settings.batch(n), n), dtype=np.float32)
    noise = rng.standard_normal(n, dtype=np.float32)
    moment = Schedule(settings).at(0)
    state, _ = step(State.initial(architecture.lens(0)), x, noise, moment, 0)
    found = []
    for index in range(1, REPEATS + 1):
        begun = clock()
        state, _ = step(state, x, noise, moment, index)
        found.append(clock() - begun)
    return median(found)


def costs(study: LensStudy, timing: Timing = step_seconds) -> Iterator[Cost]:
    """The cost of every experiment that `official` learns, and of every sweep.

    Experiments of the same shapes are timed once; experiments on files of unknown width are left
    out.

    Parameters
    ----------
    study : LensStudy
    timing : callable, optional
        In the place of :func:`step_seconds`.
    """
    timed: dict[tuple[int, bool, int, int, int, bool], float] = {}

    def cost(name: str, members: list[str]) -> Cost | None:
        block = study.experiments[members[0]]
        settings = study.settings(members[0], "official")
        n = getattr(block.data, "n", None)
        if n is None or not isinstance(settings, OfficialSettings):
            return None
        cyclic, batch = block.data.cyclic is True, settings.batch(n)
        key = (n, cyclic, batch, settings.kernels, settings.hidden_multiple, settings.xla)
        if key not in timed:
            timed[key] = timing(n, cyclic, settings)
        trainings = sum(len(study.experiments[each].seeds) for each in members)
        return Cost(name, n, batch, settings.steps, trainings, timed[key])

    swept = {sweep: list(study.points(sweep)) for sweep in study.sweeps}
    points = {point for members in swept.values() for point in members}
    alone = {
        name: [name]
        for name, block in study.experiments.items()
        if "official" in block.methods and name not in points
    }
    slow = {name: own for name, own in swept.items() if study.sweeps[name].method == "official"}
    for name, members in (alone | slow).items():
        found = cost(name, members)
        if found is not None:
            yield found
