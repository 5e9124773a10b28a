"""Sweeps in the configuration: what they expand to, and what is refused."""

from __future__ import annotations

import copy
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from symlens.config import ConfigError, load
from symlens.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
BASE = {
    "lens": {
        "official": {"batch_size": 90, "epochs": 7},
        "experiments": {
            "ring": {
                "title": "A ring",
                "data": {"source": "gaussian", "n": 9, "samples": 1000, "cyclic": True},
                "methods": ["fast", "official"],
                "seeds": [4, 2],
                "official": {"alignment": 3.0},
            },
        },
    }
}
needs_salib = pytest.mark.skipif(
    importlib.util.find_spec("SALib") is None, reason="SALib is not installed: Morris NOT checked"
)


def given(**sweep):
    values = copy.deepcopy(BASE)
    values["lens"]["sweeps"] = {"swept": {"title": "Swept", "of": "ring"} | sweep}
    return values


def swept(**sweep):
    return load(given(**sweep)).lens


def test_a_point_is_the_experiment_with_its_changes():
    changes = {"alignment": 0, "data.noise": 0.5}
    lens = swept(kind="ablation", variants={"none": changes})
    assert list(lens.experiments) == ["ring", "swept_01"]
    one, base = lens.experiments["swept_01"], lens.experiments["ring"]
    assert one.title == "Swept: none"
    assert one.methods == ("official",)
    assert one.seeds == base.seeds
    assert one.data == base.data.model_copy(update={"noise": 0.5})
    before, after = (lens.settings(name, "official") for name in ("ring", "swept_01"))
    assert before.alignment == 3.0
    assert after == before.model_copy(update={"alignment": 0.0})
    assert lens.points("swept")["swept_01"].changes == changes


def test_a_point_is_what_it_would_be_written_out():
    """Same settings, same hash: a result is known again."""
    lens = swept(kind="ablation", variants={"none": {"alignment": 0}})
    written = copy.deepcopy(BASE)
    own = written["lens"]["experiments"]
    own["swept_01"] = own["ring"] | {"title": "Other", "official": {"alignment": 0}}
    expected = load(written).lens.resolved("swept_01", "official")
    assert lens.resolved("swept_01", "official") == expected


def test_one_at_a_time_multiplies_every_key_by_itself():
    lens = swept(
        kind="one_at_a_time", keys=["alignment", "data.noise", "epochs"], multipliers=[0.5, 2]
    )
    points = list(lens.points("swept").values())
    assert [point.changes for point in points] == [
        {"alignment": 1.5},
        {"alignment": 6.0},
        {"data.noise": 0.025},
        {"data.noise": 0.1},
        {"epochs": 4},
        {"epochs": 14},
    ]
    assert points[1].label == "alignment x 2"
    assert len(lens.experiments) == 7


@needs_salib
def test_a_morris_design_walks_through_the_grid_one_key_at_a_time():
    ranges = {"alignment": [0.5, 1.5], "data.noise": [0.0, 0.3], "uniformity": [1.0, 4.0]}
    lens = swept(kind="morris", ranges=ranges, trajectories=5, levels=4, seeds=[9])
    points = list(lens.points("swept").values())
    assert len(points) == 5 * 4
    assert lens.experiments["swept_20"].seeds == (9,)
    low, high = np.array(list(ranges.values())).T
    unit = (np.array([list(point.changes.values()) for point in points]) - low) / (high - low)
    np.testing.assert_allclose(unit * 3, np.round(unit * 3), atol=1e-9)  # four levels
    for trajectory in unit.reshape(5, 4, 3):
        steps = np.abs(np.diff(trajectory, axis=0))
        np.testing.assert_allclose(np.sort(steps, axis=1), [[0, 0, 2 / 3]] * 3, atol=1e-9)
        np.testing.assert_allclose(steps.sum(axis=0), 2 / 3)  # every key once
    assert points == list(
        swept(kind="morris", ranges=ranges, trajectories=5).points("swept").values()
    )
    other = swept(kind="morris", ranges=ranges, trajectories=5, design_seed=1)
    assert points != list(other.points("swept").values())


def test_a_plan_shows_experiments_and_collects_points():
    plan = Plan(load(given(kind="ablation", variants={"a": {"alignment": 0}, "b": {}})))
    assert [(g.experiment, g.method) for g in plan.shown("lens")] == [
        ("ring", "fast"),
        ("ring", "official"),
    ]
    assert [(g.experiment, g.method, g.seeds) for g in plan.swept("lens", "swept")] == [
        ("ring", "official", (4, 2)),
        ("swept_01", "official", (4, 2)),
        ("swept_02", "official", (4, 2)),
    ]
    assert len(plan.titles("lens")) == 2
    assert plan.sweep("lens", "swept")["points"] == {
        "swept_01": {"label": "a", "changes": {"alignment": 0}},
        "swept_02": {"label": "b", "changes": {}},
    }
    assert plan.about_sweep("lens", "swept")["title"] == "Swept"


@pytest.mark.parametrize(
    ("sweep", "said"),
    [
        (
            {"kind": "ablation", "of": "rign", "variants": {"a": {}}},
            "no experiment rign",
        ),
        ({"kind": "ablation", "method": "slow", "variants": {"a": {}}}, "not by slow"),
        ({"kind": "ablation", "variants": {"a": {"alignmet": 0}}}, "alignmet: no such key"),
        (
            {"kind": "ablation", "variants": {"a": {"alignment": -1}}},
            "at 'a': official.alignment",
        ),
        ({"kind": "ablation", "variants": {"a": {"alignment": "0"}}}, "a number, true or false"),
        (
            {"kind": "ablation", "variants": {"a": {"data.source": 1}}},
            "only numbers, true and false",
        ),
        ({"kind": "one_at_a_time", "keys": ["data.group_seed"], "multipliers": [2]}, "no multiple"),
        ({"kind": "one_at_a_time", "keys": ["paired_kl"], "multipliers": [2]}, "no multiple"),
        ({"kind": "one_at_a_time", "keys": ["alignment"], "multipliers": [1]}, "leave it out"),
        (
            {"kind": "one_at_a_time", "keys": ["alignment"], "multipliers": [0]},
            "multipliers.0",
        ),
        ({"kind": "morris", "ranges": {"alignment": [0, 1]}}, "at least 2"),
        ({"kind": "morris", "ranges": {"alignment": [1, 1], "uniformity": [0, 1]}}, "low < high"),
        (
            {"kind": "morris", "ranges": {"alignment": [0, 1], "uniformity": [0, 1]}, "levels": 3},
            "an even number",
        ),
        ({"kind": "moris", "variants": {}}, "did you mean 'morris'?"),
        (
            {"kind": "ablation", "variants": {"a": {}}, "keys": []},
            "a key of kind one_at_a_time",
        ),
        ({"variants": {"a": {}}}, "missing; one of ablation, one_at_a_time, morris"),
    ],
)
def test_mistakes_are_one_line_each(sweep, said):
    with pytest.raises(ConfigError) as caught:
        load(given(**sweep))
    lines = str(caught.value).splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("lens.sweeps.swept")
    assert said in lines[0]


def test_a_name_that_is_taken_is_refused():
    values = given(kind="ablation", variants={"a": {}})
    values["lens"]["experiments"]["swept_01"] = values["lens"]["experiments"]["ring"]
    with pytest.raises(ConfigError, match="swept_01 has the name of an experiment"):
        load(values)


def test_without_salib_a_morris_design_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample", None)
    ranges = {"alignment": [0, 1], "uniformity": [0, 1]}
    with pytest.raises(ConfigError, match="morris needs the library SALib"):
        swept(kind="morris", ranges=ranges)


@needs_salib
def test_the_reduced_experiments_are_those_of_the_papers_scale():
    """Same experiments, sources, groups, shapes and sweeps; only sizes and rates differ."""
    full, reduced = (load(ROOT / "config" / f"{n}.yaml").lens for n in ("paper", "experiments"))
    points = {name for sweep in full.sweeps for name in full.points(sweep)}
    own = {name for name in full.experiments if name not in points}
    assert own - {"digit_slices_27_region"} == {
        name for name in reduced.experiments if name not in points
    }
    sizes = {"samples", "seed"}
    for name in own - {"digit_slices_27_region"}:
        one, other = full.experiments[name].data, reduced.experiments[name].data
        assert one.model_dump(exclude=sizes) == other.model_dump(exclude=sizes), name
    assert full.sweeps.keys() == reduced.sweeps.keys()
    for name, sweep in full.sweeps.items():
        assert len(full.points(name)) == len(reduced.points(name)), name
        assert sweep.kind == reduced.sweeps[name].kind
    counts = {name: len(full.points(name)) for name in full.sweeps}
    assert counts == {
        "ablation": 5,
        "sensitivity": 36,
        "operating_region": 32,
        "local_sensitivity": 16,
    }
