"""The verdict without truth: its moments, energies, null distributions and answers."""

import itertools
from statistics import NormalDist

import numpy as np
import pytest

from symlens.config.lens_data import GaussianData, IndependentData
from symlens.groups import cyclic_log_generator, orthogonal_factor, random_orthogonal
from symlens.lens.data import synthesize
from symlens.lens.identifiability import assess, stationarity_score
from symlens.lens.identifiability.energy import (
    STEP,
    cross_energy,
    energies,
    in_blocks,
    moving_gram,
    stationary,
    total_gram,
)
from symlens.lens.identifiability.moments import (
    disjoint,
    entries,
    fourth,
    moments,
    normal_means,
    saturate,
    third,
)
from symlens.lens.identifiability.null import boundary, hoeffding, signs, student, tail, turned
from symlens.lens.identifiability.verdict import decide
from symlens.lens.identifiability.white import whitened
from symlens.lens.symmetry import LearnedSymmetry

BOUNDARY = pytest.mark.parametrize("cyclic", [True, False], ids=["ring", "window"])


def rng(seed=0):
    return np.random.default_rng(seed)


def normal_grid(count):
    """Quantiles of the standard normal law, evenly spaced in probability."""
    return np.array([NormalDist().inv_cdf((k + 0.5) / count) for k in range(count)])


class TestMoments:
    def test_saturation_is_the_identity_for_small_values_and_bounded_for_large_ones(self):
        assert saturate(np.array([1e-3])) == pytest.approx(1e-3, rel=1e-6)
        assert saturate(np.array([-1e9, 1e9])) == pytest.approx([-3, 3])
        assert saturate(np.array([3.0])) == pytest.approx(3 / np.sqrt(2))

    def test_means_over_the_normal_law(self):
        y = normal_grid(200_001)
        s, means = saturate(y), normal_means()
        assert means.power == pytest.approx(np.mean(s**2), rel=1e-4)
        assert means.slope == pytest.approx(np.mean(s**3 * y) / np.mean(s * y), rel=1e-3)
        assert means.own == pytest.approx(np.std(s**3 - means.slope * s), rel=1e-3)
        assert means.mixed == pytest.approx(np.std(s**2) * np.std(s), rel=1e-3)

    def test_third_is_the_plain_mean(self):
        s = saturate(rng().normal(size=(50, 4)) ** 2 - 1)
        means, expected = normal_means(), np.empty((4, 4))
        for i, j in itertools.product(range(4), repeat=2):
            if i == j:
                expected[i, i] = np.mean(s[:, i] ** 3 - means.slope * s[:, i]) / means.own
            else:
                expected[i, j] = np.mean((s[:, i] ** 2 - means.power) * s[:, j]) / means.mixed
        np.testing.assert_allclose(third(s), expected, atol=1e-12)

    @BOUNDARY
    def test_fourth_is_the_plain_mean_over_pairs_without_a_common_pixel(self, cyclic):
        n = 7
        s = saturate(rng().normal(size=(50, n)))
        found = fourth(s, cyclic=cyclic)
        for i, j in np.ndindex(found.shape):
            near, far = {i, (i + 1) % n}, {j, (j + 2) % n}
            product = np.prod(s[:, sorted(near)], axis=1) * np.prod(s[:, sorted(far)], axis=1)
            expected = 0 if near & far else product.mean() / normal_means().power ** 2
            assert found[i, j] == pytest.approx(expected, abs=1e-12)

    @BOUNDARY
    @pytest.mark.parametrize("n", range(1, 9))
    def test_entries_are_counted_as_pairs_are(self, n, cyclic):
        near = [(i, (i + 1) % n) for i in range(n if cyclic else n - 1)]
        far = [(j, (j + 2) % n) for j in range(n if cyclic else max(n - 2, 0))]
        apart = [[not set(p) & set(q) for q in far] for p in near]
        assert disjoint(n, cyclic=cyclic).tolist() == apart
        whole, parts = entries(n, cyclic=cyclic)
        assert whole.shape == (n, n)
        assert whole.all()
        assert parts.tolist() == apart

    @BOUNDARY
    def test_a_law_that_sign_changes_leave_alone_has_none(self, cyclic):
        y = rng().standard_t(3, size=(40, 6))
        flips = np.array(list(itertools.product([-1, 1], repeat=6)))
        everything = (flips[:, None] * y).reshape(-1, 6)
        for moment in moments(everything, cyclic=cyclic):
            np.testing.assert_allclose(moment, 0, atol=1e-13)

    @BOUNDARY
    def test_entries_have_unit_variance_in_white_noise(self, cyclic):
        y = rng().normal(size=(400, 50, 8)).astype(np.float32)
        energy = np.mean([sum((m**2).sum() for m in moments(x, cyclic=cyclic)) for x in y])
        count = sum(mask.sum() for mask in entries(8, cyclic=cyclic))
        assert energy == pytest.approx(count / 50, rel=0.05)

    def test_a_small_error_of_the_mean_is_not_a_moment(self):
        grid = normal_grid(301)
        pairs = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
        for shift in (0.05, 0.1):
            moment = third(saturate(pairs + shift * np.array([1.0, -1.0])))
            assert np.abs(moment).max() < 0.5 * shift**2

    def test_a_small_error_of_the_covariance_is_not_a_moment(self):
        x = np.concatenate([rng().normal(size=(20_000, 5))] * 2)
        x[: len(x) // 2] *= -1  # so that odd moments vanish exactly
        for strength in (0.05, 0.1):
            mixed = x @ (np.eye(5) + strength * np.diag(np.ones(4), 1))
            moment = fourth(saturate(mixed), cyclic=True)
            exact = fourth(saturate(x), cyclic=True)
            assert np.abs(moment - exact).max() < 3 * strength**2


class TestEnergies:
    @BOUNDARY
    def test_the_stationary_part_is_the_mean_over_equal_lags(self, cyclic):
        moment = rng().normal(size=(5, 5) if cyclic else (4, 3))
        rows, columns = moment.shape
        found = stationary(moment, cyclic=cyclic)
        for i, j in np.ndindex(moment.shape):
            same = [
                moment[k, m]
                for k, m in np.ndindex(moment.shape)
                if (m - k - j + i == 0 or (cyclic and (m - k - j + i) % columns == 0))
            ]
            assert found[i, j] == pytest.approx(np.mean(same))
        assert found.shape == (rows, columns)

    def test_cross_energy_is_the_mean_over_pairs_of_blocks(self):
        parts = rng().normal(size=(6, 10))
        pairs = [parts[b] @ parts[c] for b in range(6) for c in range(6) if b != c]
        assert cross_energy(parts @ parts.T) == pytest.approx(np.mean(pairs))

    def test_cross_energy_is_free_of_the_bias_of_noise(self):
        truth = np.array([0.3, -0.2, 0.1])
        draws = truth + rng().normal(size=(20_000, 4, 3))
        found = np.array([cross_energy(x @ x.T) for x in draws])
        assert abs(found.mean() - truth @ truth) < 4 * found.std() / np.sqrt(len(found))
        naive = (draws.mean(axis=1) ** 2).sum(axis=1)
        assert naive.mean() - truth @ truth > 20 * naive.std() / np.sqrt(len(naive))

    def test_orbits_of_the_shift_hold_no_moving_energy(self):
        y = rng().gamma(1.0, size=(40, 1, 7))
        orbits = np.concatenate([np.roll(y, k, axis=-1) for k in range(7)], axis=1).reshape(-1, 7)
        found = energies(orbits.astype(np.float32), np.eye(7), cyclic=True)
        assert cross_energy(found.total) > 1
        assert np.abs(found.moving).max() < 1e-6 * np.abs(found.total).max()
        assert abs(found.fraction()) < 1e-6

    def test_a_window_on_orbits_holds_none_either_but_a_ring_does(self):
        y = rng().gamma(0.5, size=(40, 1, 31)).astype(np.float32)
        y = y + np.roll(y, 1, axis=-1)
        orbits = np.concatenate([np.roll(y, k, axis=-1) for k in range(31)], axis=1)
        windows = orbits.reshape(-1, 31)[:, :9]
        assert abs(energies(windows, np.eye(9), cyclic=False).fraction()) < 1e-6
        assert energies(windows, np.eye(9), cyclic=True).fraction() > 0.01

    @pytest.mark.parametrize(
        ("count", "blocks", "rows"),
        [(4, 4, 1), (11, 11, 1), (20, 20, 1), (39, 13, 3), (50, 16, 3), (8000, 20, 400)],
    )
    def test_blocks_are_equal_and_hold_nearly_all_samples_in_order(self, count, blocks, rows):
        cut = in_blocks(np.arange(2.0 * count).reshape(count, 2))
        assert cut.shape == (blocks, rows, 2)
        np.testing.assert_array_equal(cut.ravel(), np.arange(2.0 * blocks * rows))

    def test_blocks_are_taken_one_by_one(self):
        white = rng().gamma(1.0, size=(50, 3)).astype(np.float32)
        found = energies(white, np.eye(3), cyclic=False)
        kinds = [np.stack([third(saturate(part)) for part in in_blocks(white)])]
        np.testing.assert_allclose(found.total, total_gram(kinds, cyclic=False), rtol=1e-4)
        np.testing.assert_allclose(found.moving, moving_gram(kinds, cyclic=False), rtol=1e-4)
        # Nine entries, and twice four of the ends that a move by one pixel compares.
        assert found.noise == pytest.approx((STEP * 4 + (1 - STEP) * 9) / 48)

    @BOUNDARY
    def test_moving_energy_is_a_loop_over_moves(self, cyclic):
        n = 4
        moment = rng().normal(size=(n, n))
        here = [(i, j) for i, j in np.ndindex(n, n) if cyclic or max(i, j) < n - 1]
        pairs = [(moment[i, j], moment[(i + 1) % n, (j + 1) % n]) for i, j in here]
        step = sum((after - before) ** 2 for before, after in pairs) / 2
        ends = sum(before**2 + after**2 for before, after in pairs) / 2
        rest = ((moment - stationary(moment, cyclic=cyclic)) ** 2).sum()
        moving, total = (f([moment[None]], cyclic=cyclic) for f in (moving_gram, total_gram))
        assert moving.item() == pytest.approx(STEP * step + (1 - STEP) * rest)
        assert total.item() == pytest.approx(STEP * ends + (1 - STEP) * (moment**2).sum())

    @BOUNDARY
    def test_noise_is_the_energy_of_white_noise(self, cyclic):
        many = rng().normal(size=(300, 40, 6)).astype(np.float32)
        found = [energies(x, np.eye(6), cyclic=cyclic) for x in many]
        biased = np.mean([one.total.mean() for one in found])  # over all pairs, b = c too
        assert biased == pytest.approx(found[0].noise, rel=0.05)
        assert abs(np.mean([cross_energy(one.total) for one in found])) < 0.05 * found[0].noise

    @BOUNDARY
    def test_a_random_moment_moves_as_a_whole(self, cyclic):
        kinds = [rng().normal(size=(1, 60, 60))]
        whole = total_gram(kinds, cyclic=cyclic).item()
        assert moving_gram(kinds, cyclic=cyclic).item() / whole == pytest.approx(1, abs=0.05)

    def test_the_fraction_is_nothing_without_energy(self):
        assert np.isnan(energies(np.zeros((8, 3), np.float32), np.eye(3), cyclic=True).fraction())


class TestNull:
    def test_turned_is_the_energy_after_changing_signs(self):
        parts, flips = rng().normal(size=(5, 8)), signs(30, 5, rng(1))
        expected = [cross_energy((s[:, None] * parts) @ (s[:, None] * parts).T) for s in flips]
        np.testing.assert_allclose(turned(parts @ parts.T, flips), expected)
        assert set(np.unique(flips)) == {-1.0, 1.0}

    def test_turning_all_signs_there_are_gives_a_null_of_mean_zero(self):
        total, moving = (part + part.T for part in rng().normal(size=(2, 6, 6)))
        everything = np.array(list(itertools.product([-1.0, 1.0], repeat=6)))
        null = boundary(total, moving, 0.25, everything)
        assert null.mean() == pytest.approx(0, abs=1e-12)
        # The parts recompose the products: their sum over pairs vanishes without the signs.
        assert boundary(total, moving, 0.25, np.ones((1, 6)))[0] == pytest.approx(0, abs=1e-12)

    def test_products_are_recomposed_from_their_parts(self):
        level, own = 0.7, np.array([0.3, -0.1, -0.4, 0.2])
        mean, found = hoeffding(level + own[:, None] + own)
        assert mean == pytest.approx(level)
        np.testing.assert_allclose(found, own, atol=1e-12)

    @pytest.mark.parametrize("signal", [0.0, 0.3, 1.0, 3.0])
    def test_the_spread_of_the_null_is_that_of_other_samples_at_the_threshold(self, signal):
        """Of five moments that stay and five that move, the latter have a quarter of all energy."""
        mean = signal * np.repeat([np.sqrt(3 / 5), np.sqrt(1 / 5)], 5)
        draws = mean + rng().normal(size=(600, 12, 10))
        grams = [(x @ x.T, x[:, 5:] @ x[:, 5:].T) for x in draws]
        values = [0.25 * cross_energy(total) - cross_energy(moving) for total, moving in grams]
        assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(600)
        flips = signs(400, 12, rng(1))
        nulls = [boundary(*gram, 0.25, flips) for gram in grams[:200]]
        found = np.sqrt(np.mean([null.var() for null in nulls]))
        assert 0.9 < found / np.std(values) < 1.35
        spreads = [null.std() for null in nulls]
        # The spread must not be small whenever the value is large.
        assert np.corrcoef(values[:200], spreads)[0, 1] > -0.35

    def test_what_stays_far_below_the_threshold_is_given_the_spread_at_it(self):
        mean = np.repeat([1.0, 0.0], 5)
        draws = mean + 0.1 * rng().normal(size=(100, 12, 10))
        at = np.repeat([np.sqrt(3 / 4), np.sqrt(1 / 4)], 5) + 0.1 * rng(1).normal(
            size=(100, 12, 10)
        )
        flips = signs(400, 12, rng(1))
        here, there = (
            np.mean([boundary(x @ x.T, x[:, 5:] @ x[:, 5:].T, 0.25, flips).std() for x in sets])
            for sets in (draws, at)
        )
        assert 0.7 < here / there < 1.5

    def test_students_factors_widen_a_normal_law_to_students(self):
        factors = student(200_000, 12, rng())
        assert np.var(factors * rng(1).normal(size=200_000)) == pytest.approx(11 / 9, rel=0.03)

    def test_tail_counts_the_observed_value_too(self):
        null = np.array([1.0, 2.0, 3.0, 4.0])
        assert tail(5.0, null) == 1 / 5
        assert tail(3.0, null) == 3 / 5
        assert tail(np.nextafter(3.0, 4.0), null) == 3 / 5
        assert tail(0.0, null) == 1
        assert tail(0.0, np.zeros(4)) == 1
        assert tail(1.0, np.array([])) == 1


N = 11


@pytest.fixture(scope="module")
def translation():
    """Samples with a hidden translation, and the truth."""
    data = synthesize(GaussianData(n=N, samples=8000, group="random_basis", seed=3))
    return data["x"].to_numpy(), data["representation"].to_numpy()


@pytest.fixture(scope="module")
def none():
    """Independent sources of different laws."""
    return synthesize(IndependentData(n=N, samples=8000, seed=3))["x"].to_numpy()


def judge(x, filters, *, cyclic=False, fitted=4000, seed=5, **options):
    options = {"surrogates": 99} | options
    return assess(x[:fitted], x[fitted:], filters, cyclic=cyclic, rng=rng(seed), **options)


def nudged(filters, angle, seed=1):
    noise = rng(seed).normal(size=filters.shape) / np.sqrt(len(filters))
    return orthogonal_factor(filters + angle * noise)


class TestAssess:
    def test_the_truth_is_a_symmetry(self, translation):
        x, truth = translation
        found = judge(x, truth)
        assert found.verdict == "symmetry"
        assert found.pvalue == 1 / 100
        assert found.opposite_pvalue > 0.9
        assert abs(found.moving_fraction) < 0.1
        assert 0 < found.statistic < 0.26
        assert (found.null < found.statistic).all()

    def test_nearly_the_truth_is_one_too_and_something_else_is_not(self, translation):
        x, truth = translation
        near, far = judge(x, nudged(truth, 0.1)), judge(x, nudged(truth, 1.5))
        assert (near.verdict, far.verdict) == ("symmetry", "no symmetry")
        assert near.moving_fraction < 0.15
        assert far.moving_fraction > 0.4
        assert far.pvalue > 0.9
        assert far.statistic < 0 < near.statistic

    @pytest.mark.parametrize("filters", ["sources", "random"])
    def test_independent_sources_have_none(self, none, filters):
        mixing = random_orthogonal(N, rng(9))
        q = mixing.T if filters == "sources" else random_orthogonal(N, rng(2))
        found = judge(none @ mixing, q)
        assert found.pvalue > 0.9
        assert found.moving_fraction > 0.3

    def test_white_noise_holds_nothing(self):
        found = judge(rng().normal(size=(4000, N)), np.eye(N))
        assert found.verdict == "not identifiable"
        assert found.pvalue > 0.05
        assert abs(found.statistic) < 0.1

    def test_a_stationary_normal_process_holds_nothing(self):
        lags = np.abs(np.subtract.outer(np.arange(N), np.arange(N)))
        x = rng().normal(size=(4000, N)) @ np.linalg.cholesky(0.7**lags).T
        assert judge(x, np.eye(N)).verdict == "not identifiable"

    def test_nor_does_a_law_of_the_radius_alone(self):
        x = rng().normal(size=(8000, N)) * rng(1).gamma(2.0, size=(8000, 1))
        assert judge(x, np.eye(N)).verdict == "not identifiable"

    def test_pixels_of_one_law_leave_the_order_open(self):
        x = rng(1).laplace(size=(8000, N))
        assert judge(x, np.eye(N)).verdict == "not identifiable"

    def test_few_samples_learned_from_do_not_make_noise_a_signal(self):
        x = rng().normal(size=(4000, N))
        assert judge(x, np.eye(N), fitted=100).verdict == "not identifiable"

    def test_it_does_not_depend_on_the_basis_of_the_samples(self, translation):
        x, truth = translation
        turn = random_orthogonal(N, rng(8))
        here, there = judge(x, truth), judge(x @ turn, truth @ turn)
        assert there.statistic == pytest.approx(here.statistic, abs=1e-4)
        assert there.moving_fraction == pytest.approx(here.moving_fraction, abs=1e-4)

    def test_nor_on_units_offsets_direction_and_sign(self, translation):
        x, truth = translation
        here = judge(x, truth)
        for other in (judge(1e3 * x.astype(float) + 7, truth), judge(x, truth[::-1])):
            assert other.statistic == pytest.approx(here.statistic, abs=0.02)
        assert judge(x, -truth).statistic == pytest.approx(here.statistic, abs=1e-6)

    def test_it_is_a_function_of_the_seed(self, translation):
        x, truth = translation
        one, two, other = judge(x, truth), judge(x, truth), judge(x, truth, seed=6)
        np.testing.assert_array_equal(one.null, two.null)
        assert one.statistic == two.statistic == other.statistic
        assert not np.array_equal(one.null, other.null)

    def test_the_level_decides(self, translation):
        x, truth = translation
        assert judge(x, truth, level=0.009).verdict == "not identifiable"
        assert judge(x, truth, surrogates=1999, level=0.009).verdict == "symmetry"

    @BOUNDARY
    @pytest.mark.parametrize(("n", "m"), [(3, 4), (3, 0), (3, 1), (2, 5), (1, 20), (4, 6), (15, 5)])
    def test_little_is_answered_with_caution(self, n, m, cyclic):
        for seed in range(5):
            x = rng(seed).gamma(1.0, size=(16 + m, n))
            found = judge(x, random_orthogonal(n, rng(seed)), fitted=16, cyclic=cyclic)
            assert found.verdict == "not identifiable" or m > 5
            assert found.null.shape == (99,)
            assert np.isfinite([found.pvalue, found.statistic, *found.null]).all()
            assert 0 < found.pvalue <= 1

    @pytest.mark.parametrize("x", [np.zeros((40, 3)), np.ones((40, 3)), np.eye(40)[:, :3]])
    def test_degenerate_samples_are_answered(self, x):
        found = judge(x, np.eye(3), fitted=20)
        assert np.isfinite(found.statistic)
        assert 0 < found.pvalue <= 1


@pytest.mark.parametrize(
    ("pvalue", "opposite", "power", "verdict"),
    [
        (0.05, 1.0, 0.005, "symmetry"),
        (1.0, 0.05, 0.005, "no symmetry"),
        (0.06, 0.9, 0.001, "not identifiable"),
        (0.9, 0.06, 0.001, "not identifiable"),
        (0.02, 0.02, 0.001, "not identifiable"),
        (0.05, 1.0, 0.006, "not identifiable"),
        (1.0, 0.05, 0.006, "not identifiable"),
    ],
)
def test_decide(pvalue, opposite, power, verdict):
    assert decide(pvalue, opposite, power, 0.05) == verdict


def test_whitened_samples_are_white_in_the_basis_they_came_in():
    x = rng().normal(size=(500, 4)) @ np.diag([1.0, 2, 3, 4]) + 5
    white = whitened(x, x)
    assert white.dtype == np.float32
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(np.cov(white.T, bias=True), np.eye(4), atol=1e-5)
    turn = random_orthogonal(4, rng(1))
    np.testing.assert_allclose(whitened(x @ turn, x @ turn), white @ turn, atol=1e-5)


def symmetry(filters, *, cyclic):
    n = len(filters)
    log_generator = cyclic_log_generator(n if cyclic else 3 * n)
    if cyclic:
        log_generator = filters.T @ log_generator @ filters
    return LearnedSymmetry(log_generator, filters.T, filters[n // 2], np.zeros(n), 1.0, cyclic)


class TestScore:
    def test_the_truth_scores_near_one_and_chance_near_nothing(self, translation):
        x, truth = translation
        best = stationarity_score(x, symmetry(truth, cyclic=False))
        near = stationarity_score(x, symmetry(nudged(truth, 0.3), cyclic=False))
        chance = stationarity_score(x, symmetry(random_orthogonal(N, rng(2)), cyclic=False))
        assert 0.9 < best <= 1
        assert chance < 0.2 < near < best

    def test_noise_scores_nothing(self):
        plain = symmetry(np.eye(N), cyclic=False)
        scores = [stationarity_score(rng(k).normal(size=(500, N)), plain) for k in range(30)]
        assert abs(np.mean(scores)) < 4 * np.std(scores) / np.sqrt(30) < 0.1
        x = rng().normal(size=(4000, N))
        assert stationarity_score(x[:3], symmetry(np.eye(N), cyclic=False)) == 0
        assert stationarity_score(np.zeros((9, N)), symmetry(np.eye(N), cyclic=False)) == 0

    def test_moving_the_samples_along_the_symmetry_keeps_the_score(self):
        data = synthesize(
            GaussianData(n=N, samples=3000, cyclic=True, group="random_basis", seed=4)
        )
        x = data["x"].to_numpy().astype(float)
        learned = symmetry(nudged(data["representation"].to_numpy(), 0.3), cyclic=True)
        score = stationarity_score(x, learned)
        assert stationarity_score(learned.act(x, 4.0), learned) == pytest.approx(score, abs=1e-5)
        assert stationarity_score(3 * x - 1, learned) == pytest.approx(score, abs=1e-5)
        elsewhere = symmetry(random_orthogonal(N, rng(2)), cyclic=True)
        assert abs(stationarity_score(elsewhere.act(x, 4.0), learned) - score) > 0.01
