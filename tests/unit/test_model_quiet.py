"""The numerical library starts without a word on the terminal, unless it fails."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from symlens.backend.quiet import quiet_start, unseen

LEVEL = "TF_CPP_MIN_LOG_LEVEL"


def test_nothing_reaches_the_terminal():
    source = """
import symlens.lens.official, symlens.latent.train
from symlens.backend import value_and_gradient
from keras import ops
value, _ = value_and_gradient(lambda a: ops.sum(ops.matmul(a, a)))([[1.0, 2.0], [3.0, 4.0]])
assert value == 54.0
"""
    environment = {name: value for name, value in os.environ.items() if name != LEVEL}
    found = subprocess.run(
        [sys.executable, "-c", source],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_native_output_is_held_back(monkeypatch, capfd):
    monkeypatch.delenv(LEVEL, raising=False)
    with quiet_start():
        os.write(2, b"start-up message\n")
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "afterwards\n"
    assert os.environ[LEVEL] == "3"


def test_native_output_is_shown_when_the_start_fails(monkeypatch, capfd):
    monkeypatch.delenv(LEVEL, raising=False)

    def fail():
        with quiet_start():
            os.write(2, b"why it failed\n")
            raise ImportError

    with pytest.raises(ImportError):
        fail()
    assert "why it failed" in capfd.readouterr().err


def test_a_level_set_by_the_user_is_respected(monkeypatch, capfd):
    monkeypatch.setenv(LEVEL, "0")
    with quiet_start():
        os.write(2, b"shown\n")
    assert capfd.readouterr().err == "shown\n"
    assert os.environ[LEVEL] == "0"


def test_keras_takes_no_packages_along_that_nothing_needs():
    source = "import sys, symlens.latent.train; print({'sklearn', 'matplotlib'} & set(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=300, check=True
    )
    assert found.stdout.strip() == "set()"


def test_packages_are_unseen_only_within_and_those_that_are_there_stay(monkeypatch):
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with unseen("this", "os"):
        with pytest.raises(ImportError):
            import this  # noqa: F401
        import os as still

        assert still is os
    assert "this" not in sys.modules
    with pytest.raises(ZeroDivisionError), unseen("this"):
        1 / 0  # noqa: B018
    assert "this" not in sys.modules
