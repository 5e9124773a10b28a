"""The study ``plane`` against its formulas, written out with loops."""

import numpy as np
import pytest
import xarray as xr

from symlens.config.plane import BlobsData, PatchesData, PlaneSettings
from symlens.errors import DataError
from symlens.groups import random_orthogonal
from symlens.lens.fast.whitening import whiten
from symlens.lens.plane.arranging import arranged, signed
from symlens.lens.plane.data import Blobs, Patches, header, open_source, stream
from symlens.lens.plane.evaluate import evaluate
from symlens.lens.plane.grid import Grid
from symlens.lens.plane.learner import RANKING_SAMPLES, learn_plane
from symlens.lens.plane.objective import PlaneObjective
from symlens.lens.plane.positions import Span
from symlens.lens.plane.search import SCHEDULE, descend
from symlens.lens.plane.stationarity import (
    ALIGNMENT,
    LOG_ALIGNMENT,
    Departure,
    Guides,
    log_stationarity,
    stationarity,
)
from symlens.lens.plane.symmetry import PlaneSymmetry
from symlens.lens.plane.train import EXAMPLES, train

GRID = Grid(3, 4)
N = GRID.n
PLACES = [divmod(pixel, GRID.width) for pixel in range(N)]


@pytest.fixture(scope="module")
def white():
    rng = np.random.default_rng(5)
    mixing = rng.standard_normal((N, N)) + 2 * np.eye(N)
    return whiten((rng.laplace(size=(3000, N)) @ mixing).astype(np.float32))


@pytest.fixture(scope="module")
def filters():
    return random_orthogonal(N, np.random.default_rng(6))


def nothing():
    return Guides(np.zeros((1, N, N)), np.zeros((1, N)))


def averaged(matrix):
    """Mean over the pairs of one separation, or its opposite."""
    members = {}
    for i, (a, b) in enumerate(PLACES):
        for j, (c, d) in enumerate(PLACES):
            key = frozenset({(c - a, d - b), (a - c, b - d)})
            members.setdefault(key, []).append((i, j))
    average = np.empty_like(matrix)
    for pairs in members.values():
        rows, columns = np.transpose(pairs)
        average[rows, columns] = matrix[rows, columns].mean()
    return average


def neighbours():
    return [
        (i, j)
        for i, (a, b) in enumerate(PLACES)
        for j, (c, d) in enumerate(PLACES)
        if abs(a - c) + abs(b - d) == 1
    ]


def aligned(matrix):
    return np.mean([matrix[pair] for pair in neighbours()])


def test_departure_of_the_covariance(white, filters):
    canonical = filters @ white.covariance @ filters.T
    excess = canonical - averaged(canonical)
    twice = np.linalg.matrix_power(np.linalg.inv(canonical) @ excess, 2)
    found, near, _, _ = Departure(white, GRID)(filters)
    assert found == pytest.approx(np.trace(twice) / N)
    assert near == pytest.approx(aligned(canonical))


def test_a_ridge_bounds_the_inverse(white, filters):
    ridge = 0.3
    canonical = filters @ white.covariance @ filters.T
    inverse = np.linalg.inv(canonical + ridge * np.eye(N))
    excess = canonical - averaged(canonical)
    expected = np.trace(inverse @ excess @ inverse @ excess) / N
    assert Departure(white, GRID, ridge)(filters)[0] == pytest.approx(expected)


def test_the_departure_is_four_times_a_divergence_per_pixel():
    rng = np.random.default_rng(7)
    near = 0.4 ** np.abs(np.subtract.outer(np.arange(N), np.arange(N)))
    exact = averaged(near)
    disturbed = rng.standard_normal((N, N))
    disturbed = 1e-4 * (disturbed + disturbed.T)
    disturbed -= averaged(disturbed)
    covariance = exact + disturbed
    powers, modes = np.linalg.eigh(covariance)
    given = type(whiten(rng.standard_normal((40, N)).astype(np.float32)))(
        np.zeros((0, N), np.float32), np.zeros(N), powers[::-1], modes[:, ::-1], 1.0
    )
    ratio = np.linalg.solve(exact, covariance)
    divergence = 0.5 * (np.trace(ratio) - N - np.linalg.slogdet(ratio)[1])
    assert Departure(given, GRID)(np.eye(N))[0] == pytest.approx(4 * divergence / N, rel=1e-2)


def test_stationarity_is_made_of_departure_neighbours_and_guides(white, filters):
    rng = np.random.default_rng(8)
    operator = rng.standard_normal((N, N))
    guides = Guides((operator + operator.T)[None], rng.standard_normal((1, N)))
    excess, near, _, _ = Departure(white, GRID)(filters)
    expected = np.log(1 + excess) - ALIGNMENT * near - 0.7 * guides(filters)[0]
    assert stationarity(Departure(white, GRID), guides, 0.7)(filters)[0] == pytest.approx(expected)


def test_log_stationarity(white, filters):
    logarithm = white.modes @ np.diag(np.log(white.powers)) @ white.modes.T
    logarithm -= np.trace(logarithm) / N * np.eye(N)
    logarithm *= np.sqrt(N) / np.linalg.norm(logarithm)
    canonical = filters @ logarithm @ filters.T
    excess = canonical - averaged(canonical)
    expected = (excess**2).sum() / N - LOG_ALIGNMENT * aligned(canonical)
    assert log_stationarity(white, GRID, nothing(), 1.0)(filters)[0] == pytest.approx(expected)


def test_white_samples_have_a_flat_logarithm(filters):
    flat = whiten(np.random.default_rng(0).standard_normal((50, N)).astype(np.float32))
    level = type(flat)(flat.x, flat.mean, np.ones(N), flat.modes, 1.0)
    value, gradient = log_stationarity(level, GRID, nothing(), 1.0)(filters)
    assert value == 0.0
    np.testing.assert_array_equal(gradient, np.zeros((N, N)))


def test_terms_on_samples(white, filters):
    samples = white.x[:400]
    energy = np.log(np.cosh(samples.astype(float) @ filters.T))
    covariance = np.cov(energy.T, bias=True)
    average = averaged(covariance)
    means = energy.mean(axis=0)
    fourth = ((covariance - average) ** 2).sum() / (average**2).sum()
    fourth += means.var() / means.mean() ** 2
    terms = PlaneObjective(white, samples, GRID).terms(filters)
    assert terms["locality"] == pytest.approx(energy.mean(), rel=1e-5)
    assert terms["stationarity_4"] == pytest.approx(fourth, rel=1e-4)
    assert terms["stationarity_2"] == pytest.approx(Departure(white, GRID)(filters)[0])


def test_signs_are_the_best_of_all():
    rng = np.random.default_rng(9)
    grid = Grid(2, 3)
    factor = rng.standard_normal((grid.n, grid.n))
    factor = np.abs(factor @ factor.T)  # all pixels go together, whatever their signs are given as
    data = rng.standard_normal((2000, grid.n)) @ np.linalg.cholesky(factor + 9 * np.eye(grid.n)).T
    white = whiten(data.astype(np.float32))
    hidden = np.diag([1.0, -1.0, -1.0, 1.0, -1.0, 1.0])
    found = signed(white, grid, hidden)
    near = grid.neighbours

    def together(filters):
        return np.vdot(filters @ white.covariance @ filters.T, near)

    choices = np.array(np.meshgrid(*[[1.0, -1.0]] * grid.n)).reshape(grid.n, -1).T
    best = max(together(signs[:, None] * hidden) for signs in choices)
    assert together(found) == pytest.approx(best)


def test_no_exchange_of_two_makes_an_arrangement_better():
    rng = np.random.default_rng(10)
    affinity = rng.uniform(size=(N, N))
    affinity = affinity + affinity.T
    np.fill_diagonal(affinity, 0.0)
    order = arranged(affinity, GRID)
    assert sorted(order) == list(range(N))

    def together(order):
        return sum(affinity[order[i], order[j]] for i, j in neighbours())

    for i in range(N):
        for j in range(i):
            other = order.copy()
            other[[i, j]] = other[[j, i]]
            assert together(other) <= together(order) + 1e-9


def test_the_coupling_of_two_modes_is_the_largest_that_a_span_has(white):
    rng = np.random.default_rng(11)
    members = rng.standard_normal((4, N, N))
    members = members + members.transpose(0, 2, 1)
    members = np.linalg.qr(members.reshape(4, -1).T)[0].T.reshape(4, N, N)
    span = Span(members, white.modes)

    def coupled(operator):
        return white.modes[:, 0] @ operator @ white.modes[:, 3]

    most = coupled(span.coupling(0, 3))
    others = rng.standard_normal((200, 4))
    assert max(abs(coupled(span.operator(one))) for one in others) <= most + 1e-12
    assert np.linalg.norm(span.coupling(0, 3)) == pytest.approx(1.0)


def test_guides_alone_sort_pixels(white):
    profiles = GRID.profiles([(1, 0), (0, 1)])
    hidden = random_orthogonal(N, np.random.default_rng(12))
    guides = Guides(np.stack([hidden.T @ np.diag(p) @ hidden for p in profiles]), profiles)
    most = float(sum(np.vdot(p, p) for p in profiles))
    assert guides(hidden)[0] == pytest.approx(most)
    begun = random_orthogonal(N, np.random.default_rng(13))
    found = descend(white, GRID, guides, begun, [(1e4, 300)])
    assert guides(found)[0] > 0.99 * most > guides(begun)[0]
    assert SCHEDULE[0][0] > SCHEDULE[-1][0]  # guides lead first and give way


def test_a_blob_is_a_product_of_two_profiles():
    cfg = BlobsData(shape=(4, 6), scale=(0.7, 0.7), amplitude=(2.0, 2.0), density=1e-4)
    drawn = Blobs(cfg).draw(np.random.default_rng(14), 4000).reshape(-1, 4, 6)
    bright = drawn[drawn.max(axis=(1, 2)) > 0.5]
    assert len(bright) > 3
    for image in bright[:20]:
        values = np.linalg.svd(image, compute_uv=False)
        assert values[1] < 1e-3 * values[0]  # one blob, and so of rank one
        assert image.max() <= 2.0 + 1e-6


def test_the_mean_of_blobs_is_their_density():
    cfg = BlobsData(shape=(5, 5), scale=(0.8, 0.8), amplitude=(1.0, 1.0), density=0.02)
    drawn = Blobs(cfg).draw(np.random.default_rng(15), 40_000)
    expected = cfg.density  # blobs have unit area
    scatter = drawn.mean(axis=1).std() / np.sqrt(len(drawn))
    assert abs(drawn.mean() - expected) < 4 * scatter


def test_every_place_of_an_image_is_drawn():
    image = np.arange(30, dtype=np.float32).reshape(5, 6)
    drawn = Patches([image], (4, 4)).draw(np.random.default_rng(16), 400)
    corners = {float(window[0]) for window in drawn}
    assert corners == {float(image[r, c]) for r in range(2) for c in range(3)}


def test_ideal_generators_move_windows_of_one_image():
    cfg = PatchesData(shape=(3, 4), samples=1000, group="random_basis", group_seed=2)
    ideal, basis = (header(cfg)[name].to_numpy() for name in ("ideal_generators", "representation"))
    images = [np.random.default_rng(17).standard_normal((3, 4))]
    natural = images[0].ravel()
    down = (natural @ basis @ ideal[0] @ basis.T).reshape(3, 4)
    np.testing.assert_allclose(down[1:], images[0][:-1], atol=1e-12)
    np.testing.assert_allclose(down[0], 0.0, atol=1e-12)
    right = (natural @ basis @ ideal[1] @ basis.T).reshape(3, 4)
    np.testing.assert_allclose(right[:, 1:], images[0][:, :-1], atol=1e-12)
    np.testing.assert_allclose(right[:, 0], 0.0, atol=1e-12)


def test_windows_that_are_all_alike_are_refused(tmp_path):
    np.save(tmp_path / "flat.npy", np.full((9, 9), 0.5))
    cfg = BlobsData(shape=(3, 3), samples=1000, density=1e-12)
    with pytest.raises(DataError, match="the same constant"):
        stream(cfg)
    assert isinstance(open_source(cfg), Blobs)


class Silent:
    def record(self, step, terms):
        pass


@pytest.fixture(scope="module")
def blobs():
    cfg = BlobsData(shape=(3, 4), samples=4000, scale=(0.3, 0.6), density=0.08, noise=0.02)
    found, chunks = stream(cfg)
    found["x"] = (("sample", "pixel"), np.concatenate(list(chunks)))
    return found


@pytest.fixture(scope="module")
def run(blobs):
    settings = PlaneSettings(samples=3000, held_out=0.2, rounds=1)
    return train(blobs, settings, method="plane", seed=3, monitor=Silent()), settings


def test_held_out_samples_are_not_learned_from(run, blobs):
    found, settings = run
    assert found["held_out"].size == round(0.2 * settings.samples)
    assert found["raw"].shape == (EXAMPLES, N)
    rows = blobs["x"].to_numpy()
    assert all((rows == one).all(axis=1).any() for one in found["raw"].to_numpy())
    changed = blobs.copy(deep=True)
    changed["x"][{"sample": found["held_out"].to_numpy()}] += 1.0
    again = train(changed, settings, method="plane", seed=3, monitor=Silent())
    np.testing.assert_array_equal(again["filters"], found["filters"])
    assert float(again["held_out_loss"]) != float(found["held_out_loss"])


def test_the_same_seed_gives_the_same_bits_and_another_one_others(run, blobs):
    found, settings = run
    again, other = (
        train(blobs, settings, method="plane", seed=seed, monitor=Silent()) for seed in (3, 4)
    )
    np.testing.assert_array_equal(again["filters"], found["filters"])
    assert np.abs(other["filters"].to_numpy() - found["filters"].to_numpy()).max() > 1e-3


def test_the_history_ends_with_the_answer(blobs):
    x = blobs["x"].to_numpy()
    learned = learn_plane(x, PlaneSettings(rounds=1), GRID, seed=1, monitor=Silent())
    white = whiten(x)
    losses = learned.history.values[:, list(learned.history.terms).index("loss")]
    own = PlaneObjective(white, white.x, GRID).terms(learned.symmetry.filters)["loss"]
    assert losses[-1] == pytest.approx(own)
    assert len(x) <= RANKING_SAMPLES  # so that all candidates were judged by the same samples
    assert losses[-1] <= losses.min() + 1e-9


def made_up_run(filters, seed, grid=GRID):
    symmetry = PlaneSymmetry(filters, grid, np.zeros(grid.n), 1.0)
    return xr.Dataset(
        {
            "generators": (("generator", "row", "col"), symmetry.generators),
            "held_out": ("held_sample", np.arange(500)),
            "held_out_loss": ((), 0.1 * seed),
            "pairs": ((), 7 * seed),
        },
        attrs={"seed": seed, "height": grid.height, "width": grid.width, "seconds": 2.0 * seed},
    )


def test_a_perfect_run_scores_one_and_a_wrong_one_is_the_worst(blobs):
    basis = blobs["representation"].to_numpy()
    wrong = random_orthogonal(N, np.random.default_rng(18))
    mirrored = basis.reshape(3, 4, N)[:, ::-1].reshape(N, N)
    runs = [made_up_run(q, seed) for seed, q in enumerate((basis, wrong, mirrored), start=1)]
    scores = evaluate(runs, blobs)
    assert scores["pairs"].values.tolist() == [7, 14, 21]
    smaller = scores["summary"].isel(score=0)
    assert float(smaller.sel(statistic="worst")) < 0.7
    assert float(smaller.sel(statistic="median")) == pytest.approx(1.0)
    agreement = scores["agreement"].to_numpy()
    np.testing.assert_allclose(np.diag(agreement), 1.0)
    np.testing.assert_allclose(agreement, agreement.T, atol=1e-12)
    assert agreement[0, 2] == pytest.approx(1.0)
    assert agreement[0, 1] < 0.7
    assert (scores["floor"].to_numpy() < 0.9).all()
    np.testing.assert_array_equal(scores["seconds"], [2.0, 4.0, 6.0])
