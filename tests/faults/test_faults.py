"""A few of the trials of trials.py and inputs of fuzz.py; `make test-faults` does all of them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def lines_of(program, *arguments):
    """What a program tells, a line of JSON each."""
    command = [sys.executable, str(HERE / program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.stdout, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


@pytest.mark.slow
def test_a_job_that_is_struck_ends_as_if_nothing_had_been(tmp_path):
    trials, code = lines_of("trials.py", "--quick", "--trials", 10, "--folder", tmp_path / "trials")
    assert [told for told in trials if told["wrong"]] == []
    assert (code, len(trials)) == (0, 10)
    assert sum(told["struck"] for told in trials) > 7
    assert len({told["injury"].split(" at ")[0] for told in trials}) > 3


@pytest.mark.slow
def test_nonsense_is_answered_by_a_result_or_a_line(tmp_path):
    (*wrong, whole), code = lines_of("fuzz.py", "--inputs", 600, "--seed", 3)
    assert wrong == []
    assert (code, whole["inputs"]) == (0, 600)
    assert whole["kinds"].keys() == {"yaml", "npy", "npz", "csv", "nc", "png", "json"}
