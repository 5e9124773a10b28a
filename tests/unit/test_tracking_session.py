"""Runs in a real sqlite store of MLflow: begun, ended, left over, resumed, added to."""

from __future__ import annotations

import contextlib
import itertools
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from unittest.mock import Mock

import pytest

from symlens import tracking
from symlens.errors import FileError, SymlensError
from symlens.lens.learner import Monitor
from symlens.tracking.process import Process
from symlens.tracking.store import QUIET, Settings, opened

A = ("lens", "bumps", "fast", 1, "0123456789abcdef")
B = ("lens", "bumps", "fast", 2, "0123456789abcdef")


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A store made once: making one takes seconds."""
    folder = tmp_path_factory.mktemp("mlflow")
    note = folder / "tracking.json"
    tracking.initialise(note)
    with opened(note, Settings.read(note)) as store:
        store.parent("lens", "bumps")
    return folder


@pytest.fixture
def path(made, tmp_path, monkeypatch):
    """The file of a store of this test alone."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    folder = tmp_path / "it's a folder"
    shutil.copytree(made, folder)
    return folder / "tracking.json"


def runs(path, key=None):
    """Trainings in the store, the first one first; of one key, if one is given."""
    with opened(path, Settings.read(path)) as store:
        found = store.client.search_runs([store.experiment("lens")], "tags.role = 'training'")
    # Trainings that differ are counted apart, and stand by their date.
    found = sorted(found, key=lambda run: (int(run.data.tags["attempt"]), run.info.start_time))
    seed = None if key is None else str(key[3])
    return [run for run in found if seed in (None, run.data.tags["seed"])]


def statuses(path, key=None):
    return [run.info.status for run in runs(path, key)]


def curve(path, run, name="loss"):
    """Steps and values in the order of steps; MLflow has them in that of dates."""
    with opened(path, Settings.read(path)) as store:
        history = store.client.get_metric_history(run.info.run_id, name)
    return sorted((metric.step, metric.value) for metric in history)


def train(path, key=A, steps=range(3), **options):
    with tracking.start(path, *key, {"samples": 10, "deep": {"x": 1.5}}, **options) as tracker:
        for step in steps:
            tracker.record(step, {"loss": float(step), "rank": 2.0})
    return tracker


def broken_off(path, error, steps=range(1)):
    """A training that ends with an error after some steps."""
    with tracking.start(path, *A, {}) as tracker:
        for step in steps:
            tracker.record(step, {"loss": float(step)})
        raise error


def killed_without_notice(path, key=A, steps=range(3), process=None):
    """A run as a killed process leaves it: open, its process gone."""
    gone = process or Process("gone", 0, "0", "an-earlier-boot")
    with contextlib.suppress(Exception), tracking.start(path, *key, {}) as tracker:
        for step in steps:
            tracker.record(step, {"loss": float(step)})
        tracker.flush()
        tracker.tag("process", str(gone))
        run_id = tracker.run_id
    with opened(path, Settings.read(path)) as store:
        store.client.update_run(run_id, status="RUNNING")
    return run_id


def here(**changes):
    now = Process.current()
    return Process(now.host, changes.get("pid", now.pid), changes.get("start", "1"), now.boot)


def test_a_finished_training(path):
    train(path)
    (run,) = runs(path)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "bumps/fast/seed-1"
    assert run.data.params == {"samples": "10", "deep.x": "1.5"}
    assert curve(path, run) == [(0, 0.0), (1, 1.0), (2, 2.0)]
    tags = {"study": "lens", "experiment": "bumps", "method": "fast", "seed": "1"}
    assert tags | {"config_hash": A[4]} == {
        name: run.data.tags[name] for name in [*tags, "config_hash"]
    }
    with opened(path, Settings.read(path)) as store:
        parent = store.client.get_run(run.data.tags["mlflow.parentRunId"])
        assert store.client.get_experiment(run.info.experiment_id).name == "symlens/lens"
    assert (parent.info.run_name, parent.info.status) == ("bumps", "FINISHED")


def test_a_tracker_is_a_monitor_of_a_training(path):
    monitor: Monitor = train(path)
    assert callable(monitor.record)


def test_initialising_again_changes_nothing(path):
    before = path.read_text()
    train(path)
    for _ in range(2):
        tracking.initialise(path)
    assert path.read_text() == before
    assert statuses(path) == ["FINISHED"]


def test_settings_that_changed_are_written_without_a_store(tmp_path):
    path = tmp_path / "tracking.json"
    tracking.settle(path, enabled=True)
    assert not path.exists()  # no training was announced yet
    tracking.initialise(path, enabled=False)
    before = path.stat()
    tracking.settle(path, enabled=False)
    after = path.stat()  # it was read, at another time perhaps; it was not written
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    tracking.settle(path, enabled=True, uri="sqlite:///elsewhere.db")
    assert Settings.read(path) == Settings(enabled=True, uri="sqlite:///elsewhere.db")
    assert [file.name for file in tmp_path.iterdir()] == ["tracking.json"]


def test_trainings_of_an_experiment_share_a_parent(path):
    train(path, ("lens", "new", "fast", 1, "abc"))
    train(path, ("lens", "new", "fast", 2, "abc"))
    assert len({run.data.tags["mlflow.parentRunId"] for run in runs(path)}) == 1


def test_a_parent_whose_maker_was_killed_is_closed_by_the_next_training(path, monkeypatch):
    from mlflow import MlflowClient

    key = ("lens", "new", "fast", 1, "abc")
    with monkeypatch.context() as now:
        now.setattr(MlflowClient, "set_terminated", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            train(path, key)
    train(path, key)
    (run,) = runs(path)
    with opened(path, Settings.read(path)) as store:
        parent = store.client.get_run(run.data.tags["mlflow.parentRunId"])
        assert parent.info.run_id == store.parent("lens", "new")
    assert (parent.info.run_name, parent.info.status) == ("new", "FINISHED")


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (ValueError("two\nlines"), "FAILED", "two"),
        (ValueError(), "FAILED", "ValueError"),
        (KeyboardInterrupt(), "KILLED", None),
        (SystemExit(3), "KILLED", None),
    ],
)
def test_a_training_that_does_not_finish(path, error, status, told):
    with pytest.raises(type(error)):
        broken_off(path, error)
    (run,) = runs(path)
    assert run.info.status == status
    assert curve(path, run) == [(0, 0.0)]
    assert run.data.tags.get("error") == told


def test_sigterm_ends_the_run_as_killed_and_the_old_handler_is_back(path):
    def terminated():
        with tracking.start(path, *A, {}) as tracker:
            tracker.record(0, {"loss": 1.0})
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as error:
        terminated()
    assert error.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before
    (run,) = runs(path)
    assert run.info.status == "KILLED"
    assert curve(path, run) == [(0, 1.0)]


def test_what_was_killed_without_notice_is_closed_by_the_next_start(path):
    killed_without_notice(path, A, process=here())
    killed_without_notice(path, B, process=here(pid=2**22 + 1))
    train(path, A)
    assert statuses(path, A) == ["KILLED", "FINISHED"]
    assert statuses(path, B) == ["KILLED"]


def test_a_run_left_over_by_another_machine_is_closed_by_its_own_training_only(path):
    elsewhere = Process("another-machine", 1, "1", "boot")
    killed_without_notice(path, A, process=elsewhere)
    train(path, B)
    assert statuses(path, A) == ["RUNNING"]
    train(path, A)
    assert statuses(path, A) == ["KILLED", "FINISHED"]


def test_a_live_run_of_another_process_is_left_alone(path):
    with tracking.start(path, *A, {}):
        train(path, B)
        train(path, A, resume=True)
        assert tracking.reconcile(path) == []
        assert statuses(path, A) == ["RUNNING", "FINISHED"]
    assert statuses(path, A) == ["FINISHED", "FINISHED"]


def test_reconcile_closes_what_is_gone(path):
    run_id = killed_without_notice(path, A, process=here())
    assert tracking.reconcile(path) == [run_id]
    assert tracking.reconcile(path) == []
    assert statuses(path) == ["KILLED"]


def test_runs_of_another_workspace_in_the_same_store_are_not_touched(path, tmp_path):
    database = f"sqlite:///{path.parent / 'mlflow' / 'mlflow.db'}"
    killed_without_notice(path, A, process=here())
    other = tmp_path / "other" / "tracking.json"
    tracking.initialise(other, database)
    train(other, A, resume=True)
    assert tracking.reconcile(other) == []
    assert statuses(path, A) == ["RUNNING", "FINISHED"]


@pytest.mark.parametrize("left", ["KILLED", "FAILED", "RUNNING"])
def test_a_resumed_training_goes_on_in_its_run(path, left):
    if left == "RUNNING":
        killed_without_notice(path, A, range(5), process=here())
    else:
        error = ValueError if left == "FAILED" else KeyboardInterrupt
        with pytest.raises(error):
            broken_off(path, error(), range(5))
    train(path, A, range(2, 9), resume=True)  # from the checkpoint at step 2
    (run,) = runs(path)
    assert run.info.status == "FINISHED"
    assert curve(path, run) == [(step, float(step)) for step in range(9)]
    assert curve(path, run, "rank") == [(step, 2.0) for step in range(2, 9)]
    assert run.data.params["samples"] == "10"


def test_the_last_of_several_is_resumed(path):
    killed_without_notice(path, A, range(2), process=here())
    train(path, B)
    killed_without_notice(path, A, range(4), process=here())  # closes the first
    train(path, A, range(6), resume=True)
    first, second = runs(path, A)
    assert (first.info.status, second.info.status) == ("KILLED", "FINISHED")
    assert [step for step, _ in curve(path, second)] == list(range(6))


def test_nothing_to_resume_is_a_new_run(path):
    train(path, A, resume=True)
    train(path, A, resume=True)  # a finished run is not opened again
    assert statuses(path) == ["FINISHED", "FINISHED"]


def test_another_configuration_is_another_run(path):
    killed_without_notice(path, A, process=here())
    train(path, (*A[:4], "fedcba9876543210"), resume=True)
    assert statuses(path) == ["KILLED", "FINISHED"]


def test_scores_and_files_are_added_to_the_last_finished_run(path, tmp_path):
    train(path, A)
    train(path, A)
    with pytest.raises(ValueError, match="x"):
        broken_off(path, ValueError("x"))
    (tmp_path / "figure.png").write_bytes(b"png")
    tracker = tracking.attach(path, *A)
    tracker.scores({"cosine": 0.99})
    tracker.artifact(tmp_path / "figure.png", "figures")
    tracker.tag("verdict", "symmetry")
    first, second, third = runs(path)
    assert second.data.metrics["cosine"] == 0.99
    assert second.data.tags["verdict"] == "symmetry"
    assert [run.info.status for run in (first, second, third)] == ["FINISHED", "FINISHED", "FAILED"]
    with opened(path, Settings.read(path)) as store:
        files = store.client.list_artifacts(second.info.run_id, "figures")
    assert [file.path for file in files] == ["figures/figure.png"]


@pytest.fixture(params=[-3e8, 3e8], ids=["behind", "ahead"])
def wrong_clock(request, monkeypatch):
    """Lets a block run at a date that is wrong by years."""
    true = time.time

    @contextlib.contextmanager
    def wrong():
        with monkeypatch.context() as now:
            now.setattr(time, "time", lambda: true() + request.param)
            yield

    return wrong


def test_the_last_run_is_the_last_begun_whatever_the_clock_said(path, wrong_clock):
    with wrong_clock():
        train(path, A)
    train(path, A)
    with wrong_clock():
        train(path, A)
        tracking.attach(path, *A).scores({"cosine": 0.98})
    tracking.attach(path, *A).scores({"cosine": 0.99})
    train(path, A)
    tracking.attach(path, *A).scores({"cosine": 0.97})
    assert statuses(path) == ["FINISHED"] * 4
    scores = [[value for _, value in curve(path, run, "cosine")] for run in runs(path)]
    assert scores == [[], [], [0.98, 0.99], [0.97]]


def test_the_run_that_is_resumed_is_the_last_begun_whatever_the_clock_said(path, wrong_clock):
    with wrong_clock():
        killed_without_notice(path, A, range(2), process=here())
    killed_without_notice(path, A, range(4), process=here())
    with wrong_clock():
        train(path, A, range(6), resume=True)
    assert statuses(path) == ["KILLED", "FINISHED"]
    assert [curve(path, run) for run in runs(path)] == [
        [(step, float(step)) for step in range(length)] for length in (2, 6)
    ]


def test_a_clock_that_jumps_within_a_training_loses_no_value(path, monkeypatch):
    years, true = itertools.cycle([0.0, 3e8, -3e8]), time.time
    with monkeypatch.context() as now:
        now.setattr(time, "time", lambda: true() + next(years))
        train(path, A, range(5))
        tracking.attach(path, *A).scores({"cosine": 0.99})
    (run,) = runs(path)
    assert curve(path, run) == [(step, float(step)) for step in range(5)]
    assert curve(path, run, "rank") == [(step, 2.0) for step in range(5)]
    assert curve(path, run, "cosine") == [(0, 0.99)]


def test_runs_that_were_never_counted_are_found_by_their_date(path):
    train(path, A)
    train(path, A)
    before = runs(path)
    with opened(path, Settings.read(path)) as store:
        for run in before:
            store.client.delete_tag(run.info.run_id, "attempt")
    assert tracking.attach(path, *A).run_id == before[1].info.run_id
    train(path, A)
    assert tracking.attach(path, *A).run_id not in {run.info.run_id for run in before}


def test_a_training_that_was_not_tracked_is_told_in_the_log(path, caplog):
    tracker = tracking.attach(path, *A)
    tracker.scores({"cosine": 0.99})
    assert "no run of bumps, fast, seed 1 to add to" in caplog.text
    assert runs(path) == []


def test_tracking_off_needs_no_store(tmp_path):
    path = tmp_path / "results" / "tracking.json"
    tracking.initialise(path, enabled=False)
    assert isinstance(train(path), tracking.NullTracker)
    assert isinstance(tracking.attach(path, *A), tracking.NullTracker)
    assert tracking.reconcile(path) == []
    assert [file.name for file in path.parent.iterdir()] == ["tracking.json"]


def test_the_address_comes_from_the_configuration_then_the_environment(made, tmp_path, monkeypatch):
    def artifacts(path):
        train(path)
        with opened(path, Settings.read(path)) as store:
            return store.client.get_experiment(store.experiment("lens")).artifact_location

    for name in ("environment", "configuration"):
        shutil.copytree(made, tmp_path / name)
    database = "sqlite:///" + str(tmp_path / "{}" / "mlflow" / "mlflow.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", database.format("environment"))
    by_environment = tmp_path / "a" / "tracking.json"
    tracking.initialise(by_environment)
    assert "environment" not in by_environment.read_text()  # it might hold a password
    assert artifacts(by_environment) == (made / "mlflow" / "artifacts").as_uri()
    by_configuration = tmp_path / "b" / "tracking.json"
    tracking.initialise(by_configuration, database.format("configuration"))
    train(by_configuration)
    assert json.loads(by_configuration.read_text())["uri"] == database.format("configuration")
    for folder, name in [("a", "environment"), ("b", "configuration")]:
        assert not (tmp_path / folder / "mlflow").exists()
        assert len(runs(tmp_path / folder / "tracking.json")) == 1, name


@pytest.mark.parametrize(
    ("uri", "text"),
    [
        ("file:/tmp/mlruns", "tracking store file:/tmp/mlruns: "),
        ("sqlite:////proc/none/mlflow.db", "tracking store sqlite:////proc/none/mlflow.db: "),
        ("nonsense://me:secret@host/x", "tracking store nonsense://host/x: "),
    ],
)
def test_a_store_that_cannot_be_opened_is_one_line(tmp_path, uri, text):
    with pytest.raises(SymlensError) as error:
        tracking.initialise(tmp_path / "tracking.json", uri)
    assert str(error.value).startswith(text)
    assert str(error.value).endswith("(tracking: {enabled: false} goes on without it)")
    assert "\n" not in str(error.value)
    assert "secret" not in str(error.value)
    assert not (tmp_path / "tracking.json").exists()


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"enabled": true}', "not json"])
def test_a_file_that_is_none_of_ours(tmp_path, content):
    (tmp_path / "tracking.json").write_text(content)
    with (
        pytest.raises(FileError, match=r"tracking\.json: not a tracking file of symlens"),
        tracking.start(tmp_path / "tracking.json", *A, {}),
    ):
        pass
    with pytest.raises(FileError, match=r"no\.json: cannot be read: No such file or directory"):
        tracking.attach(tmp_path / "no.json", *A)


def test_a_store_whose_making_was_broken_off_is_made_again(tmp_path, monkeypatch):
    """MLflow makes it table by table; what is half made it can neither use nor finish."""
    from mlflow.store.tracking import sqlalchemy_store

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as now:
        now.setattr(sqlalchemy_store, "SqlAlchemyStore", full)
        with pytest.raises(SymlensError, match=r"mlflow\.db: cannot be written: No space left"):
            tracking.initialise(tmp_path / "tracking.json")
    assert not list((tmp_path / "mlflow").iterdir())
    tracking.initialise(tmp_path / "tracking.json")
    train(tmp_path / "tracking.json")
    assert statuses(tmp_path / "tracking.json") == ["FINISHED"]


TRAIN = """
import os, signal, time
from symlens import tracking
key = ("lens", "bumps", "fast", seed, "0123456789abcdef")
with tracking.start(path, *key, {"seed": seed}, resume=how == "resume") as tracker:
    for step in range(1200):
        tracker.record(step, {"loss": 1.0 / (step + 1)})
        if step == 1100 and how == "SIGKILL":
            os.kill(os.getpid(), signal.SIGKILL)
        if step == 1100 and how == "SIGTERM":
            print("ready", flush=True)
            time.sleep(60)
"""


@pytest.fixture(scope="module")
def processes():
    """Starts trainings in processes of their own, which find MLflow imported."""
    context = multiprocessing.get_context("forkserver")
    os.environ.update({name: os.environ.get(name, value) for name, value in QUIET.items()})
    context.set_forkserver_preload(["mlflow", "symlens.tracking"])

    def started(path, seed, how=""):
        process = context.Process(
            target=exec, args=(TRAIN, {"path": path, "seed": seed, "how": how})
        )
        process.start()
        return process

    return started


def ended(process):
    process.join()
    code = process.exitcode
    process.close()
    return code


def test_kill_9_then_a_resumed_training(path, processes):
    assert ended(processes(path, 1, "SIGKILL")) == -signal.SIGKILL
    assert statuses(path) == ["RUNNING"]
    assert ended(processes(path, 1, "resume")) == 0
    (run,) = runs(path)
    assert run.info.status == "FINISHED"
    assert [step for step, _ in curve(path, run)] == list(range(1200))


WRITERS = int(os.environ.get("SYMLENS_WRITERS", "8"))


@pytest.mark.parametrize("lost", [False, True], ids=["store made before", "store lost"])
def test_many_trainings_at_once(path, processes, lost):
    if lost:
        (path.parent / "mlflow" / "mlflow.db").unlink()
    children = [processes(path, seed) for seed in range(WRITERS)]
    assert [ended(child) for child in children] == [0] * WRITERS
    found = runs(path)
    assert [run.info.status for run in found] == ["FINISHED"] * WRITERS
    assert {run.data.tags["seed"] for run in found} == {str(seed) for seed in range(WRITERS)}
    assert len({run.data.tags["mlflow.parentRunId"] for run in found}) == 1
    for run in found:
        assert [step for step, _ in curve(path, run)] == list(range(1200))


def test_sigterm_of_a_training_that_prints_nothing(path):
    code = "import sys; path, seed, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]\n" + TRAIN
    command = [sys.executable, "-W", "error", "-c", code, str(path), "1", "SIGTERM"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout.readline() == "ready\n"
        child.terminate()
        assert child.communicate() == ("", "")
    assert child.returncode == 128 + signal.SIGTERM
    (run,) = runs(path)
    assert run.info.status == "KILLED"
    assert len(curve(path, run)) == 1101


def test_tracking_starts_without_mlflow():
    code = "import sys, symlens.tracking; sys.exit('mlflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
