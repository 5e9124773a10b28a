"""Counts of invariant eigenfunctions against two independent ways to count them.

Neither uses the library's generating functions, bases or group elements: lattice points are listed
one by one and their characters averaged over elements written down here, and invariant harmonics
are counted as those of the invariant homogeneous polynomials that the Laplacian sends to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import permutations, product
from math import comb, pi

import numpy as np
import pytest
from scipy.integrate import quad

from symlens.gain import count_invariant
from symlens.gain.symmetry import symmetry

Element = tuple[tuple[int, ...], tuple[int, ...], tuple[Fraction, ...]]
"""Place and sign of every coordinate's image, and a translation in turns."""


def elements(name: str, dim: int, moduli: tuple[int, ...] = ()) -> Iterator[Element]:
    """Elements of a finite group of signed permutations and translations."""
    places = permutations(range(dim)) if name in ("permutations", "hyperoctahedral") else [None]
    still = (Fraction(0),) * dim
    for place in places:
        order = tuple(range(dim)) if place is None else place
        flips: Iterable[tuple[int, ...]] = [(1,) * dim]
        if name in ("signs", "hyperoctahedral"):
            flips = product((1, -1), repeat=dim)
        for flip in flips:
            if not moduli:
                yield order, flip, still
                continue
            for steps in product(*(range(m) for m in moduli)):
                turns = tuple(Fraction(a, m) for a, m in zip(steps, moduli, strict=True))
                yield order, flip, turns


def lattice(dim: int, lam: int) -> list[tuple[int, ...]]:
    """Integer vectors with |k|^2 <= lam."""
    reach = int(lam**0.5) + 1
    every = product(range(-reach, reach + 1), repeat=dim)
    return [k for k in every if sum(v * v for v in k) <= lam]


def burnside(name: str, dim: int, lam: int, moduli: tuple[int, ...] = ()) -> float:
    """Mean over the group of the trace of x -> g x on the waves up to an eigenvalue."""
    waves, total, order = lattice(dim, lam), 0.0, 0
    for place, flip, turns in elements(name, dim, moduli):
        order += 1
        for k in waves:
            image = [0] * dim
            for i in range(dim):
                image[place[i]] = flip[i] * k[i]
            if tuple(image) == k:
                phase = float(sum(t * v for t, v in zip(turns, k, strict=True)))
                total += np.cos(2 * pi * phase)
    return total / order


@pytest.mark.parametrize(
    ("manifold", "group", "moduli"),
    [
        ("T1", "signs", ()),
        ("T2", "signs", ()),
        ("T3", "signs", ()),
        ("T2", "permutations", ()),
        ("T3", "permutations", ()),
        ("T2", "hyperoctahedral", ()),
        ("T3", "hyperoctahedral", ()),
        ("T1", "translations(7)", (7,)),
        ("T2", "translations(2,2)", (2, 2)),
        ("T2", "translations(4,4)", (4, 4)),
        ("T2", "translations(3,5)", (3, 5)),
        ("T3", "translations(2,1,3)", (2, 1, 3)),
    ],
)
@pytest.mark.parametrize("lam", [0, 1, 7, 25])
def test_torus_counts_are_averaged_characters(manifold, group, moduli, lam):
    naive = burnside(group.partition("(")[0], int(manifold[1:]), lam, moduli)
    assert count_invariant(manifold, group, lam) == pytest.approx(naive, abs=1e-9)


@pytest.mark.parametrize("direction", [(1, 0), (2, 3), (-1, 4), (1, 1, -2), (0, 0, 3)])
@pytest.mark.parametrize("lam", [0, 5, 30])
def test_circles_count_waves_whose_character_has_a_mean(direction, lam):
    """The integral of exp(i t k . v) over the circle, as a mean of more steps than |k . v|."""
    waves = np.array(lattice(len(direction), lam))
    along = waves @ np.array(direction)
    steps = 2 * int(np.abs(along).max()) + 3
    angles = 2 * pi * np.arange(steps) / steps
    naive = np.exp(1j * np.outer(angles, along)).mean(axis=0).sum().real
    word = f"circle({','.join(map(str, direction))})"
    assert count_invariant(f"T{len(direction)}", word, lam) == pytest.approx(naive, abs=1e-9)


def monomials(n: int, degree: int) -> list[tuple[int, ...]]:
    """Exponents of the monomials of a degree in n variables."""
    return [p for p in product(range(degree + 1), repeat=n) if sum(p) == degree]


def action_on(power: list[tuple[int, ...]], element: Element) -> np.ndarray:
    """Matrix by which a signed permutation of the variables moves monomials."""
    place, flip, _ = element
    index = {p: i for i, p in enumerate(power)}
    found = np.zeros((len(power), len(power)))
    for column, p in enumerate(power):
        image, sign = [0] * len(p), 1
        for i, exponent in enumerate(p):
            image[place[i]] = exponent
            sign *= flip[i] ** exponent
        found[index[tuple(image)], column] = sign
    return found


def invariant_harmonics(name: str, n: int, degree: int) -> int:
    """Invariant polynomials of a degree in n variables less those of a degree two lower.

    The Laplacian maps the first onto the second and commutes with the group; its kernel are the
    harmonics. Invariants are the rank of the group's mean.
    """

    def invariants(own: int) -> int:
        if own < 0:
            return 0
        power = monomials(n, own)
        if name == "antipode":
            return len(power) if own % 2 == 0 else 0
        group = list(elements(name, n))
        mean = sum(action_on(power, g) for g in group) / len(group)
        return round(float(np.trace(mean)))

    return invariants(degree) - invariants(degree - 2)


@pytest.mark.parametrize(
    ("manifold", "group", "degrees"),
    [
        ("S1", "antipode", 8),
        ("S1", "signs", 8),
        ("S1", "permutations", 8),
        ("S1", "hyperoctahedral", 9),
        ("S2", "antipode", 7),
        ("S2", "signs", 7),
        ("S2", "permutations", 7),
        ("S2", "hyperoctahedral", 8),
        ("S3", "signs", 4),
        ("S3", "permutations", 4),
    ],
)
def test_sphere_counts_are_invariant_harmonic_polynomials(manifold, group, degrees):
    m = int(manifold[1:])
    own = symmetry(manifold, group).actions[0].multiplicities(degrees * (degrees + m - 1))
    naive = [invariant_harmonics(group, m + 1, degree) for degree in range(degrees + 1)]
    assert [own[d * (d + m - 1)] for d in range(degrees + 1)] == naive


@pytest.mark.parametrize(("m", "k"), [(2, 2), (3, 2), (3, 3), (4, 3), (5, 4)])
def test_rotations_leave_polynomials_of_the_radius_and_the_rest(m, k):
    """Invariants of SO(k): monomials in r^2 and the m + 1 - k other coordinates."""
    rest = m + 1 - k
    own = symmetry(f"S{m}", f"so({k})").actions[0].multiplicities(6 * (6 + m - 1))

    def invariants(degree: int) -> int:
        return sum(comb(degree - 2 * j + rest - 1, rest - 1) for j in range(degree // 2 + 1))

    for degree in range(7):
        naive = invariants(degree) - (invariants(degree - 2) if degree >= 2 else 0)
        assert own[degree * (degree + m - 1)] == naive


@pytest.mark.parametrize("m", [3, 5])
def test_hopf_leaves_polynomials_with_as_many_conjugates(m):
    """Invariants of z -> e^(it) z: monomials with as many z as conj(z)."""
    n = (m + 1) // 2
    own = symmetry(f"S{m}", "hopf").actions[0].multiplicities(8 * (8 + m - 1))

    def invariants(degree: int) -> int:
        return 0 if degree % 2 else comb(degree // 2 + n - 1, n - 1) ** 2

    for degree in range(9):
        naive = invariants(degree) - (invariants(degree - 2) if degree >= 2 else 0)
        assert own[degree * (degree + m - 1)] == naive


@pytest.mark.parametrize(("m", "k"), [(2, 2), (3, 2), (3, 3), (4, 3)])
def test_rotation_quotients_are_integrals_over_orbits(m, k):
    """vol(M/G) = integral of dvol / vol(orbit), in polar coordinates by quadrature.

    The length of the turned part is sin(a); points with that length are a sphere of radius sin(a)
    times one of radius cos(a), and the orbit is the first.
    """
    found = symmetry(f"S{m}", f"so({k})")

    def sphere(dim: int, radius: float) -> float:
        from math import gamma

        half = (dim + 1) / 2
        return 2 * pi**half / gamma(half) * radius**dim

    # The last sphere is two points where only one coordinate is left: a runs over [0, pi] once.
    volume, _ = quad(
        lambda a: sphere(k - 1, np.sin(a)) * sphere(m - k, np.cos(a)) / sphere(k - 1, np.sin(a)),
        1e-9,
        pi / 2,
    )
    assert found.quotient_volume() == pytest.approx(volume, rel=1e-6)


@pytest.mark.parametrize(
    ("manifold", "group", "fixed"),
    [
        ("T2", "signs", {(1,): 2, (0,): 1}),
        ("T2", "permutations", {(1,): 1}),
        ("T3", "signs", {(2,): 3, (1,): 3, (0,): 1}),
    ],
)
def test_the_correction_is_that_of_the_fixed_sets(manifold, group, fixed):
    """N_G = (1/|G|) sum_g trace_g, and an element adds Weyl's term of what it leaves in place.

    An element that flips j of D coordinates has trace N_{D-j}: the lattice points of the others. A
    swap keeps the diagonal of length sqrt(2): its trace are the points (a, a), 2 a^2 <= lam.
    """
    found = symmetry(manifold, group)
    lams = np.arange(400, 800)
    level = np.cumsum(found.multiplicities(800)).astype(float)[lams]
    ball = {0: 1.0, 1: 2.0, 2: pi, 3: 4 * pi / 3}
    stretch = np.sqrt(2) if group == "permutations" else 1.0
    law = ball[found.dim] * (lams + 0.5) ** (found.dim / 2)
    for (dim,), how_many in fixed.items():
        law = law + how_many * ball[dim] * ((lams + 0.5) / stretch**2) ** (dim / 2)
    ratio = level / (law / found.order)
    leading = level / (ball[found.dim] * (lams + 0.5) ** (found.dim / 2) / found.order)
    assert np.mean(ratio) == pytest.approx(1, abs=0.005)
    assert np.mean(leading) > np.mean(ratio) + 0.01, "the leading term alone counts too few"
