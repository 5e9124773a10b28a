"""One accelerator for one training: chosen before a library that computes there is loaded.

Trainings that run side by side on a machine must not choose the same device, nor fill the memory
of one that they share. Who has which is held by locks on files, which the system takes away from a
process that ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from symlens.errors import ConfigError

DRIVER = Path("/proc/driver/nvidia/gpus")
"""What NVIDIA's driver says of its devices, one folder for each, named by its place on the bus."""

VISIBLE = "CUDA_VISIBLE_DEVICES"
SHARE = "SYMLENS_TRAININGS_PER_DEVICE"
"""Variable with the number of trainings that share a device; 1 where it is not set."""

GROWING = {
    "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}
"""Devices counted as the bus has them; memory taken as it is needed, not all of it at once."""

COMPUTING = ("tensorflow", "jax")
"""Libraries that compute on a device that is visible when they are loaded."""

NAME = "SYMLENS_DEVICE"
"""Variable with the name of the device of this process."""

PATIENCE = 0.5
"""Seconds between two looks for a free device."""


@dataclass(frozen=True)
class Device:
    """An accelerator.

    Parameters
    ----------
    handle : str
        As `VISIBLE` takes it: its number or identity.
    name : str
        Its model.
    """

    handle: str
    name: str


def devices(driver: Path = DRIVER) -> list[Device]:
    """Accelerators that this process may use: all, or those that `VISIBLE` names."""
    found: list[Device] = []
    for file in sorted(driver.glob("*/information")):
        lines = (line.partition(":") for line in file.read_text(errors="replace").splitlines())
        said = {key.strip(): value.strip() for key, _, value in lines}
        found.append(Device(said.get("GPU UUID", str(len(found))), said.get("Model", "NVIDIA")))
    allowed = os.environ.get(VISIBLE)
    if allowed is None or not found:  # a queue may name devices that no driver knows
        return found
    known = {device.handle: device for device in found}
    known |= {str(number): device for number, device in enumerate(found)}
    handles = [handle.strip() for handle in allowed.split(",")]
    return [known.get(one, Device(one, "NVIDIA")) for one in handles if one not in ("", "-1")]


@contextmanager
def claimed(count: int, driver: Path = DRIVER) -> Iterator[Device | None]:
    """Have one accelerator, or none, for the time of the block. Enter it before libraries load.

    Parameters
    ----------
    count : int
        0 hides all of them; from 1 on one is waited for. Where the machine has none a line says
        so, and the block computes on the processor, as its files will tell.
    driver : Path

    Yields
    ------
    Device or None
    """
    allowed = devices(driver) if count else []
    if count and not allowed:
        _say("no accelerator found: on the processor")
    if not allowed:
        os.environ[VISIBLE] = ""
        yield None
        return
    device, lock = _free(allowed, _share())
    with lock:
        os.environ.update(GROWING | {VISIBLE: device.handle, NAME: device.name})
        yield device


def used() -> str | None:
    """Name of the accelerator that this process has and may have computed on; None without."""
    name = os.environ.get(NAME)
    return name if name and any(library in sys.modules for library in COMPUTING) else None


def _share() -> int:
    """Number of trainings that share a device."""
    text = os.environ.get(SHARE, "1")
    if not (text.isdecimal() and int(text) > 0):
        raise ConfigError([f"{SHARE}: {text!r}, allowed: a whole number from 1 on"])
    return int(text)


def _free(allowed: list[Device], share: int) -> tuple[Device, BinaryIO]:
    """A device with a place left, the emptiest first, and the lock that holds the place."""
    folder = Path(tempfile.gettempdir()) / f"symlens-devices-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    told = False
    while True:
        for place in range(share):
            for device in allowed:
                lock = _locked(folder / f"{device.handle.replace('/', '_')}.{place}")
                if lock is not None:
                    return device, lock
        if not told:
            _say("waiting for an accelerator: all are taken")
            told = True
        time.sleep(PATIENCE)


def _locked(file: Path) -> BinaryIO | None:
    """The file, locked for this process; None where another process has it."""
    lock = file.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _say(line: str) -> None:
    """Write a line where messages go."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
