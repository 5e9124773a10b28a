"""The discriminator, its optimiser, and the game against it."""

from dataclasses import replace

import numpy as np
import pytest

from symlens.baselines.adam import Adam
from symlens.baselines.discriminator import Discriminator, surprise
from symlens.baselines.estimate import skew
from symlens.baselines.game import TERMS, standing_still
from symlens.baselines.liegan import liegan
from symlens.baselines.symmetrygan import symmetrygan
from symlens.config.lens_baselines import LieGANSettings, SymmetryGANSettings

QUICK = {"steps": 30, "batch_size": 16, "hidden": 8, "record_every": 10}


def silent(step, terms):
    pass


def differences(function, array, step=1e-6):
    """Derivative of a function of nothing by an array that is changed in place."""
    found = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + step
        up = function()
        array[place] = kept - step
        found[place] = (up - function()) / (2 * step)
        array[place] = kept
    return found


class TestDiscriminator:
    def test_layers_are_those_of_a_naive_network(self):
        judge = Discriminator(3, 4, np.random.default_rng(0))
        x = np.random.default_rng(1).standard_normal(3)
        w1, b1, w2, b2, w3, b3 = judge.parameters
        first = [max(0.0, sum(x[i] * w1[i, j] for i in range(3)) + b1[j]) for j in range(4)]
        second = [max(0.0, sum(first[i] * w2[i, j] for i in range(4)) + b2[j]) for j in range(4)]
        logit = sum(second[i] * w3[i, 0] for i in range(4)) + b3[0]
        assert judge(x[None]).logits == pytest.approx([logit])

    def test_it_has_as_many_parameters_as_the_published_one(self):
        """7 features, 25-25-1: 200 + 650 + 26."""
        judge = Discriminator(7, 25, np.random.default_rng(0))
        assert sum(p.size for p in judge.parameters) == 876

    def test_gradients_are_those_of_finite_differences(self):
        rng = np.random.default_rng(2)
        judge = Discriminator(3, 5, rng)
        for bias in judge.parameters[1::2]:
            bias[...] = rng.uniform(0.1, 0.5, bias.shape)
        x = rng.standard_normal((6, 3))

        def value():
            return surprise(judge(x).logits)[0]

        way = judge(x)
        slope = surprise(way.logits)[1]
        for parameter, gradient in zip(judge.parameters, judge.gradients(way, slope), strict=True):
            assert gradient == pytest.approx(differences(value, parameter), abs=1e-7)
        assert judge.slope(way, slope) == pytest.approx(differences(value, x), abs=1e-7)

    def test_surprise_is_the_binary_cross_entropy(self):
        logits = np.array([-2.0, 0.0, 3.0])
        expected = np.mean([-np.log(1 / (1 + np.exp(-v))) for v in logits])
        value, slope = surprise(logits)
        assert value == pytest.approx(expected)
        assert slope == pytest.approx([(1 / (1 + np.exp(-v)) - 1) / 3 for v in logits])
        assert surprise(-logits)[0] == pytest.approx(
            np.mean([-np.log(1 - 1 / (1 + np.exp(-v))) for v in logits])
        )

    def test_certainty_overflows_nowhere(self):
        value, slope = surprise(np.array([-1e4, 1e4]))
        assert value == pytest.approx(5e3)
        assert slope == pytest.approx([-0.5, 0.0])


class TestAdam:
    def test_the_first_step_is_the_learning_rate_against_the_sign(self):
        x = np.array([1.0, -2.0, 3.0])
        Adam([x]).step([np.array([0.5, -7.0, 1e-3])], 0.1)
        assert x == pytest.approx([0.9, -1.9, 2.9], abs=2e-5)

    def test_steps_are_those_of_the_published_recursion(self):
        gradients = np.random.default_rng(0).standard_normal((5, 2))
        x, m, v = np.zeros(2), np.zeros(2), np.zeros(2)
        own = np.zeros(2)
        adam = Adam([own])
        for t, g in enumerate(gradients, start=1):
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g**2
            x = x - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
            adam.step([g], 0.01)
        assert own == pytest.approx(x)

    def test_it_finds_the_bottom_of_a_bowl(self):
        x = np.array([3.0, -4.0])
        adam = Adam([x])
        for step in range(2000):
            adam.step([2 * x * np.array([1.0, 10.0])], 0.05 * (1 - step / 2000))
        assert x == pytest.approx([0, 0], abs=1e-3)


class TestStandingStill:
    def test_limits(self):
        x = np.array([[1.0, 0.0], [0.0, 2.0]])
        assert standing_still(x, 3 * x)[0] == pytest.approx(1)
        assert standing_still(x, -x)[0] == pytest.approx(1)
        assert standing_still(x, x[:, ::-1])[0] == pytest.approx(0)

    def test_gradient_is_that_of_finite_differences(self):
        rng = np.random.default_rng(0)
        x, moved = rng.standard_normal((2, 4, 3))
        expected = differences(lambda: standing_still(x, moved)[0], moved)
        assert standing_still(x, moved)[1] == pytest.approx(expected, abs=1e-7)

    def test_an_empty_sample_counts_nothing(self):
        x = np.array([[0.0, 0.0], [1.0, 0.0]])
        value, gradient = standing_still(x, x)
        assert value == pytest.approx(0.5)
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize(
    ("find", "kind"), [(symmetrygan, SymmetryGANSettings), (liegan, LieGANSettings)]
)
class TestGames:
    def find(self, find, settings, seed=0, record=silent):
        x = np.random.default_rng(9).standard_normal((200, 4))
        return find(x, settings, rng=np.random.default_rng(seed), record=record)

    def test_the_group_is_orthogonal_where_it_is_told_so_and_free_where_not(self, find, kind):
        told = self.find(find, kind(**QUICK)).log_generator
        free = self.find(find, kind(**QUICK, orthogonal=False)).log_generator
        assert told == pytest.approx(-told.T)
        assert np.abs(free + free.T).max() > 0.01

    def test_a_seed_decides_everything(self, find, kind):
        first, again, other = (
            self.find(find, kind(**QUICK), seed).log_generator for seed in (1, 1, 2)
        )
        assert first.tolist() == again.tolist()
        assert first.tolist() != other.tolist()

    def test_what_is_recorded_is_what_is_returned(self, find, kind):
        rows = []
        found = self.find(find, kind(**QUICK), record=lambda step, t: rows.append((step, dict(t))))
        assert [step for step, _ in rows] == found.steps.tolist() == [0, 10, 20, 29]
        assert found.terms == TERMS
        assert [list(terms.values()) for _, terms in rows] == found.values.tolist()

    def test_the_first_losses_are_those_of_a_judge_who_knows_nothing_yet(self, find, kind):
        """Near 2 log 2 for the discriminator's two batches."""
        first = dict(zip(TERMS, self.find(find, kind(**QUICK)).values[0], strict=True))
        assert first["discriminator"] == pytest.approx(2 * np.log(2), abs=0.8)
        assert 0 <= first["displacement"] <= 1


def test_liegan_is_pushed_away_from_standing_still():
    """Every rotation leaves white noise alike: only the displacement tells them apart."""
    x = np.random.default_rng(0).standard_normal((2000, 3))
    settings = LieGANSettings(
        steps=300, batch_size=64, hidden=8, group_learning_rate=0.02, record_every=50
    )
    stands, moves = (
        liegan(
            x,
            settings.model_copy(update={"displacement": weight}),
            rng=np.random.default_rng(1),
            record=silent,
        ).values[-1, TERMS.index("displacement")]
        for weight in (0.0, 10.0)
    )
    assert moves < stands - 0.02


def test_symmetrygan_undoes_a_turn_that_the_samples_do_not_have():
    """Long ellipses look alike only turned by half a turn or not at all."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4000, 2)) * np.array([1.4, 0.3])
    settings = SymmetryGANSettings(
        steps=1500, batch_size=64, hidden=16, group_learning_rate=0.01, record_every=500
    )
    found = symmetrygan(x, settings, rng=np.random.default_rng(4), record=silent)
    turn = skew(found.log_generator)[0, 1] % np.pi
    assert min(turn, np.pi - turn) < 0.1


def test_an_estimate_is_frozen():
    found = symmetrygan(
        np.eye(4), SymmetryGANSettings(**QUICK), rng=np.random.default_rng(0), record=silent
    )
    assert replace(found, terms=()).terms == ()
    with pytest.raises(AttributeError):
        found.terms = ()
