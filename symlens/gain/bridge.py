"""From a symmetry that ``lens`` learned to the samples that it saves.

Three kernels on the samples of a cyclic data set: a plain Gaussian one, the same averaged over
the group that the learned generator makes, and averaged over the true group. The samples that
training and test points are drawn from are a finite pool, so that the eigenvectors of the kernels'
Gram matrices are exact eigenfunctions and every risk is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens import store
from symlens.errors import DataError
from symlens.gain.problem import Arm, Problem
from symlens.gain.targets import Spectrum
from symlens.store.schema import Attribute, Schema, Variable

Array = NDArray[np.float64]

N_BY_N = ("row", "col")
LEARNED = Schema(
    kind="lens run",
    variables={
        "generator": Variable(N_BY_N, "float64", "1", "learned generator"),
        "mean": Variable(("pixel",), "float64", "1", "mean of the samples"),
    },
    attributes={"cyclic": Attribute(int, (0, 1))},
    equal=(("pixel", "row", "col"),),
    open=True,
)
SAMPLES = Schema(
    kind="lens data",
    variables={
        "x": Variable(("sample", "pixel"), "float32", "1", "samples"),
        "ideal_generator": Variable(N_BY_N, "float64", "1", "true generator"),
    },
    attributes={"cyclic": Attribute(int, (0, 1))},
    equal=(("pixel", "row", "col"),),
    open=True,
)
"""What is read of the files of ``lens``: they are files to this study, not code."""

ARMS = ("plain", "learned group", "true group")
RELATIVE = 1e-12
"""Eigenvalues of a Gram matrix below this share of the largest are rounding."""


@dataclass(frozen=True)
class Pool:
    """Samples with a learned and the true generator.

    Parameters
    ----------
    x : ndarray of shape (pool, pixels)
        Samples less their mean.
    learned, ideal : ndarray of shape (pixels, pixels)
        Generators; a row of samples moves by x U.
    """

    x: Array
    learned: Array
    ideal: Array


def read_pool(settings: Mapping[str, Any]) -> Pool:
    """Read the files of ``lens`` that an experiment names, and draw its pool.

    Raises
    ------
    FileError
        Where a file is not of its kind.
    DataError
        Where the samples are not on a ring, too few, or of another width than the generator.
    """
    run = store.read(settings["run"], LEARNED)
    with store.open_lazy(settings["samples"], SAMPLES) as data:
        if not (run.attrs["cyclic"] and data.attrs["cyclic"]):
            raise DataError(f"{settings['run']}: a cyclic symmetry expected, found a window")
        if data.sizes["pixel"] != run.sizes["pixel"] or data.sizes["sample"] < settings["pool"]:
            raise DataError(
                f"{settings['samples']}: at least {settings['pool']} samples of "
                f"{run.sizes['pixel']} pixels expected, found {data.sizes['sample']} of "
                f"{data.sizes['pixel']}"
            )
        rng = np.random.default_rng(settings["seed"])
        rows = np.sort(rng.choice(data.sizes["sample"], settings["pool"], replace=False))
        x = store.take(data["x"], rows).astype(np.float64)
        ideal = data["ideal_generator"].to_numpy()
    return Pool(x - run["mean"].to_numpy(), run["generator"].to_numpy(), ideal)


def gaussian_gram(x: Array, y: Array, width: float) -> Array:
    """exp(-|x_i - y_j|^2 / (2 width^2)), (n, m)."""
    square = (x**2).sum(1)[:, None] + (y**2).sum(1) - 2 * x @ y.T
    return np.asarray(np.exp(-np.clip(square, 0, None) / (2 * width**2)))


def averaged_gram(x: Array, generator: Array, order: int, width: float) -> Array:
    """Mean over the powers of a generator of the kernel at (x_i U^j, x_j), symmetric, (n, n)."""
    total, moved = np.zeros((len(x), len(x))), x
    for _ in range(order):
        total += gaussian_gram(moved, x, width)
        moved = moved @ generator
    return np.asarray((total + total.T) / (2 * order))


def median_distance(x: Array) -> float:
    """Median distance between samples: the width of the kernel."""
    square = (x**2).sum(1)[:, None] + (x**2).sum(1) - 2 * x @ x.T
    rows, columns = np.triu_indices(len(x), 1)
    return float(np.sqrt(np.median(np.clip(square[rows, columns], 0, None))))


def grams(pool: Pool) -> list[Array]:
    """Gram matrices of the three kernels."""
    width, order = median_distance(pool.x), pool.x.shape[1]
    return [
        gaussian_gram(pool.x, pool.x, width),
        averaged_gram(pool.x, pool.learned, order, width),
        averaged_gram(pool.x, pool.ideal, order, width),
    ]


def eigenfunctions(gram: Array) -> tuple[Array, Array]:
    """Eigenvalues for the uniform measure of the pool, falling, and values at it, (pool, q)."""
    values, vectors = np.linalg.eigh(gram / len(gram))
    kept = np.flatnonzero(values > RELATIVE * values[-1])[::-1]
    return values[kept], vectors[:, kept] * np.sqrt(len(gram))


@dataclass(frozen=True)
class Bridge:
    """The three kernels, taken apart.

    Parameters
    ----------
    spectra : list of (ndarray, ndarray)
        Eigenvalues, (q,), and eigenfunctions on the pool, (pool, q), of every arm.
    decay, noise : float
    """

    spectra: list[tuple[Array, Array]]
    decay: float
    noise: float

    @classmethod
    def of(cls, pool: Pool, decay: float, noise: float) -> Bridge:
        """Take the kernels of a pool apart."""
        return cls([eigenfunctions(gram) for gram in grams(pool)], decay, noise)

    def sizes(self) -> Array:
        """Target's coefficients on the true group's eigenfunctions but the first, unit norm."""
        size = self.spectra[-1][0] ** (self.decay / 2)
        size[0] = 0.0  # nearly constant, and easy
        return np.asarray(size / np.linalg.norm(size))

    def expected(self) -> list[Spectrum]:
        """Spectra of the arms with what a target of random signs has on them in the mean."""
        square, true = self.sizes() ** 2, self.spectra[-1][1]
        found = []
        for values, functions in self.spectra:
            overlap = functions.T @ true / len(true)
            signal = overlap**2 @ square
            missed = max(0.0, 1.0 - float(signal.sum()))
            found.append(Spectrum(values, np.ones_like(values), signal, missed))
        return found

    def problem(self, rng: np.random.Generator) -> Problem:
        """Draw a target of random signs that the true group leaves alone."""
        size, (_, true) = self.sizes(), self.spectra[-1]
        target = true @ (size * rng.choice([-1.0, 1.0], size=len(size)))
        arms = []
        for name, (values, functions) in zip(ARMS, self.spectra, strict=True):
            truth = functions.T @ target / len(target)
            missed = max(0.0, float(target @ target / len(target) - truth @ truth))
            arms.append(Arm(name, values, truth[None], np.array([missed])))

        def draw(generator: np.random.Generator, n: int) -> tuple[list[Array], Array]:
            rows = generator.integers(len(target), size=n)
            return [functions[rows] for _, functions in self.spectra], target[rows][None]

        return Problem(tuple(arms), self.noise, draw)
