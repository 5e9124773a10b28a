"""Exact counts against the integers of the literature table and against counting one by one."""

from __future__ import annotations

from itertools import permutations, product
from math import comb, factorial, pi

import numpy as np
import pytest

from symlens.errors import DataError
from symlens.gain import count_invariant
from symlens.gain.actions import closure, generic_orbit_dim, monte_carlo_volume
from symlens.gain.counting import predicted_count, remainder_exponent
from symlens.gain.symmetry import symmetry

ALL = [
    ("T1", "Z3"),
    ("T2", "trivial"),
    ("T2", "translations(4,4)"),
    ("T2", "signs"),
    ("T2", "permutations"),
    ("T3", "hyperoctahedral"),
    ("T2", "circle(1,2)"),
    ("T3", "circle(1,-2,0)"),
    ("T3", "subtorus(2)"),
    ("S1", "antipode"),
    ("S2", "antipode"),
    ("S2", "signs"),
    ("S3", "permutations"),
    ("S2", "hyperoctahedral"),
    ("S2", "so(2)"),
    ("S3", "so(3)"),
    ("S4", "so(3)"),
    ("S3", "hopf"),
    ("S5", "hopf"),
    ("T2xS2", "Z2xZ2xantipode"),
]


@pytest.mark.parametrize(
    ("manifold", "group", "lam", "expected"),
    [
        ("T2", "trivial", 100, 317),
        ("T2", "translations(2,2)", 100, 81),
        ("T2", "translations(4,4)", 100, 21),
        ("T2", "Z4xZ4", 100, 21),
        ("T2", "signs", 100, 90),
        ("T10", "trivial", 3, 1161),
        ("T10", "signs", 3, 176),
        ("S2", "so(2)", 40 * 41, 41),
        ("S3", "hopf", 40 * 42, 441),
        ("S3", "so(3)", 40 * 42, 41),
        ("T2", "signs", 0, 1),
    ],
)
def test_known_integers(manifold, group, lam, expected):
    assert count_invariant(manifold, group, lam) == expected


@pytest.mark.parametrize(
    ("manifold", "group", "lam", "ratio", "digits"),
    [
        ("T2", "translations(2,2)", 100, 3.91, 2),
        ("T2", "signs", 400, 3.75, 2),
        ("T2", "translations(4,4)", 2500, 16.04, 2),
        ("T3", "signs", 400, 7.17, 1),
        ("T3", "permutations", 400, 5.55, 2),
        ("T4", "permutations", 100, 17.1, 1),
        ("T6", "signs", 100, 36, 0),
        ("T10", "signs", 25, 115, 0),
        ("S2", "antipode", 1640, 1.95, 2),
        ("S2", "permutations", 1640, 5.58, 2),
        ("S2", "signs", 1640, 7.28, 2),
        ("S5", "permutations", 1760, 329, 0),
        ("S5", "signs", 1760, 43, 0),
    ],
)
def test_known_effective_gains(manifold, group, lam, ratio, digits):
    found = count_invariant(manifold, "trivial", lam) / count_invariant(manifold, group, lam)
    assert found == pytest.approx(ratio, abs=0.6 * 10.0**-digits)


@pytest.mark.parametrize(
    ("manifold", "group", "lam", "weyl"),
    [
        ("T2", "trivial", 100, 314.2),
        ("T2", "translations(4,4)", 2500, 2500 * pi / 16),
        ("T10", "signs", 3, 0.6),
        ("S2", "so(2)", 40 * 41, (40 * 41) ** 0.5),
        ("S3", "so(3)", 40 * 42, (40 * 42) ** 0.5),
        ("S3", "hopf", 40 * 42, 420),
    ],
)
def test_known_values_of_the_law(manifold, group, lam, weyl):
    assert predicted_count(symmetry(manifold, group), lam) == pytest.approx(weyl, rel=0.01)


@pytest.mark.parametrize("group", ["signs", "permutations", "hyperoctahedral", "Z2xZ3xZ1"])
def test_torus_counts_are_burnside_sums(group):
    lam = 14
    action = symmetry("T3", group).actions[0]
    waves = [k for k in product(range(-3, 4), repeat=3) if sum(v * v for v in k) <= lam]
    elements = closure(action.generators(), 3)
    assert len(elements) == action.order
    total = sum(
        np.exp(2j * np.pi * float(sum(t * v for t, v in zip(g.turns, k, strict=True))))
        for g in elements
        for k in waves
        if tuple(g.array.T @ k) == k
    )
    assert count_invariant("T3", group, lam) == pytest.approx((total / len(elements)).real)


@pytest.mark.parametrize("group", ["antipode", "signs", "permutations", "hyperoctahedral"])
def test_sphere_counts_are_molien_series(group):
    """(1 - t^2) mean 1 / det(1 - t g), as a power series in floating point."""
    action = symmetry("S2", group).actions[0]
    length, total = 9, np.zeros(9)
    elements = closure(action.generators(), 3)
    for g in elements:
        denominator = np.poly(g.array)  # det(z - g) backwards is det(1 - t g)
        series = np.zeros(length)
        for i in range(length):
            past = sum(denominator[j] * series[i - j] for j in range(1, min(i, 3) + 1))
            series[i] = (i == 0) - past
        total += series
    total /= len(elements)
    harmonic = total - np.concatenate([[0, 0], total[:-2]])
    exact = action.multiplicities(8 * 9)
    assert [exact[d * (d + 1)] for d in range(length)] == pytest.approx(list(harmonic))


def test_circle_counts_vectors_orthogonal_to_the_direction():
    v, lam = (2, -1, 1), 20
    naive = sum(
        1
        for k in product(range(-4, 5), repeat=3)
        if sum(a * a for a in k) <= lam and sum(a * b for a, b in zip(k, v, strict=True)) == 0
    )
    assert count_invariant("T3", "circle(2,-1,1)", lam) == naive
    assert count_invariant("T3", "circle(4,-2,2)", lam) == naive, "its common divisor acts as 1"


def test_signs_by_inclusion():
    dim, lam = 4, 30
    total = sum(comb(dim, j) * count_invariant(f"T{dim - j}", "trivial", lam) for j in range(dim))
    assert count_invariant("T4", "signs", lam) * 2**dim == total + 1


def test_permutations_are_multisets():
    naive = {
        min(permutations(k)) for k in product(range(-3, 4), repeat=3) if sum(v * v for v in k) <= 9
    }
    assert count_invariant("T3", "permutations", 9) == len(naive)


def test_products_add_eigenvalues():
    one, two = symmetry("T1", "Z2"), symmetry("S2", "antipode")
    both = symmetry("T1xS2", "Z2xantipode").multiplicities(30)
    a, b = one.multiplicities(30), two.multiplicities(30)
    assert both[22] == sum(a[i] * b[22 - i] for i in range(23))


@pytest.mark.parametrize(("manifold", "group"), ALL)
def test_weyl_ratio_tends_to_one(manifold, group):
    found = symmetry(manifold, group)
    largest = 3000 if len(found.actions) > 1 or found.dim > 3 else 20_000
    level = np.cumsum(found.multiplicities(largest)).astype(float)

    def off(low, high):
        """Mean ratio less 1 over a range, each integer's step read in its middle."""
        lam = np.arange(low, high)
        ratios = [level[v] / predicted_count(found, v + 0.5) for v in lam]
        return abs(np.mean(ratios) - 1)

    far, near = off(3 * largest // 4, largest), off(largest // 100, largest // 50)
    assert far < 0.15
    assert far < max(near, 0.01)


@pytest.mark.parametrize(
    ("manifold", "group", "sign"),
    [("T2", "signs", 1), ("T3", "permutations", 1), ("S2", "permutations", 1), ("S2", "signs", 1)],
)
def test_reflections_leave_more_functions_than_weyl_says(manifold, group, sign):
    found = symmetry(manifold, group)
    for lam in (200, 800):
        level = np.cumsum(found.multiplicities(lam)).astype(float)
        excess = [level[v] - predicted_count(found, v + 0.5) for v in range(lam // 2, lam)]
        assert np.sign(np.mean(excess)) == sign
        plain = found.plain.multiplicities(lam).sum() / level[-1]
        assert plain < found.order


@pytest.mark.parametrize(
    ("manifold", "group"), [("T2", "Z2xZ2"), ("T2", "signs"), ("T3", "permutations")]
)
def test_remainder_is_of_lower_order(manifold, group):
    found = symmetry(manifold, group)
    exponent = remainder_exponent(found, [50, 100, 200, 400, 800, 1600])
    assert exponent <= (found.quotient_dim - 1) / 2 + 0.1


@pytest.mark.parametrize(("manifold", "group"), ALL)
def test_volumes_and_orbits_by_sampling(manifold, group):
    rng = np.random.default_rng(11)
    for action in symmetry(manifold, group).actions:
        volume, error = monte_carlo_volume(action, rng, 60 if action.order else 2000)
        assert abs(volume - action.quotient_volume()) <= 3 * error + 1e-9 * volume
        assert generic_orbit_dim(action, rng) == action.orbit_dim


def test_closed_volumes():
    assert symmetry("S2", "so(2)").quotient_volume() == pytest.approx(pi)
    assert symmetry("S4", "so(3)").quotient_volume() == pytest.approx(2 * pi)
    assert symmetry("S5", "hopf").quotient_volume() == pytest.approx(pi**2 / 2)
    assert symmetry("T3", "circle(1,2,2)").quotient_volume() == pytest.approx((2 * pi) ** 2 / 3)
    assert symmetry("T3", "hyperoctahedral").order == 8 * factorial(3)


@pytest.mark.parametrize(
    ("manifold", "group", "words"),
    [
        ("T2", "hopf", "hopf does not act on T2"),
        ("S2", "hopf", "S3, S5, S7"),
        ("T2", "translations(4)", "takes D whole numbers"),
        ("T2", "circle(0,0)", "not all 0"),
        ("S2", "so(3)", "from 2 to m"),
        ("T2", "antipode", "acts on spheres"),
        ("T2", "rotations", "known are"),
        ("T2", "signs(2)", "no numbers"),
        ("T2xS2", "signs", "2 factor"),
        ("T0", "signs", "dimension from 1"),
        ("T99", "signs", "dimension from 1"),
        ("torus", "signs", "manifold"),
    ],
)
def test_nonsense_gets_one_line(manifold, group, words):
    with pytest.raises(DataError, match=words) as caught:
        count_invariant(manifold, group, 10)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("lam", [-1, 0.5, True, 10**9])
def test_a_level_is_a_whole_number(lam):
    with pytest.raises(DataError, match="lam: a whole number"):
        count_invariant("T2", "signs", lam)


def test_a_group_too_large_to_list_says_so():
    with pytest.raises(DataError, match="too many to average"):
        symmetry("T10", "hyperoctahedral").actions[0].nodes(1)
