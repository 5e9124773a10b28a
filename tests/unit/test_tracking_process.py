"""A process is known again, and never taken for another."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from symlens.tracking.process import Process

NOW = Process.current()


def test_this_process_lives():
    assert NOW.pid == os.getpid()
    assert NOW.is_here
    assert not NOW.is_gone


def test_text_and_back():
    assert Process.parse(str(NOW)) == NOW
    assert Process.parse(str(replace(NOW, start="", boot=""))) == replace(NOW, start="", boot="")


@pytest.mark.parametrize("text", ["", "host", "host 12", "host pid 3 4", "a b c d e"])
def test_other_text_is_no_process(text):
    assert Process.parse(text) is None


def test_an_ended_process_is_gone():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    start = Process.current().start
    assert start.isdigit()
    running = replace(NOW, pid=child.pid, start=_start(child.pid))
    assert not running.is_gone
    child.communicate(b"\n")
    assert running.is_gone


def test_another_process_of_the_same_number_is_another():
    assert replace(NOW, start=str(int(NOW.start) - 1)).is_gone
    assert replace(NOW, boot="an-earlier-boot").is_gone


def test_of_other_machines_nothing_is_known():
    other = replace(NOW, host="another-machine", pid=2**22 + 1, start="1")
    assert not other.is_here
    assert not other.is_gone


def test_a_name_with_blanks_and_brackets_does_not_confuse(tmp_path, monkeypatch):
    fields = " ".join(str(number) for number in range(4, 53))
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "stat").write_text(f"7 (a) b (c d)) S {fields}\n")
    monkeypatch.setattr("symlens.tracking.process.PROC", tmp_path)
    assert _start(7) == "22"
    assert _start(8) == ""


def _start(pid):
    from symlens.tracking.process import _start

    return _start(pid)
