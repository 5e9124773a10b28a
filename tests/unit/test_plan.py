"""What a workflow asks of a configuration, and what each stage depends on."""

import subprocess
import sys
from pathlib import Path

import pytest

from symlens import studies
from symlens.config import load
from symlens.imports import PACKAGE, needed
from symlens.plan import NOT_RESULTS, Plan, from_command_line

ROOT = Path(__file__).resolve().parents[2]
VALUES = {
    "lens": {
        "fast": {"samples": 500},
        "experiments": {
            "ring": {
                "title": "A ring",
                "data": {"source": "gaussian", "n": 9, "samples": 1000, "cyclic": True},
                "methods": ["fast", "official"],
                "seeds": [4, 2],
                "official": {"batch_size": 90},
            },
            "line": {"title": "A line", "data": {"source": "white_noise", "n": 7}},
        },
    }
}


@pytest.fixture
def plan(monkeypatch):
    monkeypatch.chdir(ROOT)
    return Plan(load(VALUES))


def test_groups_are_experiments_by_methods_with_their_seeds(plan):
    assert [(g.study, g.experiment, g.method, g.seeds) for g in plan.groups()] == [
        ("lens", "ring", "fast", (4, 2)),
        ("lens", "ring", "official", (4, 2)),
        ("lens", "line", "fast", (1, 2, 3)),
    ]
    assert plan.seeds("lens", "ring") == (4, 2)
    assert plan.studies() == ("lens",)


def test_titles_tell_methods_apart_where_there_are_several(plan):
    assert plan.titles("lens") == ["A ring (fast)", "A ring (official)", "A line (fast)"]
    del (one := dict(VALUES["lens"]["experiments"]))["ring"]
    alone = Plan(load({"lens": {"experiments": one}}))
    assert alone.titles("lens") == ["A line"]


def test_a_stage_is_given_what_it_reads_and_no_more(plan):
    ask = plan.parameters
    assert ask("synthesize", "lens", "ring").keys() == {"data"}
    train = ask("train", "lens", "ring", "fast")
    assert train.keys() == {"data", "method", "settings"}
    assert train["settings"]["samples"] == 500
    assert ask("train", "lens", "ring", "official")["settings"]["batch_size"] == 90
    assert ask("evaluate", "lens", "ring", "fast") == train
    assert ask("publish", "lens", "ring", "fast") == train, "runs are found by this hash"
    assert ask("figures", "lens", "ring", "fast") == {"title": "A ring"}


def test_files_of_the_user_are_inputs(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("a,b,c\n1,2,3\n")
    own = {"title": "Own", "data": {"source": "file", "path": str(file)}}
    plan = Plan(load({"lens": {"experiments": {"own": own}}}))
    assert plan.inputs("lens", "own") == (str(file),)


def modules(stage, study, method=None):
    library = studies.get(study).library(stage, method)
    files = needed(library.roots, (*NOT_RESULTS, *library.without))
    return {file.relative_to(PACKAGE).with_suffix("").as_posix() for file in files}


def test_a_method_does_not_depend_on_the_rooms_of_the_other():
    fast, official = (modules("train", "lens", m) for m in ("fast", "official"))
    assert not any(name.startswith("lens/official/") for name in fast)
    assert not any(name.startswith("lens/fast/") for name in official)
    assert {"lens/fast/learner", "lens/learn", "lens/train", "groups", "store/writing"} <= fast
    assert "lens/official/training" in official


def test_figures_and_scores_do_not_reach_back_into_training():
    train = modules("train", "lens", "fast")
    assert not any("figures" in name or "summary" in name for name in train)
    assert "lens/evaluate" not in train
    assert "lens/train" not in modules("evaluate", "lens")
    assert "drawing" in modules("figures", "lens")


@pytest.mark.parametrize("stage", ["synthesize", "train", "evaluate", "figures", "summary"])
def test_what_cannot_change_a_result_does_not_count(stage):
    found = modules(stage, "lens")
    assert not found & {"studies", "plan", "config/load", "config/root", "tracking/run", "cli"}


def test_every_stage_has_a_hash_of_its_own_code(plan):
    stages = ("synthesize", "train", "evaluate", "figures", "tables", "summary")
    hashes = {plan.library(stage, "lens", "fast") for stage in stages}
    assert len(hashes) == len(stages)
    assert plan.library("train", "lens", "fast") != plan.library("train", "lens", "official")


def test_templates_of_a_page_are_code_of_its_summary():
    assert set(studies.get("lens").library("summary").files) == {"page/page.html", "page/style.css"}


def test_asking_imports_nothing_heavy():
    code = (
        "import sys, symlens.plan, symlens.lens.stages\n"
        "print(*{'tensorflow', 'keras', 'mlflow', 'matplotlib', 'sklearn', 'snakemake'}"
        " & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == []


def test_where_to_look_is_three_lines_and_holds_no_password(plan, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert len(plan.where_to_look().splitlines()) == 3
    assert "sqlite:///results/mlflow/mlflow.db" in plan.where_to_look()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://me:secret@store.example")
    assert "secret" not in plan.where_to_look()


def test_keys_from_the_command_line_get_their_type_back():
    given = {"lens": {"fast": {"samples": "500"}, "x": ["1.5", "true", "null", "a word"]}, "n": 3}
    assert from_command_line(given) == {
        "lens": {"fast": {"samples": 500}, "x": [1.5, True, None, "a word"]},
        "n": 3,
    }


def test_one_that_is_shown_is_found_without_looking_at_all(plan):
    assert [g.method for g in plan.shown("lens", "ring", "official")] == ["official"]
    assert plan.shown("lens", "ring", "liepca") == ()
    assert set(plan.shown("lens")) == set(plan.groups("lens"))


def test_text_that_is_no_yaml_stays_text():
    given = {"a": "1.0e-3", "b": "[1, 2", "c": "2001-99-99", "d": ["true"]}
    assert from_command_line(given) == given | {"a": 1.0e-3, "d": [True]}
