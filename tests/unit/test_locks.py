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
    claim(tmp_path / "lock", "still held").close()
