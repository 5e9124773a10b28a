"""One seed of one method: what it answers to the images of its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symlens import clocks
from symlens.config.wallpaper_learning import NETWORKS
from symlens.errors import DataError
from symlens.wallpaper.answers import (
    CLEAN,
    LEARNED,
    Answer,
    Job,
    Method,
    Row,
    View,
    forget,
)
from symlens.wallpaper.disturbances import disturbed, levels
from symlens.wallpaper.exact.reduction import reduced
from symlens.wallpaper.groups import GROUPS, NAMES

if TYPE_CHECKING:
    import xarray as xr

Factory = Callable[[Any, NDArray[np.int64], int, Job], Method]
"""A method, prepared on some images of a data file, for a seed."""


def train(
    samples: xr.Dataset,
    settings: Mapping[str, Any],
    method: str,
    seed: int,
    *,
    checkpoint: Path | None = None,
    tell: Callable[[int, Mapping[str, float]], None] = forget,
) -> xr.Dataset:
    """Draw a test, prepare a method on the other images, and let it answer.

    Parameters
    ----------
    samples : Dataset
        Data file, lazy or not.
    settings : mapping
        ``share``, ``disturbances``, ``levels``, ``disturbed``; ``learn_from``, ``remembered`` and
        ``learning`` where the method learns.
    method : str
    seed : int
    checkpoint : Path or None
        Where a training may keep its state.
    tell : callable
        Told the number of an epoch and its terms.

    Returns
    -------
    Dataset
        Of the schema ``RUN``.
    """
    import xarray as xr

    labels, contents = samples["label"].values, samples["content"].values.astype(str)
    rng = np.random.default_rng([seed, 1])
    chosen = draw_test(labels, contents, settings["share"], rng)
    rest = np.setdiff1d(np.arange(len(labels)), chosen)
    if settings.get("learn_from") is not None:
        rest = rest[np.isin(contents[rest], settings["learn_from"])]
    job = Job(settings.get("learning", {}), checkpoint, tell)
    answer = METHODS[method](samples, rest, seed, job)
    rows = list(tests(labels, contents, chosen, settings))
    if method != "exact":
        rows += remembered(labels, rest, settings.get("remembered", 0), rng)

    def view(row: Row) -> NDArray[np.float64]:
        image = np.asarray(samples["image"][row.sample].values) / 255
        if row.disturbance in {CLEAN, LEARNED}:
            return image
        own = np.random.default_rng([seed, 2, row.sample, round(1000 * row.level)])
        return disturbed(image, row.disturbance, row.level, own)

    answers = answer(rows, view)
    numbers = np.array([row.sample for row in rows])
    cells = samples["cell"].values
    errors = [
        cell_error(found.cell, cells[row.sample] @ GROUPS[NAMES[labels[row.sample]]].primitive)
        if row.disturbance == CLEAN
        else np.nan
        for found, row in zip(answers, rows, strict=True)
    ]
    run = xr.Dataset(
        {
            "probability": (("row", "group"), np.stack([a.probability for a in answers])),
            "label": ("row", labels[numbers]),
            "sample": ("row", numbers),
            "content": ("row", contents[numbers].astype(object)),
            "disturbance": ("row", np.array([row.disturbance for row in rows], dtype=object)),
            "level": ("row", np.array([row.level for row in rows])),
            "periodic": ("row", np.array([a.periodic for a in answers])),
            "cell_error": ("row", np.array(errors)),
            "seconds": ("row", np.array([a.seconds for a in answers])),
        }
    )
    if job.history:
        terms = list(job.history[0])
        values = np.array([[epoch[term] for term in terms] for epoch in job.history])
        run["history"] = (("epoch", "term"), values)
        run["term"] = (("term",), np.array(terms, dtype=object))
    return run


def draw_test(
    labels: NDArray[np.int64],
    contents: NDArray[np.str_],
    share: float,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw the same part of every group and content, at least one image each; sorted."""
    chosen = []
    for content in dict.fromkeys(contents):
        for label in range(len(NAMES)):
            own = np.flatnonzero((labels == label) & (contents == content))
            count = max(1, round(share * len(own)))
            chosen.append(rng.permutation(own)[:count])
    return np.sort(np.concatenate(chosen))


def tests(
    labels: NDArray[np.int64],
    contents: NDArray[np.str_],
    chosen: NDArray[np.int64],
    settings: Mapping[str, Any],
) -> Iterator[Row]:
    """Clean images, then the first of every group and content under every disturbance."""
    for sample in chosen:
        yield Row(int(sample), CLEAN, 0.0)
    seen: dict[tuple[str, int], int] = {}
    for sample in chosen:
        key = (str(contents[sample]), int(labels[sample]))
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > settings["disturbed"]:
            continue
        for name in settings["disturbances"]:
            for level in levels(name, settings["levels"]):
                yield Row(int(sample), name, float(level))


def remembered(
    labels: NDArray[np.int64], rest: NDArray[np.int64], count: int, rng: np.random.Generator
) -> list[Row]:
    """Up to ``count`` of the images that were learned from, the same part of every group."""
    each = -(-count // len(NAMES))
    mixed = rng.permutation(rest)
    found = [int(i) for k in range(len(NAMES)) for i in mixed[labels[mixed] == k][:each]]
    return [Row(sample, LEARNED, 0.0) for sample in sorted(found)]


def cell_error(found: NDArray[np.float64] | None, true: NDArray[np.float64]) -> float:
    """Largest relative error of |a|, |b| and the area of the reduced cells; NaN without a cell."""
    if found is None:
        return float("nan")
    one, other = (
        np.array([*np.sort(np.linalg.norm(reduced(basis), axis=0)), abs(np.linalg.det(basis))])
        for basis in (found, true)
    )
    return float(np.abs(one / other - 1).max())


def _exact(
    samples: xr.Dataset,  # noqa: ARG001
    rest: NDArray[np.int64],  # noqa: ARG001
    seed: int,  # noqa: ARG001
    job: Job,  # noqa: ARG001
) -> Method:
    """The exact route, which needs no training."""
    from symlens.wallpaper.exact import identify

    def answer(row: Row, view: View) -> Answer:
        image = view(row)
        start = clocks.processor()
        found = identify(image)
        seconds = clocks.processor() - start
        cell = None
        if found.group is not None and found.cell is not None:
            cell = found.cell @ GROUPS[found.group].primitive
        return Answer(np.array(list(found.probabilities.values())), found.periodic, cell, seconds)

    return lambda rows, view: [answer(row, view) for row in rows]


def _lattice(
    samples: xr.Dataset,
    rest: NDArray[np.int64],
    seed: int,
    job: Job,  # noqa: ARG001
) -> Method:
    """A forest on the cells of the other images; a test's cell is found from its pixels."""
    from symlens.wallpaper import baselines
    from symlens.wallpaper.exact.api import prepared, principal
    from symlens.wallpaper.exact.lattice import find_lattice

    labels = _to_train_on(samples, rest)
    own = np.stack(
        [
            cell @ GROUPS[NAMES[label]].primitive
            for cell, label in zip(samples["cell"].values[rest], labels, strict=True)
        ]
    )
    forest = baselines.lattice_classifier(own, labels, seed)

    def look(row: Row, view: View) -> tuple[NDArray[np.float64] | None, float]:
        image = view(row)
        start = clocks.processor()
        found = find_lattice(principal(prepared(image)))
        return None if found is None else found.basis, clocks.processor() - start

    def answer(rows: Sequence[Row], view: View) -> list[Answer]:
        looked = [look(row, view) for row in rows]
        start = clocks.processor()
        none = np.full((2, 2), np.nan)
        cells = np.stack([none if cell is None else cell for cell, _ in looked])
        chances = baselines.lattice_probabilities(forest, cells)
        each = (clocks.processor() - start) / len(rows)
        return [
            Answer(chance, float(cell is not None), cell, seconds + each)
            for chance, (cell, seconds) in zip(chances, looked, strict=True)
        ]

    return answer


def _majority(
    samples: xr.Dataset,
    rest: NDArray[np.int64],
    seed: int,  # noqa: ARG001
    job: Job,  # noqa: ARG001
) -> Method:
    """The parts of the groups among the other images."""
    from symlens.wallpaper.baselines import majority_probabilities

    chances = majority_probabilities(_to_train_on(samples, rest), 1)[0]
    return lambda rows, view: [Answer(chances, 1.0, None, 0.0)] * len(rows)  # noqa: ARG005


def _to_train_on(samples: xr.Dataset, rest: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(rest) == 0:
        raise DataError("judging.share: below 1 expected for a method that is trained, found 1")
    return np.asarray(samples["label"].values[rest])


def _hybrid(samples: xr.Dataset, rest: NDArray[np.int64], seed: int, job: Job) -> Method:
    """Networks on what the operations leave."""
    from symlens.wallpaper.hybrid.method import hybrid

    _to_train_on(samples, rest)
    return hybrid(samples, rest, seed, job)


def _network(
    name: str, samples: xr.Dataset, rest: NDArray[np.int64], seed: int, job: Job
) -> Method:
    """A network that sees the image."""
    from symlens.wallpaper.networks.method import network

    _to_train_on(samples, rest)
    return network(name, samples, rest, seed, job)


METHODS: Mapping[str, Factory] = {
    "exact": _exact,
    "lattice": _lattice,
    "majority": _majority,
    "hybrid": _hybrid,
    **{name: partial(_network, name) for name in NETWORKS},
}
