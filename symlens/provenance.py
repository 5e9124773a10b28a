"""Where a result comes from: configuration hash, code version, libraries, machine, time."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from symlens import accelerator

LIBRARIES = (
    "symlens",
    "numpy",
    "scipy",
    "xarray",
    "netCDF4",
    "scikit-learn",
    "tensorflow",
    "tensorflow-cpu",
    "keras",
)
"""Distributions whose version can change a result."""

PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Provenance:
    """What a result file says of its origin, besides what is found out when it is written.

    Parameters
    ----------
    study, experiment : str
    method : str or None
        None for data and other files that no learning method made.
    seed : int or None
        None where several seeds meet.
    config : mapping
        The resolved configuration that made the file: text, numbers, lists and mappings.
    device : str or None
        Where it was computed; None means this process's accelerator, or else the processor.
    """

    study: str
    experiment: str
    method: str | None = None
    seed: int | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    device: str | None = None


def canonical_json(value: Any) -> str:
    """JSON text that does not depend on key order or spacing; paths become text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def config_hash(config: Mapping[str, Any]) -> str:
    """First 16 hexadecimal digits of the SHA-256 of the configuration's canonical JSON."""
    return hashlib.sha256(canonical_json(config).encode()).hexdigest()[:16]


def attributes(provenance: Provenance) -> dict[str, Any]:
    """Attributes of a result file: the provenance and what this process knows of itself.

    The time of creation is taken from ``SOURCE_DATE_EPOCH`` where that is set.
    """
    return {
        "study": provenance.study,
        "experiment": provenance.experiment,
        "method": provenance.method,
        "seed": provenance.seed,
        "config": dict(provenance.config),
        "config_hash": config_hash(provenance.config),
        "code_version": code_version(),
        "library_versions": library_versions(),
        "device": provenance.device or accelerator.used() or processor(),
        "created": _now(),
    }


@cache
def source_hash(package: Path = PACKAGE) -> str:
    """First 12 hexadecimal digits of the SHA-256 over the package's Python files."""
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@cache
def code_version() -> str:
    """Release and the last commit that touched the package, e.g. ``0.1.0+g1a2b3c4d5``.

    Where the package has uncommitted changes, ``.dirty`` and the hash of its source follow;
    outside a git repository the hash of its source stands in the place of the commit.
    """
    release = _version("symlens") or "0"
    commit = _git("rev-list", "--max-count=1", "--abbrev-commit", "--abbrev=9", "HEAD", "--", ".")
    if not commit:
        return f"{release}+src.{source_hash()}"
    changed = _git("status", "--porcelain", "--", ".")
    return f"{release}+g{commit}" + (f".dirty.{source_hash()}" if changed else "")


@cache
def library_versions() -> dict[str, str]:
    """Versions of Python and of the installed libraries that can change a result."""
    found = {name: _version(name) for name in LIBRARIES}
    return {"python": platform.python_version()} | {k: v for k, v in found.items() if v}


@cache
def processor() -> str:
    """Model and number of this machine's processors, e.g. ``AMD EPYC 7B13 (2 cores)``."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        lines = information.read_text(errors="replace").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
    return f"{model} ({os.cpu_count()} cores)"


def _now() -> str:
    """UTC time to the second, ISO 8601; ``SOURCE_DATE_EPOCH`` makes files reproducible."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    utc = datetime.UTC
    now = datetime.datetime.fromtimestamp(int(epoch), utc) if epoch else datetime.datetime.now(utc)
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _git(*arguments: str) -> str:
    """Output of a git command in the package's folder; empty where there is no git or no commit."""
    try:
        done = subprocess.run(
            ["git", "-C", str(PACKAGE), *arguments],
            capture_output=True,
            check=False,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return value.as_posix()
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no place in a configuration: {value!r}")
