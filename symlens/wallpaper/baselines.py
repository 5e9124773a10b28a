"""Floors: methods that do not look at what a cell holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.wallpaper.exact.reduction import reduced
from symlens.wallpaper.groups import NAMES

TREES = 200


def lattice_features(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a lattice says about an image: area, lengths, angle of its reduced cell.

    Parameters
    ----------
    cells : ndarray, shape (n, 2, 2)
        Primitive cells, vectors as columns; NaN where none was found. a is the shorter one.

    Returns
    -------
    ndarray, shape (n, 5)
        log area, log |a|, log |b|, log(|b|/|a|), cosine of the angle; zeros without a cell.
    """
    found = np.zeros((len(cells), 5))
    for row, cell in zip(found, cells, strict=True):
        if np.isfinite(cell).all():
            basis = reduced(cell)
            a, b = np.sort(np.linalg.norm(basis, axis=0))
            cosine = basis[:, 0] @ basis[:, 1] / (a * b)
            row[:] = np.log(abs(np.linalg.det(basis))), np.log(a), np.log(b), np.log(b / a), cosine
    return found


def lattice_classifier(cells: NDArray[np.float64], labels: NDArray[np.int64], seed: int) -> Any:
    """Learn the group from the lattice alone: a random forest of scikit-learn."""
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(TREES, min_samples_leaf=2, random_state=seed, n_jobs=1)
    return forest.fit(lattice_features(cells), labels)


def lattice_probabilities(forest: Any, cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of the 17 groups from the lattice alone; shape (n, 17)."""
    found = np.zeros((len(cells), len(NAMES)))
    found[:, forest.classes_] = forest.predict_proba(lattice_features(cells))
    return found


def majority_probabilities(labels: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """The parts of the groups among the images to train on, for every image; shape (count, 17)."""
    part = np.bincount(labels, minlength=len(NAMES)) / len(labels)
    return np.tile(part, (count, 1))
