"""Around every stage of a workflow: where its messages go and how it ends."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from symlens.accelerator import claimed
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
def running(log: Path | str, threads: int, accelerators: int = 0) -> Iterator[None]:
    """Run the block with everything it prints in ``log`` and at most ``threads`` threads.

    A user's mistake ends it with exit code 2 and one line, in the log and on the terminal; any
    other failure with its traceback in the log and one line on the terminal. Enter it before
    numpy or TensorFlow is imported.

    Parameters
    ----------
    log : path
        Begun anew.
    threads : int
    accelerators : int
        None is to be seen by the block, or one of its own: `symlens.accelerator.claimed`.
    """
    os.environ.update(dict.fromkeys(THREADS, str(threads)))
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        file = _begun(Path(log))
    except OSError as error:
        print(f"symlens: {log}: cannot be written: {error.strerror}", file=sys.stderr)
        raise SystemExit(USER_MISTAKE) from None
    with file, _output_in(file) as terminal:
        try:
            with claimed(accelerators):
                yield
        except SymlensError as error:
            lines = [f"symlens: {line}" for line in str(error).splitlines()]
            _tell(terminal, *lines)
            _tell(sys.stderr, *lines)
            raise SystemExit(USER_MISTAKE) from None
        except Exception as error:
            what = next(iter(f"{type(error).__name__}: {error}".splitlines()))
            _tell(terminal, f"symlens: {what} (traceback: {log})")
            _tell(sys.stderr, traceback.format_exc())
            raise SystemExit(1) from None


def _begun(log: Path) -> BinaryIO:
    """The log, open and empty."""
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("wb")


def _tell(where: TextIO, *lines: str) -> None:
    """Write lines where that is possible: a log may lie on the disk that is full."""
    with suppress(OSError):
        for line in lines:
            print(line, file=where, flush=True)


@contextmanager
def _output_in(file: BinaryIO) -> Iterator[TextIO]:
    """Send standard output and error of the process, compiled code's too, to a file.

    Gives the standard error that was, for what a person must see.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    before = [os.dup(1), os.dup(2)]
    with os.fdopen(os.dup(2), "w", encoding="utf-8") as terminal:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield terminal
        finally:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError):
                    stream.flush()
            for descriptor, old in zip((1, 2), before, strict=True):
                os.dup2(old, descriptor)
                os.close(old)
