"""Curves go out in batches, no step twice, and a lost store ends no training."""

from __future__ import annotations

import logging
from collections import Counter
from types import SimpleNamespace

import pytest

from symlens.tracking import NullTracker
from symlens.tracking.run import MlflowTracker
from symlens.tracking.session import flat


class Client:
    """A store in memory that can be out of reach."""

    def __init__(self):
        self.calls, self.metrics, self.parameters = [], [], {}
        self.reachable = True

    def _call(self, name):
        self.calls.append(name)
        if not self.reachable:
            raise ConnectionError("no route to host")

    def log_batch(self, run_id, metrics=(), params=()):
        self._call("log_batch")
        assert run_id == "r"
        assert len(metrics) <= 1000
        assert len(params) <= 100
        self.metrics += metrics
        assert not set(self.parameters) & {param.key for param in params}
        self.parameters |= {param.key: param.value for param in params}

    def get_run(self, _):
        return SimpleNamespace(data=SimpleNamespace(params=dict(self.parameters)))

    def get_metric_history(self, _, name):
        return [metric for metric in self.metrics if metric.key == name]

    def set_terminated(self, _, status):
        self._call(status)


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def client():
    return Client()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tracker(client, clock):
    return MlflowTracker(client, "r", clock=clock)


def points(client):
    return [(metric.key, metric.step, metric.value) for metric in client.metrics]


@pytest.mark.parametrize("steps", [0, 1, 333, 1000, 2500])
def test_every_value_arrives_once_and_in_order(client, tracker, steps):
    terms = {"loss": 1.0, "alignment": -1.0, "rank": 3}
    for step in range(steps):
        tracker.record(step, terms)
    tracker.end("FINISHED")
    assert points(client) == [
        (name, step, float(value)) for step in range(steps) for name, value in terms.items()
    ]
    assert client.calls.count("log_batch") <= 3 * steps / 1000 + 1


def test_few_values_wait_for_the_clock(client, tracker, clock):
    for step in range(5):
        tracker.record(step, {"loss": 1.0})
        clock.now += 1.9
    assert client.calls == []
    clock.now += 0.5
    tracker.record(5, {"loss": 1.0})
    assert client.calls == ["log_batch"]
    assert len(points(client)) == 6
    tracker.record(6, {"loss": 1.0})
    assert client.calls == ["log_batch"]


def test_a_resumed_run_takes_new_steps_only(client, clock):
    tracker = MlflowTracker(client, "r", last={"loss": 3, "rank": 5}, clock=clock)
    for step in range(8):
        tracker.record(step, {"loss": 0.0, "rank": 0.0, "new": 0.0})
    tracker.flush()
    counts = Counter((name, step) for name, step, _ in points(client))
    assert set(counts.values()) == {1}
    assert sorted(step for name, step in counts if name == "loss") == [4, 5, 6, 7]
    assert sorted(step for name, step in counts if name == "rank") == [6, 7]
    assert sorted(step for name, step in counts if name == "new") == list(range(8))


def test_a_step_told_twice_is_recorded_once(client, tracker):
    for step in [0, 1, 1, 0, 2]:
        tracker.record(step, {"loss": float(step)})
    tracker.flush()
    assert points(client) == [("loss", 0, 0.0), ("loss", 1, 1.0), ("loss", 2, 2.0)]


def test_a_lost_store_ends_no_training_and_loses_no_value(client, tracker, clock, caplog):
    client.reachable = False
    for step in range(3000):
        tracker.record(step, {"loss": 1.0})
    assert client.calls == ["log_batch"]  # tried once, not at every step
    assert "no route to host" in caplog.text
    clock.now += 19
    tracker.record(3000, {"loss": 1.0})
    assert client.calls == ["log_batch"]
    clock.now += 2  # 20 seconds after the first attempt
    tracker.record(3001, {"loss": 1.0})
    assert client.calls == ["log_batch"] * 2
    client.reachable = True
    clock.now += 41
    tracker.record(3002, {"loss": 1.0})
    assert client.calls == ["log_batch"] * 6
    tracker.end("FINISHED")
    assert [step for _, step, _ in points(client)] == list(range(3003))


def test_attempts_become_rare_but_do_not_end(client, tracker, clock):
    client.reachable = False
    for step in range(10_000):
        tracker.record(step, {"loss": 1.0})
        clock.now += 10
    assert 100_000 / 600 < len(client.calls) < 100_000 / 600 + 10


def test_what_never_arrived_is_told(client, tracker, caplog):
    client.reachable = False
    tracker.record(0, {"loss": 1.0})
    with caplog.at_level(logging.WARNING):
        tracker.end("FINISHED")
    assert "1 values of the curve were not recorded" in caplog.text


def test_scores_are_taken_again_only_when_they_changed(client, tracker):
    tracker.scores({"cosine": 0.9, "locality": 0.5})
    tracker.scores({"cosine": 0.9, "locality": 0.6})
    tracker.scores({"cosine": 0.8})
    assert points(client) == [
        ("cosine", 0, 0.9),
        ("locality", 0, 0.5),
        ("locality", 1, 0.6),
        ("cosine", 1, 0.8),
    ]


def test_many_parameters_go_in_calls_of_a_hundred_and_never_change(client, tracker):
    first = {f"p{i}": str(i) for i in range(250)}
    tracker.params(first)
    assert client.calls == ["log_batch"] * 3
    tracker.params(first | {"p0": "other", "more": "1"})
    assert client.parameters == first | {"more": "1"}


def test_nested_parameters_are_flattened():
    params = {"samples": 10, "official": {"alignment": 1.0, "scale": [1, 2], "deep": {"x": None}}}
    assert flat(params) == {
        "samples": "10",
        "official.alignment": "1.0",
        "official.scale": "[1, 2]",
        "official.deep.x": "None",
    }
    assert len(flat({"x": "a" * 10_000})["x"]) == 6000


def test_a_tracker_that_is_off_takes_everything():
    tracker = NullTracker()
    tracker.record(0, {"loss": 1.0})
    tracker.scores({"cosine": 1.0})
    tracker.artifact("no such file")
    tracker.tag("a", "b")
