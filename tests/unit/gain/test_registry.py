"""Every group of the registry, on every kind of manifold that it takes: what each must satisfy.

The list is made from the registry itself: a group added there is tested here, or the test fails.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from symlens.errors import DataError
from symlens.gain.actions import closure, generic_orbit_dim, monte_carlo_volume
from symlens.gain.bases import Basis
from symlens.gain.counting import predicted_count
from symlens.gain.kernels import SobolevKernel
from symlens.gain.symmetry import MAKERS, symmetry

MANIFOLDS = ("T1", "T2", "T3", "S1", "S2", "S3", "S4", "S5")
LEVELS = {"T1": 30, "T2": 18, "T3": 9, "S1": 16, "S2": 30, "S3": 15, "S4": 10, "S5": 12}
"""Largest eigenvalue of the kernels: hundreds of functions at most."""

ONE_BY_ONE = 400
"""Elements that a dual kernel of the test sums over at most: those of all cubes up to S3."""


def numbers(manifold: str) -> list[tuple[int, ...]]:
    """Numbers that a name might carry: none, one, or one per coordinate."""
    dim = int(manifold[1:])
    found: list[tuple[int, ...]] = [(), *((k,) for k in range(1, 6))]
    rows = {1: [(3,)], 2: [(4, 4), (2, 3), (1, 2), (1, 0), (3, -2)]}
    return found + rows.get(dim, [(1, 2, 2), (2, 2, 1), (1, -1, 0), (0, 0, 1)])


def shipped() -> list[tuple[str, str]]:
    """All pairs that the registry takes."""
    found = {}
    for (name, manifold), own in product(product(MAKERS, MANIFOLDS), range(16)):
        tried = numbers(manifold)
        if own >= len(tried):
            continue
        values = tried[own]
        word = f"{name}({','.join(map(str, values))})" if values else name
        try:
            pair = symmetry(manifold, word)
        except DataError:
            continue
        found[pair] = (manifold, word)
    return list(found.values())


SHIPPED = shipped()
RNG = np.random.default_rng


def kernel_of(manifold: str, group: str) -> SobolevKernel:
    found = symmetry(manifold, group)
    return SobolevKernel(found, found.dim / 2 + 1, LEVELS[manifold])


def test_every_name_is_tried_on_every_manifold_it_takes():
    tried = {(word.partition("(")[0], manifold) for manifold, word in SHIPPED}
    assert {name for name, _ in tried} == set(MAKERS)
    for name in ("trivial", "signs", "permutations", "hyperoctahedral"):
        assert {m for n, m in tried if n == name} == set(MANIFOLDS)
    spheres = {m for m in MANIFOLDS if m[0] == "S"}
    assert {m for n, m in tried if n == "antipode"} == spheres
    assert {m for n, m in tried if n == "so"} == spheres - {"S1"}
    assert {m for n, m in tried if n == "hopf"} == {"S3", "S5"}
    assert {m for n, m in tried if n == "translations"} == {"T1", "T2", "T3"}
    assert {m for n, m in tried if n in ("circle", "subtorus")} == {"T2", "T3"}
    assert len(SHIPPED) > 70


@pytest.mark.parametrize(("manifold", "group"), SHIPPED)
def test_kernels_are_invariant_positive_and_the_same_by_both_routes(manifold, group):
    rng = RNG(3)
    kernel = kernel_of(manifold, group)
    action = kernel.symmetry.actions[0]
    x, y = kernel.symmetry.sample(rng, 6), kernel.symmetry.sample(rng, 5)
    primal = kernel.primal(x, y)
    for generator in action.generators():
        assert np.abs(kernel.primal(generator(x), y) - primal).max() < 1e-10
        assert np.abs(kernel.primal(x, generator(y)) - primal).max() < 1e-10
    gram = kernel.primal(x, x)
    assert np.linalg.eigvalsh(gram).min() > -1e-10 * np.trace(gram)
    if (action.order or 0) > ONE_BY_ONE:
        return
    dual = kernel.dual(x, y)
    assert np.abs(dual - primal).max() < 1e-8
    for generator in action.generators():
        assert np.abs(kernel.dual(generator(x), y) - dual).max() < 1e-10
    gram = kernel.dual(x, x)
    assert np.abs(gram - gram.T).max() < 1e-12
    assert np.linalg.eigvalsh(gram).min() > -1e-10 * np.trace(gram)


@pytest.mark.parametrize(("manifold", "group"), SHIPPED)
def test_averaging_is_a_projection_of_the_exact_rank(manifold, group):
    basis = Basis(symmetry(manifold, group), LEVELS[manifold])
    columns = basis.invariant.toarray()
    exact = symmetry(manifold, group).multiplicities(LEVELS[manifold])
    assert np.abs(columns.T @ columns - np.eye(columns.shape[1])).max() < 1e-10
    assert (np.bincount(basis.invariant_eigenvalues, minlength=len(exact)) == exact).all()
    for place in range(len(basis.symmetry.actions[0].generators())):
        moved = basis.representation(0, place)
        assert np.abs(moved @ columns - columns).max() < 1e-9, "columns stay where they are"
        square = (moved.T @ moved).toarray()
        assert np.abs(square - np.eye(len(square))).max() < 1e-9, "an isometry moves orthogonally"


@pytest.mark.parametrize(("manifold", "group"), SHIPPED)
def test_volumes_and_orbits_agree_with_sampling(manifold, group):
    action = symmetry(manifold, group).actions[0]
    if (action.order or 0) > ONE_BY_ONE:
        return
    rng = RNG(29)
    volume, error = monte_carlo_volume(action, rng, 40 if action.order else 4000)
    assert abs(volume - action.quotient_volume()) <= 3 * error + 1e-9 * volume
    assert generic_orbit_dim(action, rng) == action.orbit_dim


@pytest.mark.parametrize(("manifold", "group"), SHIPPED)
def test_isometries_keep_the_measure_and_the_distances(manifold, group):
    rng = RNG(5)
    action = symmetry(manifold, group).actions[0]
    x = action.manifold.sample(rng, 40)
    flat = manifold[0] == "T"

    def embedded(points):
        return np.hstack([np.cos(points), np.sin(points)]) if flat else points

    here = embedded(x)
    apart = np.linalg.norm(here[:, None] - here[None], axis=2)
    for generator in action.generators():
        assert abs(abs(np.linalg.det(generator.array)) - 1) < 1e-12
        there = embedded(generator(x))
        assert np.abs(np.linalg.norm(there[:, None] - there[None], axis=2) - apart).max() < 1e-12


@pytest.mark.parametrize(("manifold", "group"), SHIPPED)
def test_finite_groups_are_groups(manifold, group):
    action = symmetry(manifold, group).actions[0]
    if action.order is None or action.order > 100:
        return
    elements = closure(action.generators(), action.manifold.coordinates)
    known = set(elements)
    assert len(elements) == len(known) == action.order
    some = [elements[i] for i in RNG(1).integers(len(elements), size=6)]
    for first in some:
        assert first.after(elements[0]) == elements[0].after(first) == first, "a unit"
        assert any(first.after(other) == elements[0] for other in elements), "an inverse"
        for second in some:
            assert first.after(second) in known, "closed"
            for third in some[:2]:
                left, right = first.after(second).after(third), first.after(second.after(third))
                assert left == right, "associative"


@pytest.mark.parametrize(("manifold", "group"), SHIPPED)
def test_free_groups_move_every_point_and_others_do_not(manifold, group):
    """Points that elements keep: fixed points of x -> A x + t, by solving (A - 1) x = -t mod 2 pi.

    On a sphere an element keeps a point where 1 is an eigenvalue of A; on a torus a pure
    translation keeps none, and every other element of these groups keeps the origin.
    """
    action = symmetry(manifold, group).actions[0]
    if action.order is None or action.order > ONE_BY_ONE:
        return
    others = closure(action.generators(), action.manifold.coordinates)[1:]
    unit = np.eye(action.manifold.coordinates)
    if not others:
        return

    def keeps_a_point(g):
        if manifold[0] == "T":
            return not any(g.turns)
        return np.linalg.matrix_rank(g.array - unit) < len(unit)

    assert action.free == (not any(keeps_a_point(g) for g in others))


@pytest.mark.parametrize(("manifold", "group"), SHIPPED)
def test_counts_follow_the_weyl_law_of_the_quotient(manifold, group):
    found = symmetry(manifold, group)
    largest = {1: 3000, 2: 2000, 3: 1000}.get(found.dim, 500)
    level = np.cumsum(found.multiplicities(largest)).astype(float)

    def off(low, high):
        lam = np.arange(low, high)
        ratios = [level[v] / predicted_count(found, v + 0.5) for v in lam]
        return abs(np.mean(ratios) - 1)

    assert off(largest // 2, largest) < max(off(largest // 64, largest // 16), 0.02)
    assert (found.multiplicities(60) <= found.plain.multiplicities(60)).all()
