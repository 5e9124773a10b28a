"""The clocks of durations, and that nothing else is one."""

import re
import time
from pathlib import Path

import symlens
from symlens import clocks


def test_both_clocks_go_on_and_never_back():
    for clock in (clocks.wall, clocks.processor):
        told = [clock() for _ in range(100)]
        assert told == sorted(told)
        begun = clock()
        while clock() == begun:
            sum(range(1000))
        assert clock() > begun


def test_a_date_that_jumps_is_no_duration(monkeypatch):
    begun = clocks.wall()
    monkeypatch.setattr(time, "time", lambda: -3e8)
    assert 0 <= clocks.wall() - begun < 3e7


def test_who_sleeps_does_not_compute():
    wall, processor = clocks.wall(), clocks.processor()
    time.sleep(0.05)
    assert clocks.wall() - wall >= 0.05
    assert clocks.processor() - processor < clocks.wall() - wall


def test_no_other_module_reads_a_clock_of_durations():
    """Whatever the name by which it is imported: such a clock would run on in results."""
    folder = Path(symlens.__file__).parent
    files = [file for file in folder.rglob("*.py") if file != Path(clocks.__file__)]
    assert len(files) > 100
    read = re.compile(r"\b(perf_counter|process_time|thread_time|clock_gettime)")
    assert [str(file) for file in files if read.search(file.read_text(encoding="utf-8"))] == []
