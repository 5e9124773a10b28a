"""Which process a run belongs to, and whether it is still there."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process that is never taken for a later one of the same number.

    Parameters
    ----------
    host : str
    pid : int
    start : str
        When it was started, in clock ticks since the boot that ``boot`` names; empty where the
        system does not tell.
    boot : str
    """

    host: str
    pid: int
    start: str
    boot: str

    @classmethod
    def current(cls) -> Process:
        """The process that asks."""
        return cls(socket.gethostname(), os.getpid(), _start(os.getpid()), _boot())

    @classmethod
    def parse(cls, text: str) -> Process | None:
        """The process whose text this is; None where it is no such text."""
        host, *rest = text.split(" ")
        if len(rest) != 3 or not rest[0].isdigit():
            return None
        return cls(host, int(rest[0]), rest[1], rest[2])

    def __str__(self) -> str:
        return f"{self.host} {self.pid} {self.start} {self.boot}"

    @property
    def is_here(self) -> bool:
        """Whether it was started on this machine."""
        return self.host == socket.gethostname()

    @property
    def is_gone(self) -> bool:
        """Whether it is known to have ended; of other machines nothing is known."""
        if not self.is_here:
            return False
        return self.boot != _boot() or not _exists(self.pid) or self.start != _start(self.pid)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start(pid: int) -> str:
    """Field 22 of ``/proc/<pid>/stat``, counted from behind the name, which may hold blanks."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
