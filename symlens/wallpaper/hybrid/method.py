"""``hybrid`` as a method of the study: features of images, learned from and asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symlens import clocks
from symlens.errors import DataError
from symlens.wallpaper import checkpoint
from symlens.wallpaper.answers import Answer, Job, Method, Row, View
from symlens.wallpaper.groups import GROUPS, NAMES
from symlens.wallpaper.hybrid.changes import changed
from symlens.wallpaper.hybrid.features import COUNT, seen
from symlens.wallpaper.hybrid.model import Committee, learn

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
    features = all_features(samples, rows, seed, job)
    found = np.isfinite(features).all(axis=2)
    if not found.any():
        raise DataError("hybrid: no lattice was found in any image to learn from")
    origins = np.broadcast_to(rows[:, None], found.shape)[found]
    labels = np.asarray(samples["label"].values)[origins]
    rng = np.random.default_rng([seed, 5])
    committee = learn(features[found], labels, origins, job.learning, rng)
    return lambda asked, view: [answer(committee, row, view) for row in asked]


def all_features(
    samples: xr.Dataset, rows: NDArray[np.int64], seed: int, job: Job
) -> NDArray[np.float64]:
    """Features of images and of their copies; NaN where no lattice is found.

    Goes on where the checkpoint of the job ends.

    Returns
    -------
    ndarray, shape (len(rows), 1 + copies, COUNT)
    """
    copies = int(job.learning["copies"])
    values = np.full((len(rows), 1 + copies, COUNT), np.nan)
    state = None if job.checkpoint is None else checkpoint.load(job.checkpoint)
    first = 0
    if state is not None:
        first = state.done
        values[:first] = state.arrays[0]
    labels, cells = samples["label"].values, samples["cell"].values
    for begin in range(first, len(rows), PIECE):
        own = rows[begin : begin + PIECE]
        block = np.asarray(samples["image"][own[0] : own[-1] + 1].values)
        for place, row in enumerate(own.tolist(), begin):
            rng = np.random.default_rng([seed, 4, row])
            basis = cells[row] @ GROUPS[NAMES[labels[row]]].primitive
            clean = block[row - own[0]] / 255
            for copy in range(1 + copies):
                shown = changed(clean, basis, job.learning, rng) if copy else clean
                looked = seen(shown)
                if looked is not None:
                    values[place, copy] = looked.features
        if job.checkpoint is not None:
            done = begin + len(own)
            checkpoint.save(job.checkpoint, checkpoint.State(done, [values[:done]]))
    return values


def answer(committee: Committee, row: Row, view: View) -> Answer:
    """What a committee says of an image; all groups alike where no lattice is found."""
    image = view(row)
    start = clocks.processor()
    looked = seen(image)
    if looked is None:
        even = np.full(len(NAMES), 1 / len(NAMES))
        return Answer(even, 0.0, None, clocks.processor() - start)
    chances = committee.probabilities(looked.features[None])[0]
    return Answer(chances, looked.periodic, looked.basis, clocks.processor() - start)
