"""Kernels and bases against sums and integrals written down one by one."""

from __future__ import annotations

from itertools import permutations, product
from math import comb, pi

import numpy as np
import pytest
from scipy.special import eval_gegenbauer, sph_harm_y

from symlens.gain.bases import Basis
from symlens.gain.kernels import SobolevKernel
from symlens.gain.symmetry import symmetry

RNG = np.random.default_rng


def torus_kernel(x, y, s, lam):
    """Sum over the lattice of (1 + |k|^2)^-s cos k . (x - y), one wave after the other."""
    total = 0.0
    reach = int(lam**0.5) + 1
    for k in product(range(-reach, reach + 1), repeat=len(x)):
        norm = sum(v * v for v in k)
        if norm <= lam:
            total += (1.0 + norm) ** -s * np.cos(np.dot(k, x - y))
    return total


def sphere_kernel(x, y, s, lam):
    """Sum over degrees of (1 + l(l+m-1))^-s dim P_l(x . y), by SciPy's Gegenbauer polynomials."""
    m, total, degree = len(x) - 1, 0.0, 0
    while degree * (degree + m - 1) <= lam:
        size = comb(m + degree, degree) - (comb(m + degree - 2, degree - 2) if degree > 1 else 0)
        cosine = float(np.clip(x @ y, -1, 1))
        if m == 1:
            zonal = np.cos(degree * np.arccos(cosine))
        else:
            half = (m - 1) / 2
            zonal = eval_gegenbauer(degree, half, cosine) / eval_gegenbauer(degree, half, 1.0)
        total += (1.0 + degree * (degree + m - 1)) ** -s * size * zonal
        degree += 1
    return total


def signed(dim):
    """Matrices of all signed permutations."""
    for place in permutations(range(dim)):
        for flip in product((1.0, -1.0), repeat=dim):
            yield np.diag(flip) @ np.eye(dim)[list(place)]


def is_permutation(a):
    return (a >= 0).all()


def is_diagonal(a):
    return (np.abs(a) == np.eye(len(a))).all()


def dense_group(name, dim):
    """Matrices of a finite linear group."""
    if name == "antipode":
        return [np.eye(dim), -np.eye(dim)]
    keep = {"signs": is_diagonal, "permutations": is_permutation}.get(name, lambda _: True)
    return [a for a in signed(dim) if keep(a)]


@pytest.mark.parametrize("group", ["trivial", "signs", "permutations", "hyperoctahedral"])
@pytest.mark.parametrize("manifold", ["T1", "T2", "S1", "S2"])
def test_averaged_kernels_are_means_of_direct_sums(manifold, group):
    found = symmetry(manifold, group)
    n = found.actions[0].manifold.coordinates
    s, lam = found.dim / 2 + 1.3, 12
    single = torus_kernel if manifold[0] == "T" else sphere_kernel
    elements = [np.eye(n)] if group == "trivial" else dense_group(group, n)
    x, y = found.sample(RNG(1), 3), found.sample(RNG(2), 2)
    kernel = SobolevKernel(found, s, lam)
    naive = [[np.mean([single(g @ a, b, s, lam) for g in elements]) for b in y] for a in x]
    assert kernel.dual(x, y) == pytest.approx(np.array(naive), abs=1e-10)
    assert kernel.primal(x, y) == pytest.approx(np.array(naive), abs=1e-8)


def test_antipodes_average_to_the_even_part():
    found = symmetry("S3", "antipode")
    x, y = found.sample(RNG(1), 3), found.sample(RNG(2), 2)
    naive = [[(sphere_kernel(a, b, 3, 35) + sphere_kernel(-a, b, 3, 35)) / 2 for b in y] for a in x]
    assert SobolevKernel(found, 3, 35).dual(x, y) == pytest.approx(np.array(naive), abs=1e-10)


def test_translations_average_to_a_mean_of_shifted_sums():
    found = symmetry("T2", "translations(2,3)")
    x, y = found.sample(RNG(1), 3), found.sample(RNG(2), 2)
    shifts = [2 * pi * np.array([i / 2, j / 3]) for i in range(2) for j in range(3)]
    naive = [[np.mean([torus_kernel(a + t, b, 2, 20) for t in shifts]) for b in y] for a in x]
    kernel = SobolevKernel(found, 2, 20)
    assert kernel.dual(x, y) == pytest.approx(np.array(naive), abs=1e-10)
    assert kernel.primal(x, y) == pytest.approx(np.array(naive), abs=1e-8)


@pytest.mark.parametrize(
    ("manifold", "group", "path"),
    [
        ("T2", "circle(1,2)", lambda x, t: x + t * np.array([1, 2])),
        ("T3", "circle(1,-1,2)", lambda x, t: x + t * np.array([1, -1, 2])),
        (
            "S2",
            "so(2)",
            lambda x, t: np.array(
                [
                    np.cos(t) * x[0] - np.sin(t) * x[1],
                    np.sin(t) * x[0] + np.cos(t) * x[1],
                    x[2],
                ]
            ),
        ),
        (
            "S3",
            "hopf",
            lambda x, t: np.ravel(
                [
                    [np.cos(t) * a - np.sin(t) * b, np.sin(t) * a + np.cos(t) * b]
                    for a, b in x.reshape(2, 2)
                ]
            ),
        ),
    ],
)
def test_circles_average_to_integrals(manifold, group, path):
    """The mean over 61 angles: the integral of a trigonometric polynomial of a lower degree."""
    found = symmetry(manifold, group)
    s, lam = found.dim / 2 + 1, 6
    single = torus_kernel if manifold[0] == "T" else sphere_kernel
    x, y = found.sample(RNG(1), 2), found.sample(RNG(2), 1)
    angles = 2 * pi * np.arange(61) / 61
    naive = [[np.mean([single(path(a, t), b, s, lam) for t in angles]) for b in y] for a in x]
    kernel = SobolevKernel(found, s, lam)
    assert kernel.dual(x, y) == pytest.approx(np.array(naive), abs=1e-9)
    assert kernel.primal(x, y) == pytest.approx(np.array(naive), abs=1e-8)


def test_rotations_of_three_coordinates_average_to_random_rotations():
    """SO(3) on S^3: the mean over rotations drawn uniformly, within its standard error."""
    from scipy.stats import special_ortho_group

    found = symmetry("S3", "so(3)")
    x, y = found.sample(RNG(1), 2), found.sample(RNG(2), 2)
    turns = special_ortho_group.rvs(3, size=1500, random_state=RNG(3))
    kernel = SobolevKernel(found, 3, 24)
    for i, a in enumerate(x):
        moved = np.hstack([turns @ a[:3], np.full((len(turns), 1), a[3])])
        for j, b in enumerate(y):
            values = np.array([sphere_kernel(point, b, 3, 24) for point in moved])
            error = values.std() / np.sqrt(len(values))
            assert abs(kernel.dual(x, y)[i, j] - values.mean()) < 4 * error


def test_group_matrices_average_to_the_projection_on_invariants():
    """(1/|G|) sum_g D(g), of dense matrices found by least squares from values at points."""
    for manifold, group in (("S2", "permutations"), ("T2", "hyperoctahedral"), ("S1", "signs")):
        found = symmetry(manifold, group)
        basis = Basis(found, 12)
        x = found.sample(RNG(1), 3 * len(basis.eigenvalues))
        here, total = basis.features(x), 0.0
        elements = dense_group(group, x.shape[1])
        for g in elements:
            total = total + np.linalg.lstsq(here, basis.features(x @ g.T), rcond=None)[0]
        mean = total / len(elements)
        columns = basis.invariant.toarray()
        assert mean == pytest.approx(columns @ columns.T, abs=1e-9)
        assert np.linalg.matrix_rank(mean, tol=1e-6) == columns.shape[1]


def test_harmonics_of_the_sphere_span_those_of_scipy():
    """Reproducing kernels of every degree agree: bases differ by a rotation of each at most."""
    found = symmetry("S2", "trivial")
    basis = Basis(found, 30)
    x = found.sample(RNG(1), 25)
    features = basis.features(x)
    polar, azimuth = np.arccos(x[:, 2]), np.arctan2(x[:, 1], x[:, 0])
    for degree in range(6):
        own = features[:, basis.eigenvalues == degree * (degree + 1)]
        theirs = np.stack(
            [sph_harm_y(degree, order, polar, azimuth) for order in range(-degree, degree + 1)], 1
        )
        naive = 4 * pi * (theirs @ theirs.conj().T).real
        assert own @ own.T == pytest.approx(naive, abs=1e-10)


@pytest.mark.parametrize("manifold", ["T2", "S2", "S3"])
def test_eigenfunctions_solve_their_equation(manifold):
    """-Laplace f = lam f by finite differences: along the axes of a torus, around on a sphere.

    On S^m the Laplacian is the sum over planes of the squared rotation fields.
    """
    found = symmetry(manifold, "trivial")
    basis = Basis(found, 15)
    x, step = found.sample(RNG(1), 5), 1e-3
    laplace = np.zeros((5, len(basis.eigenvalues)))
    if manifold[0] == "T":
        moves = [lambda x, t, i=i: x + t * np.eye(2)[i] for i in range(2)]
    else:
        n = x.shape[1]

        def turn(x, t, i, j):
            moved = x.copy()
            moved[:, i] = np.cos(t) * x[:, i] - np.sin(t) * x[:, j]
            moved[:, j] = np.sin(t) * x[:, i] + np.cos(t) * x[:, j]
            return moved

        planes = [(i, j) for i in range(n) for j in range(i)]
        moves = [lambda x, t, i=i, j=j: turn(x, t, i, j) for i, j in planes]
    for move in moves:
        ahead, behind = (basis.features(move(x, t)) for t in (step, -step))
        laplace += (ahead - 2 * basis.features(x) + behind) / step**2
    assert -laplace == pytest.approx(basis.features(x) * basis.eigenvalues, abs=2e-3)
