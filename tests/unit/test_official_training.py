"""The official training: reproducible, resumable, and clear about users' mistakes."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import keras
import numpy as np
import pytest

from symlens.config.lens_official import OfficialSettings
from symlens.errors import DataError, FileError, SymlensError
from symlens.groups import group_action
from symlens.lens.official import learn_official
from symlens.lens.official.batches import Batches, statistics
from symlens.lens.official.readout import group_convolution
from symlens.lens.official.schedules import Schedule
from symlens.lens.official.step import Architecture, State, make_step
from symlens.lens.official.training import HISTORY_TERMS, batch_size, weighting

SMALL = {
    "epochs": 4,
    "steps_per_epoch": 5,
    "batch_size": 20,
    "hidden_multiple": 2,
    "model_learning_rate": 0.01,
    "record_every": 5,
    "checkpoint_every": 3,
}


class Records:
    """A monitor that keeps what it is given, and can stop a training."""

    def __init__(self, stop_at=None):
        self.steps, self.terms, self.stop_at = [], [], stop_at

    def record(self, step, terms):
        if step == self.stop_at:
            raise KeyboardInterrupt
        self.steps.append(step)
        self.terms.append(dict(terms))


def sample(n=5, samples=200, seed=1):
    generator = np.random.default_rng(seed)
    centres, pixels = generator.uniform(-n, n, (samples, 1)), np.arange(n) - (n - 1) / 2
    return (
        4 * np.exp(-((pixels - centres) ** 2)) + 1 + 0.1 * generator.normal(size=(samples, n))
    ).astype(np.float32)


def learn(x=None, *, monitor=None, checkpoint=None, cyclic=False, seed=7, **changes):
    return learn_official(
        sample() if x is None else x,
        OfficialSettings(**{**SMALL, **changes}),
        cyclic=cyclic,
        seed=seed,
        monitor=monitor or Records(),
        checkpoint=checkpoint,
    )


def assert_same(one, two):
    for name in ("log_generator", "group_convolution", "filter", "mean", "scale"):
        np.testing.assert_array_equal(getattr(one.symmetry, name), getattr(two.symmetry, name))
    np.testing.assert_array_equal(one.history.steps, two.history.steps)
    np.testing.assert_array_equal(one.history.values, two.history.values)


@pytest.fixture(scope="module")
def whole():
    return learn()


@pytest.mark.parametrize(("cyclic", "size"), [(True, 5), (False, 15)])
def test_the_learned_symmetry(cyclic, size):
    x = sample()
    learned = learn(x, cyclic=cyclic).symmetry
    assert learned.cyclic is cyclic
    assert learned.log_generator.shape == (size, size)
    np.testing.assert_array_equal(learned.log_generator, -learned.log_generator.T)
    assert np.abs(learned.log_generator).max() > 0.01
    assert np.linalg.norm(learned.filter) == pytest.approx(1)
    np.testing.assert_allclose(learned.mean, x.mean(dtype=float))
    assert learned.scale == pytest.approx(x.std(dtype=float))
    pad = (size - 5) // 2
    for j in range(5):
        moved = np.pad(learned.filter, pad) @ group_action(learned.log_generator, j - 2.0)
        np.testing.assert_allclose(
            learned.group_convolution[:, j], moved[pad : pad + 5], atol=1e-10
        )


def test_even_numbers_of_features_have_half_steps():
    log_generator = learn(sample(6), cyclic=True, batch_size=24).symmetry.log_generator
    unit = np.eye(6)[2]
    found = group_convolution(unit, log_generator)
    for j in range(6):
        np.testing.assert_allclose(
            found[:, j], unit @ group_action(log_generator, j - 2.5), atol=1e-10
        )


def test_history_and_monitor_agree():
    monitor = Records()
    learned = learn(monitor=monitor, record_every=7)
    assert monitor.steps == [6, 13, 19] == learned.history.steps.tolist()
    assert learned.history.terms == HISTORY_TERMS == tuple(monitor.terms[0])
    expected = [list(each.values()) for each in monitor.terms]
    np.testing.assert_array_equal(learned.history.values, expected)
    rank = learned.history.values[:, HISTORY_TERMS.index("rank")]
    assert (np.diff(rank) > 0).all()
    assert monitor.terms[-1]["learning_rate"] == pytest.approx(0.001)


def test_the_seed_decides_everything(whole):
    assert_same(learn(), whole)
    other = learn(seed=8)
    assert not np.array_equal(other.symmetry.log_generator, whole.symmetry.log_generator)


def test_global_random_state_is_neither_read_nor_touched(whole):
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    keras.utils.set_random_seed(1)
    np.random.seed(0)  # noqa: NPY002
    assert_same(learn(), whole)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_paired_divergences_change_the_training(whole):
    assert not np.array_equal(
        learn(paired_kl=True).symmetry.log_generator, whole.symmetry.log_generator
    )


def test_an_interrupted_training_goes_on_to_the_same_bits(tmp_path, whole):
    path = tmp_path / "state.npz"
    with pytest.raises(KeyboardInterrupt):
        learn(checkpoint=path, monitor=Records(stop_at=14))
    assert path.exists()
    monitor = Records()
    assert_same(learn(checkpoint=path, monitor=monitor), whole)
    assert monitor.steps == whole.history.steps.tolist(), "what was not passed on is not lost"
    assert [list(terms.values()) for terms in monitor.terms] == whole.history.values.tolist()


def test_a_finished_training_is_read_back(tmp_path, whole):
    path = tmp_path / "state.npz"
    assert_same(learn(checkpoint=path), whole)
    monitor = Records()
    assert_same(learn(checkpoint=path, monitor=monitor), whole)
    assert monitor.steps == whole.history.steps.tolist()


def test_a_checkpoint_of_other_samples_is_refused(tmp_path):
    path = tmp_path / "state.npz"
    learn(checkpoint=path, epochs=1)
    with pytest.raises(FileError, match="belongs to another training"):
        learn(sample(seed=2), checkpoint=path, epochs=1)


def test_a_damaged_checkpoint_is_named_and_training_starts_anew(tmp_path, whole, caplog):
    path = tmp_path / "state.npz"
    path.write_bytes(b"PK not a checkpoint")
    assert_same(learn(checkpoint=path), whole)
    assert "state.npz: damaged checkpoint" in caplog.text


def program(path, out, steps_to_live=None):
    """A training in its own process; it kills itself, unasked, at a step of a checkpoint."""
    return textwrap.dedent(f"""
        import os, signal, sys
        sys.path[:0] = [{os.fspath(Path(__file__).parent)!r}]
        import numpy as np
        import test_official_training as case

        class Mortal(case.Records):
            def record(self, step, terms):
                if step == {steps_to_live!r}:
                    os.kill(os.getpid(), signal.SIGKILL)

        learned = case.learn(monitor=Mortal(), checkpoint=case.Path({os.fspath(path)!r}))
        symmetry = learned.symmetry
        np.savez({os.fspath(out)!r}, symmetry.log_generator, symmetry.group_convolution,
                 symmetry.filter, learned.history.steps, learned.history.values)
    """)


def run(source, **environment):
    return subprocess.run(
        [sys.executable, "-c", source],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.slow
def test_kill_9_and_resume_ends_bit_equal(tmp_path, whole):
    path, out = tmp_path / "state.npz", tmp_path / "out.npz"
    killed = run(program(path, out, steps_to_live=14))
    assert killed.returncode == -9, killed.stderr
    assert path.exists()
    assert not out.exists()
    resumed = run(program(path, out))
    assert resumed.returncode == 0, resumed.stderr
    symmetry, history = whole.symmetry, whole.history
    expected = (
        symmetry.log_generator,
        symmetry.group_convolution,
        symmetry.filter,
        history.steps,
        history.values,
    )
    with np.load(out) as found:
        for index, array in enumerate(expected):
            np.testing.assert_array_equal(found[f"arr_{index}"], array)


OTHER_BACKEND = "jax" if keras.backend.backend() == "tensorflow" else "tensorflow"


def few_steps():
    """Terms and model after five steps from a state that no Keras initialiser had a part in."""
    architecture = Architecture(n=5, cyclic=False, kernels=4, hidden=10)
    generator = np.random.default_rng(21)
    arrays = {
        name: [
            (0.1 * generator.normal(size=each.shape)).astype(np.float32)
            if name in ("model", "estimator")
            else each
            for each in each_list
        ]
        for name, each_list in State.initial(architecture.lens(0)).arrays().items()
    }
    settings = OfficialSettings(**SMALL)
    step, schedule = make_step(architecture, weighting(settings), xla=False), Schedule(settings)
    state, terms = State.from_arrays(arrays), []
    batches = Batches(sample(), 20, statistics(sample()), seed=1)
    for index in range(5):
        state, found = step(state, *batches.at(index), schedule.at(index), index)
        terms.append(found)
    return np.array(terms), *state.arrays()["model"]


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec(OTHER_BACKEND) is None,
    reason=f"{OTHER_BACKEND} is not installed here: the second Keras backend is NOT checked",
)
def test_another_keras_backend_takes_the_same_steps(tmp_path):
    out = tmp_path / "out.npz"
    source = f"""
        import sys
        sys.path[:0] = [{os.fspath(Path(__file__).parent)!r}]
        import keras, numpy as np
        import test_official_training as case

        assert keras.backend.backend() == {OTHER_BACKEND!r}
        np.savez({os.fspath(out)!r}, *case.few_steps())
    """
    other = run(textwrap.dedent(source), KERAS_BACKEND=OTHER_BACKEND)
    assert other.returncode == 0, other.stderr
    with np.load(out) as found:
        for index, array in enumerate(few_steps()):
            np.testing.assert_allclose(found[f"arr_{index}"], array, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize(
    ("shape", "changes", "message"),
    [
        ((200, 5), {"batch_size": 21}, "21 is not a multiple of the number of features n = 5"),
        ((15, 5), {"batch_size": 20}, "15 samples of 5 features cannot fill batches of 20"),
        ((9, 5), {"batch_size": None}, "9 samples of 5 features cannot fill batches of 10"),
        ((200, 1), {"batch_size": 20}, "two features, are needed"),
    ],
)
def test_samples_that_fill_no_batch_are_refused(shape, changes, message):
    with pytest.raises(DataError, match=message):
        learn(np.ones(shape, np.float32), **changes)


def test_a_batch_is_no_larger_than_the_sample():
    settings = OfficialSettings(batch_size=None)
    assert batch_size(np.ones((10_000, 7)), settings) == 700
    assert batch_size(np.ones((100, 7)), settings) == 98


def test_a_training_that_diverges_says_at_which_step():
    with pytest.raises(SymlensError, match=r"not finite at step \d+ of 20|largest phase is"):
        learn(model_learning_rate=1.0, estimator_learning_rate=1.0, learning_rate_decay=1.0)


def test_samples_with_nan_are_found_in_the_first_step():
    x = sample()
    x[:, 2] = np.nan
    with pytest.raises(SymlensError, match="the loss is not finite at step 0 of 20"):
        learn(x)
