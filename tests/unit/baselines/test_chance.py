"""Floors in closed form beside floors that are drawn."""

import numpy as np
import pytest

from symlens.baselines.chance import algebra_dimension, direction_floor
from symlens.groups import cyclic_log_generator, group_action
from symlens.metrics import algebra_cosine, floor_levels, generator_cosine, random_rotations


@pytest.mark.parametrize(("n", "orthogonal"), [(3, True), (9, True), (2, False), (4, False)])
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_random_directions_score_what_the_closed_form_says(n, orthogonal, level):
    rng = np.random.default_rng(0)
    draws = rng.standard_normal((20_000, n, n))
    if orthogonal:
        draws = draws - draws.transpose(0, 2, 1)
    ideal = cyclic_log_generator(n)
    scores = np.array([algebra_cosine(draw, ideal) for draw in draws])
    found = floor_levels(scores, np.array([level]), higher_is_better=True)[0]
    expected = direction_floor(algebra_dimension(n, orthogonal=orthogonal), level)
    assert found == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_random_turns_of_the_plane_score_what_the_closed_form_says(level):
    r"""To a quarter turn, modulo inverse: :math:`|\sin \alpha|` of a uniform angle."""
    quarter = group_action(cyclic_log_generator(2), 1.0)
    draws = random_rotations(2, 20_000, np.random.default_rng(2))
    scores = np.array([generator_cosine(draw, quarter) for draw in draws])
    found = floor_levels(scores, np.array([level]), higher_is_better=True)[0]
    assert found == pytest.approx(np.sin(np.pi * level / 2), abs=0.01)


def test_limits():
    assert direction_floor(1, 0.3) == 1.0
    assert direction_floor(2, 0.5) == pytest.approx(np.cos(np.pi / 4))
    assert direction_floor(3, 0.7) == pytest.approx(0.7)  # Archimedes: cos is uniform
    assert algebra_dimension(33, orthogonal=True) == 528
    assert algebra_dimension(2, orthogonal=False) == 4


def test_more_dimensions_and_lower_levels_have_lower_floors():
    floors = [direction_floor(d, 0.95) for d in (2, 4, 28, 528)]
    assert floors == sorted(floors, reverse=True)
    assert direction_floor(28, 0.5) < direction_floor(28, 0.95)
