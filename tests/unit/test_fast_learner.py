"""The fast method end to end on small data, and what it leaves behind."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm

from symlens.config.lens_data import GaussianData
from symlens.config.lens_fast import FastSettings
from symlens.groups import random_orthogonal
from symlens.lens.data import synthesize
from symlens.lens.fast import learn_fast, learner
from symlens.lens.fast.objective import FINISHING, SELECTING, LensObjective
from symlens.lens.fast.rotations import Minimum
from symlens.lens.fast.trace import COLUMNS, Trace
from symlens.lens.fast.whitening import whiten
from symlens.metrics import generator_cosine, group_convolution_cosine, orthogonality_defect

FEW = FastSettings(rounds=2)


class Recorder:
    """A monitor that keeps what it is told."""

    def __init__(self):
        self.steps = []
        self.rows = []

    def record(self, step, terms):
        self.steps.append(step)
        self.rows.append(dict(terms))


def gaussian(*, cyclic, n=9, samples=20_000):
    """Gaussian bumps behind a random basis."""
    return synthesize(
        GaussianData(
            n=n, samples=samples, cyclic=cyclic, group="random_basis", group_seed=3, seed=7
        )
    )


def fit(x, seed=1, settings=FEW, *, cyclic, monitor=None):
    return learn_fast(
        x,
        settings,
        cyclic=cyclic,
        seed=seed,
        monitor=monitor or Recorder(),
        checkpoint=None,
    )


@pytest.fixture(scope="session")
def window():
    data, recorder = gaussian(cyclic=False), Recorder()
    return data, fit(data["x"].to_numpy(), cyclic=False, monitor=recorder), recorder


@pytest.fixture(scope="session")
def ring():
    data, recorder = gaussian(cyclic=True), Recorder()
    return data, fit(data["x"].to_numpy(), cyclic=True, monitor=recorder), recorder


@pytest.fixture(scope="session", params=["window", "ring"])
def trained(request):
    return request.getfixturevalue(request.param)


def test_the_hidden_shift_is_learned(trained):
    data, learned, _ = trained
    symmetry = learned.symmetry
    ideal = data["ideal_generator"].to_numpy()
    assert generator_cosine(symmetry.generator, ideal) > 0.97
    convolution = data["representation"].to_numpy().T
    cyclic = symmetry.cyclic
    assert group_convolution_cosine(symmetry.group_convolution, convolution, cyclic=cyclic) > 0.97
    assert orthogonality_defect(symmetry.group_convolution) < 1e-10


def test_units_of_the_data_are_kept(trained):
    data, learned, _ = trained
    x = data["x"].to_numpy().astype(np.float64)
    np.testing.assert_allclose(learned.symmetry.mean, x.mean(axis=0), atol=1e-5)
    assert learned.symmetry.scale == pytest.approx(np.sqrt(x.var(axis=0).mean()), rel=1e-4)
    y = learned.symmetry.transform(x[:100])
    np.testing.assert_allclose(learned.symmetry.inverse_transform(y), x[:100], atol=1e-10)


def test_the_history_is_finite_and_its_steps_increase(trained):
    _, learned, _ = trained
    history = learned.history
    assert history.terms == COLUMNS
    assert history.values.shape == (len(history.steps), len(COLUMNS))
    assert np.isfinite(history.values).all()
    np.testing.assert_array_equal(np.diff(history.steps), 1)
    rounds = history.values[:, COLUMNS.index("round")]
    assert np.all(np.diff(rounds) >= 0)
    assert (rounds[0], rounds[-1]) == (0, FEW.rounds)  # the last: the refinement


def test_the_monitor_saw_the_same(trained):
    _, learned, recorder = trained
    np.testing.assert_array_equal(recorder.steps, learned.history.steps)
    seen = [[row[name] for name in COLUMNS] for row in recorder.rows]
    np.testing.assert_array_equal(seen, learned.history.values)


def test_the_refinement_does_not_end_above_where_it_began(trained):
    """On its own objective and samples, the answer is no worse than the best that was ranked."""
    data, learned, _ = trained
    white = whiten(data["x"].to_numpy())
    judge = LensObjective(white, white.x, learned.symmetry.cyclic, SELECTING)
    loss = learned.history.values[:, 0]
    ranked = loss[learned.history.values[:, -1] < FEW.rounds]
    final = judge.terms(learned.symmetry.group_convolution.T)["loss"]
    assert final < ranked.min() + 0.02
    assert final < judge.terms(random_orthogonal(9, np.random.default_rng(0)))["loss"] - 0.1


@pytest.mark.parametrize("cyclic", [False, True], ids=["window", "ring"])
def test_a_seed_gives_the_same_bits_and_another_another_draw(cyclic):
    x = gaussian(cyclic=cyclic, n=5, samples=2_000)["x"].to_numpy()
    settings = FastSettings(rounds=1)
    first, again, other = (fit(x, seed, settings, cyclic=cyclic) for seed in (4, 4, 5))
    for name in ("log_generator", "group_convolution", "filter", "mean"):
        np.testing.assert_array_equal(
            getattr(first.symmetry, name), getattr(again.symmetry, name), name
        )
    np.testing.assert_array_equal(first.history.values, again.history.values)
    assert not np.array_equal(first.history.values[0], other.history.values[0])


def test_the_samples_are_left_alone():
    x = gaussian(cyclic=False, n=4, samples=500)["x"].to_numpy()
    kept = x.copy()
    fit(x, settings=FastSettings(rounds=1), cyclic=False)
    np.testing.assert_array_equal(x, kept)


@pytest.mark.parametrize("cyclic", [False, True], ids=["window", "ring"])
@pytest.mark.parametrize(("n", "samples"), [(2, 4), (3, 3), (4, 12)])
def test_few_features_and_few_samples_end_in_a_rotation(n, samples, cyclic):
    x = np.random.default_rng(n).standard_normal((samples, n)).astype(np.float32)
    symmetry = fit(x, settings=FastSettings(rounds=1), cyclic=cyclic).symmetry
    m = symmetry.group_convolution
    np.testing.assert_allclose(m @ m.T, np.eye(n), atol=1e-10)
    assert np.isfinite(symmetry.log_generator).all()


def proposals_of(*rounds):
    """A double of the candidates: what is proposed in every round, in turn."""
    left = iter(rounds)

    def propose(white, samples, judge, *, seed):
        for filters in next(left):
            yield judge(filters), filters

    return propose


@pytest.fixture
def small():
    x = gaussian(cyclic=False, n=5, samples=4_000)
    white = whiten(x["x"].to_numpy())
    return white, x["representation"].to_numpy()


def searched(white, rounds, trace=None):
    return learner.search(
        white, white.x, rounds, cyclic=False, seed=0, trace=trace or Trace(Recorder())
    )


def test_the_search_ends_when_the_best_answer_came_twice(small, monkeypatch):
    white, truth = small
    rng = np.random.default_rng(1)
    wrong = [random_orthogonal(5, rng) for _ in range(4)]
    rounds = [wrong[:1], [wrong[1], truth], [wrong[2]], [-truth[::-1]], wrong]
    monkeypatch.setattr(learner, "window_candidates", proposals_of(*rounds))
    filters, last = searched(white, 10)
    assert last == 3  # counted from 0: the truth, reversed and of other sign, is the same answer
    assert min(np.abs(filters - truth).max(), np.abs(filters + truth[::-1]).max()) == 0


def test_the_search_ends_after_its_rounds_with_the_best_of_all(small, monkeypatch):
    white, truth = small
    rng = np.random.default_rng(2)
    wrong = [random_orthogonal(5, rng) for _ in range(3)]
    monkeypatch.setattr(
        learner, "window_candidates", proposals_of([wrong[0]], [truth], [wrong[1], wrong[2]])
    )
    recorder = Recorder()
    filters, last = searched(white, 3, Trace(recorder))
    np.testing.assert_array_equal(filters, truth)
    assert last == 2
    assert [row["round"] for row in recorder.rows] == [0, 1, 2, 2]
    assert np.argmin([row["loss"] for row in recorder.rows]) == 1


def test_what_a_refinement_gains_must_show_on_samples_it_did_not_see(small, monkeypatch):
    white, truth = small
    astray = random_orthogonal(5, np.random.default_rng(30))

    def spoiled(objective, start, **options):
        return Minimum(astray, -1e9, 1)

    monkeypatch.setattr(learner, "minimise", spoiled)
    halves = np.split(white.x, 2)
    kept = learner.refine(white, truth, *halves, cyclic=False, trace=Trace(Recorder()), round_=1)
    np.testing.assert_array_equal(kept, truth)


def test_a_refinement_that_helps_is_kept(small):
    white, truth = small
    skew = np.random.default_rng(4).standard_normal((5, 5))
    start = expm(0.1 * (skew - skew.T)) @ truth
    fitting, unseen = np.split(white.x, 2)
    recorder = Recorder()
    end = learner.refine(
        white, start, fitting, unseen, cyclic=False, trace=Trace(recorder), round_=6
    )
    judge = LensObjective(white, unseen, False, FINISHING)
    assert judge.terms(end)["loss"] < judge.terms(start)["loss"] - 0.01
    assert {row["round"] for row in recorder.rows} == {6.0}


def test_refining_without_unseen_samples_judges_by_those_there_are(small):
    white, truth = small
    few = replace(white, x=white.x[:50])
    end = learner.refine(
        few, truth, few.x, few.x[:0], cyclic=False, trace=Trace(Recorder()), round_=0
    )
    np.testing.assert_allclose(end @ end.T, np.eye(5), atol=1e-10)


def test_a_trace_numbers_its_steps_and_an_empty_one_has_its_columns():
    recorder = Recorder()
    trace = Trace(recorder)
    assert trace.history().values.shape == (0, len(COLUMNS))
    terms = dict.fromkeys(COLUMNS[:-1], 0.5)
    trace.add(terms, 0)
    trace.add(terms | {"loss": -1.0}, 2)
    history = trace.history()
    assert recorder.steps == [0, 1]
    np.testing.assert_array_equal(history.steps, [0, 1])
    np.testing.assert_array_equal(history.values[:, 0], [0.5, -1.0])
    np.testing.assert_array_equal(history.values[:, -1], [0, 2])
