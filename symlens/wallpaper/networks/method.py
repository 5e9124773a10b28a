"""A network as a method of the study: it learns from images of a file and answers to others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from numpy.typing import NDArray

from symlens import clocks
from symlens.wallpaper.answers import Answer, Job, Method, Row, View
from symlens.wallpaper.data import batches
from symlens.wallpaper.networks import convolutional
from symlens.wallpaper.networks.convolutional import GROUPS
from symlens.wallpaper.networks.equivariant import gcnn
from symlens.wallpaper.networks.fit import fit
from symlens.wallpaper.networks.hierarchy import DECISIONS, Composed
from symlens.wallpaper.networks.transforms import TRANSFORMS
from symlens.wallpaper.networks.xcit import xcit

if TYPE_CHECKING:
    import xarray as xr

TOGETHER = 64
"""Images that a network is asked for at a time."""

BUILDERS: Mapping[str, Callable[[int, int], Any]] = {
    "cnn": convolutional.cnn,
    "gcnn_d4": partial(gcnn, "d4"),
    "gcnn_d6": partial(gcnn, "d6"),
    "resnet50": convolutional.resnet50,
    "densenet121": convolutional.densenet121,
    "densenet161": convolutional.densenet161,
    "fpn": convolutional.fpn,
}


def build(
    name: str, channels: int, learning: Mapping[str, Any], seed: int, classes: int = GROUPS
) -> Any:
    """A network with random weights, which are a function of the seed."""
    keras.utils.set_random_seed(seed)  # the networks of keras.applications take no other
    if name == "xcit":
        return xcit(channels, **learning["xcit"], classes=classes)
    return BUILDERS[name](channels, classes)


def network(name: str, samples: xr.Dataset, rows: NDArray[np.int64], seed: int, job: Job) -> Method:
    """Train a network, or one for every decision of the hierarchy.

    Parameters
    ----------
    name : str
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
    transform = TRANSFORMS[job.learning["transform"]]
    if job.learning["hierarchy"]:
        labels = samples["label"].values
        found = []
        for number, decision in enumerate(DECISIONS):
            own = rows[decision.branch[labels[rows]]]
            asked = samples.assign(label=("sample", decision.answers[labels]))
            state = np.random.SeedSequence([seed, 4, number]).generate_state(1, np.uint32)
            with _part(job, decision.name, number) as part:
                found.append(trained(name, asked, own, int(state[0]), part, decision.count))
        model: Any = Composed(found, DECISIONS)
    else:
        model = trained(name, samples, rows, seed, job)
    return lambda asked, view: answers(model, asked, view, transform)


@contextmanager
def _part(job: Job, name: str, number: int) -> Iterator[Job]:
    """A training of several, with its own state; what it records goes on the whole's record."""
    before = len(job.history)

    def marked(terms: Mapping[str, float]) -> Mapping[str, float]:
        return {**terms, "decision": float(number)}

    file = None
    if job.checkpoint is not None:
        job.checkpoint.mkdir(parents=True, exist_ok=True)
        file = job.checkpoint / name
    part = Job(job.learning, file, lambda epoch, terms: job.tell(before + epoch, marked(terms)))
    yield part
    job.history.extend(marked(terms) for terms in part.history)


def trained(
    name: str,
    samples: xr.Dataset,
    rows: NDArray[np.int64],
    seed: int,
    job: Job,
    classes: int = GROUPS,
) -> Any:
    """A network that has learned the labels of some images; arguments as of `network`."""
    learning = job.learning
    transform = TRANSFORMS[learning["transform"]]
    batch = min(int(learning["batch"]), len(rows))

    def epoch(number: int) -> Any:
        order = int(np.random.SeedSequence([seed, 3, number]).generate_state(1, np.uint32)[0])
        return batches(
            samples,
            rows,
            batch,
            shuffle=int(learning["shuffle"]),
            seed=order,
            transform=transform,
        )

    shape = (1, *samples["image"].shape[1:])
    if transform is not None:
        shape = transform(np.zeros(shape, np.float32)).shape
    model = build(name, shape[3], learning, seed, classes)
    fit(model, epoch, len(rows) // batch, job)
    return model


def answers(
    model: Any,
    rows: Sequence[Row],
    view: View,
    transform: Callable[[NDArray[np.float32]], NDArray[np.float32]] | None = None,
) -> list[Answer]:
    """What a network says of images: those of one shape together."""
    found: list[Answer] = []
    for first in range(0, len(rows), TOGETHER):
        images = [view(row).astype(np.float32) for row in rows[first : first + TOGETHER]]
        start = clocks.processor()
        scores: dict[int, NDArray[np.float64]] = {}
        for shape in dict.fromkeys(image.shape for image in images):
            own = [index for index, image in enumerate(images) if image.shape == shape]
            stack = np.stack([images[index] for index in own])
            if transform is not None:
                stack = transform(stack)
            scores |= zip(own, np.asarray(model.predict_on_batch(stack), float), strict=True)
        each = (clocks.processor() - start) / len(images)
        found += [Answer(softmax(scores[index]), 1.0, None, each) for index in range(len(images))]
    return found


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities exp(s_i) / Σ_j exp(s_j)."""
    weight = np.exp(scores - scores.max())
    return np.asarray(weight / weight.sum())
