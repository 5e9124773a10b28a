"""Several trainings in one graph are the trainings that each of them is alone."""

from __future__ import annotations

import numpy as np
import pytest

from symlens.backend import tensor
from symlens.config.lens_official import OfficialSettings
from symlens.errors import ConfigError, SymlensError
from symlens.groups import cyclic_log_generator
from symlens.lens.official import learn_official
from symlens.lens.official.schedules import Schedule
from symlens.lens.official.step import STATE_FIELDS, Architecture, State, make_step, scalars_at
from symlens.lens.official.together import (
    COEFFICIENTS,
    Job,
    learn_together,
    make_stacked_step,
    stack,
    unstack,
)
from symlens.lens.official.training import weighting

N, SIZE = 5, 20
SETTINGS = OfficialSettings(
    epochs=2, steps_per_epoch=2, batch_size=SIZE, hidden_multiple=2, record_every=2
)
ARCHITECTURE = Architecture(N, cyclic=True, kernels=4, hidden=2 * N)


def sample(seed, n=N):
    rng = np.random.default_rng(seed)
    mixing = np.eye(n) + 0.2 * rng.normal(size=(n, n))
    return (rng.laplace(size=(100, n)) @ mixing).astype(np.float32)


def changed(**keys):
    return SETTINGS.model_copy(update=keys)


def somewhere(seed):
    """A state near a solution, where no component of the covariance is a rounding error."""
    rng = np.random.default_rng(seed)
    arrays = State.initial(ARCHITECTURE.lens(seed)).arrays()
    solution = [cyclic_log_generator(N), np.eye(N)[N // 2]]
    for name, values in (("model", solution), ("estimator", arrays["estimator"])):
        arrays[name] = [
            (each + 0.1 * rng.normal(size=each.shape)).astype(np.float32) for each in values
        ]
    return State.from_arrays(arrays)


def test_a_step_of_all_is_a_step_of_each():
    """Different samples, states, learning rates and coefficients, side by side."""
    chosen = [
        SETTINGS,
        changed(alignment=0.5, model_learning_rate=3e-3),
        changed(uniformity=0.0, information=2.0, estimator_learning_rate=1e-2),
    ]
    states = [somewhere(seed) for seed in range(3)]
    x = np.stack([sample(seed)[:SIZE] for seed in range(3)])
    noise = np.random.default_rng(9).normal(size=(3, N)).astype(np.float32)
    moments = [Schedule(settings).at(3) for settings in chosen]
    coefficients = np.array([[getattr(s, c) for c in COEFFICIENTS] for s in chosen], np.float32)
    scalars = np.stack([scalars_at(moment, 3) for moment in moments])
    scaled = np.stack([m.filter_noise * e for m, e in zip(moments, noise, strict=True)])
    together = make_stacked_step(ARCHITECTURE, SETTINGS.window_gain, paired=False, xla=False)
    state, terms = together(stack(states), x, scaled.astype(np.float32), scalars, coefficients)
    for index, own in enumerate(unstack(state, 3)):
        alone = make_step(ARCHITECTURE, weighting(chosen[index]), xla=False)
        expected, wanted = alone(states[index], x[index], noise[index], moments[index], 3)
        np.testing.assert_allclose(terms[index], wanted, rtol=1e-3, atol=1e-4)
        found, right = own.arrays(), expected.arrays()
        for name in ("model", "estimator"):
            slots = right[f"{name}_slots"]
            for one, two in zip(found[f"{name}_slots"], slots, strict=True):
                np.testing.assert_allclose(one, two, rtol=1e-2, atol=1e-4)
            # Adam's first step is the sign of a gradient: told apart where it is no rounding error.
            for one, two, slope in zip(found[name], right[name], slots, strict=False):
                known = np.abs(slope) > 1e-4
                np.testing.assert_allclose(one[known], two[known], rtol=1e-3, atol=1e-4)


class Silent:
    def record(self, step, terms):
        pass


def test_trainings_together_are_those_alone():
    """Results come in the order given.

    Without the joint entropy: at the start all but one component of it are rounding errors.
    """
    quiet = {"resolution": 0.0, "information": 0.0}
    jobs = [
        Job(sample(1), changed(**quiet), 3),
        Job(sample(1), changed(**quiet, alignment=0.5), 4),
        Job(sample(2), changed(**quiet, model_learning_rate=1e-3), 3),
    ]
    for job, learned in zip(jobs, learn_together(jobs, cyclic=True), strict=True):
        alone = learn_official(
            job.x, job.settings, cyclic=True, seed=job.seed, monitor=Silent(), checkpoint=None
        )
        assert learned.history.terms == alone.history.terms
        np.testing.assert_array_equal(learned.history.steps, alone.history.steps)
        column = alone.history.terms.index
        for name in ("alignment", "marginal_entropy", "conditional_nll", "rank", "learning_rate"):
            np.testing.assert_allclose(
                learned.history.values[:, column(name)],
                alone.history.values[:, column(name)],
                rtol=1e-3,
                atol=1e-4,
            )
        one, two = learned.symmetry, alone.symmetry
        assert (one.scale, one.cyclic) == (two.scale, two.cyclic)
        np.testing.assert_allclose(one.filter, two.filter, atol=1e-3)
        np.testing.assert_allclose(one.log_generator, two.log_generator, atol=1e-4)


def test_stacked_states_come_apart_as_they_were():
    states = [somewhere(seed) for seed in range(2)]
    for one, two in zip(unstack(stack(states), 2), states, strict=True):
        for name in STATE_FIELDS:
            for a, b in zip(one.arrays()[name], two.arrays()[name], strict=True):
                np.testing.assert_array_equal(a, b)
    assert np.asarray(tensor(stack(states).arrays()["model"][0])).shape == (2, N, N)


@pytest.mark.parametrize(
    ("jobs", "said"),
    [
        ([], "at least one training"),
        ([Job(sample(1), SETTINGS, 1), Job(sample(1), changed(kernels=3), 1)], "kernels: the same"),
        ([Job(sample(1), SETTINGS, 1), Job(sample(1), changed(epochs=3), 1)], "found 4 and 6"),
        ([Job(sample(1), SETTINGS, 1), Job(sample(1, 4), SETTINGS, 1)], "the same shapes"),
        ([Job(sample(1), SETTINGS, 1), Job(sample(1), changed(batch_size=40), 1)], "batches of 40"),
    ],
)
def test_trainings_of_different_shapes_are_refused(jobs, said):
    with pytest.raises(ConfigError, match=said):
        learn_together(jobs, cyclic=True)


def test_the_one_that_diverges_is_named():
    bad = sample(1)
    bad[:, 2] = np.nan
    with pytest.raises(SymlensError, match="loss of job 1 is not finite at step 0 of 4"):
        learn_together([Job(sample(1), SETTINGS, 1), Job(bad, SETTINGS, 1)], cyclic=True)
