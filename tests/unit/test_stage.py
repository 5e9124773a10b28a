"""How a stage ends: where its words go, and its exit code."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest


@pytest.fixture
def stage(tmp_path):
    """Run a block as a stage in a process of its own; give its exit code, terminal and log."""

    def run(block, threads=1, **environment):
        program = "from symlens.stage import running\n"
        program += f"with running('logs/stage.log', {threads}):\n"
        program += textwrap.indent(textwrap.dedent(block), "    ")
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env=os.environ | environment,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr, (tmp_path / "logs/stage.log").read_text()

    return run


def test_success_is_quiet_and_what_is_printed_goes_to_the_log(stage):
    code, terminal, log = stage("""
        import os, sys
        print("to stdout")
        print("to stderr", file=sys.stderr)
        os.write(2, b"from compiled code\\n")
        """)
    assert (code, terminal) == (0, "")
    assert set(log.splitlines()) == {"to stdout", "to stderr", "from compiled code"}


def test_a_users_mistake_is_one_line_without_a_traceback(stage):
    code, terminal, log = stage("""
        from symlens.errors import DataError
        raise DataError("x: 3 of 10 values are NaN")
        """)
    assert code == 2
    assert terminal == "symlens: x: 3 of 10 values are NaN\n"
    assert log == terminal


def test_several_mistakes_are_a_line_each(stage):
    code, terminal, _ = stage("""
        from symlens.errors import ConfigError
        raise ConfigError(["a: wrong", "b: wrong"])
        """)
    assert code == 2
    assert terminal == "symlens: a: wrong\nsymlens: b: wrong\n"


def test_a_defect_leaves_its_traceback_in_the_log_and_a_line_on_the_terminal(stage):
    code, terminal, log = stage("""
        raise RuntimeError("two\\nlines")
        """)
    assert code == 1
    assert terminal == "symlens: RuntimeError: two (traceback: logs/stage.log)\n"
    assert "Traceback" in log
    assert "RuntimeError: two\nlines" in log


def test_the_log_is_begun_anew(stage):
    stage("print('first')")
    _, _, log = stage("print('second')")
    assert log == "second\n"


def test_threads_are_bounded_and_the_backend_can_be_chosen(stage):
    _, _, log = stage(
        """
        import os
        print(os.environ["TF_NUM_INTRAOP_THREADS"], os.environ["OMP_NUM_THREADS"])
        print(os.environ["KERAS_BACKEND"])
        """,
        threads=3,
        KERAS_BACKEND="jax",
    )
    assert log.splitlines() == ["3 3", "jax"]


def test_output_comes_back_to_the_terminal_afterwards(tmp_path):
    program = (
        "from symlens.stage import running\n"
        "with running('a.log', 1):\n    print('in')\n"
        "print('out')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, cwd=tmp_path, text=True
    )
    assert done.stdout == "out\n"


def test_a_log_that_cannot_be_begun_is_one_line(tmp_path):
    (tmp_path / "logs").write_text("no folder")
    program = "from symlens.stage import running\nwith running('logs/a.log', 1):\n    print(1)\n"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, cwd=tmp_path, text=True
    )
    assert done.returncode == 2
    assert done.stderr == "symlens: logs/a.log: cannot be written: File exists\n"


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        ("FileError('a.nc: cannot be written')", 2, "symlens: a.nc: cannot be written\n"),
        ("ValueError('odd')", 1, "symlens: ValueError: odd (traceback: logs/stage.log)\n"),
    ],
)
def test_what_is_wrong_is_said_though_the_log_cannot_take_it(stage, error, code, line):
    """It lies on the disk that is full."""
    found, terminal, log = stage(f"""
        import resource, sys
        from symlens.errors import FileError
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        raise {error}
        """)
    assert (found, terminal, log) == (code, line, "")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the system names no threads")
@pytest.mark.parametrize("threads", [1, 3])
def test_tensorflow_and_blas_start_as_many_threads_as_the_job_may_have(stage, threads):
    _, _, log = stage(
        """
        import keras
        import numpy as np
        import tensorflow as tf
        from pathlib import Path
        from threadpoolctl import threadpool_info

        square = tf.function(lambda a: tf.linalg.matmul(a, a))
        square(tf.ones((300, 300)))
        names = [file.read_text().strip() for file in Path("/proc/self/task").glob("*/comm")]
        pools = [pool["num_threads"] for pool in threadpool_info()]
        print("found", names.count("tf_Compute"), max(pools))
        """,
        threads=threads,
    )
    (found,) = (line for line in log.splitlines() if line.startswith("found"))
    computing, pooled = map(int, found.split()[1:])
    assert computing == threads
    assert pooled <= threads
