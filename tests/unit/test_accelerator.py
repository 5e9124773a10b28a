"""Which accelerator a process gets, and that no two have the same place on one."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from symlens import accelerator
from symlens.accelerator import NAME, SHARE, VISIBLE, claimed, devices, used
from symlens.errors import ConfigError

WAITING = """
    import sys, time
    from pathlib import Path
    from symlens.accelerator import claimed
    with claimed(1, Path(sys.argv[1])) as device:
        print(device.handle, flush=True)
        time.sleep(60)
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """An environment that a claim may change, and a folder for locks of this test alone."""
    for name in (*accelerator.GROWING, VISIBLE, SHARE, NAME):
        monkeypatch.setenv(name, "to be removed")
        monkeypatch.delenv(name)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(accelerator.tempfile, "tempdir", None)


@pytest.fixture
def driver(tmp_path):
    """What a driver with two devices says."""
    for number, model in enumerate(["NVIDIA H200", "NVIDIA A2"]):
        folder = tmp_path / "gpus" / f"0000:0{number + 1}:00.0"
        folder.mkdir(parents=True)
        lines = [f"Model: \t\t {model}", f"GPU UUID: \t GPU-{number}", "Bus Type: \t PCIe"]
        (folder / "information").write_text("\n".join(lines))
    return tmp_path / "gpus"


@pytest.fixture
def other(driver, tmp_path):
    """Start a process that claims a device and keeps it; give the process and its device."""
    begun = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WAITING), str(driver)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": str(tmp_path)},
        )
        begun.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def test_devices_are_those_of_the_driver(driver, tmp_path):
    assert [(d.handle, d.name) for d in devices(driver)] == [
        ("GPU-0", "NVIDIA H200"),
        ("GPU-1", "NVIDIA A2"),
    ]
    assert devices(tmp_path / "no driver") == []


@pytest.mark.parametrize(
    ("visible", "names"),
    [
        ("1", ["NVIDIA A2"]),
        ("GPU-1, 0", ["NVIDIA A2", "NVIDIA H200"]),
        ("MIG-7", ["NVIDIA"]),
        ("", []),
        ("-1", []),
    ],
)
def test_what_is_hidden_from_the_process_is_not_chosen(driver, monkeypatch, visible, names):
    monkeypatch.setenv(VISIBLE, visible)
    assert [device.name for device in devices(driver)] == names


def test_a_device_without_a_driver_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv(VISIBLE, "0")
    assert devices(tmp_path / "no driver") == []


def test_a_claim_shows_one_device_whose_memory_grows(driver):
    with claimed(1, driver) as device:
        assert os.environ[VISIBLE] == device.handle == "GPU-0"
        assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
        assert os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"


def test_a_job_that_asks_for_none_sees_none(driver):
    with claimed(0, driver) as device:
        assert device is None
        assert os.environ[VISIBLE] == ""


def test_without_a_device_it_is_said_that_the_processor_computes(tmp_path, capsys):
    with claimed(1, tmp_path / "no driver") as device:
        assert device is None
    assert capsys.readouterr().err == "no accelerator found: on the processor\n"


def test_processes_have_devices_of_their_own_and_a_killed_one_gives_its_back(driver, other):
    first, one = other()
    _, two = other()
    assert {one, two} == {"GPU-0", "GPU-1"}
    first.send_signal(signal.SIGKILL)
    first.wait()
    with claimed(1, driver) as device:
        assert device.handle == one


def test_who_finds_all_taken_waits_until_one_is_free(driver, other, capsys, monkeypatch):
    first, one = other()
    other()
    monkeypatch.setattr(accelerator.time, "sleep", lambda _: (first.kill(), first.wait()))
    with claimed(1, driver) as device:
        assert device.handle == one
    assert capsys.readouterr().err == "waiting for an accelerator: all are taken\n"


def test_trainings_that_share_devices_fill_the_empty_one_first(driver, other, monkeypatch):
    monkeypatch.setenv(SHARE, "2")
    assert sorted(other()[1] for _ in range(4)) == ["GPU-0", "GPU-0", "GPU-1", "GPU-1"]
    monkeypatch.setattr(accelerator.time, "sleep", lambda _: pytest.fail("as there must be"))
    with pytest.raises(pytest.fail.Exception, match="as there must be"), claimed(1, driver):
        pass


@pytest.mark.parametrize("share", ["0", "two", "-1", "1.5", ""])
def test_a_share_that_is_none_is_one_line(driver, monkeypatch, share):
    monkeypatch.setenv(SHARE, share)
    with pytest.raises(ConfigError, match=rf"^{SHARE}: '{share}', allowed: "), claimed(1, driver):
        pass


@pytest.mark.parametrize("library", [*accelerator.COMPUTING, None])
def test_a_device_is_named_where_something_may_have_computed_there(driver, monkeypatch, library):
    for name in accelerator.COMPUTING:
        monkeypatch.delitem(sys.modules, name, raising=False)
    if library is not None:
        monkeypatch.setitem(sys.modules, library, object())
    assert used() is None
    with claimed(1, driver):
        assert used() == (None if library is None else "NVIDIA H200")
