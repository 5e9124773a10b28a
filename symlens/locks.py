"""Locks that no killed process leaves behind: the system gives them back when it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from symlens.errors import FileError


@contextmanager
def alone(path: Path | str) -> Iterator[None]:
    """Run the block while no other process that asks for the same file runs its own."""
    with Path(path).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
