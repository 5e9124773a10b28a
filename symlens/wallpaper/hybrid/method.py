"""``hybrid`` as a method of the study: features of images, learned from and asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symlens import clocks
from symlens.errors import DataError
from symlens.wallpaper import checkpoint
from symlens.wallpaper.answers import Answer, Job, Method, Row, View
from symlens.wallpaper.exact.api import averaged
from symlens.wallpaper.groups import GROUPS, NAMES
from symlens.wallpaper.hybrid.changes import changed
from symlens.wallpaper.hybrid.displacive import displaced
from symlens.wallpaper.hybrid.examples import Examples
from symlens.wallpaper.hybrid.features import Seen, seen
from symlens.wallpaper.hybrid.model import Committee, learn
from symlens.wallpaper.hybrid.nearly import nearly

if TYPE_CHECKING:
    import xarray as xr

PIECE = 32
"""Images after which what has been seen is kept."""


def hybrid(samples: xr.Dataset, rows: NDArray[np.int64], seed: int, job: Job) -> Method:
    """Learn from what the operations leave of images and of changed copies of them.

    Parameters
    ----------
    samples : Dataset
        Data file, lazy or not.
    rows : ndarray of int
        Images to learn from.
    seed : int
    job : Job

    Returns
    -------
    callable
        Answers to the images of a test.
    """
    rows = np.sort(rows)
    examples, truth = looked_at(samples, rows, seed, job)
    if not len(truth):
        raise DataError("hybrid: no lattice was found in any image to learn from")
    committee = learn(examples, truth, job.learning, np.random.default_rng([seed, 5]))
    return lambda asked, view: [answer(committee, row, view) for row in asked]


def looked_at(
    samples: xr.Dataset, rows: NDArray[np.int64], seed: int, job: Job
) -> tuple[Examples, NDArray[np.int64]]:
    """Looks at images and at their copies, without those in which no lattice is found.

    Goes on where the checkpoint of the job ends.

    Returns
    -------
    examples : Examples
    truth : ndarray of int, shape (looks,)
        Group of every look: a copy may have a smaller one than its image.
    """
    state = None if job.checkpoint is None else checkpoint.load(job.checkpoint)
    found, truth, first = Examples.of([], []), np.zeros(0, dtype=np.int64), 0
    if state is not None:
        *arrays, truth = state.arrays
        found, first = Examples(*arrays), state.done
    labels, cells = samples["label"].values, samples["cell"].values
    for begin in range(first, len(rows), PIECE):
        own = rows[begin : begin + PIECE]
        block = np.asarray(samples["image"][own[0] : own[-1] + 1].values)
        looks: list[tuple[Seen, str]] = []
        origins: list[int] = []
        for row in own.tolist():
            name = NAMES[labels[row]]
            rng = np.random.default_rng([seed, 4, row])
            looks += copies(block[row - own[0]] / 255, name, cells[row], job.learning, rng)
            origins += [row] * (len(looks) - len(origins))
        found += Examples.of([look for look, _ in looks], origins)
        truth = np.append(truth, np.array([NAMES.index(name) for _, name in looks], np.int64))
        if job.checkpoint is not None:
            done = begin + len(own)
            checkpoint.save(job.checkpoint, checkpoint.State(done, (*found.arrays, truth)))
    return found, truth


def copies(
    image: NDArray[np.float64],
    name: str,
    cell: NDArray[np.float64],
    learning: Mapping[str, Any],
    rng: np.random.Generator,
) -> Iterator[tuple[Seen, str]]:
    """Looks at an image and at changed copies of it, each with its group.

    Parameters
    ----------
    image : ndarray, shape (height, width, channel)
        From 0 to 1.
    name : str
        Its group.
    cell : ndarray, shape (2, 2)
        Its standard cell, vectors as columns, pixels.
    learning : mapping
        ``copies``, ``changes`` and their strengths.
    rng : numpy.random.Generator
    """
    primitive = cell @ GROUPS[name].primitive
    changes: Collection[str] = learning["changes"]
    for copy in range(1 + int(learning["copies"])):
        found = averaged(changed(image, primitive, learning, rng) if copy else image)
        if found is None:
            continue
        yield seen(found), name
        mixed = nearly(found, name, cell, rng) if "nearly" in changes else None
        if mixed is not None:
            yield seen(mixed), name
        moved = displaced(found, name, cell, rng) if "displaced" in changes else None
        if moved is not None:
            yield seen(moved[0]), moved[1]


def answer(committee: Committee, row: Row, view: View) -> Answer:
    """What a committee says of an image; all groups alike where no lattice is found."""
    image = view(row)
    start = clocks.processor()
    found = averaged(image)
    if found is None:
        even = np.full(len(NAMES), 1 / len(NAMES))
        return Answer(even, 0.0, None, clocks.processor() - start)
    look = seen(found)
    chances = committee.probabilities(Examples.of([look], [0]))[0]
    return Answer(chances, look.periodic, look.basis, clocks.processor() - start)
