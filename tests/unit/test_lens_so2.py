"""Points of the plane with the symmetry SO(2)."""

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.stats import kstest

from symlens.config.lens_data import LensData
from symlens.lens.data import synthesize
from symlens.lens.data.so2 import Rotations
from symlens.lens.truth import truth_of

SHAPES = ("circle", "annulus", "disc", "gaussian")


def points(shape, count=4000, inner=0.5):
    return Rotations(shape, inner).draw(np.random.default_rng(0), count)


@pytest.mark.parametrize("shape", SHAPES)
def test_angles_are_uniform(shape):
    x, y = points(shape).T
    assert kstest(np.arctan2(y, x), "uniform", args=(-np.pi, 2 * np.pi)).pvalue > 0.01


def test_radii_have_the_law_of_their_shape():
    radius = {shape: np.linalg.norm(points(shape), axis=1) for shape in SHAPES}
    assert radius["circle"] == pytest.approx(1)
    assert kstest(radius["disc"] ** 2, "uniform").pvalue > 0.01
    assert kstest(radius["annulus"] ** 2, "uniform", args=(0.25, 0.75)).pvalue > 0.01
    assert kstest(points("gaussian")[:, 0], "norm").pvalue > 0.01


@pytest.mark.parametrize("shape", SHAPES)
def test_the_ideal_is_a_quarter_turn_and_its_algebra_so2(shape):
    cfg = TypeAdapter(LensData).validate_python({"source": "so2", "shape": shape, "samples": 500})
    data = synthesize(cfg)
    truth = truth_of(data)
    assert abs(truth.generator) == pytest.approx(np.array([[0, 1], [1, 0]]))
    assert np.linalg.det(truth.generator) == pytest.approx(1)
    assert truth.group_convolution is None
    assert abs(truth.log_action) == pytest.approx(np.pi / 2 * np.array([[0, 1], [1, 0]]))
    assert truth.log_action == pytest.approx(-truth.log_action.T)
    assert data["x"].shape == (500, 2)
    assert data.attrs["cyclic"] == 1


@pytest.mark.parametrize(
    "wrong", [{"n": 3}, {"cyclic": False}, {"shape": "square"}, {"inner": 1.0}, {"group": "x"}]
)
def test_what_is_no_such_sample_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TypeAdapter(LensData).validate_python({"source": "so2"} | wrong)
