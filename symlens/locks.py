"""Locks that no killed process leaves behind: the system gives them back when it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from symlens.errors import FileError


@contextmanager
def alone(path: Path | str) -> Iterator[None]:
    """Run the block while no other process that asks for the same file runs its own.

    The file is there only as long as somebody holds or awaits it.
    """
    path = Path(path)
    with _locked(path):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _locked(path: Path) -> IO[str]:
    """The file at ``path``, open and locked."""
    while True:
        file = path.open("w")
        fcntl.flock(file, fcntl.LOCK_EX)
        if _is_at(file, path):
            return file
        file.close()


def _is_at(file: IO[str], path: Path) -> bool:
    """Whether ``path`` still names the open file: who held the lock before has removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def claim(path: Path | str, whose: str) -> IO[str]:
    """Take a lock for as long as the returned file is kept.

    Raises
    ------
    FileError
        If another process has it: ``whose`` says in words what for.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise FileError(f"{whose}: wait for its end, or stop it") from None
    return file
