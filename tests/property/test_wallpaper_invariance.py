"""The same pattern seen otherwise has the same group: turned, mirrored, moved, in other colours."""

import numpy as np
import pytest

from symlens.config.wallpaper_data import ImageData
from symlens.wallpaper import identify
from symlens.wallpaper.exact import identify_stack
from symlens.wallpaper.groups import GROUPS, NAMES
from symlens.wallpaper.synthesis import Painter, stream
from symlens.wallpaper.train import cell_error

SIZE = 128
CASES = [("pg", "noise"), ("cm", "atoms"), ("pmg", "noise"), ("p4g", "atoms"), ("p31m", "noise")]
VIEWS = {
    "turned": np.rot90,
    "mirrored": lambda image: image[:, ::-1],
    "transposed": lambda image: np.swapaxes(image, 0, 1),
    "upside down": lambda image: image[::-1, ::-1],
    "negative": lambda image: 1.0 - image,
    "other colours": lambda image: image[..., ::-1],
    "brighter": lambda image: 40.0 + 3.0 * image,
    "cut": lambda image: image[9:, : SIZE - 14],
    "whole numbers": lambda image: np.rint(255 * image).astype(np.uint8),
}


@pytest.fixture(scope="module")
def painter():
    return Painter(ImageData(size=SIZE, seed=210, cell_area=(2000.0, 4500.0)))


@pytest.fixture(scope="module")
def known(painter):
    """Images and what they are, by group."""
    found = {}
    for name, content in CASES:
        image = painter.draw(name, content, stream(210, content, 0, NAMES.index(name))).image
        found[name] = image, identify(image)
    return found


def primitive(found):
    return found.cell @ GROUPS[found.group].primitive


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", [name for name, _ in CASES])
def test_another_view_has_the_same_group_and_cell(known, name, view):
    image, first = known[name]
    assert first.group == name
    found = identify(VIEWS[view](image))
    assert found.group == name
    assert cell_error(primitive(found), primitive(first)) < 2e-3
    chances = np.array([list(each.probabilities.values()) for each in (first, found)])
    assert np.abs(chances[0] - chances[1]).max() < 0.1


@pytest.mark.parametrize("name", [name for name, _ in CASES])
def test_a_view_moved_by_a_vector_moves_the_origin(known, name):
    """Rows and columns that are left out move the origin, up to one that is equivalent."""
    image, first = known[name]
    found = identify(image[5:, 7:])
    apart = np.linalg.solve(first.cell, found.origin - first.origin + np.array([7, 5]))
    for W, _ in GROUPS[name].operations[1:]:
        step = (np.eye(2) - W) @ apart
        whole = step - np.rint(step)
        middle = np.abs(np.abs(whole) - 0.5).max() if GROUPS[name].centred else np.inf
        assert min(np.abs(whole).max(), middle) < 0.02


@pytest.mark.parametrize("name", ["pg", "p31m"])
def test_turned_operations_lie_across(known, name):
    """Turned by 90 degrees, the axes of mirrors and glides are turned by 90 degrees."""
    image, first = known[name]
    found = identify(np.rot90(image))

    def directions(each):
        kinds = [op for op in each.operations if op.direction is not None]
        angles = [np.degrees(np.arctan2(op.direction[1], op.direction[0])) % 180 for op in kinds]
        return np.sort(np.round(angles, 1) % 180)

    turned = np.sort((directions(first) - 90) % 180)
    gap = np.abs(turned - directions(found))
    assert np.minimum(gap, 180 - gap).max() < 0.5


def test_a_stack_is_what_its_frames_are(known):
    images = [image for image, _ in known.values()]
    alone = [found.probabilities for _, found in known.values()]
    assert [found.probabilities for found in identify_stack(images)] == alone


def test_frames_of_a_stack_can_be_named_in_two_processes(known):
    images = [image for image, _ in list(known.values())[:2]]
    found = list(identify_stack(images, workers=2))
    assert [each.group for each in found] == [name for name, _ in CASES[:2]]


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_any_number_of_channels(known, channels):
    """Copies of one channel say what it says alone."""
    image = known["p4g"][0][..., :1]
    found = identify(np.repeat(image, channels, axis=2))
    assert found.group == identify(image[..., 0]).group
