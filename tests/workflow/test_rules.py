"""The rules as they are written: style, sizes, what each one declares, dry runs."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from symlens.studies import STUDIES

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

ROOT = Path(__file__).resolve().parents[2]
RULES = sorted((ROOT / "workflow").glob("rules/*.smk"))
TARGETS = {"all", "figures", "report"}
JOBS = {
    "collect": 1,
    "draw_lens": 2,
    "evaluate": 3,
    "index": 1,
    "overview": 1,
    "publish": 3,
    "summarize": 1,
    "synthesize": 3,
    "tabulate": 1,
    "tracking": 1,
    "train": 5,
}


def rules():
    """Name and text of every rule that runs a script."""
    for file in RULES:
        blocks = re.split(r"^ *rule ?", file.read_text(), flags=re.MULTILINE)
        for block in blocks[1:]:
            name = re.match(r"(\w*):", block)[1] or re.search(r'f?"(\w+)_', block)[1]
            if name not in TARGETS:
                yield pytest.param(block, id=name)


def text_of_all_rules():
    return "\n".join(file.read_text() for file in RULES)


def run(*command):
    return subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, check=False, cwd=ROOT, text=True
    )


def test_snakefmt_has_nothing_to_change():
    done = run("snakefmt", "--check", "workflow")
    assert done.returncode == 0, done.stdout + done.stderr


def test_snakemake_lint_has_nothing_to_say(checkout):
    assert "Congratulations" in checkout.snakemake("--lint")


@pytest.mark.parametrize("text", list(rules()))
def test_every_rule_declares_what_a_cluster_and_a_reader_need(text):
    for word in ("log:", "benchmark:", "threads:", "resources:", "conda:", "message:", "script:"):
        assert f"    {word}" in text, word
    for resource in ("mem_mb", "runtime", "gpu"):
        assert f"{resource}=" in text, resource
    assert "run:" not in text
    assert "params.config" not in text


@pytest.mark.parametrize("text", list(rules()))
def test_every_job_keeps_to_its_log_and_its_threads(text):
    """Before anything that computes is imported: threads are bound when it is."""
    script = ROOT / "workflow/rules" / re.search(r'script:\s*"(.*)"', text)[1]
    call = "with running(snakemake.log[0], snakemake.threads"
    code, bound, given = script.read_text().partition(call)
    assert bound
    assert given.startswith(", snakemake.resources.gpu):" if script.name == "train.py" else "):")
    imported = re.findall(r"^(?:import|from) (\S+)", code, flags=re.MULTILINE)
    assert "symlens.stage" in imported
    assert set(imported) <= {"symlens", "symlens.stage", "symlens.index"}


def test_every_wildcard_is_constrained():
    snakefile = (ROOT / "workflow/Snakefile").read_text()
    constrained = set(re.findall(r"^    (\w+)=", snakefile, flags=re.MULTILINE))
    outputs = "".join(re.findall(r"output:(.*?)(?:params|log):", text_of_all_rules(), re.DOTALL))
    used = set(re.findall(r"\{(\w+)\}", outputs)) - {"folder", "figure"}
    assert used == constrained == {"study", "experiment", "method", "seed", "sweep"}


def test_scripts_and_snakefile_are_short():
    for file in [*(ROOT / "workflow/scripts").glob("*.py"), ROOT / "workflow/Snakefile"]:
        assert len(file.read_text().splitlines()) < 60, file


def test_a_dry_run_plans_every_job(checkout):
    assert checkout.planned() == JOBS | {"all": 1}
    assert not (checkout.path / "results").exists()


@pytest.mark.parametrize(
    "config", [None, *sorted(f"config/{file.name}" for file in (ROOT / "config").glob("*.yaml"))]
)
def test_the_shipped_configurations_plan(checkout, config):
    planned = checkout.planned(config=config)
    assert planned["train"] >= planned["synthesize"] > 1


def test_another_configuration_stands_for_itself(checkout):
    """Snakemake would lay it over the tour."""
    assert checkout.planned()["synthesize"] == JOBS["synthesize"]


def test_a_key_can_be_given_on_the_command_line(checkout):
    planned = checkout.planned("--config", "tracking={enabled: false}", "--", "all")
    assert "publish" not in planned
    planned = checkout.planned("--config", "lens={experiments: {ring: {seeds: [7]}}}", "--", "all")
    assert planned["train"] == JOBS["train"] - 1


@pytest.mark.parametrize(("target", "missing"), [("figures", "summarize"), ("report", "publish")])
def test_targets_by_name(checkout, target, missing):
    planned = checkout.planned("--", target)
    assert planned["draw_lens"] == JOBS["draw_lens"]
    assert missing not in planned


def test_the_slurm_profile_plans_with_a_gpu_for_trainings(checkout):
    said = checkout.snakemake(
        "--dry-run", "--workflow-profile", "workflow/profiles/slurm", "--quiet", "host"
    )
    assert "learn: ring, official, seed 1" in said


@pytest.mark.parametrize("name", ["slurm", "kubernetes"])
def test_a_profile_groups_the_drawings_of_every_study(name):
    profile = yaml.safe_load((ROOT / f"workflow/profiles/{name}/config.yaml").read_text())
    drawn = {rule for rule in profile["groups"] if rule.startswith("draw_")}
    assert drawn == {f"draw_{study}" for study in STUDIES}


@pytest.mark.parametrize(
    ("name", "plugins", "options"),
    [
        ("generic", ["executor_plugin_cluster_generic"], []),
        (
            "kubernetes",
            ["executor_plugin_kubernetes", "storage_plugin_s3", "storage_plugin_fs"],
            ["--default-storage-provider", "fs", "--default-storage-prefix", "shared"],
        ),
    ],
)
def test_profiles_for_other_clusters_plan(checkout, name, plugins, options):
    missing = [p for p in plugins if importlib.util.find_spec(f"snakemake_{p}") is None]
    if missing:
        pytest.skip(f"not in the lock file: {', '.join(missing)}: {name} is NOT planned")
    profile = ["--workflow-profile", f"workflow/profiles/{name}"]
    assert checkout.planned(*profile, *options)["train"] == JOBS["train"]


def test_a_checkout_that_was_moved_reruns_nothing(done, tmp_path):
    moved = done.path.rename(tmp_path / "elsewhere")
    assert type(done)(moved).planned() == {}
