"""Manifolds, names of groups, isometries and orbits."""

from __future__ import annotations

from fractions import Fraction
from math import pi

import numpy as np
import pytest

from symlens.errors import DataError
from symlens.gain.actions import Isometry, closure
from symlens.gain.manifolds import Sphere, Torus, unit_ball
from symlens.gain.symmetry import MAKERS, symmetry


@pytest.mark.parametrize(("m", "volume"), [(1, 2 * pi), (2, 4 * pi), (3, 2 * pi**2)])
def test_spheres(m, volume):
    sphere = Sphere(m)
    assert sphere.volume == pytest.approx(volume)
    x = sphere.sample(np.random.default_rng(1), 4000)
    assert np.linalg.norm(x, axis=1) == pytest.approx(1)
    assert np.abs(x.T @ x / 4000 - np.eye(m + 1) / (m + 1)).max() < 0.05
    assert [sphere.frequency(sphere.eigenvalue(d)) for d in range(6)] == list(range(6))
    assert sphere.frequency(sphere.eigenvalue(4) - 1) == 3


def test_multiplicities_of_spheres():
    assert [Sphere(2).multiplicity(d) for d in range(5)] == [1, 3, 5, 7, 9]
    assert [Sphere(3).multiplicity(d) for d in range(5)] == [1, 4, 9, 16, 25]
    assert [Sphere(1).multiplicity(d) for d in range(4)] == [1, 2, 2, 2]


def test_tori():
    torus = Torus(3)
    assert torus.volume == pytest.approx((2 * pi) ** 3)
    x = torus.sample(np.random.default_rng(1), 100)
    assert x.shape == (100, 3)
    assert (x >= 0).all()
    assert (x < 2 * pi).all()
    assert [torus.frequency(lam) for lam in (0, 1, 3, 4, 99, 100)] == [0, 1, 1, 2, 9, 10]


def test_unit_balls():
    assert [unit_ball(d) for d in (1, 2, 3)] == pytest.approx([2, pi, 4 * pi / 3])


def test_isometries_compose_in_exact_turns():
    swap = Isometry.linear(np.array([[0, 1], [1, 0]]))
    step = Isometry.translation([Fraction(1, 3), Fraction(0)])
    both = swap.after(step)
    x = np.random.default_rng(1).uniform(0, 6, (5, 2))
    assert both(x) == pytest.approx(swap(step(x)))
    assert both.turns == (0, Fraction(1, 3))
    assert step.after(step).after(step) == Isometry.translation([Fraction(0), Fraction(0)])
    assert len(closure([swap, step], 2)) == 2 * 9


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Z4xZ4", "translations(4,4)"),
        (" Z4 x Z4 ", "translations(4,4)"),
        ("translations(4, 4)", "translations(4,4)"),
        ("hyperoctahedral", "hyperoctahedral"),
        ("circle(2,-4)", "circle(2,-4)"),
    ],
)
def test_names_of_groups(text, group):
    assert symmetry("T2", text).group == group


def test_products_have_a_group_for_every_factor():
    found = symmetry("T2xS2xT1", "Z2xZ3xantipodexZ5")
    assert found.group == "translations(2,3)xantipodextranslations(5)"
    assert found.order == 2 * 3 * 2 * 5
    assert found.dim == found.quotient_dim == 5
    assert found.free
    mixed = symmetry("T2xS3", "signsxhopf")
    assert mixed.order is None
    assert mixed.quotient_dim == 4
    assert not mixed.free
    assert mixed.quotient_volume() == pytest.approx((2 * pi) ** 2 / 4 * pi)
    x = found.sample(np.random.default_rng(1), 3)
    assert [part.shape for part in found.split(x)] == [(3, 2), (3, 3), (3, 1)]


def test_the_plain_manifold_has_the_group_of_one_element():
    plain = symmetry("T2xS3", "signsxhopf").plain
    assert plain.order == 1
    assert plain.group == "trivialxtrivial"
    assert plain.weyl_constant() == pytest.approx(
        unit_ball(5) / (2 * pi) ** 5 * (2 * pi) ** 2 * 2 * pi**2
    )


def test_a_direction_is_taken_without_its_common_divisor():
    one, two = symmetry("T2", "circle(1,2)"), symmetry("T2", "circle(-3,-6)")
    assert one.quotient_volume() == pytest.approx(two.quotient_volume())
    assert (one.multiplicities(40) == two.multiplicities(40)).all()


@pytest.mark.parametrize("name", MAKERS)
def test_every_group_refuses_a_foreign_manifold_or_numbers(name):
    with pytest.raises(DataError, match="does not act on"):
        symmetry("T1", f"{name}(7,7,7)")


def test_orbits_by_counting_and_by_length():
    rng = np.random.default_rng(2)
    signs = symmetry("T2", "signs").actions[0]
    points = np.array([[0.3, 1.1], [0.0, 1.1], [np.pi, 0.0]])
    assert signs.orbit_volume(points).tolist() == [4, 2, 1], "fixed points have smaller orbits"
    turns = symmetry("S2", "so(2)").actions[0]
    x = turns.manifold.sample(rng, 5)
    assert turns.orbit_volume(x) == pytest.approx(2 * pi * np.hypot(x[:, 0], x[:, 1]))


@pytest.mark.parametrize("name", ["so(2)", "so(3)"])
def test_points_spread_out_have_weights_of_mean_one(name):
    action = symmetry("S3", name).actions[0]
    x, weight = action.spread_out(np.random.default_rng(3), 20_000)
    assert np.linalg.norm(x, axis=1) == pytest.approx(1)
    assert weight.mean() == pytest.approx(1, abs=0.03)
    radius = (x[:, : action.turned] ** 2).sum(axis=1)
    assert (weight * radius).mean() == pytest.approx(action.turned / 4, abs=0.02)


@pytest.mark.parametrize(
    ("manifold", "group"),
    [("T3", "circle(1,2,0)"), ("S3", "hopf"), ("S4", "so(3)"), ("S2", "so(2)")],
)
def test_fields_are_the_velocities_of_the_generators(manifold, group):
    """Every generator moves points within what the fields span, to first order along the orbit."""
    action = symmetry(manifold, group).actions[0]
    x = action.manifold.sample(np.random.default_rng(4), 6)
    fields = action.fields(x)
    if manifold.startswith("S"):
        assert np.abs(np.einsum("nc,ncf->nf", x, fields)).max() < 1e-12, "tangent to the sphere"
    ranks = np.linalg.matrix_rank(fields, tol=1e-9)
    assert set(ranks.tolist()) == {action.orbit_dim}
