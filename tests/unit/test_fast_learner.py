"""The fast method end to end on small data, and what it leaves behind."""

import subprocess
import sys

import numpy as np
import pytest

from symlens.config.lens_data import GaussianData
from symlens.config.lens_fast import FastSettings
from symlens.groups import random_orthogonal, shift
from symlens.lens.data import synthesize
from symlens.lens.fast import learn_fast
from symlens.lens.fast.learner import rounds, shift_of
from symlens.lens.fast.objective import SELECTING, TERMS, LensObjective
from symlens.lens.fast.whitening import whiten
from symlens.lens.trace import Trace
from symlens.metrics import generator_cosine, group_convolution_cosine, orthogonality_defect

COLUMNS = ("loss", *TERMS, "round")

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
    assert rounds[0] == 0
    assert rounds[-1] == rounds[-2] + 1  # the last: the finished answer


def test_the_monitor_saw_the_same(trained):
    _, learned, recorder = trained
    np.testing.assert_array_equal(recorder.steps, learned.history.steps)
    seen = [[row[name] for name in COLUMNS] for row in recorder.rows]
    np.testing.assert_array_equal(seen, learned.history.values)


def test_the_answer_is_better_than_a_random_one_by_the_lens_objective(trained):
    data, learned, _ = trained
    white = whiten(data["x"].to_numpy())
    judge = LensObjective(white, white.x, learned.symmetry.cyclic, SELECTING)
    final = judge.terms(learned.symmetry.group_convolution.T)["loss"]
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


def test_a_fit_starts_no_keras():
    """TensorFlow takes longer to start than most fits."""
    code = (
        "import sys, numpy as np\n"
        "from symlens import SymmetryLens\n"
        "x = np.random.default_rng(0).laplace(size=(500, 5)).cumsum(axis=1)\n"
        "SymmetryLens(random_state=0).fit(x)\n"
        "print(*{'keras', 'tensorflow', 'mlflow', 'matplotlib'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == []


class Proposals:
    """A double of a search: what every round proposes, judged by the distance from the truth."""

    def __init__(self, truth, *rounds, hopeless=()):
        self.truth, self.left, self.hopeless = truth, iter(rounds), hopeless

    def round(self, *_):
        return next(self.left)

    def promising(self, filters):
        return not any(filters is one for one in self.hopeless)

    def value(self, filters):
        return -generator_cosine(*(shift_of(q, cyclic=False) for q in (filters, self.truth)))


@pytest.fixture
def turns():
    rng = np.random.default_rng(1)
    return [random_orthogonal(5, rng) for _ in range(6)]


def ended(search, components, most):
    seen = []
    best, last = rounds(
        search, components, most, None, False, lambda _, number: seen.append(number)
    )
    assert seen == list(range(last + 1))
    return best, last


def test_rounds_end_when_the_best_answer_came_twice(turns):
    truth, *wrong = turns
    search = Proposals(truth, wrong[0], truth, wrong[1], -truth[::-1], wrong[2])
    filters, last = ended(search, wrong[3], 10)
    assert last == 3  # counted from 0: the truth, reversed and of other sign, is the same answer
    assert min(np.abs(filters - truth).max(), np.abs(filters + truth[::-1]).max()) == 0


def test_rounds_end_after_their_number_with_the_best_of_all(turns):
    truth, *wrong = turns
    filters, last = ended(Proposals(truth, wrong[0], truth, wrong[1]), wrong[2], 3)
    np.testing.assert_array_equal(filters, truth)
    assert last == 2


def test_independent_components_are_an_answer_too(turns):
    truth, *wrong = turns
    filters, last = ended(Proposals(truth, wrong[0], wrong[1], truth), truth, 8)
    assert last == 2
    assert abs(generator_cosine(shift_of(filters, cyclic=False), shift_of(truth, cyclic=False))) > 0


def test_rounds_end_when_even_the_best_answer_is_hopeless(turns):
    truth, *wrong = turns
    _, last = ended(Proposals(truth, wrong[0], hopeless=wrong), wrong[1], 8)
    assert last == 0


def test_a_hopeless_round_after_a_promising_one_ends_nothing(turns):
    truth, *wrong = turns
    search = Proposals(truth, truth, wrong[0], truth.copy(), hopeless=wrong)
    _, last = ended(search, wrong[1], 8)
    assert last == 2


@pytest.mark.parametrize("cyclic", [False, True], ids=["window", "ring"])
@pytest.mark.parametrize("n", [2, 5])
def test_the_generator_moves_every_filter_to_the_next(n, cyclic):
    filters = random_orthogonal(n, np.random.default_rng(n))
    expected = filters.T @ shift(n, cyclic=cyclic) @ filters
    np.testing.assert_allclose(shift_of(filters, cyclic=cyclic), expected, atol=1e-12)


def test_a_trace_numbers_its_steps_and_an_empty_one_has_its_columns():
    recorder = Recorder()
    trace = Trace(recorder, TERMS)
    assert trace.history().terms == COLUMNS
    assert trace.history().values.shape == (0, len(COLUMNS))
    terms = dict.fromkeys(COLUMNS[:-1], 0.5)
    trace.add(terms, 0)
    trace.add(terms | {"loss": -1.0}, 2)
    history = trace.history()
    assert recorder.steps == [0, 1]
    np.testing.assert_array_equal(history.steps, [0, 1])
    np.testing.assert_array_equal(history.values[:, 0], [0.5, -1.0])
    np.testing.assert_array_equal(history.values[:, -1], [0, 2])
