"""Levels of a decision, against the International Tables."""

import numpy as np
import pytest

from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.levels import LEVELS, MIRRORED, ORDERS, classes


def test_rotations_and_mirrors_are_those_of_the_tables():
    by_order = {
        1: "p1 pm pg cm",
        2: "p2 pmm pmg pgg cmm",
        3: "p3 p3m1 p31m",
        4: "p4 p4m p4g",
        6: "p6 p6m",
    }
    found = {n: {name for name, o in zip(NAMES, ORDERS, strict=True) if o == n} for n in by_order}
    assert found == {n: set(names.split()) for n, names in by_order.items()}
    mirrors = {name for name, has in zip(NAMES, MIRRORED, strict=True) if has}
    assert mirrors == {"pm", "cm", "pmm", "pmg", "cmm", "p4m", "p4g", "p3m1", "p31m", "p6m"}


def test_levels_split_each_other():
    assert np.bincount(LEVELS["axis"]).tolist() == [4, 8, 5]
    for coarse, fine in (("axis", "rotation"), ("rotation", "mirror")):
        pairs = set(zip(LEVELS[fine].tolist(), LEVELS[coarse].tolist(), strict=True))
        assert len(pairs) == len(np.unique(LEVELS[fine]))


@pytest.mark.parametrize("level", LEVELS)
def test_a_sure_answer_is_right_on_every_level(level):
    assert np.array_equal(classes(np.eye(17), level), LEVELS[level])


def test_probabilities_of_a_class_are_added():
    chances = np.zeros((1, 17))
    for name, value in (("p1", 0.4), ("p2", 0.3), ("pgg", 0.3)):
        chances[0, NAMES.index(name)] = value
    assert chances.argmax() == 0
    assert classes(chances, "axis")[0] == LEVELS["axis"][NAMES.index("p2")]
