"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from symlens.errors import FileError

MARGIN = 256 * 1024
"""Bytes for headers and chunk indices, beside the data."""


@contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Give a temporary name beside ``path``, which takes its place when the block succeeds.

    The new file is synced to disk before it is renamed. When the block fails, nothing stays
    behind and an older file of that name is untouched. What a killed process left behind is
    removed by the next writer of the same file.

    Raises
    ------
    FileError
        One line, where the system refuses: no such folder, no permission, disk full, ...
    """
    path = Path(path)
    _remove_orphans(path)
    temporary = _temporary(path)
    try:
        yield temporary
        _sync(temporary)
        temporary.replace(path)
        _sync(path.parent)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, FileError):
            raise FileError(f"{path}: cannot be written: {_reason(error, path)}") from error
        raise


def require_room(path: Path, size: int) -> None:
    """Raise what the system says where there is no room for ``size`` more bytes beside ``path``.

    HDF5 cannot even close a file that met a full disk or a quota, so that room is asked for
    beforehand: space is reserved under a temporary name and given back. Where the system cannot
    reserve (macOS, some network file systems), the free space of the disk has to do.
    """
    room = _temporary(path)
    descriptor = os.open(room, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        if sys.platform == "darwin":
            _require_free(path.parent, size + MARGIN)
        else:
            os.posix_fallocate(descriptor, 0, size + MARGIN)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
            raise
        _require_free(path.parent, size + MARGIN)
    finally:
        os.close(descriptor)
        room.unlink()


def _require_free(folder: Path, size: int) -> None:
    if shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _temporary(path: Path) -> Path:
    process = f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(3)}"
    return path.with_name(f".{path.name}.{process}.tmp")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_orphans(path: Path) -> None:
    """Remove temporary files of this name whose process, on this machine, is gone."""
    prefix = f".{path.name}.{socket.gethostname()}."
    for other in path.parent.glob(f".{path.name}.*.tmp"):
        process = other.name.removeprefix(prefix).split(".")[0]
        if other.name.startswith(prefix) and process.isdigit() and not _alive(int(process)):
            other.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _reason(error: OSError, path: Path) -> str:
    if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    return error.strerror or str(error)
