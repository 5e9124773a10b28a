"""Users' mistakes, kills at any moment, and what the next run makes of them."""

import os
import random
import signal
import time

import numpy as np
import pytest
import yaml

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

OFFICIAL = "results/lens/ring/official/seed-1/run.nc"
FAST = "results/lens/translation/fast/seed-1/run.nc"


def configured(checkout, change):
    """A copy of the miniature's configuration with something changed."""
    values = yaml.safe_load((checkout.path / "tests/workflow/mini.yaml").read_text())
    del values["lens"]["sweeps"]  # of that experiment as it was
    change(values["lens"]["experiments"]["translation"])
    (checkout.path / "own.yaml").write_text(yaml.safe_dump(values))
    return "own.yaml"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda e: e["data"].update(nn=3), "lens.experiments.translation.data.nn: unknown key"),
        (lambda e: e["data"].update(noise="1e-3"), "lens.experiments.translation.data.noise: "),
        (lambda e: e.update(methods=["quick"]), "lens.experiments.translation.methods.0: "),
        (
            lambda e: e.update(data={"source": "file", "path": "there/is/none.csv"}),
            "lens.experiments.translation.data.path: no such file: there/is/none.csv",
        ),
    ],
)
def test_a_wrong_configuration_is_a_line_per_mistake(checkout, change, line):
    config = configured(checkout, change)
    for arguments in ((), ("--dry-run",), ("--lint",)):
        said = checkout.snakemake(*arguments, config=config, code=2).splitlines()
        mistakes = [text for text in said if not text.startswith("Using workflow specific")]
        assert len(mistakes) == 1
        assert mistakes[0].startswith(line)
    assert not (checkout.path / "results").exists()


def test_two_mistakes_are_two_lines(checkout):
    config = configured(checkout, lambda e: (e.update(seed=[1]), e["data"].update(n=-7)))
    said = checkout.snakemake(config=config, code=2)
    assert sum(text.startswith("lens.experiments.translation.") for text in said.splitlines()) == 2
    assert "Traceback" not in said


def test_a_file_that_is_not_yaml_is_named_with_the_line(checkout):
    (checkout.path / "config/config.yaml").write_text("lens:\n  fast: [1\n")
    said = checkout.snakemake(config=None, code=2)
    assert "config/config.yaml: line 3" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda x: x.__setitem__((5, 3), np.nan), "NaN"),
        (lambda x: x.__setitem__((slice(None), 3), 1.0), "constant"),
        (lambda x: x.resize((4, 7), refcheck=False), "samples"),
    ],
)
def test_bad_samples_are_one_line_and_leave_nothing(checkout, spoil, words):
    x = np.random.default_rng(1).normal(size=(500, 7))
    spoil(x)
    np.save(checkout.path / "own.npy", x)
    config = configured(
        checkout, lambda e: e.update(data={"source": "file", "path": "own.npy"}, seeds=[1])
    )
    said = checkout.snakemake("--", FAST, config=config, code=1)
    lines = {text for text in said.splitlines() if text.startswith("symlens: ")}
    lines -= {"symlens: a job failed; what it said is in results/logs/"}
    assert len(lines) == 1
    (line,) = lines
    assert words in line
    assert "Traceback" not in said
    assert not (checkout.path / FAST).exists()


@pytest.mark.parametrize("whom", ["everything", "snakemake alone", "the training alone"])
def test_after_a_kill_the_next_run_ends_with_the_same_arrays(checkout, finished, same, whom):
    """At a random moment after the training's process has begun."""
    moment = time.time() + random.Random(whom).uniform(0.0, 8.0)
    process = checkout.start("--", FAST)
    training = checkout.wait_for_training(process, lambda _: time.time() > moment)
    if whom == "everything":
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    elif whom == "snakemake alone":
        process.kill()
        process.wait()
    else:
        training.kill()
        assert process.wait(timeout=600) == 0, "a second try is in the default profile"
    checkout.snakemake("--", FAST)
    assert same(checkout.path / FAST, finished.path / FAST)
    assert checkout.unfinished() == []


def test_two_runs_at_once_are_refused_in_one_line(checkout):
    process = checkout.start("--", FAST)
    training = checkout.wait_for_training(process, lambda _: True)
    training.suspend()  # it takes a second: less than the other run, at times, to begin
    try:
        said = checkout.snakemake("--", FAST, code=2)
    finally:
        training.resume()
    assert "symlens: another run is at work here: wait for its end, or stop it" in said
    assert "Traceback" not in said
    assert process.wait(timeout=600) == 0


LONGER = "lens={official: {epochs: 200, checkpoint_every: 20}}"


@pytest.fixture(scope="module")
def uninterrupted(finished, tmp_path_factory):
    copy = finished.copy(tmp_path_factory.mktemp("uninterrupted") / "checkout")
    copy.snakemake("--config", LONGER, "--", OFFICIAL)
    return copy.path / OFFICIAL


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_training_goes_on_from_its_checkpoint_to_the_same_bits(
    checkout, uninterrupted, same, number
):
    process = checkout.start("--config", LONGER, "--", OFFICIAL)
    kept = checkout.path / "results/checkpoints/lens/ring/official/seed-1"
    training = checkout.wait_for_training(process, lambda _: kept.exists() and any(kept.iterdir()))
    training.send_signal(number)
    assert process.wait(timeout=600) == 0, "a second try is in the default profile"
    assert same(checkout.path / OFFICIAL, uninterrupted)
    assert not kept.exists()
    assert checkout.unfinished() == []
