"""Which plane group an image has: from pixels to probabilities, without training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from symlens.errors import DataError
from symlens.wallpaper.exact.cells import spectrum
from symlens.wallpaper.exact.fourier import Spectrum
from symlens.wallpaper.exact.lattice import find_lattice
from symlens.wallpaper.exact.matching import Match, Matcher
from symlens.wallpaper.exact.result import Identification, operation
from symlens.wallpaper.exact.selection import DEFAULT, Criterion, by_name, posterior, residuals
from symlens.wallpaper.exact.settings import settings
from symlens.wallpaper.exact.weights import errors, weights_of
from symlens.wallpaper.groups import NAMES

SMALLEST = 32
"""Pixels along a side below which no image is looked at."""

UNIFORM = 1e-6
"""Standard deviation, relative to the largest value, below which an image is said to be uniform."""

COHERENT = (0.3, 0.04)
"""Coherence or contrast, the smaller one, at which an image is as likely periodic as not, and the
width of the change (our choice, on noisy patterns and crops of photographs)."""

BLURRED = 2.0
"""Standard deviation, in pixels, of the Gaussian through which channels are compared."""

FEWEST = 6
"""Fourier coefficients, with their conjugates, that a cell must have."""

WORST = 1.4
"""How much larger the standard error of the worst of several operations is taken than that of one
(our choice, by calibration)."""

DEVIATIONS = 4.0
"""Standard errors beyond 0 that the middle lies at least."""


def identify(image: ArrayLike, *, criterion: Criterion = DEFAULT) -> Identification:
    """Identify the plane group of an image that repeats, at least about four times.

    Parameters
    ----------
    image : array_like, shape (height, width) or (height, width, channel)
        Numbers of any scale, at least 32 x 32.
    criterion : Criterion
        What decides between a group and its supergroups.

    Returns
    -------
    Identification

    Raises
    ------
    DataError
        For another shape, a number that is not finite, an image of one colour.
    """
    found, shape = averaged(image), np.shape(image)
    if found is None:
        return _none(0.0)
    periodic = chance_of_lattice(found) if fits_twice(found.basis, shape) else 0.0
    matches, noise = match_all(found)
    chances = posterior(matches, noise, criterion)
    probabilities = by_name(matches, chances)
    if periodic < 0.5:
        return _none(periodic, probabilities)
    name = NAMES[int(np.argmax(probabilities))]
    best = max(
        (index for index, match in enumerate(matches) if match.setting.name == name),
        key=lambda index: float(chances[index]),
    )
    return _described(matches[best], found, shape, probabilities, periodic, matches, noise)


def identify_stack(
    images: Iterable[ArrayLike], *, workers: int = 1, criterion: Criterion = DEFAULT
) -> Iterator[Identification]:
    """Identify the frames of a stack, in order, in ``workers`` processes."""
    from functools import partial

    task = partial(identify, criterion=criterion)
    if workers <= 1:
        yield from map(task, images)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(task, images, chunksize=4)


def averaged(image: ArrayLike) -> Spectrum | None:
    """The averaged cell of an image; None where no lattice is found.

    Parameters
    ----------
    image : array_like, shape (height, width) or (height, width, channel)

    Raises
    ------
    DataError
        See `identify`.
    """
    values = prepared(image)
    lattice = find_lattice(principal(values))
    if lattice is None:
        return None
    found = spectrum(values, lattice)
    return None if len(found.h) < FEWEST else found


def prepared(image: ArrayLike) -> NDArray[np.float64]:
    """An image as (height, width, channel) of mean 0 and standard deviation 1, or an error."""
    values = np.asarray(image)
    if values.dtype.kind not in "buif" or values.ndim not in (2, 3) or 0 in values.shape:
        raise DataError(
            "image: numbers of shape (height, width) or (height, width, channel) expected, found "
            f"{values.dtype} of shape {values.shape}"
        )
    values = values.astype(np.float64).reshape(*values.shape[:2], -1)
    if min(values.shape[:2]) < SMALLEST:
        raise DataError(
            f"image: at least {SMALLEST} x {SMALLEST} pixels expected, found "
            f"{values.shape[0]} x {values.shape[1]}"
        )
    if not np.isfinite(values).all():
        row, col, _ = np.argwhere(~np.isfinite(values))[0]
        raise DataError(f"image: finite numbers expected, found another at row {row}, column {col}")
    largest = float(np.abs(values).max())
    values = values / max(largest, np.finfo(float).tiny)  # squares must not overflow
    values = values - values.mean(axis=(0, 1))
    deviation = float(np.sqrt((values**2).mean()))
    if deviation <= UNIFORM:
        raise DataError("image: it is uniform, there is nothing to identify")
    return np.asarray(values / deviation)


def principal(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The combination of the channels whose blurred view varies most; shape (height, width).

    Blurred, since noise of pixels hides the directions of what varies little.
    """
    blurred = ndimage.gaussian_filter(values, (BLURRED, BLURRED, 0))
    flat = blurred.reshape(-1, values.shape[2])
    return np.asarray(values @ np.linalg.eigh(flat.T @ flat)[1][:, -1])


def match_all(found: Spectrum) -> tuple[list[Match], float]:
    """Every setting on the lattice, with its best origin, and the standard error of a residual."""
    weights = weights_of(found.frequency, found.power, found.noise)
    matcher = Matcher(found.h, found.values, weights, found.noise)
    noise = WORST * float(errors(weights, found.power, found.noise, found.channels)[1])
    return [matcher.match(setting) for setting in settings(found.basis)], noise


def fits_twice(basis: NDArray[np.float64], shape: tuple[int, ...]) -> bool:
    """Whether both cell vectors are at most half as long as the image in their direction.

    What is seen less than twice is not seen to repeat.
    """
    parts = basis / np.array([[shape[1]], [shape[0]]])
    return bool((np.linalg.norm(parts, axis=0) <= 0.5).all())


def chance_of_lattice(found: Spectrum) -> float:
    """Probability that an image repeats: a logistic function of the smaller of two numbers.

    Both are 1 for a lattice without noise: the coherence of the halves, and the contrast of the
    lattice's frequencies to those between. The middle lies higher where few coefficients say it:
    their standard error is sqrt(2 / m) for m of them, half of which are independent.
    """
    middle, width = COHERENT
    middle = max(middle, DEVIATIONS * float(np.sqrt(2 / len(found.h))))
    least = min(found.coherence, found.contrast)
    return float(1 / (1 + np.exp(-np.clip((least - middle) / width, -60, 60))))


def _none(periodic: float, probabilities: NDArray[np.float64] | None = None) -> Identification:
    """An image that does not repeat."""
    values = np.full(len(NAMES), 1 / len(NAMES)) if probabilities is None else probabilities
    chances = dict(zip(NAMES, map(float, values), strict=True))
    return Identification(None, chances, periodic, None, None, (), {}, 1.0)


def _described(
    best: Match,
    found: Spectrum,
    shape: tuple[int, ...],
    probabilities: NDArray[np.float64],
    periodic: float,
    matches: list[Match],
    noise: float,
) -> Identification:
    """The answer, in pixels."""
    cell = found.basis @ best.setting.cell
    middle = np.array([shape[1], shape[0]]) / 2
    origin = found.basis @ best.origin
    origin = origin + cell @ np.rint(np.linalg.solve(cell, middle - origin))
    place = np.linalg.solve(found.basis, origin)
    lost = 1 - best.correlations[1]
    operations = tuple(
        operation(W, t, place, found.basis, float(residual))
        for W, t, residual in zip(
            best.setting.matrices[1:], best.setting.shifts[1:], lost, strict=True
        )
    )
    by_group: dict[str, float] = {}
    for match, value in zip(matches, residuals(matches), strict=True):
        name = match.setting.name
        by_group[name] = min(by_group.get(name, np.inf), float(value))
    return Identification(
        best.setting.name,
        dict(zip(NAMES, map(float, probabilities), strict=True)),
        periodic,
        cell,
        origin,
        operations,
        by_group,
        noise,
    )
