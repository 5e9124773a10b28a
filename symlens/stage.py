"""Around every stage of a workflow: where its messages go and how it ends."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from symlens.errors import SymlensError

USER_MISTAKE = 2
"""Exit code where the input is wrong; 1 is left to defects of the program."""

THREADS = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)
"""Read by TensorFlow and numpy when they are imported: OMP_NUM_THREADS does not bind TensorFlow."""


def import_from(root: str) -> None:
    """Let the processes that this one starts import the package from ``root``, before any other.

    ``SYMLENS_ROOT`` is for an environment that is built for jobs and must be given the package:
    Snakemake takes PYTHONPATH away from those.
    """
    os.environ["SYMLENS_ROOT"] = root
    others = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([root, others] if others else [root])


@contextmanager
def running(log: Path | str, threads: int) -> Iterator[None]:
    """Run the block with everything it prints in ``log`` and at most ``threads`` threads.

    A user's mistake ends it with exit code 2 and one line, in the log and on the terminal; any
    other failure with its traceback in the log and one line on the terminal. Enter it before
    numpy or TensorFlow is imported.

    Parameters
    ----------
    log : path
        Begun anew.
    threads : int
    """
    os.environ.update(dict.fromkeys(THREADS, str(threads)))
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _output_in(Path(log)) as terminal:
        try:
            yield
        except SymlensError as error:
            for line in str(error).splitlines():
                print(f"symlens: {line}", file=sys.stderr)
                print(f"symlens: {line}", file=terminal, flush=True)
            raise SystemExit(USER_MISTAKE) from None
        except Exception as error:
            traceback.print_exc()
            what = f"{type(error).__name__}: {error}".splitlines()[0]
            print(f"symlens: {what} (traceback: {log})", file=terminal, flush=True)
            raise SystemExit(1) from None


@contextmanager
def _output_in(log: Path) -> Iterator[TextIO]:
    """Send standard output and error of the process, compiled code's too, to a file.

    Gives the standard error that was, for what a person must see.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    before = [os.dup(1), os.dup(2)]
    with log.open("wb") as file, os.fdopen(os.dup(2), "w", encoding="utf-8") as terminal:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield terminal
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for descriptor, old in zip((1, 2), before, strict=True):
                os.dup2(old, descriptor)
                os.close(old)
