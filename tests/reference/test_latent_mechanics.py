"""Mechanical systems against integrated equations of motion and naive solutions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from symlens.config.latent_data import LeptonPairData, MechanicsData, PlaneData
from symlens.latent.data import mechanics, plane, system_of
from symlens.latent.data.system import noisy, rotation
from symlens.latent.dimension import hull, intrinsic, linear_rank, spectrum

LEVEL = 1e-4


@pytest.fixture
def rng():
    return np.random.default_rng(23)


def flow(slope, state, times):
    """States along a solution of the equations of motion, at the given times."""
    found = integrate.solve_ivp(
        slope, (0.0, times[-1]), state, t_eval=times, rtol=1e-10, atol=1e-12, method="DOP853"
    )
    return found.y.T


def two_samples(one, other):
    return stats.ks_2samp(one, other).pvalue > LEVEL


@pytest.mark.parametrize("energy", [-0.5, 0.5, 0.9])
def test_a_pendulum_is_uniform_in_time(energy, rng):
    """States of the law against states of an integrated swing at random times of its period."""
    x = mechanics.pendulum(energy, free=False).draw(rng, 4000)
    np.testing.assert_allclose(x[:, 1] ** 2 / 2 - np.cos(x[:, 0]), energy, atol=1e-9)
    lowest = [0.0, np.sqrt(2 * (energy + 1))]

    def slope(_, state):
        return [state[1], -np.sin(state[0])]

    def at_rest(_, state):
        return state[1]

    at_rest.direction = -1
    quarter = integrate.solve_ivp(
        slope, (0.0, 50.0), lowest, events=at_rest, rtol=1e-10, atol=1e-12
    ).t_events[0][0]
    times = np.sort(rng.uniform(0.0, 4 * quarter, 4000))
    states = flow(slope, lowest, times)
    for column in range(2):
        assert two_samples(x[:, column], states[:, column])


def test_an_oscillator_keeps_to_its_flow(rng):
    x = mechanics.oscillator(free=False).draw(rng, 2000)
    states = flow(
        lambda _, s: [s[1], -s[0]], [1.0, 0.0], np.sort(rng.uniform(0.0, 2 * np.pi, 2000))
    )
    for column in range(2):
        assert two_samples(x[:, column], states[:, column])
    free = mechanics.oscillator(free=True).draw(rng, 20_000)
    energy = np.sum(free**2, axis=1)
    low, high = mechanics.SPREAD
    assert stats.kstest(energy, stats.uniform(low, high - low).cdf).pvalue > LEVEL


@pytest.mark.parametrize("eccentricity", [0.0, 0.3, 0.8])
def test_kepler_states_lie_on_one_orbit_up_to_its_orientation(eccentricity, rng):
    """Radius and speed, which no orientation changes, against an integrated orbit."""
    x = mechanics.kepler(eccentricity, free=False).draw(rng, 3000)
    start = [1 - eccentricity, 0.0, 0.0, np.sqrt((1 + eccentricity) / (1 - eccentricity))]

    def slope(_, s):
        cube = np.hypot(s[0], s[1]) ** 3
        return [s[2], s[3], -s[0] / cube, -s[1] / cube]

    states = flow(slope, start, np.sort(rng.uniform(0.0, 2 * np.pi, 3000)))
    for one, other in ((0, 1), (2, 3)):
        drawn, solved = (np.hypot(q[:, one], q[:, other]) for q in (x, states))
        if eccentricity == 0.0:
            np.testing.assert_allclose(drawn, 1.0, atol=1e-9)
        else:
            assert two_samples(drawn, solved)
    angle = np.arctan2(x[:, 1], x[:, 0])
    assert stats.kstest(angle, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > LEVEL


def test_kepler_orbits_of_any_energy_share_their_angular_momentum(rng):
    x = mechanics.kepler(0.5, free=True).draw(rng, 2000)
    momentum = x[:, 0] * x[:, 3] - x[:, 1] * x[:, 2]
    np.testing.assert_allclose(momentum, np.sqrt(0.75), rtol=1e-9)
    energy = np.sum(x[:, 2:] ** 2, axis=1) / 2 - 1 / np.hypot(x[:, 0], x[:, 1])
    assert (energy < 0).all()
    assert energy.std() > 0.05


@pytest.mark.parametrize("masses", [(1.0, 1.0), (1.0, 2.0), (0.3, 7.0)])
def test_a_collision_solves_both_conservation_laws(masses, rng):
    """The other root of momentum and energy, by a numerical solver."""
    m1, m2 = masses
    x = mechanics.collision(masses).draw(rng, 20)
    for p1, p2, after1, after2 in x:
        energy = p1**2 / (2 * m1) + p2**2 / (2 * m2)

        def excess(q, total=p1 + p2, energy=energy):
            return q**2 / (2 * m1) + (total - q) ** 2 / (2 * m2) - energy

        lowest = (p1 + p2) * m1 / (m1 + m2)
        away = lowest + np.sign(lowest - p1) * 100.0
        root = optimize.brentq(excess, lowest, away, xtol=1e-13)
        assert after1 == pytest.approx(root, abs=1e-9)
        assert after1 + after2 == pytest.approx(p1 + p2)
    if m1 == m2:
        np.testing.assert_allclose(x[:, 2], x[:, 1])  # equal masses exchange their momenta


def test_an_elastic_collision_is_its_own_inverse(rng):
    law = mechanics.collision((1.0, 2.0))
    x = law.draw(rng, 200)
    for constraint in law.constraints:
        swapped = x[:, [2, 3, 0, 1]]
        np.testing.assert_allclose(constraint.residual(swapped), 0.0, atol=1e-9)


DIMENSIONS = [
    PlaneData(source="square"),
    PlaneData(source="disc"),
    PlaneData(source="circle"),
    MechanicsData(source="oscillator"),
    MechanicsData(source="pendulum"),
    MechanicsData(source="collision"),
    MechanicsData(source="decay"),
    MechanicsData(source="decay", energy="free"),
    MechanicsData(source="kepler", eccentricity=0.3),
    LeptonPairData(),
]


@pytest.mark.parametrize(
    "cfg", DIMENSIONS, ids=lambda c: f"{c.source}-{c.model_dump().get('energy')}"
)
def test_estimated_dimension_is_the_known_one(cfg, rng):
    """Median of the three estimators, within 0.3, on standardised features."""
    law = system_of(cfg)
    x = law.draw(rng, 1500)
    scale = x.std(axis=0)
    x = (x - x.mean(axis=0))[:, scale > 1e-9] / scale[scale > 1e-9]
    found = intrinsic(x, rng)
    assert set(found) == {"twonn", "mle", "local_pca"}
    assert np.median(list(found.values())) == pytest.approx(law.intrinsic, abs=0.3)


def naive_twonn(x):
    """Two nearest neighbours: -ln(1 - F) = d ln(mu), a line through 0, the last tenth left out."""
    ratios = []
    for i in range(len(x)):
        away = np.sort(np.linalg.norm(x - x[i], axis=1))[1:3]
        ratios.append(away[1] / away[0])
    ratios = np.sort(ratios)[: int(0.9 * len(x))]
    left = np.arange(len(ratios)) / len(x)
    return np.sum(np.log(ratios) * -np.log(1 - left)) / np.sum(np.log(ratios) ** 2)


@pytest.mark.parametrize("dimension", [2, 3])
def test_two_nearest_neighbours_written_out(dimension, rng):
    x = (
        rng.uniform(size=(600, dimension))
        @ np.linalg.qr(rng.standard_normal((4, 4)))[0][:dimension]
    )
    found = intrinsic(x, np.random.default_rng(0))["twonn"]
    assert found == pytest.approx(naive_twonn(x), rel=0.02)
    assert found == pytest.approx(dimension, abs=0.4)


def test_dimension_does_not_depend_on_basis_scale_or_repetition(rng):
    x = plane.on_circle(rng, 500)
    one = intrinsic(x, np.random.default_rng(1))
    turned = 7.0 * x @ np.array([[0.6, -0.8], [0.8, 0.6]])
    wide = np.hstack([turned, np.zeros((500, 2))])
    for other in (np.repeat(x, 2, axis=0), wide):
        found = intrinsic(other, np.random.default_rng(1))
        for name, value in one.items():
            assert found[name] == pytest.approx(value, rel=0.02), name


def test_the_hull_keeps_distances_and_drops_what_is_flat(rng):
    x = rng.standard_normal((60, 2)) @ rng.standard_normal((2, 5)) + 3.0
    flat = hull(x)
    assert flat.shape == (60, 2)
    for i in range(0, 60, 7):
        np.testing.assert_allclose(
            np.linalg.norm(flat - flat[i], axis=1), np.linalg.norm(x - x[i], axis=1), atol=1e-9
        )
    assert hull(np.column_stack([x[:, 0], np.full(60, 2.0)])).shape == (60, 1)


def test_a_single_feature_has_one_dimension(rng):
    assert set(intrinsic(rng.standard_normal((100, 1)), rng).values()) == {1.0}


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_linear_rank_by_the_pivots_of_an_elimination(rank, rng):
    x = rng.standard_normal((300, rank)) @ rng.standard_normal((rank, 5))
    matrix = np.cov(x, rowvar=False)
    pivots, work = 0, matrix.copy()
    for _ in range(5):
        row, column = np.unravel_index(np.argmax(np.abs(work)), work.shape)
        if abs(work[row, column]) < 1e-9 * np.abs(matrix).max():
            break
        work = work - np.outer(work[:, column], work[row]) / work[row, column]
        pivots += 1
    assert linear_rank(spectrum(x)) == pivots == rank


def test_noise_is_in_units_of_each_feature_and_fills_all_directions(rng):
    clean = mechanics.decay(free=False)
    law = noisy(clean, 0.1)
    x = law.draw(np.random.default_rng(4), 20_000)
    bare = clean.draw(np.random.default_rng(4), 20_000)
    np.testing.assert_allclose((x - bare).std(axis=0), 0.1 * bare.std(axis=0), rtol=0.03)
    assert linear_rank(spectrum(x)) == 4
    assert linear_rank(spectrum(bare)) == 2
    assert noisy(clean, 0.0) is clean
    assert (law.intrinsic, law.embedding) == (clean.intrinsic, clean.embedding)


def test_rotation_turns_its_planes(rng):
    from scipy.linalg import expm

    x = rng.standard_normal((10, 5))
    moved = x @ expm(0.3 * rotation(5, (0, 1), (4, 2)))
    c, s = np.cos(0.3), np.sin(0.3)
    np.testing.assert_allclose(moved[:, 0], c * x[:, 0] - s * x[:, 1])
    np.testing.assert_allclose(moved[:, 1], c * x[:, 1] + s * x[:, 0])
    np.testing.assert_allclose(moved[:, 4], c * x[:, 4] - s * x[:, 2])
    np.testing.assert_allclose(moved[:, 3], x[:, 3])
