"""Schedules, batches and Adam of the official training."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens.backend import tensor
from symlens.config.lens_official import OfficialSettings
from symlens.lens.official.batches import Batches, statistics
from symlens.lens.official.schedules import Schedule, decay
from symlens.lens.official.step import adam, adam_rate


def test_learning_rates_are_the_official_logspace():
    settings = OfficialSettings(
        epochs=40,
        steps_per_epoch=3,
        model_learning_rate=2.5e-4,
        estimator_learning_rate=2.5e-3,
        learning_rate_decay=0.1,
    )
    expected = np.logspace(np.log10(2.5e-4), np.log10(2.5e-5), 40)
    schedule = Schedule(settings)
    for step in range(settings.steps):
        moment = schedule.at(step)
        assert moment.model_rate == pytest.approx(expected[step // 3])
        assert moment.estimator_rate == pytest.approx(10 * expected[step // 3])


@pytest.mark.parametrize(
    ("fraction", "time"), [(0.1, 0.23), (0.25, 0.49), (0.5, 0.76), (0.75, 0.91)]
)
def test_time_of_the_rank_at_the_published_fractions(fraction, time):
    settings = OfficialSettings(epochs=1000, steps_per_epoch=100, learning_rate_decay=0.1)
    assert Schedule(settings).at(int(fraction * settings.steps)).time == pytest.approx(
        time, abs=0.006
    )


@given(epochs=st.integers(1, 30), per_epoch=st.integers(1, 7), last=st.floats(0.01, 1.0))
@settings(max_examples=50, deadline=None)
def test_time_is_the_share_of_the_summed_learning_rates(epochs, per_epoch, last):
    chosen = OfficialSettings(epochs=epochs, steps_per_epoch=per_epoch, learning_rate_decay=last)
    schedule = Schedule(chosen)
    moments = [schedule.at(step) for step in range(chosen.steps)]
    rates = np.cumsum([each.model_rate for each in moments])
    np.testing.assert_allclose([each.time for each in moments], rates / rates[-1], rtol=1e-9)
    assert moments[-1].time == pytest.approx(1.0)


def test_decay_of_a_single_epoch_is_none():
    assert decay(1, 0.1).tolist() == [1.0]


def test_filter_noise_is_that_of_the_official_counter():
    """Two forward passes in a step, divided by 200 "steps per epoch", fall by e in 10 epochs."""
    schedule = Schedule(OfficialSettings(epochs=50, steps_per_epoch=100))
    for step in (0, 1, 99, 1000, 4999):
        counter = 2 * step
        expected = 0.1 * math.exp(-(counter / 200) / 10)
        assert schedule.at(step).filter_noise == pytest.approx(expected)


@pytest.fixture
def sample():
    return (3 + 2 * np.random.default_rng(1).normal(size=(500, 4))).astype(np.float32)


def test_batches_depend_on_seed_and_step_alone(sample):
    batches = Batches(sample, 40, statistics(sample), seed=3)
    late = batches.at(7)
    for step in range(10):
        batches.at(step)
    again = Batches(sample, 40, statistics(sample), seed=3).at(7)
    for one, two in zip(late, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(late[0], batches.at(8)[0])
    assert not np.array_equal(late[0], Batches(sample, 40, statistics(sample), seed=4).at(7)[0])


def test_a_batch_is_normalised_rows_without_repetition(sample):
    mean, scale = statistics(sample)
    batch, noise = Batches(sample, 500, (mean, scale), seed=5).at(0)
    assert batch.dtype == noise.dtype == np.float32
    assert noise.shape == (4,)
    order = np.lexsort(batch.T)
    expected = (sample.astype(float) - mean) / scale
    np.testing.assert_allclose(batch[order], expected[np.lexsort(expected.T)], atol=1e-5)
    assert batch.mean() == pytest.approx(0, abs=1e-5)
    assert batch.std() == pytest.approx(1, rel=1e-5)


def test_adam_is_that_of_keras():
    generator = np.random.default_rng(6)
    start = [generator.normal(size=shape).astype(np.float32) for shape in ((3, 2), (4,))]
    variables = [keras.Variable(each) for each in start]
    optimizer = keras.optimizers.Adam(learning_rate=0.01)
    values = [tensor(each) for each in start]
    slots = [tensor(np.zeros_like(each)) for each in start] * 2
    for step in range(6):
        rate = 0.01 if step < 3 else 0.004
        gradients = [tensor(generator.normal(size=each.shape).astype(np.float32)) for each in start]
        optimizer.learning_rate = rate
        optimizer.apply(gradients, variables)
        values, slots = adam(values, gradients, slots, tensor(np.float32(adam_rate(rate, step))))
    for found, variable in zip(values, variables, strict=True):
        np.testing.assert_allclose(np.asarray(found), variable.numpy(), rtol=1e-5, atol=1e-6)
