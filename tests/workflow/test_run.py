"""A miniature run of everything, and what a second run does after something has changed."""

import json
import re
import shutil

import numpy as np
import pytest
import xarray as xr

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

GROUPS = ("translation/fast", "ring/official")
AFTER_TRAINING = {
    "collect",
    "draw_lens",
    "evaluate",
    "index",
    "overview",
    "publish",
    "summarize",
    "tabulate",
}


def arrays(path):
    with xr.open_dataset(path) as ds:
        return ds.load()


def test_everything_is_made(finished):
    results = finished.path / "results"
    assert (results / "summary.html").stat().st_size > 10_000
    assert len((results / "tables/lens/stability.csv").read_text().splitlines()) == 1 + len(GROUPS)
    for group in GROUPS:
        assert (results / "lens" / group / "evaluation.nc").is_file()
        pictures = results / "figures/lens" / group
        assert {f.stem for f in pictures.glob("*.png")} == {f.stem for f in pictures.glob("*.pdf")}
        assert len(list(pictures.glob("*.png"))) >= 6
        for seed in (1, 2):
            assert (results / "lens" / group / f"seed-{seed}" / "run.nc").is_file()
            assert (results / "benchmarks/lens" / group / f"train-{seed}.tsv").is_file()
            assert (results / "logs/lens" / group / f"train-{seed}.log").is_file()
    assert not list((results / "checkpoints").glob("*/*/*/*")), "kept after success"


def test_a_sweep_is_collected_and_its_points_are_not_shown_one_by_one(finished):
    results = finished.path / "results"
    for file in ("noise.png", "noise.pdf"):
        assert (results / "figures/lens/sweeps" / file).stat().st_size > 5000
    points = (results / "tables/lens/sweeps/noise_points.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in points] == ["experiment", "translation", "noise_01"]
    assert len((results / "tables/lens/sweeps/noise_effects.csv").read_text().splitlines()) == 2
    assert not (results / "figures/lens/noise_01").exists()
    page = (results / "summary.html").read_text()
    assert 'id="sweep-noise"' in page
    assert "Noise: data.noise" not in page


def test_what_is_said_is_calm(finished):
    assert "Traceback" not in finished.said
    assert "Warning" not in finished.said
    last = [line for line in finished.said.splitlines() if line.strip()][-5:-2]
    assert [re.split(r"  +", line)[0] for line in last] == [
        "every answer, its figures and tables",
        "every training, its curves and files",
        "how all of it was made",
    ]


def test_the_seeds_are_trainings_of_their_own(finished):
    one, two = (finished.path / f"results/lens/translation/fast/seed-{s}/run.nc" for s in (1, 2))
    assert not np.array_equal(arrays(one).held_out, arrays(two).held_out)


def test_a_second_run_does_nothing(done):
    assert "Nothing to be done" in done.snakemake()


def test_files_that_were_only_touched_rerun_nothing(done):
    """A fresh checkout, or switching branches to and fro, gives every file a new time."""
    for file in (done.path / "symlens").rglob("*.py"):
        file.touch()
    assert done.planned() == {}


@pytest.mark.parametrize(
    "name",
    ["README.md", "config/config.yaml", "tests/workflow/mini.yaml", "Makefile", "symlens/cli.py"],
)
def test_a_comment_elsewhere_reruns_nothing(done, name):
    done.edit(name, "\n# a comment\n")
    assert done.planned() == {}


def test_one_lost_run_is_trained_again_and_no_other(done, finished, same):
    lost = "results/lens/translation/fast/seed-2/run.nc"
    kept = {path: path.stat().st_mtime_ns for path in done.runs() if not path.match(lost)}
    (done.path / lost).unlink()
    assert done.planned()["train"] == 1
    done.snakemake("--quiet", "all")
    assert same(done.path / lost, finished.path / lost)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


@pytest.mark.parametrize(
    ("module", "rules"),
    [
        ("symlens/lens/data/pipeline.py", {"synthesize": 3, "train": 5}),
        ("symlens/lens/learn.py", {"train": 5}),
        ("symlens/lens/fast/learner.py", {"train": 3}),
        ("symlens/lens/official/__init__.py", {"train": 2}),
        ("symlens/lens/evaluate.py", {"evaluate": 3}),
        ("symlens/drawing.py", {"draw_lens": 2, "overview": 1, "collect": 1}),
        ("symlens/page/page.html", {"summarize": 1}),
        ("symlens/lens/summary.py", {"summarize": 1, "index": 1}),
        ("symlens/groups.py", {"synthesize": 3, "train": 5, "evaluate": 3}),
        ("symlens/tracking/run.py", {}),
        ("symlens/config/load.py", {}),
    ],
)
def test_editing_a_module_reruns_what_depends_on_it(done, module, rules):
    comment = "<!-- a comment -->" if module.endswith(".html") else "# a comment"
    done.edit(module, f"\n{comment}\n")
    planned = done.planned()
    assert {rule: planned.get(rule) for rule in rules} == rules
    earliest = ["synthesize", "train", "evaluate", "draw_lens", "summarize"]
    before = earliest[: earliest.index(next(iter(rules)))] if rules else [*planned]
    assert not set(before) & planned.keys()
    if "train" in rules:
        after = AFTER_TRAINING - ({"collect"} if "official" in module else set())
        assert planned.keys() - {"all", "synthesize", "train"} == after


@pytest.mark.parametrize(
    ("keys", "rules"),
    [
        ("lens={fast: {rounds: 2}}", {"train": 3, "evaluate": 2}),
        ("lens={experiments: {ring: {title: Another name}}}", {"draw_lens": 1, "summarize": 1}),
        ("lens={experiments: {ring: {seeds: [1, 2, 3]}}}", {"train": 1, "evaluate": 1}),
        ("lens={experiments: {ring: {data: {seed: 9}}}}", {"synthesize": 1, "train": 2}),
        ("lens={experiments: {ring: {seeds: [1]}}}", {"evaluate": 1}),
        ("tracking={enabled: false}", {}),
    ],
)
def test_a_changed_setting_reruns_what_reads_it(done, keys, rules):
    planned = done.planned("--config", keys, "--", "all")
    assert {rule: planned.get(rule) for rule in rules} == rules
    early = {"synthesize", "train", "evaluate"} & planned.keys()
    assert early <= rules.keys() | {"evaluate"}


@pytest.mark.parametrize("tracking", ["{}", "{enabled: false}", "{uri: 'sqlite:///other.db'}"])
def test_an_added_experiment_is_run_at_once(done, tracking):
    own = "lens={experiments: {third: {title: T, data: {source: gaussian, n: 7, samples: 4000}}}}"
    planned = done.planned("--config", own, f"tracking={tracking}", "--", "all")
    assert planned["train"] == 3
    assert "tracking" not in planned


def test_a_run_is_tracked_as_its_configuration_says(done):
    note = done.path / "results/tracking.json"
    assert json.loads(note.read_text())["enabled"]
    seeds = "lens={experiments: {ring: {seeds: [9]}}}"
    target = "results/lens/ring/fast/seed-9/run.nc"
    done.snakemake("--config", seeds, "tracking={enabled: false}", "--", target)
    assert not json.loads(note.read_text())["enabled"]


def test_a_lost_tracking_store_retrains_nothing(done):
    shutil.rmtree(done.path / "results/mlflow")
    assert done.planned() == {"publish": 3, "all": 1}
    done.snakemake("--quiet", "all")


def test_without_tracking_the_arrays_are_the_same(checkout, finished, same):
    target = "results/lens/translation/fast/seed-1/run.nc"
    official = "results/lens/ring/official/seed-2/run.nc"
    checkout.snakemake("--config", "tracking={enabled: false}", "--", target, official)
    assert same(checkout.path / target, finished.path / target)
    assert same(checkout.path / official, finished.path / official)
    assert not (checkout.path / "results/mlflow").exists()


def test_eight_trainings_at_once_on_a_fresh_store(checkout):
    seeds = list(range(1, 9))
    keys = f"lens={{experiments: {{translation: {{seeds: {seeds}}}}}}}"
    targets = [f"results/lens/translation/fast/seed-{seed}/run.nc" for seed in seeds]
    said = checkout.snakemake("--config", keys, "--", *targets, cores=8)
    assert "Error" not in said
    assert len(checkout.runs()) == len(seeds)


def test_the_scheduler_looks_when_a_job_ends_and_not_all_the_time(checkout):
    runs = [f"results/lens/translation/fast/seed-{seed}/run.nc" for seed in (1, 2)]
    said = checkout.snakemake("--verbose", "--", *runs, "results/lens/ring/data.nc", cores=1)
    finished = said.count("Finished jobid")
    assert finished >= 4
    assert said.count("Resources before job selection") <= finished + 1


def test_the_report_holds_every_figure_with_its_caption(done):
    done.snakemake("--report", "results/report.html")
    page = (done.path / "results/report.html").read_text()
    assert len(page) > 100_000
    for words in ("The generator: the matrix that moves", "stability", "overview"):
        assert words in page, words
