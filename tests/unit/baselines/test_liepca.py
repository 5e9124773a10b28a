"""Lie-PCA: tangents, the form, and what is found where the answer is known."""

import numpy as np
import pytest

from symlens.baselines.liepca import liepca, normal_form, tangents
from symlens.config.lens_baselines import LiePCASettings
from symlens.errors import DataError
from symlens.groups import cyclic_log_generator, group_action
from symlens.metrics import algebra_cosine


def silent(step, terms):
    pass


def find(x, **settings):
    return liepca(
        x, LiePCASettings(**settings), rng=np.random.default_rng(0), record=silent
    ).log_generator


def circle(points):
    angle = 2 * np.pi * np.arange(points) / points
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_so2_is_found_from_a_noiseless_circle_among_all_matrices():
    found = find(circle(400), orthogonal=False, neighbours=2, points=400)
    assert abs(found) == pytest.approx(np.pi / 2 * np.array([[0, 1], [1, 0]]), abs=1e-6)
    assert found == pytest.approx(-found.T, abs=1e-6)


def test_an_ellipse_has_the_stretched_rotation_that_no_rotation_is():
    """(a cos t, b sin t) moves by x A with A = [[0, b / a], [-a / b, 0]]."""
    a, b = 2.0, 0.5
    found = find(circle(400) * [a, b], orthogonal=False, neighbours=2, points=400)
    ideal = np.array([[0, b / a], [-a / b, 0]])
    assert algebra_cosine(found, ideal) == pytest.approx(1, abs=2e-3)
    assert algebra_cosine(found, cyclic_log_generator(2)) < 0.9


@pytest.mark.parametrize("n", [5, 9])
def test_the_orbit_of_one_bump_on_a_ring_gives_the_shift(n):
    """One smooth orbit of dimension one is what the method assumes."""
    generator = cyclic_log_generator(n)
    bump = np.exp(-((np.arange(n) - n // 2) ** 2) / 2.0)
    orbit = np.stack([bump @ group_action(generator, t) for t in np.linspace(0, n, 600, False)])
    found = find(orbit - orbit.mean(axis=0), neighbours=4, points=600)
    assert algebra_cosine(found, generator) == pytest.approx(1, abs=1e-2)


def test_white_samples_of_an_ellipse_are_those_of_a_circle():
    """The rotation that is found acts on white samples."""
    found = find(circle(400) * [2.0, 0.5], orthogonal=False, neighbours=2, points=400, white=True)
    assert algebra_cosine(found, cyclic_log_generator(2)) == pytest.approx(1, abs=1e-4)


def test_tangents_are_orthonormal_and_along_the_curve():
    x = circle(200)
    found = tangents(x, 50, 2, 1)
    assert found.shape == (50, 1, 2)
    assert np.linalg.norm(found, axis=2) == pytest.approx(1)
    assert np.einsum("pdi,pi->pd", found, x[:50]) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("orthogonal", [True, False])
def test_the_form_is_that_of_a_naive_loop(orthogonal):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((6, 3))
    directions = np.linalg.qr(rng.standard_normal((6, 3, 2)))[0].transpose(0, 2, 1)
    form, basis = normal_form(x, directions, orthogonal=orthogonal)
    assert basis @ basis.T == pytest.approx(np.eye(len(form)))
    weights = rng.standard_normal(len(form))
    matrix = (weights @ basis).reshape(3, 3)
    naive = 0.0
    for point, tangent in zip(x, directions, strict=True):
        moved = point / np.linalg.norm(point) @ matrix
        off = moved - sum((moved @ t) * t for t in tangent)
        naive += off @ off / len(x)
    assert weights @ form @ weights == pytest.approx(naive)


def test_skew_matrices_are_all_that_is_searched_where_the_group_is_orthogonal():
    _, basis = normal_form(np.eye(4), np.zeros((4, 1, 4)), orthogonal=True)
    matrices = basis.reshape(-1, 4, 4)
    assert len(matrices) == 6
    assert matrices == pytest.approx(-matrices.transpose(0, 2, 1))


def test_the_spectrum_is_recorded_in_ascending_order():
    rows = []
    found = liepca(
        circle(100),
        LiePCASettings(orthogonal=False, neighbours=2),
        rng=np.random.default_rng(0),
        record=lambda step, terms: rows.append((step, terms["eigenvalue"])),
    )
    values = found.values[:, 0]
    assert [value for _, value in rows] == values.tolist()
    assert [step for step, _ in rows] == found.steps.tolist() == [0, 1, 2, 3]
    assert (np.diff(values) >= 0).all()
    assert values[0] == pytest.approx(0, abs=1e-9)
    assert values[1] > 0.1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"neighbours": 10}, "below the number of samples to learn from, 10; found 10"),
        ({"neighbours": 5, "dimension": 3}, "below the number of features, 3.*found 3"),
        ({"neighbours": 2, "dimension": 2}, None),
    ],
)
def test_tangents_that_cannot_be_had_are_refused(settings, words):
    x = np.random.default_rng(0).standard_normal((10, 3))
    if words is None:
        assert np.isfinite(find(x, **settings)).all()
        return
    with pytest.raises(DataError, match=words):
        find(x, **settings)
