"""The filter that is put beside a direction that has none."""

import numpy as np
import pytest

from symlens.baselines.resolving import least_gaussian, normal_contrast, white


def test_white_samples_have_the_unit_covariance():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((500, 4)) @ rng.standard_normal((4, 4))
    x -= x.mean(axis=0)
    z = white(x)
    assert z.T @ z / len(z) == pytest.approx(np.eye(4))


def test_a_direction_without_variation_is_not_blown_up():
    x = np.random.default_rng(0).standard_normal((100, 3))
    x[:, 2] = 0
    assert np.abs(white(x)[:, 2]).max() == 0


def test_the_contrast_of_a_normal_is_that_of_many_draws():
    z = np.random.default_rng(0).standard_normal(400_000)
    assert normal_contrast() == pytest.approx(np.mean(np.log(np.cosh(z))), abs=2e-3)


@pytest.mark.parametrize("law", ["sparse", "flat"])
def test_the_one_source_that_is_not_normal_is_found_in_a_random_basis(law):
    rng = np.random.default_rng(3)
    sources = rng.standard_normal((20_000, 5))
    sources[:, 2] = (
        rng.laplace(size=20_000) / np.sqrt(2)
        if law == "sparse"
        else rng.uniform(-(3**0.5), 3**0.5, 20_000)
    )
    basis = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    x = sources @ basis
    found = least_gaussian(x - x.mean(axis=0), np.random.default_rng(0))
    assert np.linalg.norm(found) == pytest.approx(1)
    assert abs(found @ basis[2]) == pytest.approx(1, abs=0.02)
