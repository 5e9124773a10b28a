"""What can befall a job at any moment, and the moments.

A moment is either a number of processor seconds or the k-th time that the job asks the system for
something: to open, rename, remove, connect. The first falls into long computations, the second
between two steps of writing a file.
"""

import ctypes
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

EVENTS = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.scandir",
    "os.listdir",
    "fcntl.flock",
    "shutil.rmtree",
    "sqlite3.connect",
    "socket.connect",
    "subprocess.Popen",
    "pathlib.Path.glob",
}
MS_REC, MS_PRIVATE = 16384, 1 << 18
CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
CAPABILITY_VERSION, CAP_DAC_OVERRIDE = 0x20080522, 1
libc = ctypes.CDLL(None, use_errno=True)


class Events:
    """Counts what the process asks the system for, and strikes at one of them."""

    def __init__(self):
        self.count = 0
        self.at = None
        self.strike = None
        sys.addaudithook(self._heard)

    def _heard(self, event, _):
        if event not in EVENTS:
            return
        self.count += 1
        if self.strike is not None and self.count == self.at:
            strike, self.strike = self.strike, None
            strike()


def processor_seconds(pid):
    """Processor seconds of a process so far; None when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def address_space():
    """Bytes of address space that the process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


@dataclass
class Place:
    """The folder of a trial: a small file system of its own where the system lets us have one."""

    path: Path
    mounted: bool

    @classmethod
    def made(cls, path, megabytes=192):
        """Make it; must be called while the process has one thread, before any other."""
        path.mkdir(parents=True)
        mounted = _own_mounts() and _mount(b"tmpfs", path, b"tmpfs", 0, b"size=%dm" % megabytes)
        return cls(path, mounted)

    def fill(self, leave):
        """Take all room but so many bytes; without a file system of ours, of each file."""
        if not self.mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (leave, resource.RLIM_INFINITY))
            return
        room = os.statvfs(self.path)
        size = room.f_bavail * room.f_frsize - leave
        with self.filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, size))

    def protect(self):
        """Let this process write no more than a user without permission."""
        _obey_permissions()
        self._set_modes(0o555, 0o444)

    def mend(self):
        """Undo both."""
        self._set_modes(0o755, 0o644)
        self.filler.unlink(missing_ok=True)

    def _set_modes(self, of_folders, of_files):
        for path in [self.path, *self.path.rglob("*")]:
            path.chmod(of_folders if path.is_dir() else of_files)

    @property
    def filler(self):
        return self.path / "filler"


def _obey_permissions():
    """Give up the right of root to write where permissions forbid it."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    words = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice
    libc.capget(header, words)
    for index in (0, 1):
        words[index] &= ~(1 << CAP_DAC_OVERRIDE)
    if libc.capset(header, words) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _own_mounts():
    """Whether the process has mounts of its own now, which go with it."""
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWNS) != 0:
        if libc.unshare(CLONE_NEWNS | CLONE_NEWUSER) != 0:
            return False
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    return _mount(None, Path("/"), None, MS_REC | MS_PRIVATE, None)


def _mount(source, target, kind, flags, data):
    return libc.mount(source, os.fsencode(target), kind, flags, data) == 0


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def terminated():
    os.kill(os.getpid(), signal.SIGTERM)


def killed_while_writing(size):
    """Killed by the system as soon as a file grows beyond so many bytes, whoever writes it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def out_of_memory(headroom):
    """From now on there are so many bytes more, and then none."""
    limit = address_space() + headroom
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def clock_jumps(seconds):
    """The wall clock goes wrong, to and fro."""
    true = time.time
    time.time = lambda: true() + seconds


def record_lost(store, how):
    """The record's database goes away or turns into nonsense."""
    for file in store.glob("mlflow.db*"):
        if how == "removed":
            file.unlink()
        else:
            with file.open("r+b") as content:
                content.truncate(file.stat().st_size // 2)
                content.write(b"nonsense" * 64)


def truncated(file, share):
    """A file loses its end."""
    os.truncate(file, int(file.stat().st_size * share))
