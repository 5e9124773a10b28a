"""What a configuration costs."""

from __future__ import annotations

import csv

import pytest

from symlens.cli import main
from symlens.config import load
from symlens.config.lens_official import OfficialSettings
from symlens.lens import cost
from symlens.lens.cost import costs, step_seconds

DATA = {"source": "gaussian", "n": 5, "samples": 1000}
VALUES = {
    "lens": {
        "official": {"epochs": 36, "steps_per_epoch": 10, "batch_size": 20},
        "experiments": {
            "one": {"title": "One", "data": DATA, "methods": ["fast", "official"], "seeds": [1, 2]},
            "two": {
                "title": "Two",
                "data": DATA,
                "methods": ["official"],
                "official": {"epochs": 72},
            },
            "quick": {"title": "Quick", "data": DATA},
        },
        "sweeps": {
            "less": {
                "kind": "one_at_a_time",
                "title": "Less",
                "of": "one",
                "seeds": [7],
                "keys": ["alignment", "data.noise"],
                "multipliers": [0.5, 2],
            }
        },
    }
}


def test_steps_times_trainings_times_the_measured_step():
    asked = []

    def timing(n, cyclic, settings):
        asked.append((n, cyclic, settings.batch(n)))
        return 10.0

    found = {each.name: each for each in costs(load(VALUES).lens, timing)}
    assert asked == [(5, False, 20)], "the same shapes are timed once"
    assert list(found) == ["one", "two", "less"]
    assert [each.trainings for each in found.values()] == [2, 3, 4]
    assert [each.hours for each in found.values()] == [2.0, 6.0, 4.0]
    assert found["two"].row()["hours_each"] == 2.0


def test_a_step_takes_time():
    settings = OfficialSettings(batch_size=20, hidden_multiple=2)
    assert 0 < step_seconds(5, True, settings) < 10


@pytest.fixture
def config(tmp_path, monkeypatch):
    import yaml

    monkeypatch.setattr(cost, "step_seconds", lambda *_: 10.0)
    monkeypatch.setattr(costs, "__defaults__", (lambda *_: 10.0,))
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump(VALUES))
    return file


def test_the_command_prints_and_writes_the_table(config, tmp_path, capsys):
    output = tmp_path / "cost.csv"
    assert main(["cost", str(config), "-o", str(output)]) == 0
    said = capsys.readouterr().out
    assert "12 hours in all" in said
    assert "less" in said
    rows = list(csv.DictReader(output.read_text().splitlines()))
    assert [(row["name"], row["hours"]) for row in rows] == [
        ("one", "2"),
        ("two", "6"),
        ("less", "4"),
    ]
    assert main(["cost", str(config), "-o", str(output)]) == 2, "nothing is overwritten"


def test_without_long_trainings_there_is_nothing_to_estimate(tmp_path, capsys):
    file = tmp_path / "quick.yaml"
    file.write_text("lens: {experiments: {a: {title: A, data: {source: white_noise, n: 5}}}}")
    assert main(["cost", str(file)]) == 0
    assert "nothing to estimate" in capsys.readouterr().out


def test_a_missing_configuration_is_one_line(capsys):
    assert main(["cost", "nowhere.yaml"]) == 2
    assert capsys.readouterr().err == "symlens: nowhere.yaml: no such file\n"
