"""Learning for all callers: the draw, what is kept out, what is refused, who sees what."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symlens.config.lens_fast import FastSettings
from symlens.errors import ConfigError, DataError
from symlens.groups import cyclic_log_generator, random_orthogonal
from symlens.lens import learn as module
from symlens.lens.learn import Result, fetch, learn, split
from symlens.lens.learner import History, Learned
from symlens.lens.symmetry import LearnedSymmetry

N = 4
SETTINGS = FastSettings(samples=200, held_out=0.25, surrogates=19)


def columns(n):
    """Group convolution matrix of the double: orthogonal, not symmetric."""
    return random_orthogonal(n, np.random.default_rng(7))


class Method:
    """A double of a learning method that keeps what it was given and learns nothing."""

    def __init__(self):
        self.seen = []
        self.given = {}

    def __call__(self, x, settings, *, cyclic, seed, monitor, checkpoint):
        self.seen.append(x.copy())
        self.given = {
            "settings": settings,
            "cyclic": cyclic,
            "seed": seed,
            "monitor": monitor,
            "checkpoint": checkpoint,
        }
        monitor.record(0, {"loss": 0.5})
        n = x.shape[1]
        size = n if cyclic else 3 * n
        symmetry = LearnedSymmetry(
            log_generator=cyclic_log_generator(size),
            group_convolution=columns(n),
            filter=columns(n)[:, n // 2],
            mean=x.mean(axis=0, dtype=np.float64),
            scale=1.0,
            cyclic=cyclic,
        )
        return Learned(symmetry, History(np.arange(1), ("loss",), np.array([[0.5]])))


class Rows:
    """Samples that give rows by number and nothing else, and keep what was asked for."""

    def __init__(self, x):
        self._x = x
        self.shape = x.shape
        self.asked = []

    def __getitem__(self, rows):
        assert isinstance(rows, np.ndarray)
        self.asked.append(rows)
        return self._x[rows]


@pytest.fixture
def method(monkeypatch):
    double = Method()
    monkeypatch.setattr(module, "_method", {"fast": double}.get)
    return double


@pytest.fixture
def x():
    """Each sample holds its own row number in the first feature."""
    rng = np.random.default_rng(0)
    samples = rng.exponential(size=(300, N)) @ random_orthogonal(N, rng)
    samples[:, 0] = np.arange(300)
    return samples


def learned(x, *, settings=SETTINGS, seed=1, cyclic=False, **options):
    return learn(x, method="fast", settings=settings, cyclic=cyclic, seed=seed, **options)


def test_the_method_sees_the_drawn_rows_and_none_that_is_kept_out(method, x):
    result = learned(x)
    assert isinstance(result, Result)
    (seen,) = method.seen
    assert seen.dtype == np.float32
    assert seen.shape == (150, N)
    rows = seen[:, 0].astype(int)
    np.testing.assert_array_equal(seen, x[rows].astype(np.float32))
    assert len(result.held_out) == 50
    assert len({*rows, *result.held_out}) == 200
    assert np.all(np.diff(result.held_out) > 0)
    assert result.held_out.min() >= 0
    assert result.held_out.max() < 300


def test_rows_arrive_in_random_order(method, x):
    learned(x)
    rows = method.seen[0][:, 0]
    assert abs(np.corrcoef(rows, np.arange(len(rows)))[0, 1]) < 0.3


def test_all_that_is_given_is_passed_on(method, x, tmp_path):
    class Monitor:
        def record(self, step, terms):
            rows.append((step, dict(terms)))

    rows, monitor = [], Monitor()
    result = learned(x, seed=9, cyclic=True, monitor=monitor, checkpoint=tmp_path / "c")
    assert method.given == {
        "settings": SETTINGS,
        "cyclic": True,
        "seed": 9,
        "monitor": monitor,
        "checkpoint": tmp_path / "c",
    }
    assert rows == [(0, {"loss": 0.5})]
    assert result.symmetry.cyclic
    assert result.history.terms == ("loss",)


def test_a_seed_is_a_draw(method, x):
    first, again, other = (learned(x, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(method.seen[0], method.seen[1])
    np.testing.assert_array_equal(first.held_out, again.held_out)
    np.testing.assert_array_equal(first.assessment.null, again.assessment.null)
    assert first.assessment.pvalue == again.assessment.pvalue
    assert not np.array_equal(first.held_out, other.held_out)


def test_rows_from_anywhere_give_the_same(method, x):
    rows = Rows(x)
    found, expected = learned(rows), learned(x)
    np.testing.assert_array_equal(method.seen[0], method.seen[1])
    np.testing.assert_array_equal(found.held_out, expected.held_out)
    assert found.assessment.statistic == expected.assessment.statistic
    # Each drawn row once, and no other row: the file may hold many more.
    assert len(np.unique(np.concatenate(rows.asked))) == sum(map(len, rows.asked)) == 200


def test_the_verdict_is_found_on_the_samples_kept_out(method, x, monkeypatch):
    calls = []

    def judge(fitted, held_out, filters, **options):
        calls.append((fitted, held_out, filters, options))
        return "verdict"

    monkeypatch.setattr(module, "assess", judge)
    monkeypatch.setattr(module, "JUDGED", 20)
    result = learned(x, cyclic=True)
    ((fitted, held_out, filters, options),) = calls
    assert result.assessment == "verdict"
    np.testing.assert_array_equal(fitted, method.seen[0][:20])
    assert len(held_out) == 20
    assert set(held_out[:, 0].astype(int)) < set(result.held_out)
    np.testing.assert_allclose(filters, columns(N).T, atol=1e-12)
    assert (options["cyclic"], options["surrogates"]) == (True, 19)


@given(st.integers(0, 400), st.integers(10, 500), st.floats(0.01, 0.99), st.integers(0, 2**63 - 1))
def test_a_split_of_any_number_of_samples(n_samples, samples, share, seed):
    settings = FastSettings(samples=samples, held_out=share)
    fitted, kept = split(n_samples, settings, np.random.default_rng(seed))
    drawn = min(samples, n_samples)
    assert len(fitted) + len(kept) == drawn
    both = np.concatenate([fitted, kept])
    assert len(np.unique(both)) == drawn
    assert np.all((both >= 0) & (both < n_samples))
    if drawn >= 2:
        assert len(kept) >= 1
        assert len(fitted) >= 1
        assert abs(len(kept) - share * drawn) <= 1
    else:
        assert len(kept) == 0


@pytest.mark.parametrize(
    ("n_samples", "share", "sizes"),
    [
        (0, 0.2, (0, 0)),
        (1, 0.2, (1, 0)),
        (2, 0.2, (1, 1)),
        (2, 0.99, (1, 1)),
        (3, 0.2, (2, 1)),
        (10, 0.2, (8, 2)),
        (1000, 0.2, (80, 20)),
    ],
)
def test_sizes_of_small_splits(n_samples, share, sizes):
    settings = FastSettings(samples=100, held_out=share)
    parts = split(n_samples, settings, np.random.default_rng(0))
    assert tuple(map(len, parts)) == sizes


def test_every_row_is_as_likely_to_be_kept_out_as_any_other():
    counts = np.zeros(20)
    rng = np.random.default_rng(1)
    for _ in range(2000):
        counts[split(20, FastSettings(samples=10, held_out=0.5), rng)[1]] += 1
    assert np.abs(counts - 500).max() < 5 * np.sqrt(500 * 0.75)


def test_fetched_rows_are_single_precision_and_contiguous():
    x = np.asfortranarray(np.arange(12.0).reshape(4, 3))
    found = fetch(x, np.array([3, 0]))
    np.testing.assert_array_equal(found, [[9, 10, 11], [0, 1, 2]])
    assert found.dtype == np.float32
    assert found.flags.c_contiguous


def test_too_few_samples_are_refused_before_learning(method):
    few = np.random.default_rng(2).standard_normal((5, 5))
    message = r"^samples to learn from, beside 1 held out: fewer samples \(4\) than features \(5\)"
    with pytest.raises(DataError, match=message):
        learned(few)
    with pytest.raises(DataError, match=r"fewer samples \(0\) than features \(3\)"):
        learned(np.zeros((0, 3)))
    assert method.seen == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused_wherever_they_are_drawn(method, x, value):
    name = "NaN" if np.isnan(value) else "infinity"
    rows, held_out = split(300, SETTINGS, _draw(seed=1))
    for row, where in ((rows[7], "learn from, beside 50 held out"), (held_out[7], "held out")):
        spoiled = x.copy()
        spoiled[row, 2] = value
        with pytest.raises(DataError, match=f"^samples .*{where}: {name} at sample 7, feature 2"):
            learned(spoiled)
    assert method.seen == []


def _draw(seed):
    return np.random.default_rng(np.random.SeedSequence(seed).spawn(2)[0])


def test_a_constant_feature_is_refused(method, x):
    x[:, 3] = 7.0
    with pytest.raises(DataError, match=r"feature 3 \(counted from 0\) is constant, 7 in every"):
        learned(x)
    assert method.seen == []


@pytest.mark.parametrize("shape", [(50,), (50, 2, 2)])
def test_what_is_no_table_is_refused(method, shape):
    with pytest.raises(DataError, match=r"shape \(sample, feature\) expected, found"):
        learned(np.random.default_rng(3).standard_normal(shape))
    assert method.seen == []


def test_a_single_feature_is_refused(method):
    with pytest.raises(DataError, match="1 feature: a symmetry moves at least 2"):
        learned(np.random.default_rng(4).standard_normal((50, 1)))
    assert method.seen == []


def test_an_unknown_method_is_refused(x):
    with pytest.raises(ConfigError, match="method: 'slow' is unknown; allowed: fast, official"):
        learn(x, method="slow", settings=SETTINGS, cyclic=False, seed=0)


def test_methods_are_found_by_name():
    from symlens.lens.fast import learn_fast
    from symlens.lens.official import learn_official

    assert module._method("fast") is learn_fast
    assert module._method("official") is learn_official


def test_without_a_monitor_terms_go_nowhere_and_a_single_held_out_sample_says_nothing(method):
    result = learned(np.random.default_rng(5).standard_normal((3, 2)))
    assert len(result.held_out) == 1
    assert result.assessment.verdict == "not identifiable"
    method.given["monitor"].record(1, {"loss": 0.0})


class Boundary:
    """A double of the decision between window and ring; keeps what it was asked."""

    def __init__(self, answer):
        self.answer, self.asked = answer, None

    def __call__(self, fitted, held_out, window, ring):
        self.asked = (len(fitted), len(held_out), window.cyclic, ring.cyclic)
        return self.answer


@pytest.mark.parametrize("ring", [False, True])
def test_a_boundary_that_nobody_declared_is_found_by_learning_both(monkeypatch, method, x, ring):
    steps = []
    decide = Boundary(ring)
    monkeypatch.setattr(module, "is_ring", decide)

    class Monitor:
        def record(self, step, terms):
            steps.append((step, terms["loss"]))

    result = learned(x, cyclic=None, monitor=Monitor())
    assert result.symmetry.cyclic is ring
    assert decide.asked == (150, 50, False, True)
    assert steps == [(0, 0.5), (1, 0.5)]
    np.testing.assert_array_equal(*method.seen)


def test_official_has_to_be_told(x):
    with pytest.raises(ConfigError, match="auto is for the method fast"):
        learn(x, method="official", settings=SETTINGS, cyclic=None, seed=0)
