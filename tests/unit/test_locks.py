"""Locks between processes."""

import subprocess
import sys

import pytest

from symlens.errors import FileError
from symlens.locks import alone, claim

HOLD = """
import sys
from symlens.locks import claim
kept = claim(sys.argv[1], "held")
print("held", flush=True)
sys.stdin.read()
"""
COUNT = """
import sys
from pathlib import Path
from symlens.locks import alone
count = Path(sys.argv[1])
for _ in range(200):
    with alone(count.with_suffix(".lock")):
        count.write_text(str(int(count.read_text()) + 1))
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that has the lock."""
    path = tmp_path / "new folder" / "lock"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout.readline() == b"held\n"
        yield path, process
        process.kill()


def test_a_claimed_lock_is_refused_in_one_line(holder):
    path, _ = holder
    with pytest.raises(FileError, match=r"^another run is at work: wait for its end, or stop it$"):
        claim(path, "another run is at work")


def test_a_killed_process_leaves_no_lock(holder):
    path, process = holder
    process.kill()
    process.wait()
    claim(path, "another run is at work").close()


def test_alone_waits_for_the_other(holder):
    path, process = holder
    process.stdin.close()  # ends it
    with alone(path):
        assert process.wait(timeout=60) == 0


def test_alone_gives_the_lock_back(tmp_path):
    with alone(tmp_path / "lock"):
        pass
    assert not (tmp_path / "lock").exists()


def test_the_file_is_gone_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), alone(tmp_path / "lock"):
        1 / 0  # noqa: B018
    assert not (tmp_path / "lock").exists()


def test_no_two_hold_it_although_it_goes_and_comes(tmp_path):
    count = tmp_path / "count"
    count.write_text("0")
    others = [subprocess.Popen([sys.executable, "-c", COUNT, str(count)]) for _ in range(4)]
    assert [other.wait(timeout=120) for other in others] == [0] * 4
    assert count.read_text() == "800"
    assert [file.name for file in tmp_path.iterdir()] == ["count"]
